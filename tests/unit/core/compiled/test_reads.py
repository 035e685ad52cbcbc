"""Which reads are written at once, and what is left to the plain way."""

import datetime as dt
import enum
import sys

import attrs
import pytest

from transactscope import EntityKey, KeyTemplate, entity
from transactscope.core.building import ActionBuilder
from transactscope.core.compiled import reads
from transactscope.core.compiled.reads import CompiledReads
from transactscope.fields import Alias
from transactscope.values import default_converter, make_converter

MOMENT = dt.datetime(1959, 8, 17, tzinfo=dt.UTC)


class Genre(enum.Enum):
    """What is stored as its value."""

    JAZZ = "jazz"
    NONE = ""


@entity("Thing", partition_key="name", sort_key="day")
@attrs.define
class Thing:
    """An item whose key's names are not in the order of the alphabet."""

    name: str
    day: int


@entity("Single", partition_key="name")
@attrs.define
class Single:
    """An item with a partition key alone."""

    name: str


@entity("Kinds", partition_key="genre", sort_key="moment")
@attrs.define
class Album:
    """An item whose key is texts that are made of other values."""

    genre: Genre
    moment: dt.datetime


@entity("Raw", partition_key="digest")
@attrs.define
class Raw:
    """An item whose key is bytes."""

    digest: bytes


@entity("Shop", partition_key=KeyTemplate("PK", "USER#{name}"))
@attrs.define
class Composed:
    """An item whose key is composed of a field."""

    name: str


@entity("arn:aws:dynamodb:eu-west-1:123456789012:table/Far", partition_key="name")
@attrs.define
class Far:
    """An item of another account's table."""

    name: str


@entity("LongName", partition_key="name", fields={"name": Alias("n" * 256)})
@attrs.define
class LongName:
    """An item whose key has a name that no table takes."""

    name: str


def _compiled(converter=None, table_names=None):
    converter = default_converter() if converter is None else converter
    return CompiledReads(ActionBuilder(converter, lambda: 0.0, table_names))


USUAL = [
    (EntityKey(Thing, "a", 1), b'{"TableName":"Thing","Key":{"day":{"N":"1"},"name":{"S":"a"}}'),
    (EntityKey(Single, 'é"'), '{"TableName":"Single","Key":{"name":{"S":"é\\""}}'.encode()),
    (
        EntityKey(Album, Genre.JAZZ, MOMENT),
        (
            b'{"TableName":"Kinds","Key":{"genre":{"S":"jazz"},'
            b'"moment":{"S":"1959-08-17T00:00:00.000000Z"}}'
        ),
    ),
]


@pytest.mark.parametrize(("key", "members"), USUAL, ids=range(len(USUAL)))
def test_usual_keys_are_written_as_bytes(key, members):
    """Speed is what this is for: a read that silently takes the plain way has none."""
    compiled = _compiled()
    one = compiled.one(key, ()).request
    several = compiled.several([key]).request

    assert ("GetItem", (members + b',"ConsistentRead":true}',)) == (one.operation, one.content)
    assert ("TransactGetItems", (b'{"TransactItems":[{"Get":' + members + b"}}]}",)) == (
        several.operation,
        several.content,
    )


UNUSUAL = [
    EntityKey(Single, ""),
    EntityKey(Single, "x" * 257),
    EntityKey(Single, "\ud800"),
    EntityKey(Single, 5),
    EntityKey(Thing, "a", True),
    EntityKey(Thing, "a", None),
    EntityKey(Album, Genre.NONE, MOMENT),
    EntityKey(Raw, b"x"),
    EntityKey(Composed, "a"),
    EntityKey(Far, "a"),
    EntityKey(LongName, "a"),
    EntityKey(Thing, "a", 1).only("day"),
    "a",
]


@pytest.mark.parametrize("key", UNUSUAL, ids=range(len(UNUSUAL)))
def test_unusual_keys_are_left_to_the_plain_way(key):
    """Only the plain way has rules, and errors: among usual keys, too."""
    compiled = _compiled()

    assert compiled.one(key, ()) is None
    assert compiled.several([EntityKey(Single, "a"), key]) is None


