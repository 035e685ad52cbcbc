"""Limits of values, keys, names and counts: the library says at each what the engine says.

The same content goes raw through boto3 to the engine, and through the library. Sizes of items and
limits of expressions have files of their own beside this one.
"""

from decimal import Decimal

import pytest
from attrs import define, make_class

from tests.contract.entities import Account, Loose
from tests.contract.verdicts import ACCEPTED, REFUSED, Judges
from tests.shells import Database, TransactScope
from transactscope import Attr, KeyTemplate, ScopeState, entity
from transactscope.errors import (
    ConversionError,
    InvalidKeyError,
    InvalidRequestError,
    TooManyActionsError,
)

pytestmark = pytest.mark.needs("limits")
only_sync = pytest.mark.only_sync("what a call refuses is refused before any shell sends it")

KEY = {"number": {"S": "A-1"}}
ABSENT = "attribute_not_exists(note)"


@entity("Shop", partition_key=KeyTemplate("PK", "{first}"), sort_key=KeyTemplate("SK", "{second}"))
@define
class Pair:
    """An item whose two key attributes are any texts."""

    first: str
    second: str


@pytest.fixture
def judges(client, db, sent, table_names):
    """The engine and the library, who are both asked."""
    return Judges(client, db, sent, table_names["Account"])


def _lists(depth):
    return [] if depth == 1 else [_lists(depth - 1)]


def _wire_lists(depth):
    return {"L": [] if depth == 1 else [_wire_lists(depth - 1)]}


def _maps(depth):
    return "x" if depth == 1 else {"m": _maps(depth - 1)}


def _wire_maps(depth):
    return {"S": "x"} if depth == 1 else {"M": {"m": _wire_maps(depth - 1)}}


# The last value that is accepted and the first that is not, in Python and on the wire.
VALUES = {
    "38 digits": ((10**38 - 1, {"N": "9" * 38}), (10**39 - 1, {"N": "9" * 39})),
    "38 digits around the point": (
        (Decimal("1." + "2" * 37), {"N": "1." + "2" * 37}),
        (Decimal("1." + "2" * 38), {"N": "1." + "2" * 38}),
    ),
    "zeros that do not count": (
        (10**125, {"N": "1" + "0" * 125}),
        (10**126, {"N": "1" + "0" * 126}),
    ),
    "the largest number": (
        (Decimal("9." + "9" * 37 + "E+125"), {"N": "9." + "9" * 37 + "E+125"}),
        (Decimal("1E126"), {"N": "1E126"}),
    ),
    "the lowest number": (
        (Decimal("-9." + "9" * 37 + "E+125"), {"N": "-9." + "9" * 37 + "E+125"}),
        (Decimal("-1E126"), {"N": "-1E126"}),
    ),
    "the smallest number": (
        (Decimal("1E-130"), {"N": "1E-130"}),
        (Decimal("1E-131"), {"N": "1E-131"}),
    ),
    "the smallest negative number": (
        (Decimal("-1E-130"), {"N": "-1E-130"}),
        (Decimal("-1E-131"), {"N": "-1E-131"}),
    ),
    "digits in a set": (
        ({10**38 - 1}, {"NS": ["9" * 38]}),
        ({10**39 - 1}, {"NS": ["9" * 39]}),
    ),
    "32 levels of lists": ((_lists(32), _wire_lists(32)), (_lists(33), _wire_lists(33))),
    "32 levels of maps": ((_maps(32), _wire_maps(32)), (_maps(33), _wire_maps(33))),
    "one element": (({"x"}, {"SS": ["x"]}), (set(), {"SS": []})),
    "one element in a list": (([{1}], {"L": [{"NS": ["1"]}]}), ([set()], {"L": [{"NS": []}]})),
    "different texts": (({"a", "b"}, {"SS": ["a", "b"]}), (None, {"SS": ["a", "a"]})),
    "different numbers": (({1, 10}, {"NS": ["1", "10"]}), (None, {"NS": ["1.0", "1"]})),
    "different bytes": (({b"a", b"b"}, {"BS": [b"a", b"b"]}), (None, {"BS": [b"a", b"a"]})),
}

PYTHON_WAYS = {
    "an entity": lambda tx, value: tx.put(Account("A-1", either=value)),
    "set=": lambda tx, value: tx.update(Account, "A-1", set={"either": value}),
    "a tree": lambda tx, value: tx.put(Account("A-1"), condition=Attr("either").ne(value)),
    "values=": lambda tx, value: tx.put(
        Account("A-1"), condition="either <> :v", values={":v": value}
    ),
}
RAW_WAYS = {
    "Item": lambda table, value: ("put_item", {"TableName": table, "Item": {**KEY, "a": value}}),
    "the values of an update": lambda table, value: (
        "update_item",
        {
            "TableName": table,
            "Key": KEY,
            "UpdateExpression": "SET a = :v",
            "ExpressionAttributeValues": {":v": value},
        },
    ),
    "the values of a condition": lambda table, value: (
        "delete_item",
        {
            "TableName": table,
            "Key": KEY,
            "ConditionExpression": "a <> :v",
            "ExpressionAttributeValues": {":v": value},
        },
    ),
}
ENTRIES = {"put_item": "Put", "update_item": "Update", "delete_item": "Delete"}


