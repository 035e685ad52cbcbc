"""`create_table`: keys and indexes from the entity, waiting, and what an existing table must be."""

import datetime as dt
import decimal
from typing import Annotated

import attrs
import pytest
from attrs import define

from tests.contract.entities import Account
from tests.shells import Database
from transactscope import KeyTemplate, entity
from transactscope.errors import InvalidRequestError, RequestRejectedError
from transactscope.fields import TTL, Alias
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.testing import answer, error

PK, SK = KeyTemplate("PK", "USER#{user_id}"), KeyTemplate("SK", "ORDER#{number:08d}")
BY_EMAIL = GlobalIndex("by-email", partition_key="email", projection=("total", "user_id"))
BY_DAY = GlobalIndex(
    "by-day", partition_key=KeyTemplate("DAY", "DAY#{day}"), sort_key="total", projection="ALL"
)
BY_TOTAL = LocalIndex("by-total", sort_key="total", projection="KEYS_ONLY")


def _order(table, *indexes, sort_key=SK):
    @entity(table, partition_key=PK, sort_key=sort_key, indexes=indexes)
    @define
    class Order:
        user_id: str
        number: int
        total: decimal.Decimal = decimal.Decimal(0)
        email: str | None = None
        day: str | None = None

    return Order


@pytest.fixture
def plain_db(client, shell):
    """A database without a map of tables."""
    return Database(client)


def _described(client, table):
    found = client.describe_table(TableName=table)["Table"]
    indexes = found.get("GlobalSecondaryIndexes", []) + found.get("LocalSecondaryIndexes", [])
    types = {d["AttributeName"]: d["AttributeType"] for d in found["AttributeDefinitions"]}
    return found, {index["IndexName"]: index for index in indexes}, types


def _names(index):
    return [(key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]]


def test_indexes_come_from_the_entity(plain_db, client, table_name):
    """Names, keys, types and projections are the class's."""
    plain_db.create_table(_order(table_name, BY_EMAIL, BY_DAY, BY_TOTAL))

    found, indexes, types = _described(client, table_name)
    assert {"PK": "S", "SK": "S", "email": "S", "DAY": "S", "total": "N"} == types
    assert ["by-day", "by-email", "by-total"] == sorted(indexes)
    assert [("email", "HASH")] == _names(indexes["by-email"])
    assert [("DAY", "HASH"), ("total", "RANGE")] == _names(indexes["by-day"])
    assert [("PK", "HASH"), ("total", "RANGE")] == _names(indexes["by-total"])
    projections = {name: index["Projection"] for name, index in indexes.items()}
    assert ["total", "user_id"] == sorted(projections["by-email"]["NonKeyAttributes"])
    assert "ALL" == projections["by-day"]["ProjectionType"]
    assert "KEYS_ONLY" == projections["by-total"]["ProjectionType"]
    assert "PAY_PER_REQUEST" == found["BillingModeSummary"]["BillingMode"]


def test_a_provisioned_table_is_asked_for(plain_db, client, table_name):
    """The units are those of the table and of each global index."""
    plain_db.create_table(
        _order(table_name, BY_EMAIL), billing="PROVISIONED", read_units=3, write_units=2
    )

    found, indexes, _ = _described(client, table_name)
    for one in (found, indexes["by-email"]):
        units = one["ProvisionedThroughput"]
        assert (3, 2) == (units["ReadCapacityUnits"], units["WriteCapacityUnits"])


@pytest.mark.parametrize(
    "terms",
    [
        {"billing": "FREE"},
        {"billing": "PROVISIONED"},
        {"billing": "PROVISIONED", "read_units": 0, "write_units": 1},
        {"billing": "PROVISIONED", "read_units": True, "write_units": 1},
        {"read_units": 1},
        {"timeout": -1},
    ],
    ids=["mode", "no units", "zero", "bool", "units on demand", "timeout"],
)
def test_terms_that_mean_nothing_are_refused(plain_db, sent, terms):
    """Units without a mode would be ignored, and be missed on the bill."""
    with pytest.raises(InvalidRequestError) as caught:
        plain_db.create_table(Account, **terms)

    assert ("INVALID_POLICY" if "timeout" in terms else "INVALID_BILLING") == caught.value.code
    assert [] == sent.operations