@pytest.mark.parametrize(
    ("target", "parts"),
    [(Thing, ("a",)), (Thing, ()), (EntityKey(Single, "a"), ("b",)), (int, ("a",)), (None, ())],
    ids=range(5),
)
def test_what_is_no_key_is_left_to_the_plain_way(target, parts):
    """A wrong call has to end in an error that says what is wrong."""
    assert _compiled().one(target, parts) is None


@pytest.mark.parametrize(("count", "is_quick"), [(0, False), (1, True), (100, True), (101, False)])
def test_as_many_are_read_as_fit_into_a_request(count, is_quick):
    """Repetitions do not count; the plain way refuses more, and sends nothing for nothing."""
    keys = [EntityKey(Single, str(number)) for number in range(count)] * 2

    assert is_quick is (_compiled().several(keys) is not None)


def test_a_key_that_comes_twice_is_asked_for_once():
    """Two Gets of one key are refused by DynamoDB; each who asked is answered."""
    keys = [EntityKey(Single, name) for name in "aba"]
    found = _compiled().several(keys)
    values = found.values([{"name": {"S": "a"}}, None])

    assert (2, [Single("a"), None, Single("a")]) == (len(found), values)
    assert values[0] is not values[2]


def test_what_stands_for_reads_says_where_they_were_asked_for():
    """The reasons of a cancellation name the key, the class and the line."""
    found = _compiled().several([EntityKey(Thing, "a", 1), EntityKey(Single, "b")])
    line = sys._getframe().f_lineno - 1

    assert [
        ("get", "Thing", {"name": {"S": "a"}, "day": {"N": "1"}}, Thing, f"{__file__}:{line}"),
        ("get", "Single", {"name": {"S": "b"}}, Single, f"{__file__}:{line}"),
    ] == [
        (action.verb, action.table, action.key, action.entity_class, action.call)
        for action in (fold.action for fold in found)
    ]


def test_a_hook_that_is_registered_later_is_not_passed_by():
    """A key that is written another way from now on is another key."""
    converter = make_converter()
    compiled = _compiled(converter)
    before = compiled.one(Thing, ("a", 1))
    converter.register_unstructure_hook(int, lambda value: {"N": str(value + 1)})

    assert before is not None
    assert compiled.one(Thing, ("a", 1)) is None


def test_a_hook_that_is_registered_later_reads_what_is_read_from_then_on():
    """Whoever reads before and after it must not get the same."""
    converter = make_converter()
    compiled = _compiled(converter)
    item = {"name": {"S": "a"}}
    before = compiled.one(Single, ("a",)).values([item])
    converter.register_structure_hook(Single, lambda wire, _: Single(wire["M"]["name"]["S"] * 2))

    assert [[Single("a")], [Single("aa")]] == [before, compiled.one(Single, ("a",)).values([item])]


def test_each_table_has_its_own_bytes():
    """A function that names tables may name another for the next call, as for another tenant."""
    tenant = ["one"]
    compiled = _compiled(table_names=lambda name: f"{tenant[0]}-{name}")
    for tenant[0] in ("one", "two", "one"):
        request = compiled.several([EntityKey(Single, "a")]).request

        assert ((f"{tenant[0]}-Single",), f"{tenant[0]}-Single") == (
            request.tables,
            request.body["TransactItems"][0]["Get"]["TableName"],
        )


def test_plans_are_forgotten_where_there_are_many(monkeypatch):
    """A program that makes tables for ever must not grow for ever."""
    monkeypatch.setattr(reads, "MAX_PLANS", 2)
    names = iter("abcd")
    compiled = _compiled(table_names=lambda name: name + next(names))
    for _ in range(4):
        compiled.one(Single, ("a",))

    assert [(Single, "Singlec"), (Single, "Singled")] == list(compiled._plans())
