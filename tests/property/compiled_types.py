"""Declared types, and values that may or may not fit them, for generated encoders and decoders."""

import dataclasses
import datetime as dt
import enum
import fractions
import typing
import zoneinfo
from decimal import Decimal
from uuid import UUID

import attrs
from hypothesis import strategies as st

from transactscope.fields import Alias, OmitIfDefault, OmitIfNone

T = typing.TypeVar("T")
W = typing.TypeVar("W", bound=int)


class Genre(enum.StrEnum):
    """Members that are text."""

    JAZZ = "jazz"
    ODD = 'a"\\\0é\u2028'


class Rank(enum.IntEnum):
    """Members that are numbers."""

    LOW = -3
    HIGH = 10**30


class Mixed(enum.Enum):
    """Members of two kinds, and one of them twice."""

    TEXT = "1"
    NUMBER = 1
    ALIAS = NUMBER


class Alike(enum.Enum):
    """Members that are stored alike, which is refused."""

    ONE = "2026-11-21"
    ALSO = dt.date(2026, 11, 21)


class Shouting(enum.Enum):
    """Members that say something else of themselves."""

    QUIET = "quiet"

    @property
    def value(self):
        """Return something else."""
        return "LOUD"


class Access(enum.Flag):
    """Bits."""

    READ = 1
    WRITE = 2


class Text(str):
    """A text of a class of its own, which lies about itself."""

    __slots__ = ()

    def __len__(self):
        return 3

    def __lt__(self, other):
        return not str.__lt__(self, other)

    def __str__(self):
        return "another"

    def __format__(self, _):
        return '","'


class Whole(int):
    """A number of a class of its own, which lies about itself."""

    def __str__(self):
        return '"},"a":{"S":"'

    __repr__ = __format__ = __str__


class Moment(dt.datetime):
    """A moment of a class of its own."""

    def isoformat(self, *_, **__):
        """Lie."""
        return '"'


Name = typing.NewType("Name", str)


@attrs.frozen
class Track:
    """A nested class."""

    title: str
    seconds: int = 0


@attrs.define
class LongTrack(Track):
    """A subclass, which is another class."""

    parts: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """A frozen dataclass with fields that `__init__` does not take."""

    words: list[str]
    count: int = dataclasses.field(init=False)
    note: str = dataclasses.field(init=False, default="x")
    more: dict[str, int] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "count", len(self.words))


@attrs.define
class Unset:
    """A class with fields that may have no value, and none that is sure."""

    first: int = attrs.field(init=False)
    second: str | None = attrs.field(init=False, default=None)
    third: float | None = None


@attrs.define(init=False)
class Handmade:
    """A class with an `__init__` of its own."""

    name: str
    size: int = 5

    def __init__(self, name, *_more, size=7, **_options):
        """Set them."""
        self.name = name
        self.size = size


@attrs.define
class Box(typing.Generic[T]):
    """A generic class."""

    content: T
    note: str = ""


@attrs.define
class IntBox(Box[int]):
    """An inherited generic."""


@attrs.define
class Node:
    """A class that contains itself."""

    name: str
    children: "list[Node]" = attrs.Factory(list)
    next: "Node | None" = None


@attrs.define
class Marked:
    """A class with markers, and with names that need care."""

    quoted: typing.Annotated[str, Alias("a\"\\\n{}'é")] = ""
    keyword: typing.Annotated[int, Alias("class")] = 1
    maybe: typing.Annotated[str | None, OmitIfNone] = "some"
    zero: typing.Annotated[int, OmitIfDefault] = 0
    price: typing.Annotated[Decimal | None, OmitIfDefault] = Decimal("1.50")
    words: typing.Annotated[list[str], OmitIfDefault] = attrs.Factory(list)
    names: typing.Annotated[set[str], OmitIfDefault] = attrs.Factory(set)
    extra: typing.Annotated[dict[str, int], OmitIfDefault] = attrs.Factory(dict)
    track: typing.Annotated[Track, OmitIfDefault] = Track("a")
    unhashable: typing.Annotated[int, {"a": 1}] = 1
    _private: str = attrs.field(default="p", kw_only=True)


@attrs.define
class Checked:
    """A class with a converter and a validator."""

    name: str = attrs.field(converter=str.strip)
    size: int = attrs.field(default=1, validator=attrs.validators.gt(0))
    label: str | None = attrs.field(default=None, converter=attrs.converters.default_if_none("x"))


Odd = attrs.make_class("Odd", {"é": attrs.field(type=str), "ü": attrs.field(type=int, default=1)})
Empty = attrs.make_class("Empty", {})


