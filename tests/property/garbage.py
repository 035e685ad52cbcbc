"""Arguments that nobody should give, for every function that takes one.

What is hostile is an object whose own methods raise `ForeignError` when it is looked at: code of
the caller's that runs while its arguments are checked.
"""

import collections
import collections.abc
import datetime as dt
import decimal
import enum
import functools
import sys
import typing

from attrs import define
from boto3.dynamodb import conditions

from tests.contract.entities import Account, Loose, Order, Sheet
from transactscope import (
    Attr,
    EntityKey,
    Key,
    KeyTemplate,
    RetryPolicy,
    ScopeState,
    if_not_exists,
    list_append,
    path,
)
from transactscope.testing import conflict

DEPTH = 10_000


class ForeignError(Exception):
    """What code of the caller's raises."""


def _raise(*_, **__):
    raise ForeignError


def hostile(base, *names):
    """Make a subclass whose methods of these names raise."""
    return type(f"Hostile{base.__name__}", (base,), dict.fromkeys(names, _raise))


_LOOKS = ("__eq__", "__hash__", "__bool__", "__len__", "__iter__", "__repr__", "__str__")
_ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
_ITEMS = ("__getitem__", "__contains__", "items", "keys", "values", "get")
_TEXT = ("encode", "isascii", "strip", "split", "startswith", "partition", "isidentifier")

HostileObject = hostile(object, *_LOOKS, "__getattr__", "__call__", "__index__", "__format__")
HostileText = hostile(str, *_LOOKS, *_TEXT, "__getitem__", "__contains__", "__format__")
HostileInt = hostile(int, *_LOOKS[:3], *_ORDER, "__index__", "__int__", "__str__", "__format__")
HostileFloat = hostile(float, "__eq__", "__hash__", *_ORDER, "__repr__", "__float__")
HostileDecimal = hostile(decimal.Decimal, *_LOOKS[:3], *_ORDER, "as_tuple", "is_finite")
HostileDict = hostile(dict, *_LOOKS, *_ITEMS)
HostileMapping = hostile(collections.abc.Mapping, *_LOOKS, *_ITEMS)
HostileList = hostile(list, *_LOOKS, "__getitem__")
HostileTuple = hostile(tuple, *_LOOKS, "__getitem__")
HostileSet = hostile(set, *_LOOKS, "__contains__")
HostileBytes = hostile(bytes, *_LOOKS, "__getitem__", "__bytes__", "decode")
HostileTime = hostile(dt.datetime, "utcoffset", "astimezone", "isoformat")
HostileZone = hostile(dt.tzinfo, "utcoffset", "dst", "tzname")
HostileError = hostile(Exception, "__init__")


class HalfMapping(collections.abc.Mapping):
    """A mapping that has a key and no value."""

    def __iter__(self):
        return iter(["balance"])

    def __len__(self):
        return 1

    def __getitem__(self, name):
        raise ForeignError


class WithoutClass:
    """An object that does not say what it is."""

    @property
    def __class__(self):
        raise ForeignError


class _HostileKind(type):
    __getattribute__ = __instancecheck__ = __subclasscheck__ = __hash__ = __eq__ = _raise


HostileClass = _HostileKind("HostileClass", (), {})


class OtherCondition(conditions.ConditionBase):
    """A condition of a kind that boto3 does not have."""

    expression_format = "{0}"
    expression_operator = "other"


class Color(enum.Enum):
    """An enum whose member has a value that nothing converts."""

    RED = hostile(object, "__eq__", "__repr__")()


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


class Whole(int):
    """A number of a class of its own."""


class Table(dict):
    """A dict of a class of its own."""


@define
class Unmapped:
    """A class that is no entity."""

    x: typing.Any = None


def nested(wrap, innermost, depth=DEPTH):
    """Wrap a value so often."""
    return functools.reduce(lambda value, _: wrap(value), range(depth), innermost)


