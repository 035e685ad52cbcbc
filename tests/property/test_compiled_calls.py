"""Calls that are written as bytes at once say what the plain way says, or are left to it."""

import datetime as dt
import gc
import secrets
import sys
import types
from decimal import Decimal

import attrs
import pytest
from boto3.dynamodb.conditions import Attr
from hypothesis import given, settings
from hypothesis import strategies as st

from transactscope import KeyTemplate, entity, if_not_exists, list_append, path
from transactscope.core.building import ActionBuilder, Terms, changes_of
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.core.freeze import action_members
from transactscope.errors import TransactScopeError
from transactscope.types.json_text import from_json
from transactscope.values import default_converter, make_converter


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
    parts: list[str] = attrs.field(factory=list)
    tags: set[str] | None = None
    place: Place | None = None
    seen: dt.datetime | None = None
    is_open: bool = False
    count: int = 0


@entity("Album", partition_key="artist", discriminator=("kind", "album"))
@attrs.define
class Album:
    """An item with a discriminator and a value of any type."""

    artist: str
    extra: object = None


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user}#"),
    sort_key=KeyTemplate("SK", "{day}#ORDER#{number:04d}"),
    discriminator=("kind", "order"),
)
@attrs.define
class Order:
    """An item whose keys are composed of fields of several types."""

    user: str
    day: dt.date
    number: int
    total: Decimal | None = None


@entity("Mixed", partition_key="name", sort_key=KeyTemplate("SK", "NUMBER#{number:04d}"))
@attrs.define
class Mixed:
    """An item of whose key one attribute is composed."""

    name: str
    number: int


TEXTS = st.text(max_size=5) | st.sampled_from(['"', "\\", "\x00", "é", "\U0001f600", "\ud800"])
NUMBERS = st.integers(-3, 3) | st.sampled_from([10**37, 10**38, -(10**40)])
PRICES = st.decimals(-9, 9, places=2) | st.sampled_from([Decimal("NaN"), Decimal("1E+3"), None])
MOMENTS = st.datetimes(timezones=st.just(dt.UTC)) | st.none()
WRONG = st.sampled_from([True, 1.5, b"x", "7", None, [1], Attr("title"), path("price"), {1: 2}])
THINGS = st.builds(
    Thing,
    owner=TEXTS | WRONG,
    number=NUMBERS | WRONG,
    title=TEXTS,
    price=PRICES,
    parts=st.lists(TEXTS, max_size=2),
    tags=st.sets(TEXTS, max_size=2) | st.none(),
    place=st.builds(Place, TEXTS, NUMBERS) | st.none(),
    seen=MOMENTS,
    is_open=st.booleans() | WRONG,
)
ALBUMS = st.builds(Album, TEXTS, WRONG)
USERS = TEXTS | st.sampled_from(["a#b", "#", "", None, 5])
DAYS = st.dates() | WRONG
ORDERS = st.builds(Order, USERS, DAYS, NUMBERS | WRONG, PRICES)
VALUES = TEXTS | NUMBERS | PRICES | WRONG

NAMES = st.sampled_from(["title", "price", "parts", "tags", "place", "is_open", "number", "no"])
TESTS = st.one_of(
    st.builds(lambda name, value: Attr(name).eq(value), NAMES, VALUES),
    st.builds(lambda name, value: Attr(name).gte(value), NAMES, VALUES),
    st.builds(lambda name, value: Attr(name).contains(value), NAMES, VALUES),
    st.builds(lambda name, value: Attr(name).begins_with(value), NAMES, VALUES),
    st.builds(lambda name, value: Attr(name).between(value, 5), NAMES, VALUES),
    st.builds(lambda name, value: Attr(name).is_in([value, 1]), NAMES, VALUES),
    st.builds(lambda name, other: Attr(name).lt(Attr(other)), NAMES, NAMES),
    st.builds(lambda name: Attr(name).exists(), NAMES),
    st.builds(lambda name: Attr(name).attribute_type("S"), NAMES),
    st.builds(lambda name, value: Attr(name).size().gt(value), NAMES, NUMBERS),
    st.sampled_from([Attr("title"), "title = :v", 5, Attr("place.city").eq("Paris")]),
)
CONDITIONS = st.none() | st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda one, other: _joined(one, other, "&"), inner, inner),
        st.builds(lambda one, other: _joined(one, other, "|"), inner, inner),
        st.builds(lambda one: ~one if hasattr(one, "get_expression") else one, inner),
    ),
    max_leaves=4,
)
OPERANDS = VALUES | st.one_of(
    st.builds(lambda name, value: path(name) + value, NAMES, NUMBERS),
    st.builds(if_not_exists, NAMES, NUMBERS),
    st.builds(lambda name, value: if_not_exists(name, 1) - value, NAMES, NUMBERS),
    st.builds(lambda name, value: list_append(name, [value]), NAMES, TEXTS),
    st.builds(path, NAMES),
)
SETS = st.none() | st.dictionaries(NAMES | st.just("place.city"), OPERANDS, max_size=3)
ADDS = st.none() | st.dictionaries(NAMES, NUMBERS | st.sets(TEXTS, max_size=2), max_size=1)
REMOVES = st.none() | NAMES | st.lists(NAMES, max_size=2)
DELETES = st.none() | st.dictionaries(NAMES, st.sets(TEXTS, max_size=2), max_size=1)
TERMS = st.builds(
    Terms,
    condition=CONDITIONS,
    names=st.sampled_from([None, None, None, {}, {"#n": "title"}]),
    values=st.sampled_from([None, None, None, {":v": 1}]),
    raises=st.sampled_from([None, None, KeyError, ValueError("no"), "text", int]),
)
KEYS = st.tuples(TEXTS, NUMBERS) | st.tuples(VALUES, VALUES) | st.tuples(TEXTS)