@attrs.define
class Everything:
    """A field of every kind."""

    text: str
    whole: int
    exact: Decimal
    approximate: float
    flag: bool
    raw: bytes
    day: dt.date
    moment: dt.datetime
    hour: dt.time
    length: dt.timedelta
    identity: UUID
    genre: Genre
    rank: Rank
    mixed: Mixed
    access: Access
    choice: typing.Literal["a", "b"]
    other_choice: typing.Literal[1, 2]
    name: Name
    nothing: None
    texts: list[str]
    wholes: tuple[int, ...]
    pair: tuple[str, Decimal | None]
    maybes: typing.Sequence[str | None]
    by_name: dict[str, int | None]
    by_number: dict[int, bool]
    deep: dict[str, list[dict[str, tuple[Track, ...]]]]
    words: set[str]
    numbers: frozenset[int]
    track: Track
    tracks: list[Track]
    box: Box[list[int]]
    content: Track | Box[int] | int | str | None = None
    untyped: typing.Any = None
    maybe: float | None = 1.5
    counted: Counted | None = None
    unset: Unset | None = None


TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        "",
        " ",
        '"',
        "\\",
        "\\u0000",
        "\\\\",
        "\0",
        "\x1f\x7f",
        "é",
        "€",
        "😀",
        "\u2028",
        "\ud800",
        "a\ud800",
        '"},"b":{"S":"',
        "\n\r\t\b\f",
        "{}",
        "{value}",
        "'",
        Text("a"),
        Text('"'),
        Text("b"),
        "a",
        "a!",
        'a"',
        "b",
        "jazz",
        Genre.JAZZ,
        Genre.ODD,
    ]
)
INTS = (
    st.integers()
    | st.integers(-(10**40), 10**40)
    | st.builds(
        lambda digits, zeros: digits * 10**zeros, st.integers(-(10**38), 10**38), st.integers(0, 88)
    )
    | st.sampled_from(
        [
            0,
            1,
            -1,
            9,
            10,
            -10,
            100,
            -100,
            -101,
            10**37,
            10**38 - 1,
            10**38,
            -(10**38),
            10**38 + 1,
            10**125,
            10**126,
            True,
            False,
            Whole(3),
            Rank.LOW,
            Rank.HIGH,
        ]
    )
)
DECIMALS = (
    st.decimals()
    | st.decimals(-1000, 1000, places=2)
    | st.builds(
        lambda digits, exponent, sign: Decimal((sign, Decimal(digits).as_tuple().digits, exponent)),
        st.integers(0, 10**39),
        st.integers(-140, 130),
        st.integers(0, 1),
    )
    | st.sampled_from(
        [
            Decimal(text)
            for text in (
                "0",
                "-0",
                "0.0",
                "-0.00",
                "0E+3",
                "0E-10",
                "1.50",
                "-1.50",
                "100",
                "1E2",
                "1E-7",
                "1E-6",
                "0.0000001",
                "NaN",
                "sNaN",
                "Infinity",
                "-Infinity",
                "1E126",
                "1E-131",
                "100.50",
                "-100.0",
                "0.10",
                "1234567.8",
            )
        ]
    )
)
NUMBERS = (
    st.integers(-(10**40), 10**40).map(str)
    | st.decimals(allow_nan=False).map(str)
    | st.decimals(-100, 100, places=3).map(str)
    | st.sampled_from(
        [
            "",
            "-",
            "+5",
            "007",
            "1.",
            ".5",
            "1e3",
            "1E+3",
            "1E-3",
            "1_0",
            " 1",
            "\u0663",
            "²",
            "0.50",
            "00.5",
            "-0",
            "NaN",
            "1E126",
            "1.0",
            "100",
            "0.00000001",
            "9" * 38,
            "9" * 39,
        ]
    )
)
"""Texts of numbers, and texts that are like them."""
FLOATS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, 10.0, 1e16, 1e-5, 0.1, -2.50, 1e200])
ZONES = st.integers(-14 * 60, 14 * 60).map(
    lambda m: dt.timezone(dt.timedelta(minutes=m))
) | st.sampled_from([dt.UTC, None, zoneinfo.ZoneInfo("UTC"), dt.timezone(dt.timedelta(0), "mine")])
MOMENTS = (
    st.datetimes(timezones=ZONES)
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.sampled_from(
        [
            dt.datetime(1, 1, 1, tzinfo=dt.UTC),
            dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-1))),
            Moment(2020, 1, 2, tzinfo=dt.UTC),
        ]
    )
)
TRACKS = st.builds(Track, TEXTS, INTS) | st.builds(Track, TEXTS)
ANYTHING = (
    st.none()
    | TEXTS
    | INTS
    | DECIMALS
    | FLOATS
    | MOMENTS
    | TRACKS
    | st.booleans()
    | st.dates()
    | st.times()
    | st.times(timezones=st.just(dt.UTC))
    | st.timedeltas()
    | st.uuids()
    | st.binary(max_size=5)
    | st.binary(max_size=5).map(bytearray)
    | st.sampled_from(
        [
            *Genre,
            *Rank,
            *Mixed,
            *Alike,
            *Shouting,
            *Access,
            LongTrack("a"),
            object(),
            1j,
            fractions.Fraction(1, 2),
            Empty(),
        ]
    )
)
LISTS = st.lists(ANYTHING, max_size=3)


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