def _list_in_itself():
    made = []
    made.append(made)
    return made


def _dict_in_itself():
    made = {}
    made["a"] = made
    return made


def _wire_in_itself():
    made = {"L": []}
    made["L"].append(made)
    return made


def _generator():
    yield "balance"
    raise ForeignError


async def _coroutine_function(*_):
    """Do nothing."""


def _account(**fields):
    return Account("A-1", **fields)


def _deep_list():
    return nested(lambda value: [value], 1)


_TEST = Attr("balance").eq(1)

PLAIN = {
    "None": lambda: None,
    "True": lambda: True,
    "zero": lambda: 0,
    "minus one": lambda: -1,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "Decimal NaN": lambda: decimal.Decimal("NaN"),
    "signaling NaN": lambda: decimal.Decimal("sNaN"),
    "huge int": lambda: 10**5000,
    "huge negative int": lambda: -(10**5000),
    "huge Decimal": lambda: decimal.Decimal("1e400"),
    "complex": lambda: 1j,
    "bytes": lambda: b"x",
    "bytearray": lambda: bytearray(b"x"),
    "memoryview": lambda: memoryview(b"x"),
    "surrogate": lambda: "\ud800",
    "placeholder with a surrogate": lambda: "#\udfff",
    "NUL": lambda: "\0",
    "no text": lambda: "",
    "blank": lambda: " ",
    "huge text": lambda: "x" * 70_000,
    "digits": lambda: "9" * 5000,
    "braces": lambda: "{0}{",
    "huge index": lambda: "a[99999999999]",
    "bare index": lambda: "[0]",
    "many dots": lambda: ".".join("a" * 400),
    "foreign digit": lambda: "a[\u0663]",
    "object": object,
    "int class": lambda: int,
    "type": lambda: type,
    "entity class": lambda: Account,
    "other class": lambda: Unmapped,
    "no entity": Unmapped,
    "other entity": lambda: Order("u-1", 1),
    "other entity with a huge number": lambda: Order("u-1", 10**5000),
    "entity": _account,
    "entity without a key": lambda: Account(None),
    "entity with a wrong value": lambda: _account(balance="x"),
    "entity with a list in itself": lambda: _account(either=_list_in_itself()),
    "versioned entity": lambda: Sheet("A-1"),
    "version that is text": lambda: Sheet("A-1", version="x"),
    "version that is huge": lambda: Sheet("A-1", version=10**40),
    "loose entity": lambda: Loose("A-1"),
    "generator function": lambda: _generator,
    "coroutine function": lambda: _coroutine_function,
    "function": lambda: _raise,
    "list": lambda: [1],
    "empty list": list,
    "empty tuple": tuple,
    "empty dict": dict,
    "dict of numbers": lambda: {1: 2},
    "dict of None": lambda: {None: None},
    "dict of surrogates": lambda: {"\ud800": "\ud800"},
    "dict of objects": lambda: {object(): 1},
    "dict of all kinds": lambda: {"a": 1, 2: 3, b"x": 4},
    "set of all kinds": lambda: {1, "a"},
    "frozenset": lambda: frozenset([b"x"]),
    "range": lambda: range(3),
    "empty set": set,
    "list in itself": _list_in_itself,
    "dict in itself": _dict_in_itself,
    "wire list in itself": _wire_in_itself,
    "wire": lambda: {"S": "x"},
    "wire number that is none": lambda: {"N": "x"},
    "item": lambda: {"number": {"S": "A-1"}},
    "item with a surrogate": lambda: {"number": {"S": "\ud800"}},
    "item with a surrogate as name": lambda: {"\ud800": {"S": "x"}},
    "item with equal elements": lambda: {"number": {"S": "A"}, "a": {"NS": ["1", "1.0"]}},
    "item with a huge number": lambda: {"number": {"N": "1" * 5000}},
    "text of its own": lambda: Text("number"),
    "int of its own": lambda: Whole(3),
    "dict of its own": lambda: Table(a=1),
    "named tuple": lambda: collections.namedtuple("Pair", "a b")(1, 2),  # noqa: PYI024
    "enum member": lambda: Color.RED,
    "enum": lambda: Color,
    "naive time": lambda: dt.datetime(2026, 11, 1),  # noqa: DTZ001
    "first time": lambda: dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14))),
    "condition": lambda: _TEST,
    "key condition": lambda: Key("number").eq("A-1"),
    "attribute without a test": lambda: Attr("balance"),
    "size without a test": lambda: Attr("tags").size(),
    "condition on None": lambda: Attr(None).eq(1),
    "condition on a surrogate": lambda: Attr("\ud800").eq(1),
    "condition on nothing known": lambda: Attr("nope").eq(1),
    "condition on itself": lambda: Attr("balance").eq(Attr("balance")),
    "condition in a condition": lambda: Attr("balance").eq(_TEST),
    "one of too many": lambda: Attr("balance").is_in(list(range(101))),
    "one of all kinds": lambda: Attr("either").is_in({1, "a", b"b"}),
    "type of no type": lambda: Attr("either").attribute_type("XX"),
    "type of a list": lambda: Attr("either").attribute_type([]),
    "prefix of a number": lambda: Attr("number").begins_with(1),
    "member that is an object": lambda: Attr("tags").contains(object()),
    "bounds exchanged": lambda: Attr("balance").between(5, 1),
    "junction of one": lambda: conditions.And(1),
    "junction of none": conditions.And,
    "comparison of one": lambda: conditions.Equals(Attr("balance")),
    "condition of another kind": lambda: OtherCondition(1, 2),
    "condition class": lambda: conditions.Equals,
    "key": lambda: EntityKey(Account, "A-1"),
    "key of another class": lambda: EntityKey(Order, "u-1", 1),
    "key of None": lambda: EntityKey(Account, None),
    "key of a surrogate": lambda: EntityKey(Account, "\ud800"),
    "long key": lambda: EntityKey(Account, "x" * 3000),
    "key class": lambda: EntityKey,
    "path": lambda: path("balance"),
    "path to nothing known": lambda: path("nope"),
    "sum": lambda: path("balance") + 1,
    "sum with an object": lambda: path("balance") + object(),
    "default that is an object": lambda: if_not_exists("balance", object()),
    "appended": lambda: list_append("tags", ["x"]),
    "appended object": lambda: list_append("tags", [object()]),
    "exception": lambda: KeyError("x"),
    "exception class": lambda: KeyError,
    "interruption class": lambda: KeyboardInterrupt,
    "interruption": KeyboardInterrupt,
    "module": lambda: sys,
    "ellipsis": lambda: ...,
    "slice": lambda: slice(1),
    "property": property,
    "policy": RetryPolicy,
    "template": lambda: KeyTemplate("PK", "x"),
    "state": lambda: ScopeState.ACTIVE,
    "fault": conflict,
    "list of a type": lambda: list[int],
    "union": lambda: int | None,
    "annotated without a hash": lambda: typing.Annotated[int, []],
    "type variable": lambda: typing.TypeVar("T"),
}

