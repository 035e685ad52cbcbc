"""Reads that are written as bytes at once ask for and return what the plain way does."""

import datetime as dt
import enum
from decimal import Decimal

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from transactscope import EntityKey, KeyTemplate, entity
from transactscope.core.building import ActionBuilder
from transactscope.core.compiled.reads import CompiledReads
from transactscope.core.freeze import get_request, projected_get_request
from transactscope.core.queries.projections import merged, refuse_too_many, wanted_of
from transactscope.entities.items import from_item, item_reader, to_item
from transactscope.entities.keys import entity_key
from transactscope.errors import TransactScopeError
from transactscope.values import default_converter


class Genre(enum.Enum):
    """What is stored as its value."""

    JAZZ = "jazz"
    NONE = ""


@entity("Things", partition_key="owner", sort_key="number")
@attrs.define
class Thing:
    """An item whose key's names are not in the order of the alphabet."""

    owner: str
    number: int
    title: str = ""


@entity("Things", partition_key="number", sort_key="owner")
@attrs.define
class Swapped:
    """The same keys the other way round."""

    number: Decimal
    owner: str
    price: Decimal | None = None


@entity("Singles", partition_key="genre")
@attrs.define
class Single:
    """An item with a partition key alone, which is no plain text."""

    genre: Genre


@entity("Singles", partition_key="genre", discriminator=("kind", "moment"))
@attrs.define
class Moment:
    """An item of one kind among others."""

    genre: dt.datetime
    tags: list[str] = attrs.Factory(list)


@entity("Raw", partition_key="digest")
@attrs.define
class Raw:
    """An item whose key is bytes."""

    digest: bytes


@entity("Things", partition_key=KeyTemplate("owner", "USER#{name}"), sort_key="number")
@attrs.define
class Composed:
    """An item whose key is composed of a field."""

    name: str
    number: int


TEXTS = st.sampled_from(["a", "b", 'q"\\', "é", "\ud800", "", "x" * 256, "x" * 257, "é" * 1024])
NUMBERS = st.sampled_from([1, 2, Decimal(1), Decimal("1.0"), Decimal("1E+1"), 10, 10**40])
WRONG = st.sampled_from([True, 1.5, b"x", None, [1], {}, object, Genre.NONE])
MOMENTS = st.sampled_from([dt.datetime(1959, 8, 17, tzinfo=dt.UTC), dt.datetime(1959, 8, 17)])  # noqa: DTZ001 - wrong
PARTS = TEXTS | NUMBERS | WRONG
KEYS = st.one_of(
    st.builds(EntityKey, st.just(Thing), TEXTS, NUMBERS),
    st.builds(EntityKey, st.just(Swapped), NUMBERS, TEXTS),
    st.builds(EntityKey, st.sampled_from([Thing, Swapped, Composed]), PARTS, PARTS),
    st.builds(EntityKey, st.sampled_from([Single, Moment, Raw]), MOMENTS | st.sampled_from(Genre)),
    st.builds(EntityKey, st.sampled_from([Single, Moment, Raw]), PARTS),
    st.builds(EntityKey, st.just(Thing), TEXTS, NUMBERS).map(lambda key: key.only("title")),
    st.sampled_from([Thing, None, "a"]),
)
ITEMS = st.one_of(
    st.builds(Thing, st.just("a"), st.integers(0, 5), st.just("t")).map(to_item),
    st.builds(Swapped, st.just(Decimal(1)), st.just("a"), st.just(Decimal("1.5"))).map(to_item),
    st.builds(Moment, st.just(dt.datetime(1959, 8, 17, tzinfo=dt.UTC)), st.just(["x"])).map(
        to_item
    ),
    st.builds(Composed, st.just("a"), st.integers(0, 5)).map(to_item),
    st.sampled_from(
        [
            {},
            {"kind": {"S": "other"}},
            {"kind": {"S": "moment"}},
            {"owner": {"S": "USER#b"}, "name": {"S": "a"}, "number": {"N": "1"}},
            {"owner": {"S": 5}, "number": {"N": "1"}},
            "no item",
        ]
    ),
)


def _outcome(call, *arguments):
    try:
        return call(*arguments)
    except TransactScopeError as error:
        return type(error), str(error)


def _plain_of_several(builder, keys):
    try:
        wanted = [wanted_of(key, builder.read) for key in keys]
        refuse_too_many(wanted)
    except TransactScopeError:
        return None
    return merged(wanted)


@settings(max_examples=150, deadline=None)
@given(lists=st.lists(st.lists(KEYS, max_size=4), max_size=6))
def test_reads_are_written_as_the_plain_way_builds_them(lists):
    """A wrong byte here would be the item of somebody else."""
    plain = ActionBuilder(default_converter(), lambda: 0.0)
    quick = CompiledReads(plain)
    for keys in lists:
        gets = _plain_of_several(plain, keys)
        reads = quick.several(keys)
        if reads is None:
            continue
        expected = projected_get_request(gets)

        assert expected.body == reads.request.body
        assert expected.tables == reads.request.tables
        assert [get.read.target for get in gets] == [fold.action.target for fold in reads]
        order = [get.read.target for get in gets]
        targets = [plain.read(key).target for key in keys]
        assert [order.index(target) for target in targets] == [place for place, _ in reads.asked]


@settings(max_examples=150, deadline=None)
@given(keys=st.lists(KEYS, max_size=6))
def test_a_read_of_one_item_is_written_as_the_plain_way_builds_it(keys):
    """The class with its parts, and the ready key, are the same question."""
    plain = ActionBuilder(default_converter(), lambda: 0.0)
    quick = CompiledReads(plain)
    for key in keys:
        given_forms = [(key, ())]
        if isinstance(key, EntityKey):
            given_forms += [(key.entity_class, key.parts), (key, ("more",)), (key.entity_class, ())]
        for target, parts in given_forms:
            reads = quick.one(target, parts)
            if reads is None:
                continue
            action = plain.read(entity_key(target, parts))
            expected = get_request(action.table, action.key)

            assert expected.body == reads.request.body
            assert [action.target] == [fold.action.target for fold in reads]


@settings(max_examples=150, deadline=None)
@given(cls=st.sampled_from([Thing, Swapped, Single, Moment, Composed]), item=ITEMS)
def test_items_are_read_as_one_is(cls, item):
    """An item of another kind, or one that does not fit, must end in the same error."""
    converter = default_converter()
    expected = _outcome(lambda: from_item(cls, item, converter=converter))

    assert expected == _outcome(item_reader(cls, converter), item)