CONTAINERS = (
    LISTS
    | LISTS.map(tuple)
    | st.dictionaries(TEXTS, ANYTHING, max_size=3)
    | st.sets(ANYTHING.filter(_hashable), max_size=3)
    | st.frozensets(INTS, max_size=3)
)
VALUES = ANYTHING | CONTAINERS


def _unset(first, second, third):
    made = Unset(third)
    for name, value in (("first", first), ("second", second)):
        if value is ...:
            if hasattr(made, name):
                delattr(made, name)
        else:
            setattr(made, name, value)
    return made


PLAIN = [
    (str, TEXTS),
    (int, INTS),
    (float, FLOATS | INTS),
    (Decimal, DECIMALS | INTS),
    (bool, st.booleans()),
    (bytes, st.binary(max_size=5)),
    (bytearray, st.binary(max_size=5).map(bytearray)),
    (dt.date, st.dates()),
    (dt.time, st.times()),
    (dt.datetime, MOMENTS),
    (dt.timedelta, st.timedeltas()),
    (UUID, st.uuids()),
    (None, st.none()),
    (Name, TEXTS),
    (typing.Annotated[int, "a marker"], INTS),
    (typing.Annotated[int, {}], INTS),
    (typing.Any, ANYTHING),
    (object, ANYTHING),
    (W, INTS),
    (complex, st.just(1j)),
    (Genre, st.sampled_from(Genre)),
    (Rank, st.sampled_from(Rank)),
    (Mixed, st.sampled_from(Mixed)),
    (Alike, st.sampled_from(Alike)),
    (Shouting, st.sampled_from(Shouting)),
    (Access, st.integers(0, 3).map(Access)),
    (typing.Literal["jazz", "b"], st.sampled_from(["jazz", "b", Genre.JAZZ])),
    (typing.Literal[1, 2], st.sampled_from([1, 2, True, 1.0])),
    (typing.Literal[1, "a", True], st.sampled_from([1, "a", True])),
    (typing.Literal[Genre.JAZZ], st.sampled_from([Genre.JAZZ, "jazz"])),
    (int | str, INTS | TEXTS),
    (int | Decimal, INTS | DECIMALS),
    (Track | Box[int], TRACKS | st.builds(Box, INTS)),
    (list, LISTS),
    (tuple, LISTS.map(tuple)),
    (dict, st.dictionaries(TEXTS, ANYTHING, max_size=2)),
    (set, st.sets(TEXTS, max_size=2)),
    (tuple[()], st.just(())),
    (Track, TRACKS | st.builds(LongTrack, TEXTS)),
    (Counted, st.builds(Counted, st.lists(TEXTS, max_size=2))),
    (Checked, st.builds(Checked, TEXTS, st.integers(1, 9))),
    (Handmade, st.builds(Handmade, TEXTS, size=INTS)),
    (IntBox, st.builds(IntBox, INTS, TEXTS)),
    (Odd, st.builds(Odd, TEXTS, INTS)),
    (Empty, st.builds(Empty)),
    (
        Node,
        st.recursive(
            st.builds(Node, TEXTS),
            lambda inner: st.builds(Node, TEXTS, st.lists(inner, max_size=2), st.none() | inner),
            max_leaves=4,
        ),
    ),
    (
        Marked,
        st.builds(
            Marked,
            quoted=TEXTS,
            keyword=INTS,
            maybe=st.none() | TEXTS,
            zero=st.just(0) | INTS,
            price=st.none() | DECIMALS,
            words=st.lists(TEXTS, max_size=2),
            names=st.sets(TEXTS, max_size=2),
            extra=st.dictionaries(TEXTS, INTS, max_size=2),
            track=st.just(Track("a")) | TRACKS,
        ),
    ),
    (
        Unset,
        st.builds(
            _unset, st.just(...) | INTS, st.just(...) | st.none() | TEXTS, st.none() | FLOATS
        ),
    ),
]


