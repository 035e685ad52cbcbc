"""Entries of a batch that are written as bytes at once say what the plain way says."""

import datetime as dt
from decimal import Decimal

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from transactscope import EntityKey, KeyTemplate, entity
from transactscope.core.batches.entries import Entries
from transactscope.core.batches.requests import get_request, wire_size, write_request
from transactscope.core.building import ActionBuilder
from transactscope.core.compiled.batches import CompiledEntries
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.errors import TransactScopeError
from transactscope.types.json_text import from_json
from transactscope.values import default_converter


@attrs.define
class Place:
    """A map in an item."""

    city: str
    floor: int = 0


@entity("Thing", partition_key="owner", sort_key="number")
@attrs.define
class Thing:
    """An item with a bit of everything, and a key whose names are not in order."""

    owner: str
    number: int
    title: str = ""
    price: Decimal | None = None
    tags: set[str] | None = None
    place: Place | None = None
    data: bytes = b""


@entity("Kinds", partition_key="artist", discriminator=("kind", "album"))
@attrs.define
class Album:
    """An item with a discriminator and a value of any type."""

    artist: str
    extra: object = None


@entity("Kinds", partition_key="artist", version="version")
@attrs.define
class Counted:
    """An item with a version, of the same table."""

    artist: str
    version: int | None = None


@entity(
    "Thing",
    partition_key=KeyTemplate("owner", "USER#{user}#"),
    sort_key=KeyTemplate("SK", "{day}#ORDER#{place:04d}"),
)
@attrs.define
class Order:
    """An item whose key is composed of fields of several types."""

    user: str
    day: dt.date
    place: int


TEXTS = st.text(max_size=5) | st.sampled_from(
    ['"', "\\", "\x00", "é", "\U0001f600", "\ud800", "", "x" * 257, "é" * 1024, "x" * 2049]
)
NUMBERS = st.integers(-3, 3) | st.sampled_from([10**37, 10**38, -(10**40)])
PRICES = st.decimals(-9, 9, places=2) | st.sampled_from([Decimal("NaN"), Decimal("1E+3"), None])
WRONG = st.sampled_from([True, 1.5, b"x", "7", None, [1], {1: 2}, Thing])
THINGS = st.builds(
    Thing,
    owner=TEXTS | WRONG,
    number=NUMBERS | WRONG,
    title=TEXTS,
    price=PRICES,
    tags=st.sets(TEXTS, max_size=2) | st.none(),
    place=st.builds(Place, TEXTS, NUMBERS) | st.none(),
    data=st.binary(max_size=4),
)
TOO_LARGE = Thing("a", 1, "x" * 409_600)
ENTITIES = st.one_of(
    THINGS,
    st.just(TOO_LARGE),
    st.builds(Album, TEXTS, WRONG),
    st.builds(Counted, TEXTS, st.none() | NUMBERS),
    st.builds(Order, TEXTS | st.just("a#b"), st.dates() | WRONG, NUMBERS | WRONG),
)
KEYS = st.one_of(
    st.builds(EntityKey, st.just(Thing), TEXTS | WRONG, NUMBERS | WRONG),
    st.builds(EntityKey, st.sampled_from([Album, Counted]), TEXTS | WRONG),
    st.builds(EntityKey, st.just(Order), TEXTS, st.dates() | WRONG, NUMBERS | WRONG),
)
CALLS = st.one_of(
    st.tuples(st.just("put"), ENTITIES | WRONG),
    st.tuples(st.just("delete"), ENTITIES | KEYS | WRONG),
    st.tuples(st.just("read"), KEYS | WRONG),
)
FACTS = ("number", "verb", "table", "key", "target", "size", "entity_class", "parameters")


def _entry(entries, verb, given_one):
    """Return an entry, or what is said instead."""
    try:
        return getattr(entries, verb)(3, given_one), None
    except TransactScopeError as error:
        return None, (type(error), getattr(error, "code", None), str(error))


@settings(max_examples=150, deadline=None)
@given(calls=st.lists(CALLS, min_size=1, max_size=12))
def test_entries_are_written_as_the_plain_way_builds_them(calls):
    """A wrong byte here would be a write that nobody asked for; a wrong size, a refusal."""
    builder = CompiledBuilder(ActionBuilder(default_converter(), lambda: 0.0))
    plain, quick = Entries(builder.plain), CompiledEntries(builder.plain, builder)
    made = {"put": [], "delete": [], "read": []}
    for verb, given_one in calls:
        (expected, refusal), (entry, other) = (
            _entry(entries, verb, given_one) for entries in (plain, quick)
        )

        assert refusal == other
        if expected is None:
            continue
        assert [getattr(expected, fact) for fact in FACTS] == [
            getattr(entry, fact) for fact in FACTS
        ]
        assert (given_one, expected.describe()) == (entry.given, entry.public.describe())
        assert from_json(expected.content) == from_json(entry.content)
        assert wire_size(expected) == wire_size(entry)
        made[verb].append((expected, entry))
    _agree(write_request, [*made["put"], *made["delete"]])
    _agree(lambda entries: get_request(entries, consistent=False), made["read"])
    _agree(lambda entries: get_request(entries, consistent=True), made["read"])


def _agree(request_of, pairs):
    """Compare the requests of entries of both kinds: parameters, tables and content."""
    expected, request = (request_of([pair[place] for pair in pairs]) for place in (0, 1))

    assert (expected.operation, expected.tables) == (request.operation, request.tables)
    assert expected.body == request.body
    assert expected.body == from_json(b"".join(request.content))
