"""Conversion: whatever is stored comes back, and boto3 would have stored the same."""

import contextlib
import enum
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, to_attribute_value
from transactscope.values.numbers import number_text, parse_decimal, parse_number
from transactscope.values.wire import canonical, checked

EXACT = Context(prec=60, Emin=-500, Emax=500)


class Genre(enum.StrEnum):
    """Members that are text."""

    JAZZ = "jazz"
    ROCK = "rock"


class Access(enum.Flag):
    """Bits."""

    READ = 1
    WRITE = 2


@attrs.frozen
class Track:
    """A nested class."""

    title: str
    length: timedelta = timedelta()


@attrs.frozen
class Video:
    """Another one, for a union."""

    title: str
    pixels: tuple[int, int] = (0, 0)


@attrs.define
class Album:
    """A class with a field of every kind."""

    text: str
    whole: int
    exact: Decimal
    approximate: float
    flag: bool
    raw: bytes
    day: date
    moment: datetime
    hour: time
    length: timedelta
    identity: UUID
    genre: Genre
    access: Access
    texts: list[str]
    pairs: tuple[tuple[str, int], ...]
    by_name: dict[str, int | None]
    by_number: dict[int, bool]
    by_day: dict[date, str]
    words: frozenset[str] | None = None
    numbers: set[int] | None = None
    content: Track | Video | int | str | None = None
    untyped: Any = None
    maybe: float | None = 1.5


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DIGITS = st.integers(0, 10**38 - 1)
DECIMALS = st.builds(
    lambda digits, exponent, sign: Decimal((sign, Decimal(digits).as_tuple().digits, exponent)),
    DIGITS,
    st.integers(-130, 88),
    st.integers(0, 1),
)
INTS = st.builds(
    lambda digits, zeros: digits * 10**zeros, DIGITS, st.integers(0, 88)
) | st.integers(-1000, 1000)
FLOATS = st.floats(-1e125, 1e125, allow_subnormal=False).filter(lambda x: abs(x) > 1e-125 or x == 0)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime(2, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(9998, 12, 31),  # noqa: DTZ001 - the same
    timezones=ZONES,
)
UNTYPED = st.recursive(
    st.none() | st.booleans() | TEXTS | INTS | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ALBUMS = st.builds(
    Album,
    text=TEXTS,
    whole=INTS,
    exact=DECIMALS,
    approximate=FLOATS,
    flag=st.booleans(),
    raw=st.binary(max_size=8),
    day=st.dates(),
    moment=MOMENTS,
    hour=st.times(),
    length=st.timedeltas(),
    identity=st.uuids(),
    genre=st.sampled_from(Genre),
    access=st.integers(0, 3).map(Access),
    texts=st.lists(TEXTS, max_size=3),
    pairs=st.lists(st.tuples(TEXTS, INTS), max_size=2).map(tuple),
    by_name=st.dictionaries(TEXTS, st.none() | INTS, max_size=2),
    by_number=st.dictionaries(INTS, st.booleans(), max_size=2),
    by_day=st.dictionaries(st.dates(), TEXTS, max_size=2),
    words=st.none() | st.frozensets(TEXTS, min_size=1, max_size=3),
    numbers=st.none() | st.sets(INTS, min_size=1, max_size=3),
    content=st.none()
    | st.builds(Track, title=TEXTS, length=st.timedeltas())
    | st.builds(Video, title=TEXTS, pixels=st.tuples(INTS, INTS))
    | INTS
    | TEXTS,
    untyped=UNTYPED,
    maybe=st.none() | FLOATS,
)
NUMBERS = DECIMALS | INTS
SETS = (
    st.sets(TEXTS, min_size=1, max_size=3)
    | st.sets(NUMBERS, min_size=1, max_size=3)
    | st.sets(st.binary(max_size=3), min_size=1, max_size=3)
)
BOTO3_VALUES = st.recursive(
    st.none() | st.booleans() | TEXTS | NUMBERS | st.binary(max_size=4) | SETS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(ALBUMS)
def test_entities_come_back_as_they_were(album):
    """Every field, whatever its type."""
    wire = to_attribute_value(album)

    assert album == from_attribute_value(wire, Album)
    assert wire == checked(wire)


@given(ALBUMS)
def test_writing_what_was_read_changes_nothing(album):
    """Reading an item and storing it again is not a change."""
    wire = to_attribute_value(album)

    assert wire == to_attribute_value(from_attribute_value(wire, Album))


@given(NUMBERS)
def test_numbers_are_exact(number):
    """Their text means the same number, and reading it gives that number."""
    text = number_text(number)

    assert 0 == EXACT.compare(Decimal(number), Decimal(text))
    assert number == parse_number(text) == parse_decimal(text)


@given(NUMBERS, NUMBERS)
def test_equal_numbers_have_equal_texts(one, other):
    """A number is one attribute value, whichever type it came from."""
    assert (one == other) == (number_text(one) == number_text(other))


@given(FLOATS)
def test_floats_come_back_as_they_were(number):
    """The shortest text that means a float is enough."""
    assert number == from_attribute_value(to_attribute_value(number, float), float)


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_text(one, other):
    """A sort key of moments is in the order of time."""
    first, second = (to_attribute_value(moment)["S"] for moment in (one, other))

    assert (one < other) == (first < second)
    assert len(first) == len(second)


@given(BOTO3_VALUES)
def test_boto3_would_write_the_same(value):
    """Wherever both accept a value, DynamoDB sees no difference."""
    ours = to_attribute_value(value)

    with contextlib.suppress(ArithmeticError):  # boto3 refuses 10**40, and 1.5E-130
        assert canonical(TypeSerializer().serialize(value)) == canonical(ours)


@given(BOTO3_VALUES)
def test_boto3_would_read_the_same(value):
    """Wherever both accept what is stored, a program sees equal values."""
    wire = to_attribute_value(value)
    ours = from_attribute_value(wire)

    with contextlib.suppress(ArithmeticError):
        assert _without_binary(TypeDeserializer().deserialize(wire)) == ours


def _without_binary(value):
    """Replace boto3's class for bytes, which is equal to bytes and not found in a set of them."""
    match value:
        case Binary():
            return value.value
        case list():
            return [_without_binary(item) for item in value]
        case dict():
            return {key: _without_binary(item) for key, item in value.items()}
        case set():
            return {_without_binary(item) for item in value}
    return value


STRICTER = {
    "a number above the range": Decimal("1E126"),
    "a number below the range": Decimal("1E-131"),
    "an empty set": set(),
    "a nested empty set": [set()],
    "a bool in a set of numbers": {True, 2},
    "a key that is no text": {1: "a"},
    "half a surrogate pair": "\ud800",
}


@pytest.mark.parametrize("value", STRICTER.values(), ids=STRICTER)
def test_what_only_boto3_accepts(value):
    """The server would refuse it, or would have to be told another value."""
    assert TypeSerializer().serialize(value)
    with pytest.raises(ConversionError):
        to_attribute_value(value)


MORE_LENIENT = {
    "a float": (0.5, {"N": "0.5"}),
    "a long int with few digits": (10**40, {"N": "1E40"}),
    "a day": (date(2024, 1, 2), {"S": "2024-01-02"}),
    "a moment": (datetime(2024, 1, 2, tzinfo=UTC), {"S": "2024-01-02T00:00:00.000000Z"}),
    "an identity": (UUID(int=0), {"S": str(UUID(int=0))}),
    "an object": (Track("a"), {"M": {"title": {"S": "a"}, "length": {"N": "0"}}}),
}


@pytest.mark.parametrize(("value", "wire"), MORE_LENIENT.values(), ids=MORE_LENIENT)
def test_what_only_we_accept(value, wire):
    """It has one exact meaning in DynamoDB."""
    with pytest.raises((TypeError, ArithmeticError)):
        TypeSerializer().serialize(value)

    assert wire == to_attribute_value(value)


def test_an_enum_of_text_is_written_as_its_text():
    """boto3 hands the member through, and whoever prints it decides what is sent."""
    written = TypeSerializer().serialize(Genre.JAZZ)["S"], to_attribute_value(Genre.JAZZ)["S"]

    assert [Genre, str] == [type(content) for content in written]
