"""`Database`: settings, single requests, tables."""

import decimal
import enum

import boto3
import pytest
from attrs import define

from tests.contract.entities import Account, Order
from tests.shells import Database, TransactScope
from transactscope import entity
from transactscope.errors import (
    CommitOutcomeUnknownError,
    InvalidRequestError,
    InvalidTableNameError,
    RequestRejectedError,
)
from transactscope.testing import answer, error
from transactscope.values import make_converter


def test_every_verb_is_one_plain_request(db, sent):
    """Outside a scope there is no transaction to pay for."""
    db.put(Account("A-1"))
    db.insert(Account("A-2"))
    db.replace(Account("A-1", 1))
    db.update(Account, "A-1", add={"balance": 1})
    db.delete(Account, "A-2")
    db.get(Account, "A-1")

    expected = ["PutItem", "PutItem", "PutItem", "UpdateItem", "DeleteItem", "GetItem"]
    assert expected == sent.operations


def test_immediate_verbs_return_what_the_answer_said(db):
    """A single write has no token, and otherwise the result of a commit."""
    account = Account("A-1")

    result = db.put(account)

    assert (True, None, 1) == (result.sent, result.client_request_token, result.attempts)
    assert account is result.current(account)


def test_table_names_may_be_a_function(client, table_names):
    """A prefix for a deployment is one line."""
    prefix = table_names["Account"].removesuffix("-")
    db = Database(client, table_names=lambda name: prefix if name == "Account" else name)
    db.put(Account("A-1"))

    with TransactScope(db) as tx:
        assert prefix == tx.delete(Account, "A-1").table


def test_names_that_are_not_mapped_stay_as_they_are(client):
    """A mapping lists only what differs."""
    db = Database(client, table_names={"Other": "x-other"})
    with TransactScope(db) as tx:
        assert "Account" == tx.delete(Account, "A-1").table
        tx.rollback()


def test_a_mapped_name_that_dynamodb_does_not_take_is_refused_at_the_verb(client):
    """A bad deployment setting is found before anything is sent."""
    db = Database(client, table_names={"Account": "no spaces"})

    with pytest.raises(InvalidTableNameError, match="no spaces"):
        db.put(Account("A-1"))


def test_settings_of_a_wrong_kind_are_refused(client):
    """A mistake in a composition root is found there."""
    with pytest.raises(InvalidRequestError, match="table_names"):
        Database(client, table_names="prefix-")
    with pytest.raises(InvalidRequestError, match="converter"):
        Database(client, converter=object())


def test_the_users_converter_is_used_everywhere(client, table_names):
    """A hook of the user's applies to writes, reads, conditions and reasons."""

    class Cents:
        def __init__(self, count):
            self.count = count

        def __eq__(self, other):
            return isinstance(other, Cents) and self.count == other.count

        __hash__ = None

    @entity("Account", partition_key="number")
    @define
    class Wallet:
        number: str
        money: Cents

    converter = make_converter()
    converter.register_unstructure_hook(Cents, lambda cents: {"N": str(cents.count)})
    converter.register_structure_hook(Cents, lambda value, _: Cents(int(value["N"])))
    db = Database(client, table_names=table_names, converter=converter)
    db.insert(Wallet("A-1", Cents(5)))
    db.update(Wallet, "A-1", set={"money": Cents(6)})

    assert Wallet("A-1", Cents(6)) == db.get(Wallet, "A-1")


def test_wrong_kinds_of_clients_are_refused_with_the_way_out(client):
    """A resource's client converts native values itself and would store them twice wrapped."""
    resource = boto3.resource("dynamodb", region_name="eu-west-1")

    class Asynchronous:
        async def transact_write_items(self, **_):
            return {}

    for wrong, way_out in (
        (resource, "boto3.client"),
        (resource.meta.client, "boto3.client"),
        (resource.Table("x"), "boto3.client"),
        (Asynchronous(), "asynchronous"),
        (None, "boto3.client"),
        ("dynamodb", "boto3.client"),
    ):
        with pytest.raises(InvalidRequestError, match=way_out) as caught:
            TransactScope(wrong)
        assert "WRONG_CLIENT" == caught.value.code
    TransactScope(client)


def test_an_asynchronous_client_behind_ordinary_methods_is_found_at_the_answer(client):
    """aiobotocore's methods do not look asynchronous until they are called."""

    class Hidden:
        def transact_write_items(self, **_):
            async def answer():
                return {}

            return answer()

    tx = TransactScope(Hidden()).begin()
    tx.client.delete_item  # noqa: B018 - looking up is harmless
    tx.delete(Account, "A-1")
    with pytest.raises(InvalidRequestError, match="asynchronous"):
        tx.commit()

    assert "CANCELED" == tx.state.name


def test_any_object_with_transact_write_items_is_a_client(client, table_names):
    """Wrappers of the user's own work."""

    class Wrapper:
        def transact_write_items(self, **request):
            return client.transact_write_items(**request)

    db = Database(Wrapper(), table_names=table_names)
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    assert Account("A-1") == Database(client, table_names=table_names).get(Account, "A-1")


class Kind(enum.Enum):
    """Stored as text, so it can be a key."""

    A = "a"


def _keyed(table, kind):
    @entity(table, partition_key="id", sort_key="number")
    @define
    class Keyed:
        id: kind
        number: decimal.Decimal

    return Keyed


