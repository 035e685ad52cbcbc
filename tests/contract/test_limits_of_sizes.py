"""Sizes of items: what the engine takes is staged, what it refuses is refused at the call.

The same content goes raw through boto3 to the engine, and through the library.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.entities import Account, Loose
from tests.contract.verdicts import (
    ACCEPTED,
    BESIDE,
    MAX_ITEM,
    MAX_TOGETHER,
    REFUSED,
    Box,
    Judges,
    filled,
)
from tests.shells import TransactScope
from transactscope import EntityKey, ScopeState, if_not_exists, list_append, path, to_item
from transactscope.errors import (
    ItemTooLargeError,
    RequestRejectedError,
    TransactionCanceledError,
    TransactionTooLargeError,
)
from transactscope.values import from_attribute_value
from transactscope.values.sizes import item_size

pytestmark = pytest.mark.needs("limits")
only_sync = pytest.mark.only_sync("what a call refuses is refused before any shell sends it")

SHAPES = {
    "text": {"a": {"S": "aé€\U0001d11e"}},
    "names": {"é" * 100: {"BOOL": True}, "n": {"NULL": True}},
    "bytes": {"a": {"B": b"\x00\xff\x7f"}},
    "booleans": {"a": {"BOOL": True}, "b": {"BOOL": False}},
    "whole numbers": {"a": {"N": "123"}, "b": {"N": "100"}, "c": {"N": "-42"}, "d": {"N": "0"}},
    "fractions": {"a": {"N": "100.5"}, "b": {"N": "1.5"}, "c": {"N": "-0.005"}, "d": {"N": "1.01"}},
    "far numbers": {"a": {"N": "1E125"}, "b": {"N": "-1E-130"}, "c": {"N": "9" * 38}},
    "sets": {"a": {"SS": ["a", "é"]}, "b": {"NS": ["1", "-100", "2.5"]}, "c": {"BS": [b"abc"]}},
    "a list": {"a": {"L": [{"S": "ab"}, {"L": []}, {"N": "1"}, {"NULL": True}]}},
    "a map": {"a": {"M": {"é": {"S": "ab"}, "m": {"M": {}}, "n": {"SS": ["x"]}}}},
    "many numbers": {"a": {"L": [{"N": f"{number}.{number}"} for number in range(1000)]}},
    "a mixture": {
        "a": {"M": {"l": {"L": [{"M": {"b": {"B": b""}, "s": {"NS": ["0", "10"]}}}, {"L": []}]}}}
    },
}


@pytest.fixture
def table(table_names):
    """The table of the accounts."""
    return table_names["Account"]


@pytest.fixture
def judges(client, db, sent, table):
    """The engine and the library, who are both asked."""
    return Judges(client, db, sent, table)


@only_sync
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("over", [0, 1])
def test_an_item_may_have_400_kilobytes_and_not_one_byte_more(judges, shape, over):
    """A size that is off by one would show here, whatever the item is made of."""
    members = {"TableName": judges.table, "Item": filled(SHAPES[shape], MAX_ITEM + over)}

    verdict = judges.engine({"Put": members})

    assert (REFUSED if over else ACCEPTED) == verdict
    assert verdict == judges.library(
        lambda tx: tx.client.put_item(**members), ItemTooLargeError, "ITEM_TOO_LARGE"
    )


@only_sync
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("over", [0, 1])
def test_an_entity_is_measured_as_the_converter_writes_it(judges, shape, over):
    """What is counted is what is sent, not what Python values look like."""
    content = from_attribute_value({"M": SHAPES[shape]})
    empty = item_size(to_item(Box("A-1", content)))
    box = Box("A-1", content, "x" * (MAX_ITEM + over - empty))

    verdict = judges.engine({"Put": {"TableName": judges.table, "Item": to_item(box)}})

    assert (REFUSED if over else ACCEPTED) == verdict
    for write in (lambda tx: tx.put(box), lambda tx: tx.replace(box)):
        assert verdict == judges.library(write, ItemTooLargeError, "ITEM_TOO_LARGE")
        judges.db.put(Box("A-1"))


# What an update makes of an item that has just what the update needs.
UPDATES = {
    "a value": ({}, lambda text: {"set": {"text": text}}),
    "a copy beside it": (
        {"content": {"S": ""}},
        lambda text: {"set": {"text": text, "content": path("content")}},
    ),
    "an element at the end": (
        {"items": {"L": []}},
        lambda text: {"set": {"items": list_append("items", [text])}},
    ),
    "an element at the beginning": (
        {},
        lambda text: {"set": {"items": list_append([text], if_not_exists("items", []))}},
    ),
    "an element": ({"items": {"L": []}}, lambda text: {"set": {"items[0]": text}}),
    "a member": ({"place": {"M": {}}}, lambda text: {"set": {"place.é": text}}),
    "two members": (
        {"place": {"M": {}}},
        lambda text: {"set": {"place.a": text, "place.b": ""}},
    ),
    "elements of a set": ({}, lambda text: {"add": {"marks": {text, "other"}}}),
}


@only_sync
@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("over", [0, 1])
def test_an_update_is_measured_by_what_it_surely_leaves(judges, name, over):
    """In a transaction an update counts as the item that it makes, with its key.

    The item before it has nothing but what the update needs, so the least that the update leaves
    is all that it leaves.
    """
    needed, changes = UPDATES[name]
    before = {"number": {"S": "A-1"}, **needed}
    with TransactScope(judges.db) as tx:
        tx.update(Box, "A-1", **changes(""))
        least = tx.explain().bytes
        tx.rollback()
    text = "x" * (MAX_ITEM + over - least)
    with TransactScope(judges.db) as tx:
        tx.update(Box, "A-1", **changes("?"))
        (entry,) = tx.to_request()["TransactItems"]
        tx.rollback()

    judges.client.put_item(TableName=judges.table, Item=before)
    verdict = judges.engine(_with_text(entry, text))
    judges.client.put_item(TableName=judges.table, Item=before)

    assert (REFUSED if over else ACCEPTED) == verdict
    assert verdict == judges.library(
        lambda tx: tx.update(Box, "A-1", **changes(text)),
        ItemTooLargeError,
        "ITEM_TOO_LARGE",
    )


def _with_text(value, text):
    """Return a copy of a request in which the value `?` is that text."""
    if isinstance(value, dict):
        return {name: _with_text(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_text(inner, text) for inner in value]
    return text if value == "?" else value


def test_what_an_update_may_leave_is_left_to_the_server(db, stored, table):
    """Whether a default is used, and what a raw text does, only the stored item decides."""
    large = "x" * MAX_ITEM
    db.put(Box("A-1", text="short"))
    with TransactScope(db) as tx:
        tx.update(Box, "A-1", set={"text": if_not_exists("text", large)})
    with pytest.raises(TransactionCanceledError) as caught, TransactScope(db) as tx:
        tx.client.update_item(
            TableName=table,
            Key={"number": {"S": "A-1"}},
            UpdateExpression="SET note = :n",
            ExpressionAttributeValues={":n": {"S": large}},
        )

    assert ["ValidationError"] == [reason.code for reason in caught.value.failures]
    assert {"S": "short"} == stored("A-1")["text"]


def test_the_call_that_makes_a_staged_item_too_large_is_refused(db, stored):
    """A put and an update fold, and what they come to is measured at the update."""
    box = Box("A-1", text="x" * 300_000)
    room = MAX_ITEM - item_size(to_item(box)) - len("note")
    with TransactScope(db) as tx:
        put = tx.put(box)
        with pytest.raises(ItemTooLargeError, match=r"409601 bytes.*largest.*'text'") as caught:
            tx.update(Loose, "A-1", set={"note": "x" * (room + 1)})
        assert 2 == str(caught.value).count("test_limits_of_sizes.py:")
        assert (put,) == tx.staged
        tx.update(Loose, "A-1", set={"note": "x" * room})

    assert MAX_ITEM == item_size(stored("A-1"))


def test_what_a_call_keeps_small_cannot_be_had_without_it(db, stored):
    """Unstaging folds the others anew; where that is too large, everything stays."""
    with TransactScope(db) as tx:
        tx.put(Box("A-1", text="x" * 300_000))
        small = tx.put(Box("A-1"))
        tx.update(Loose, "A-1", set={"note": "x" * 200_000})
        with pytest.raises(ItemTooLargeError):
            tx.unstage(small)
        assert 3 == len(tx.staged)

    assert {"S": ""} == stored("A-1")["text"]


def test_a_database_refuses_only_what_the_server_would(db, sent, stored):
    """A PutItem counts as in a transaction, and so does an UpdateItem with a long key.

    With a short key an UpdateItem counts more: it leaves the key out and adds 22 bytes for one SET.
    The few bytes in between are left to the server.
    """
    room = MAX_ITEM - item_size(to_item(Box("A-1")))
    note = "x" * (MAX_ITEM - len("note"))
    long_key = "k" * 50
    taken = len("number" + long_key)
    db.put(Box("A-1", text="x" * room))
    db.update(Loose, long_key, set={"note": note[taken:]})
    db.update(Loose, "A-2", set={"note": note[22:]})
    with pytest.raises(RequestRejectedError):
        db.update(Loose, "A-2", set={"note": note[21:]})
    sent.clear()
    with pytest.raises(ItemTooLargeError):
        db.put(Box("A-1", text="x" * (room + 1)))
    with pytest.raises(ItemTooLargeError):
        db.update(Loose, long_key, set={"note": note[taken - 1 :]})

    assert [] == sent.operations
    assert MAX_ITEM == item_size(stored("A-1"))


_texts = st.text(st.characters(codec="utf-8"), max_size=6)
_names = st.text("abéß", min_size=1, max_size=5)
_scalars = st.one_of(
    _texts.map(lambda text: {"S": text}),
    st.integers(-(10**38) + 1, 10**38 - 1).map(lambda number: {"N": str(number)}),
    st.decimals(-(10**9), 10**9, places=7).map(lambda number: {"N": f"{number:f}"}),
    st.binary(max_size=8).map(lambda data: {"B": data}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    st.sets(_texts, min_size=1, max_size=3).map(lambda texts: {"SS": sorted(texts)}),
    st.sets(st.integers(-999, 999), min_size=1, max_size=3).map(
        lambda numbers: {"NS": [f"{number}00" for number in sorted(numbers)]}
    ),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda values: {"L": values}),
        st.dictionaries(_names, inner, max_size=4).map(lambda values: {"M": values}),
    ),
    max_leaves=8,
)


@only_sync
@settings(
    max_examples=30,
    # How long an item takes to be made says something about the machine, and nothing about us.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=st.dictionaries(_names, _values, max_size=6), over=st.integers(-1, 2))
def test_any_item_near_the_limit_has_one_verdict(judges, item, over):
    """No mixture of types is measured otherwise than by the engine."""
    members = {"TableName": judges.table, "Item": filled(item, MAX_ITEM + over)}

    verdict = judges.engine({"Put": members})

    assert verdict == judges.library(lambda tx: tx.client.put_item(**members), ItemTooLargeError)


def _boxes(total, count=11):
    """Make items that have so many bytes together, each within its own limit."""
    last = total - (count - 1) * MAX_ITEM
    sizes = [MAX_ITEM] * (count - 1) + [last]
    return [filled({}, size, f"B-{number:02}") for number, size in enumerate(sizes)]


def _put_all(tx, table, items):
    for item in items:
        tx.client.put_item(TableName=table, Item=item)


NOT_EXISTS = "attribute_not_exists(note)"
NEIGHBOURS = {
    "a delete": ("Delete", {}, lambda tx: tx.delete(Account, "Z-9")),
    "a check": (
        "ConditionCheck",
        {"ConditionExpression": NOT_EXISTS},
        lambda tx: tx.check(Account, "Z-9", condition=NOT_EXISTS),
    ),
}


@pytest.mark.slow
@only_sync
@pytest.mark.parametrize("neighbour", NEIGHBOURS)
@pytest.mark.parametrize("over", [0, 1])
def test_all_items_have_4_megabytes_together(judges, neighbour, over):
    """Puts count with their items, deletes and checks with their keys, to the byte."""
    kind, members, verb = NEIGHBOURS[neighbour]
    key = {"number": {"S": "Z-9"}}
    boxes = _boxes(MAX_TOGETHER + over - item_size(BESIDE) - item_size(key))
    check = {"TableName": judges.table, "Key": BESIDE, "ConditionExpression": NOT_EXISTS}
    entries = [{"Put": {"TableName": judges.table, "Item": box}} for box in boxes]

    def stage(tx):
        _put_all(tx, judges.table, boxes)
        verb(tx)

    other = {kind: {"TableName": judges.table, "Key": key, **members}}
    verdict = judges.engine({"ConditionCheck": check}, *entries, other)

    assert (REFUSED if over else ACCEPTED) == verdict
    assert verdict == judges.library(stage, TransactionTooLargeError, "TRANSACTION_TOO_LARGE")


@pytest.mark.slow
@only_sync
def test_updates_count_with_what_they_surely_leave(judges):
    """The documentation counts items, so names of attributes count, too.

    dynoxide counts every value of an update and leaves the names out: it refuses what the library
    refuses only when there are as many bytes more as the names have.
    """
    boxes = _boxes(MAX_TOGETHER - item_size(BESIDE))
    names = len(boxes) * len("text")

    def stage(tx):
        for box in boxes:
            tx.update(Box, box["number"]["S"], set={"text": box["text"]["S"]})

    def entries():
        for box in boxes:
            yield {
                "Update": {
                    "TableName": judges.table,
                    "Key": {"number": box["number"]},
                    "UpdateExpression": "SET #t = :t",
                    "ExpressionAttributeNames": {"#t": "text"},
                    "ExpressionAttributeValues": {":t": box["text"]},
                }
            }

    assert ACCEPTED == judges.library(stage)
    boxes[-1]["text"]["S"] += "x"
    assert REFUSED == judges.library(stage, TransactionTooLargeError, "TRANSACTION_TOO_LARGE")
    boxes[-1]["text"]["S"] += "x" * (names + item_size(BESIDE) - 1)
    assert ACCEPTED == judges.engine(*entries())
    boxes[-1]["text"]["S"] += "x"
    assert REFUSED == judges.engine(*entries())


@pytest.mark.slow
def test_what_is_only_read_counts_like_a_check(db, sent, table):
    """The guard of a read becomes a check, for which there must be room; guard=False needs none."""
    keys = [EntityKey(Account, name) for name in ("Z-1", "Z-9")]
    room = MAX_TOGETHER - 2 * item_size({"number": {"S": "Z-9"}})
    with TransactScope(db) as tx:
        tx.get(keys[0])
        _put_all(tx, table, _boxes(room + 1))
        with pytest.raises(TransactionTooLargeError, match=r"get Account .*key number='Z-9'"):
            tx.get(keys[1])
        assert tx.get(keys[1], guard=False) is None
        tx.rollback()
    with TransactScope(db) as tx:
        assert [None, None] == tx.get_many(*keys)
        _put_all(tx, table, _boxes(room))

    assert ScopeState.COMMITTED is tx.state
    assert 13 == len(sent.requests[-1].body["TransactItems"])


@pytest.mark.slow
def test_an_item_that_is_read_and_written_counts_once(db, sent, table):
    """Its guard is in its own action; when the write is taken back, the check comes again."""
    *most, last = _boxes(MAX_TOGETHER)
    with TransactScope(db) as tx:
        for box in (*most, last):
            tx.get(Account, box["number"]["S"])
        _put_all(tx, table, most)
        with tx.savepoint() as savepoint:
            _put_all(tx, table, [last])
            with pytest.raises(TransactionTooLargeError):
                tx.delete(Account, "Z-9")
            savepoint.rollback()
            tx.delete(Account, "Z-9")

    kinds = [kind for entry in sent.requests[-1].body["TransactItems"] for kind in entry]
    assert ["Put"] * len(most) + ["ConditionCheck", "Delete"] == kinds


@pytest.mark.slow
def test_the_sum_is_right_after_every_way_back(db, sent, table):
    """Unstaging, savepoints, folding and a key that becomes known take away what they take."""
    *most, last = _boxes(MAX_TOGETHER)
    key = item_size({"number": {"S": "Z-9"}})
    smaller = filled({}, item_size(last) - key, last["number"]["S"])
    with TransactScope(db) as tx:
        _put_all(tx, table, [*most, last])
        with pytest.raises(TransactionTooLargeError, match="would have 4194313: delete"):
            tx.delete(Account, "Z-9")
        tx.unstage(tx.staged[-1])
        with tx.savepoint() as savepoint:
            _put_all(tx, table, [last])
            savepoint.rollback()
        delete = tx.delete(Account, "Z-9")
        with pytest.raises(TransactionTooLargeError, match="would have 4194313: put"):
            _put_all(tx, table, [last])
        _put_all(tx, table, [smaller])
        tx.unstage(delete)
        tx.delete(Account, smaller["number"]["S"])  # in the place of its put
        tx.put(Box("more", text="x" * 90_000))
        with pytest.raises(TransactionTooLargeError):
            tx.put(Box("most", text="x" * 9_000))

    assert ScopeState.COMMITTED is tx.state
    assert 12 == len(sent.requests[-1].body["TransactItems"])