def _joined(one, other, sign):
    if not all(hasattr(each, "get_expression") for each in (one, other)):
        return one
    return one & other if sign == "&" else one | other


@attrs.frozen
class Put:
    """A call that writes a whole entity."""

    verb: str
    entity: object
    terms: Terms

    def plain(self, builder):
        """Build it the plain way."""
        return builder.put(self.verb, self.entity, self.terms)

    def compiled(self, builder):
        """Write it as bytes."""
        is_bare = Terms() == self.terms
        terms = None if is_bare else self.terms
        return builder.put(self.verb, self.entity, terms, sys._getframe())


@attrs.frozen
class Update:
    """A call that changes an item by its key."""

    cls: type
    key: tuple
    changes: dict
    terms: Terms

    def plain(self, builder):
        """Build it the plain way."""
        return builder.update(_key(self.cls, self.key), self.changes, self.terms)

    def compiled(self, builder):
        """Write it as bytes."""
        return builder.update(self.cls, self.key, self.changes, self.terms, sys._getframe())


@attrs.frozen
class Keyed:
    """A call that deletes or checks an item."""

    verb: str
    target: object
    key: tuple
    terms: Terms

    def plain(self, builder):
        """Build it the plain way."""
        return getattr(builder, self.verb)(self.target, self.key, self.terms)

    def compiled(self, builder):
        """Write it as bytes."""
        write = getattr(builder, self.verb)
        return write(self.target, self.key, self.terms, sys._getframe())


def _key(cls, parts):
    from transactscope import EntityKey

    return EntityKey(cls, *parts)


ORDER_KEYS = st.tuples(USERS, DAYS, NUMBERS | WRONG)
TOTALS = st.builds(lambda total: changes_of({"total": total}, None, None, None), PRICES)
BARE = st.just(Terms()) | TERMS
CALLS = st.one_of(
    st.builds(Put, st.sampled_from(["put", "insert", "replace"]), THINGS | ALBUMS, BARE),
    st.builds(Put, st.sampled_from(["put", "insert"]), ORDERS, BARE),
    st.builds(
        Update, st.just(Thing), KEYS, st.builds(changes_of, SETS, ADDS, REMOVES, DELETES), BARE
    ),
    st.builds(
        Update,
        st.just(Order),
        ORDER_KEYS,
        TOTALS,
        BARE,
    ),
    st.builds(Keyed, st.just("delete"), st.just(Order), ORDER_KEYS, st.just(Terms())),
    st.builds(Keyed, st.sampled_from(["delete", "check"]), st.just(Thing), KEYS, BARE),
    st.builds(Keyed, st.sampled_from(["delete", "check"]), THINGS, st.just(()), BARE),
)
FACTS = (
    "verb",
    "table",
    "key",
    "entity_class",
    "kind",
    "item",
    "update",
    "condition",
    "raises",
    "expected",
    "target",
    "size",
    "rendered",
)


def _agree(call, plain, compiled):
    """Make a call both ways; return whether it was written as bytes."""
    try:
        action = call.plain(plain)
    except (TransactScopeError, TypeError, ValueError):
        assert call.compiled(compiled) is None
        return False
    encoded = call.compiled(compiled)
    if encoded is None:
        return False
    for fact in FACTS:
        assert getattr(action, fact) == getattr(encoded, fact), fact
    assert {action.kind: action_members(action)} == from_json(encoded.encoded)
    return True