@only_sync
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("way", PYTHON_WAYS)
def test_a_python_value_is_taken_where_its_wire_form_is(judges, value, way):
    """Wherever it stands: in an entity, an update, a condition."""
    accepted, refused = VALUES[value]
    judges.db.delete(Account, "A-1")
    assert ACCEPTED == judges.library(lambda tx: PYTHON_WAYS[way](tx, accepted[0]))
    if refused[0] is not None:  # no set of Python has an element twice
        assert REFUSED == judges.library(
            lambda tx: PYTHON_WAYS[way](tx, refused[0]), ConversionError
        )


@only_sync
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("way", RAW_WAYS)
def test_a_raw_value_is_taken_where_the_engine_takes_it(judges, value, way):
    """dynoxide looks into a set only if it is stored; in a condition AWS's rule is followed."""
    is_blind = "condition" in way and value.startswith(("one", "different"))
    for (_, wire), verdict in zip(VALUES[value], (ACCEPTED, REFUSED), strict=True):
        call, members = RAW_WAYS[way](judges.table, wire)
        judges.db.delete(Account, "A-1")
        assert (ACCEPTED if is_blind else verdict) == judges.engine({ENTRIES[call]: members})

        judges.db.delete(Account, "A-1")
        assert verdict == judges.library(
            lambda tx, call=call, members=members: getattr(tx.client, call)(**members),
            ConversionError,
        )


@only_sync
@pytest.mark.parametrize("word", ["add", "delete"])
def test_what_is_added_or_taken_out_is_checked_alike(judges, word):
    """ADD and DELETE have operands of their own."""
    values = [VALUES["digits in a set"], VALUES["one element"]]
    values += [VALUES["38 digits"], VALUES["the smallest number"]] if word == "add" else []
    for (accepted, _), (refused, _) in values:
        judges.db.delete(Account, "A-1")
        assert ACCEPTED == judges.library(
            lambda tx, value=accepted: tx.update(Account, "A-1", **{word: {"either": value}})
        )
        assert REFUSED == judges.library(
            lambda tx, value=refused: tx.update(Account, "A-1", **{word: {"either": value}}),
            ConversionError,
        )