@pytest.mark.parametrize(("kind", "tag"), [(str, "S"), (int, "N"), (bytes, "B"), (Kind, "S")])
def test_create_table_takes_the_key_from_the_entity(db, client, table_name, kind, tag):
    """Names, order and types are the class's, and billing is on demand."""
    db.create_table(_keyed(table_name, kind))

    table = client.describe_table(TableName=table_name)["Table"]
    assert ["id", "number"] == [key["AttributeName"] for key in table["KeySchema"]]
    types = {d["AttributeName"]: d["AttributeType"] for d in table["AttributeDefinitions"]}
    assert {"id": tag, "number": "N"} == types
    assert "PAY_PER_REQUEST" == table["BillingModeSummary"]["BillingMode"]


def test_create_table_makes_composed_keys_texts(client, table_name):
    """A template composes text, whatever its fields are."""
    db = Database(client, table_names={"Shop": table_name})
    db.create_table(Order)

    table = client.describe_table(TableName=table_name)["Table"]
    types = {d["AttributeName"]: d["AttributeType"] for d in table["AttributeDefinitions"]}
    assert {"PK": "S", "SK": "S"} == types


def test_a_client_that_lacks_a_method_has_sent_nothing():
    """A stand-in for transactions only cannot serve single writes, and says so."""

    class TransactionsOnly:
        def transact_write_items(self, **_):
            return {}

    db = Database(TransactionsOnly())
    for call in (lambda: db.put(Account("A-1")), lambda: db.get(Account, "A-1")):
        with pytest.raises(InvalidRequestError, match="this client has no") as caught:
            call()
        assert "WRONG_CLIENT" == caught.value.code


def test_a_client_that_starts_a_task_leaves_the_scope_in_doubt():
    """A task may be under way when it is handed back; nobody may call that not sent."""

    class Task:
        def __await__(self):
            yield

    class StartsTasks:
        def transact_write_items(self, **_):
            return Task()

    tx = TransactScope(StartsTasks()).begin()
    tx.delete(Account, "A-1")
    with pytest.raises(CommitOutcomeUnknownError):
        tx.commit()

    assert "IN_DOUBT" == tx.state.name


def test_a_stand_in_that_answers_nothing_is_believed():
    """What returned without an error was accepted, even if it says nothing more."""

    class Silent:
        def transact_write_items(self, **_):
            return None

    with TransactScope(Silent()) as tx:
        tx.delete(Account, "A-1")

    assert (True, None) == (tx.result.sent, tx.result.request_id)


def test_create_table_tolerates_an_existing_table(db, account):
    """Start-up code may run twice, and nothing that is stored is touched."""
    db.create_table(Account)

    assert account == db.get(Account, "A-1")


def test_create_table_refuses_an_existing_table_with_another_key(client, table_names):
    """Going on with the wrong table would fail later, somewhere else."""
    db = Database(client, table_names={"Account": table_names["Shop"]})

    with pytest.raises(InvalidRequestError, match="PK HASH S, SK RANGE S") as caught:
        db.create_table(Account)

    assert "TABLE_MISMATCH" == caught.value.code


def test_create_table_waits_until_the_table_is_active(client, faults, table_names):
    """Other samples go on at once and fail on their first write."""
    pauses = []
    creating = {"Table": {"TableStatus": "CREATING"}}
    faults.next("DescribeTable", answer(200, creating), answer(200, creating))
    db = Database(client, table_names=table_names, sleep=pauses.append)

    db.create_table(Account)

    assert [1.0, 1.0] == pauses


def test_create_table_gives_up_after_a_minute(client, faults, table_names):
    """Waiting ends, and the error says for what."""
    pauses = []
    creating = answer(200, {"Table": {"TableStatus": "CREATING"}})
    faults.next("DescribeTable", *[creating] * 61)
    db = Database(client, table_names=table_names, sleep=pauses.append)

    with pytest.raises(RequestRejectedError, match="ACTIVE"):
        db.create_table(Account)

    assert 60 == sum(pauses)


def test_create_table_reports_what_dynamodb_refuses(db, faults):
    """Access rights for tables are often missing."""
    faults.next("CreateTable", error("AccessDeniedException"))
    with pytest.raises(RequestRejectedError, match="CreateTable"):
        db.create_table(Account)

    faults.next("DescribeTable", error("AccessDeniedException"))
    with pytest.raises(RequestRejectedError, match="DescribeTable"):
        db.create_table(Account)


def test_create_table_refuses_a_key_of_unknown_type(db, table_name):
    """A declared type that may be stored in several ways names no key type."""
    with pytest.raises(InvalidRequestError, match="S, N or B"):
        db.create_table(_keyed(table_name, int | str))


def test_an_update_of_an_absent_item_stores_the_fields_of_its_key(db):
    """What an update creates can be read back as what it is."""
    db.update(Order, "u-1", 7, add={"total": decimal.Decimal(2)})
    assert Order("u-1", 7, decimal.Decimal(2)) == db.get(Order, "u-1", 7)

    with TransactScope(db) as tx:
        tx.update(Order, "u-1", 8, set={"total": decimal.Decimal(3)})
        seen = tx.get(Order, "u-1", 8, guard=False)

    assert Order("u-1", 8, decimal.Decimal(3)) == seen == db.get(Order, "u-1", 8)