def _lists(items):
    return st.lists(items, max_size=3)


def _tuples(items):
    return _lists(items).map(tuple)


def _dicts(keys):
    return lambda items: st.dictionaries(keys.filter(_hashable), items, max_size=3)


def _sets(items):
    return st.sets(items.filter(_hashable), max_size=3)


def _frozensets(items):
    return st.frozensets(items.filter(_hashable), max_size=3)


def _either(*makers):
    return lambda items: st.one_of(make(items) for make in makers)


def _pair(both):
    (one, ones), (other, others) = both
    return tuple[one, other], st.tuples(ones, others)


def _maybe(type_):
    # Python cannot make a union of None alone, or of a type whose marker has no hash.
    return list[type_] if type_ is None or not _hashable(type_) else typing.Union[type_, None]  # noqa: UP007


CONTAINER_TYPES = [
    (lambda each: list[each], _either(_lists, _lists, _tuples)),
    (lambda each: tuple[each, ...], _tuples),
    (lambda each: typing.Sequence[each], _either(_lists, _tuples)),
    (lambda each: dict[str, each], _dicts(TEXTS)),
    (lambda each: typing.Mapping[Name, each], _dicts(TEXTS)),
    (lambda each: dict[int, each], _dicts(INTS)),
    (lambda each: set[each], _either(_sets, _sets, _frozensets)),
    (lambda each: frozenset[each], _frozensets),
    (lambda each: typing.AbstractSet[each], _either(_sets, _frozensets)),
    (_maybe, lambda items: st.none() | items),
    (lambda each: Box[each], lambda items: st.builds(Box, items, TEXTS)),
    (lambda each: typing.Annotated[each, "a marker"], lambda items: items),
]
TYPES = st.recursive(
    st.sampled_from(PLAIN),
    lambda inner: (
        st.tuples(inner, inner).map(_pair)
        | st.tuples(st.sampled_from(CONTAINER_TYPES), inner).map(
            lambda both: (both[0][0](both[1][0]), both[0][1](both[1][1]))
        )
    ),
    max_leaves=3,
)
"""Declared types, each with a strategy for values of which most fit it."""

CLASSES = st.sampled_from(
    [
        Track,
        Counted,
        Checked,
        Handmade,
        IntBox,
        Odd,
        Empty,
        Node,
        Marked,
        Unset,
    ]
).map(lambda class_: next(each for each in PLAIN if each[0] is class_))
"""Classes, each with a strategy for its objects."""

EVERYTHING = st.builds(
    Everything,
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
    rank=st.sampled_from(Rank),
    mixed=st.sampled_from(Mixed),
    access=st.integers(0, 3).map(Access),
    choice=st.sampled_from("ab"),
    other_choice=st.sampled_from([1, 2]),
    name=TEXTS,
    nothing=st.none(),
    texts=st.lists(TEXTS, max_size=3),
    wholes=st.lists(INTS, max_size=3).map(tuple),
    pair=st.tuples(TEXTS, st.none() | DECIMALS),
    maybes=st.lists(st.none() | TEXTS, max_size=3),
    by_name=st.dictionaries(TEXTS, st.none() | INTS, max_size=3),
    by_number=st.dictionaries(INTS, st.booleans(), max_size=2),
    deep=st.dictionaries(
        TEXTS,
        st.lists(
            st.dictionaries(TEXTS, st.lists(TRACKS, max_size=2).map(tuple), max_size=2), max_size=2
        ),
        max_size=2,
    ),
    words=st.sets(TEXTS, min_size=1, max_size=3),
    numbers=st.frozensets(INTS, min_size=1, max_size=3),
    track=TRACKS,
    tracks=st.lists(TRACKS, max_size=3),
    box=st.builds(Box, st.lists(INTS, max_size=2), TEXTS),
    content=st.none() | TRACKS | st.builds(Box, INTS) | INTS | TEXTS,
    untyped=ANYTHING,
    maybe=st.none() | FLOATS,
    counted=st.none() | st.builds(Counted, st.lists(TEXTS, max_size=2)),
    unset=st.none() | st.builds(_unset, st.just(...) | INTS, st.none() | TEXTS, st.none() | FLOATS),
)
"""Objects with a field of every kind. With so many values one that does not fit is likely."""