def test_classes_of_one_table_are_created_together(plain_db, client, table_name):
    """The table has the indexes of all of them."""
    one, other = _order(table_name, BY_EMAIL), _order(table_name, BY_DAY, BY_EMAIL)
    plain_db.create_table(one, other)
    plain_db.create_table(other)

    assert ["by-day", "by-email"] == sorted(_described(client, table_name)[1])


def test_classes_that_cannot_share_a_table_are_named(plain_db, sent, table_name):
    """Each conflict is said, before anything is sent."""

    @entity(
        table_name,
        partition_key="PK",
        sort_key="SK",
        indexes=[
            GlobalIndex("by-email", partition_key="email"),
            GlobalIndex("by-day", partition_key="DAY"),
        ],
    )
    @define
    class Other:
        PK: str
        SK: int
        email: str
        DAY: int

    with pytest.raises(InvalidRequestError) as caught:
        plain_db.create_table(_order(table_name, BY_EMAIL), Other)

    text = str(caught.value)
    assert "TABLE_CONFLICT" == caught.value.code
    assert text.startswith("Other does not fit the table of Order: ")
    assert "its key is PK HASH S, SK RANGE N, not PK HASH S, SK RANGE S" in text
    assert "its index 'by-email' is global, email HASH S, projects ALL" in text
    assert "its attribute SK is of type N, not S" in text
    assert [] == sent.operations


def test_classes_of_several_tables_are_refused(plain_db, sent, table_name):
    """One call makes one table."""
    with pytest.raises(InvalidRequestError, match=f"Account, {table_name}") as caught:
        plain_db.create_table(Account, _order(table_name))

    assert "TABLE_CONFLICT" == caught.value.code
    assert [] == sent.operations


def test_an_equal_table_is_left_alone(plain_db, client, table_name):
    """Also with indexes, in whatever order they are described."""
    plain_db.create_table(_order(table_name, BY_EMAIL, BY_DAY, BY_TOTAL))
    plain_db.create_table(_order(table_name, BY_TOTAL, BY_DAY, BY_EMAIL))

    assert 3 == len(_described(client, table_name)[1])


def _differing(table):
    renamed = attrs.evolve(BY_EMAIL, name="by-mail")
    wider = attrs.evolve(BY_EMAIL, projection="ALL")
    fewer = attrs.evolve(BY_EMAIL, projection=("total",))
    sorted_ = attrs.evolve(BY_EMAIL, sort_key="total")
    return {
        "missing": (_order(table, BY_EMAIL, BY_TOTAL), ["no index 'by-total' (local, PK HASH S"]),
        "extra": (_order(table), ["an index 'by-email' that is not declared"]),
        "renamed": (_order(table, renamed), ["no index 'by-mail'", "an index 'by-email'"]),
        "projection": (_order(table, wider), ["projects INCLUDE total, user_id; declared is"]),
        "names": (_order(table, fewer), ["projects INCLUDE total, user_id; ", "INCLUDE total"]),
        "index key": (_order(table, sorted_), ["email HASH S, total RANGE N"]),
        "table key": (
            _order(table, BY_EMAIL, sort_key="number"),
            ["its key is PK HASH S, SK RANGE S, not PK HASH S, number RANGE N"],
        ),
        "no sort key": (
            _order(table, BY_EMAIL, sort_key=None),
            ["its key is PK HASH S, SK RANGE S, not PK HASH S"],
        ),
    }


@pytest.mark.parametrize("name", _differing("some-table"))
def test_an_unequal_table_is_refused_with_the_difference(plain_db, table_name, name):
    """Going on with it would fail later, somewhere else."""
    plain_db.create_table(_order(table_name, BY_EMAIL))
    wanted, texts = _differing(table_name)[name]

    with pytest.raises(InvalidRequestError, match=f"table {table_name} is there") as caught:
        plain_db.create_table(wanted)

    assert "TABLE_MISMATCH" == caught.value.code
    for text in texts:
        assert text in str(caught.value)