@only_sync
@pytest.mark.parametrize(
    ("counts", "verdict"), [((2048, 1024), ACCEPTED), ((2049, 1), REFUSED), ((1, 1025), REFUSED)]
)
@pytest.mark.parametrize("letter", ["x", "é"])
def test_keys_have_2048_and_1024_bytes(judges, table_names, counts, verdict, letter):
    """Bytes of UTF-8, in whatever a key is given as."""
    size = len(letter.encode())
    texts = [letter * (count // size) + "x" * (count % size) for count in counts]
    item = {"PK": {"S": texts[0]}, "SK": {"S": texts[1]}}
    put = {"TableName": table_names["Shop"], "Item": item}
    pair = Pair(*texts)

    assert verdict == judges.engine({"Put": put})
    for stage in (
        lambda tx: tx.put(pair),
        lambda tx: tx.delete(pair),
        lambda tx: tx.check(Pair, *texts, condition=ABSENT),
    ):
        assert verdict == judges.library(stage, InvalidKeyError, "INVALID_KEY")


@only_sync
@pytest.mark.parametrize("count", [2048, 2049])
def test_a_raw_key_has_2048_bytes(judges, count):
    """Which of two attributes is the sort key a call does not say, so both may have so many."""
    verdict = ACCEPTED if count == 2048 else REFUSED
    members = {"TableName": judges.table, "Key": {"number": {"S": "x" * count}}}
    item = {"TableName": judges.table, "Item": {"number": {"S": "x" * count}}}

    assert verdict == judges.engine({"Delete": members})
    assert verdict == judges.engine({"Put": item})
    for stage in (
        lambda tx: tx.client.delete_item(**members),
        lambda tx: tx.client.put_item(**item),
    ):
        assert verdict == judges.library(stage, InvalidKeyError, "INVALID_KEY")


@only_sync
@pytest.mark.parametrize("empty", [{"S": ""}, {"B": b""}], ids=["text", "bytes"])
def test_a_key_is_not_empty(judges, empty):
    """Also not in a raw put, as far as the scope knows which attribute is the key."""
    put = {"TableName": judges.table, "Item": {"number": empty}}

    assert REFUSED == judges.engine({"Put": put})
    assert REFUSED == judges.library(lambda tx: tx.client.put_item(**put), InvalidKeyError)
    assert REFUSED == judges.library(
        lambda tx: tx.client.delete_item(TableName=judges.table, Key={"number": empty}),
        InvalidKeyError,
    )
    assert REFUSED == judges.library(lambda tx: tx.put(Account("")), InvalidKeyError)


@only_sync
def test_a_name_has_65535_characters(judges):
    """dynoxide takes longer names, also empty ones; the documentation does not."""

    def raw(name):
        item = {**KEY, name: {"S": "x"}}
        return lambda tx: tx.client.put_item(TableName=judges.table, Item=item)

    def entity_with(count):
        cls = entity("Account", partition_key="number")(make_class("Wide", ["number", "n" * count]))
        return lambda tx: tx.put(cls("A-1", "x"))

    def condition(count):
        attribute = Attr("n" * count).not_exists()
        return lambda tx: tx.check(Loose, "A-9", condition=attribute)

    accepted = (raw("n"), raw("é" * 65_535), entity_with(65_535), condition(65_535))
    assert {ACCEPTED} == {judges.library(stage) for stage in accepted}
    refused = (raw(""), raw("n" * 65_536), entity_with(65_536), condition(65_536))
    for stage in refused:
        assert REFUSED == judges.library(stage, InvalidRequestError, "INVALID_ATTRIBUTE_NAME")


@only_sync
def test_the_name_of_a_key_has_255_characters(client, fresh_table):
    """No table has a longer one; dynoxide makes tables that have."""
    for count, is_refused in ((255, False), (256, True)):
        name = "k" * count
        table = fresh_table(name)
        cls = entity("Wide", partition_key=name)(make_class("Wide", [name]))
        wide = Database(client, table_names={"Wide": table})
        with TransactScope(wide) as tx:
            if is_refused:
                with pytest.raises(InvalidKeyError, match=r"256 characters.*255"):
                    tx.put(cls("1"))
                with pytest.raises(InvalidKeyError, match=r"256 characters.*255"):
                    tx.client.delete_item(TableName=table, Key={name: {"S": "2"}})
            else:
                tx.put(cls("1"))
                tx.client.delete_item(TableName=table, Key={name: {"S": "2"}})

        assert ScopeState.COMMITTED is tx.state
        assert is_refused is (client.scan(TableName=table)["Count"] == 0)


@only_sync
@pytest.mark.parametrize("count", [100, 101])
def test_a_transaction_has_100_actions(judges, count):
    """One more than the engine takes is refused at its call."""
    keys = [f"N-{number}" for number in range(count - 1)]  # and one is staged before
    entries = [
        {"Delete": {"TableName": judges.table, "Key": {"number": {"S": key}}}}
        for key in [*keys, "last"]
    ]

    def stage(tx):
        for key in keys:
            tx.delete(Account, key)

    verdict = judges.engine(*entries)
    assert (ACCEPTED if count == 100 else REFUSED) == verdict
    assert verdict == judges.library(stage, TooManyActionsError, "TOO_MANY_ACTIONS")


@only_sync
@pytest.mark.parametrize("length", [1, 36, 37])
def test_a_token_has_36_characters(client, judges, length):
    """A scope is given its token when it is made."""
    put = {"Put": {"TableName": judges.table, "Item": KEY}}
    if length == 37:
        with pytest.raises(client.exceptions.ClientError, match="36"):
            client.transact_write_items(TransactItems=[put], ClientRequestToken="t" * length)
        with pytest.raises(InvalidRequestError, match="37 characters"):
            TransactScope(judges.db, client_request_token="t" * length)
        return
    client.transact_write_items(TransactItems=[put], ClientRequestToken="t" * length)
    with TransactScope(judges.db, client_request_token="u" * length) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.COMMITTED is tx.state


REFUSED_CALLS = {
    "an item": lambda tx: tx.put(Account("A-2", note="x" * 409_600)),
    "an update": lambda tx: tx.update(Account, "A-2", set={"note": "x" * 409_600}),
    "an expression": lambda tx: tx.put(Account("A-2"), condition=ABSENT.ljust(4097)),
    "a value": lambda tx: tx.put(Account("A-2", either=10**126)),
    "a key": lambda tx: tx.put(Account("A" * 2049)),
}


@pytest.mark.parametrize("name", REFUSED_CALLS)
def test_a_refused_call_leaves_its_scope_usable(db, sent, stored, name):
    """What was staged before is committed, with what comes after it."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
        staged = tx.staged
        with pytest.raises((InvalidRequestError, ConversionError)) as caught:
            REFUSED_CALLS[name](tx)
        assert staged == tx.staged
        tx.update(Account, "A-1", add={"balance": 1})

    assert ["TransactWriteItems"] == sent.operations
    assert {"N": "2"} == stored("A-1")["balance"]
    assert "xxxx" not in str(caught.value)


@pytest.mark.parametrize("name", REFUSED_CALLS)
def test_a_database_refuses_the_same_calls(db, sent, name):
    """Its verbs are built by the same code, and nothing is sent for them."""
    with pytest.raises((InvalidRequestError, ConversionError)):
        REFUSED_CALLS[name](db)

    assert [] == sent.operations