DEEP = {
    "deep list": _deep_list,
    "deep tuple": lambda: nested(lambda value: (value,), 1),
    "deep dict": lambda: nested(lambda value: {"a": value}, 1),
    "deep wire list": lambda: nested(lambda value: {"L": [value]}, {"S": "x"}),
    "deep wire map": lambda: nested(lambda value: {"M": {"a": value}}, {"S": "x"}),
    "item with a deep list": lambda: {"a": nested(lambda value: {"L": [value]}, {"S": "x"})},
    "dict of a deep list": lambda: {"either": _deep_list()},
    "entity with a deep list": lambda: _account(either=_deep_list()),
    "condition on a deep list": lambda: Attr("either").eq(_deep_list()),
    "one of a deep list": lambda: Attr("either").is_in([_deep_list()]),
    "deep negation": lambda: nested(lambda value: ~value, _TEST),
    "deep alternation": lambda: nested(lambda value: (value & _TEST) | _TEST, _TEST, DEPTH // 4),
    "key of a deep list": lambda: EntityKey(Account, _deep_list()),
    "sum with a deep list": lambda: path("balance") + _deep_list(),
    "deep default": lambda: nested(lambda value: if_not_exists("balance", value), 1, DEPTH // 4),
    "deep type": lambda: nested(lambda value: list[value], int, DEPTH // 10),
}

HOSTILE = {
    "hostile object": HostileObject,
    "object without equality": hostile(object, "__eq__"),
    "object without a hash": hostile(object, "__hash__"),
    "object without truth": hostile(object, "__bool__"),
    "object without a length": hostile(object, "__len__"),
    "object without text": hostile(object, "__repr__", "__str__", "__format__"),
    "object that cannot be iterated": hostile(object, "__iter__"),
    "object without attributes": hostile(object, "__getattr__"),
    "object without a class": WithoutClass,
    "hostile class": lambda: HostileClass,
    "hostile text": lambda: HostileText("number"),
    "hostile int": lambda: HostileInt(3),
    "hostile float": lambda: HostileFloat(3.0),
    "hostile Decimal": lambda: HostileDecimal(1),
    "hostile dict": lambda: HostileDict({"number": {"S": "A-1"}}),
    "hostile mapping": HostileMapping,
    "half a mapping": HalfMapping,
    "hostile list": lambda: HostileList([1]),
    "hostile tuple": lambda: HostileTuple((1,)),
    "hostile set": lambda: HostileSet({1}),
    "hostile bytes": lambda: HostileBytes(b"x"),
    "hostile time": lambda: HostileTime(2026, 11, 1),
    "time in a hostile zone": lambda: dt.datetime(2026, 11, 1, tzinfo=HostileZone()),
    "hostile exception class": lambda: HostileError,
    "generator": _generator,
    "iterator": lambda: iter([]),
    "dict of a hostile object": lambda: {"either": HostileObject()},
    "item of a hostile dict": lambda: {"number": HostileDict({"S": "x"})},
    "wire of hostile bytes": lambda: {"B": HostileBytes(b"x")},
    "entity with a hostile object": lambda: _account(either=HostileObject()),
    "entity with a hostile number": lambda: Order("u-1", HostileInt(1)),
    "version that is hostile": lambda: Sheet("A-1", version=HostileInt(3)),
    "condition on a hostile object": lambda: Attr("either").eq(HostileObject()),
    "condition on a hostile name": lambda: Attr(hostile(object, *_LOOKS)()).eq(1),
    "one of a hostile list": lambda: Attr("balance").is_in(HostileList([1])),
    "one of a generator": lambda: Attr("balance").is_in(_generator()),
    "type that is hostile": lambda: Attr("either").attribute_type(hostile(object, "__eq__")()),
    "bounds that are hostile": lambda: Attr("either").between(HostileObject(), None),
    "junction with a hostile object": lambda: conditions.And(HostileObject(), _TEST),
    "key of a hostile object": lambda: EntityKey(Account, HostileObject()),
    "sum with a hostile object": lambda: path("balance") + HostileObject(),
    "default that is hostile": lambda: if_not_exists("either", HostileObject()),
}

_SPENT_BY_USE = frozenset({"generator", "iterator", "one of a generator"})
ALL = PLAIN | DEEP | HOSTILE
FEW = ("None", "hostile object", "deep list")

_made = {}


def value(name):
    """Return one of the values, always the same one unless using it spends it."""
    if name in _SPENT_BY_USE:
        return ALL[name]()
    if name not in _made:
        _made[name] = ALL[name]()
    return _made[name]