def test_types_of_keys_are_compared(plain_db, fresh_table):
    """A number is not found under its digits."""

    @entity(fresh_table(("id", "S")), partition_key="id")
    @define
    class Numbered:
        id: int

    with pytest.raises(InvalidRequestError, match="its key is id HASH S, not id HASH N"):
        plain_db.create_table(Numbered)


def _description(**changes):
    index = {
        "IndexName": "by-email",
        "IndexStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["user_id", "total"]},
    }
    table = {
        "TableStatus": "ACTIVE",
        "KeySchema": [
            {"AttributeName": "SK", "KeyType": "RANGE"},
            {"AttributeName": "PK", "KeyType": "HASH"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in ("email", "PK", "SK")
        ],
        "GlobalSecondaryIndexes": [index | changes.pop("index", {})],
    }
    return answer(200, {"Table": table | changes})


def test_it_waits_for_indexes_too(client, shell, faults, table_name):
    """A query of an index that is still being built would be refused."""
    pauses = []
    building = _description(index={"IndexStatus": "CREATING"})
    faults.next("CreateTable", error("ResourceInUseException"))
    faults.next("DescribeTable", building, building, _description())

    Database(client, sleep=pauses.append).create_table(_order(table_name, BY_EMAIL))

    assert [1.0, 1.0] == pauses


def test_a_table_that_is_not_known_yet_is_waited_for(client, shell, faults, table_name):
    """DescribeTable is eventually consistent: it may not know what was created a moment ago."""
    pauses = []
    faults.next("DescribeTable", error("ResourceNotFoundException"))

    Database(client, sleep=pauses.append).create_table(_order(table_name, BY_EMAIL))

    assert [1.0] == pauses


def test_it_gives_up_in_time(client, shell, faults, table_name):
    """The error says what did not come up, and no pause goes past the timeout."""
    pauses = []
    building = _description(index={"IndexStatus": "CREATING"})
    faults.next("CreateTable", error("ResourceInUseException"))
    faults.next("DescribeTable", *[building] * 4)
    db = Database(client, sleep=pauses.append)

    with pytest.raises(RequestRejectedError, match=r"'by-email' .* ACTIVE within 2\.5 seconds"):
        db.create_table(_order(table_name, BY_EMAIL), timeout=2.5)

    assert [1.0, 1.0, 0.5] == pauses


def _expiring(table, attribute):
    """Make an entity whose items expire."""

    @entity(table, partition_key="id")
    @define
    class Token:
        id: str
        expires: Annotated[dt.datetime | None, TTL, Alias(attribute)] = None

    return Token


def test_time_to_live_is_enabled_once(plain_db, client, sent, table_name):
    """A second call finds it as it is, and sends no change."""
    plain_db.create_table(_expiring(table_name, "expires"))
    plain_db.create_table(_expiring(table_name, "expires"))

    found = client.describe_time_to_live(TableName=table_name)["TimeToLiveDescription"]
    assert ("ENABLED", "expires") == (found["TimeToLiveStatus"], found["AttributeName"])
    assert 1 == sent.operations.count("UpdateTimeToLive")


def test_time_to_live_by_another_attribute_is_refused(plain_db, table_name):
    """Items would expire by a time that the program does not write."""
    plain_db.create_table(_expiring(table_name, "expires"))

    with pytest.raises(InvalidRequestError, match="expire by expires, not by gone_at") as caught:
        plain_db.create_table(_expiring(table_name, "gone_at"))
    assert "TABLE_MISMATCH" == caught.value.code


def test_two_times_to_live_are_a_conflict(plain_db, sent, table_name):
    """A table has one."""
    one, other = _expiring(table_name, "expires"), _expiring(table_name, "gone_at")

    with pytest.raises(InvalidRequestError, match=r"Token\.expires, Token\.gone_at") as caught:
        plain_db.create_table(one, other)
    assert "TABLE_CONFLICT" == caught.value.code
    assert [] == sent.operations