@settings(max_examples=120, deadline=None)
@given(calls=st.lists(CALLS, min_size=1, max_size=12))
def test_calls_are_written_as_the_plain_way_builds_them(calls):
    """A wrong byte here would be a write that nobody asked for."""
    plain = ActionBuilder(default_converter(), lambda: 0.0)
    compiled = CompiledBuilder(plain)
    for call in calls:
        _agree(call, plain, compiled)


A = ("a", 1)
USUAL = [
    Put("put", Thing("a", 1, "t", Decimal("1.50"), ["x"], {"y"}, Place("Paris")), Terms()),
    Put("insert", Thing("é", 2), Terms()),
    Put("replace", Thing("a", 3), Terms(Attr("price").gt(1) & Attr("title").eq("x"))),
    Put("put", Album("a"), Terms(raises=KeyError)),
    Update(Thing, A, changes_of({"title": "x", "price": 2}, None, None, None), Terms()),
    Update(
        Thing, ("a", 1), changes_of({"price": path("price") + 1}, None, ["title"], None), Terms()
    ),
    Update(Thing, A, changes_of(None, {"price": 1}, "title", {"tags": {"y"}}), Terms()),
    Update(Thing, A, changes_of({"place.city": "Rome"}, None, None, None), Terms()),
    Update(
        Thing, ("a", 1), changes_of({"price": if_not_exists("price", 0)}, None, None, None), Terms()
    ),
    Update(
        Thing,
        ("a", 1),
        changes_of({"parts": list_append("parts", ["y"])}, None, None, None),
        Terms(),
    ),
    Update(Thing, A, changes_of(None, {"tags": {"x"}}, None, None), Terms()),
    Update(
        Thing, ("a", 1), changes_of({path("price"): 1}, {path("count"): 2}, None, None), Terms()
    ),
    Put("put", Mixed("a", 5), Terms()),
    Put("put", Order("a", dt.date(2026, 1, 2), 5), Terms()),
    Update(
        Order,
        ("a", dt.date(2026, 1, 2), 5),
        changes_of({"total": 5}, None, None, None),
        Terms(Attr("total").lt(4)),
    ),
    Keyed("delete", Order("a", dt.date(2026, 1, 2), 5), (), Terms()),
    Keyed("delete", Thing, ("a", 1), Terms(Attr("title").begins_with("x"))),
    Keyed("delete", Thing("a", 1), (), Terms()),
    Keyed("check", Thing, ("a", 1), Terms(~Attr("title").exists() | Attr("number").lt(5))),
]


@pytest.mark.parametrize("call", USUAL, ids=range(len(USUAL)))
def test_usual_calls_are_written_as_bytes(call):
    """Speed is what this is for: a call that silently takes the plain way has none."""
    plain = ActionBuilder(default_converter(), lambda: 0.0)

    assert _agree(call, plain, CompiledBuilder(plain))


def test_values_of_a_shape_do_not_stay_with_it():
    """A shape lives as long as its database: what one request said must not stay in memory."""
    plain = ActionBuilder(default_converter(), lambda: 0.0)
    compiled = CompiledBuilder(plain)
    for _ in range(2):
        title = secrets.token_hex()
        terms = Terms(Attr("title").eq(title))
        call = Update(Thing, (title, 1), changes_of({"title": title}, None, None, None), terms)

        assert _agree(call, plain, compiled)
        assert title not in set(_texts_held_by(compiled))


def _texts_held_by(owner):
    """Find every text that an object keeps alive, but for what modules and classes hold."""
    waiting, seen = [owner], set()
    while waiting:
        held = waiting.pop()
        is_shared = isinstance(held, type | types.ModuleType)
        if id(held) in seen or is_shared or (isinstance(held, dict) and "__name__" in held):
            continue
        seen.add(id(held))
        if isinstance(held, str):
            yield held
        waiting += gc.get_referents(held)


def test_a_hook_of_the_users_has_the_last_word():
    """A converter that writes a class its own way must not be passed by."""
    converter = make_converter()
    converter.register_unstructure_hook(Place, lambda place: {"S": place.city})
    plain = ActionBuilder(converter, lambda: 0.0)
    call = Put("put", Thing("a", 1, place=Place("Paris")), Terms())

    assert _agree(call, plain, CompiledBuilder(plain))
    assert {"S": "Paris"} == call.compiled(CompiledBuilder(plain)).item["place"]


def test_each_table_has_its_own_bytes():
    """A function that names tables may name another for the next call, as for another tenant."""
    tenant = ["one"]
    plain = ActionBuilder(default_converter(), lambda: 0.0, lambda name: f"{tenant[0]}-{name}")
    compiled = CompiledBuilder(plain)
    for tenant[0] in ("one", "two", "one"):
        assert _agree(USUAL[0], plain, compiled)
        assert f"{tenant[0]}-Thing" == USUAL[0].compiled(compiled).table
