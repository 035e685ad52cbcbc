"""Conditions judged here: DynamoDB's answer, or none."""

import pytest

from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparison,
    In,
    Not,
    Or,
    RawCondition,
    Size,
    exists,
    not_exists,
)

ITEM = {
    "n": {"N": "5"},
    "big": {"N": "90071992547409930000000000000000000001"},
    "s": {"S": "café"},
    "far": {"S": "a\U0001d11e"},
    "empty": {"S": ""},
    "b": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "null": {"NULL": True},
    "l": {"L": [{"N": "1"}, {"S": "x"}, {"NULL": True}, {"L": []}]},
    "m": {"M": {"a": {"N": "1"}, "b": {"SS": ["x", "y"]}}},
    "ss": {"SS": ["x", "y"]},
    "ns": {"NS": ["1", "2.50"]},
    "bs": {"BS": [b"x"]},
}
STORED = Known(ITEM, is_complete=True)
ABSENT = Known({}, is_complete=True)
ONLY_N = Known({"n": {"N": "5"}}, is_complete=False)

YES = Comparison("=", path("n"), Literal({"N": "5"}))
NO = Comparison("=", path("n"), Literal({"N": "6"}))
UNKNOWN = RawCondition("n = :n", {}, {":n": {"N": "5"}})


def _value(**wire):
    return Literal(wire)


def _text(parameter):
    """Name a parameter by what it holds: the repr of a literal holds nothing."""
    parts = parameter if isinstance(parameter, tuple) else (parameter,)
    return ",".join(str(getattr(part, "value", part)) for part in parts)


def _compared(left, comparator, right):
    return evaluate(Comparison(comparator, left, right), STORED)


def _called(function, *operands):
    return evaluate(Call(function, operands), STORED)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (path("n"), _value(N="5.0")),
        (path("n"), _value(N="0.5E1")),
        (path("s"), _value(S="café")),
        (path("b"), _value(B=b"\x00\xff")),
        (path("yes"), _value(BOOL=True)),
        (path("null"), _value(NULL=True)),
        (path("m"), _value(M={"b": {"SS": ["y", "x"]}, "a": {"N": "1.0"}})),
        (path("l[0]"), path("m.a")),
        (path("ns"), _value(NS=["2.5", "1.0"])),
        (path("bs"), _value(BS=[b"x"])),
    ],
    ids=_text,
)
def test_equality_is_by_type_and_value(left, right):
    """Numbers have one value, and sets and maps no order, however deep they lie."""
    assert Truth.YES is _compared(left, "=", right)
    assert Truth.NO is _compared(left, "<>", right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (path("n"), _value(N="5.1")),
        (path("n"), _value(S="5")),
        (path("big"), _value(N="90071992547409930000000000000000000002")),
        (path("yes"), _value(BOOL=False)),
        (path("l"), _value(L=[{"S": "x"}, {"N": "1"}, {"NULL": True}, {"L": []}])),
        (path("ss"), _value(SS=["x"])),
        (path("absent"), _value(S="x")),
        (path("absent"), path("m.absent")),
        (path("l[4]"), path("l[3]")),
    ],
    ids=_text,
)
def test_another_type_and_nothing_at_all_are_unequal(left, right):
    """What is absent does not even equal what is absent, too."""
    assert Truth.NO is _compared(left, "=", right)
    assert Truth.YES is _compared(left, "<>", right)


@pytest.mark.parametrize(
    ("small", "great"),
    [
        (path("n"), _value(N="10")),
        (_value(N="-1"), path("n")),
        (path("s"), _value(S="z")),
        (_value(S="Z"), path("s")),
        (path("s"), _value(S="café!")),
        (_value(S="a\uffff"), path("far")),
        (path("b"), _value(B=b"\x7f")),
        (_value(B=b"\x00\x7f"), path("b")),
        (Size(path("l")), path("n")),
    ],
    ids=_text,
)
def test_numbers_texts_and_bytes_have_an_order(small, great):
    """Numbers by value, texts by their UTF-8 bytes, bytes without a sign."""
    tests = ("<", "<=", ">", ">=")

    assert ["YES", "YES", "NO", "NO"] == [_compared(small, test, great).name for test in tests]
    assert ["NO", "NO", "YES", "YES"] == [_compared(great, test, small).name for test in tests]
    assert ["NO", "YES", "NO", "YES"] == [_compared(small, test, small).name for test in tests]


@pytest.mark.parametrize("comparator", ["<", "<=", ">", ">="])
def test_there_is_no_order_between_types_or_with_nothing(comparator):
    """Such a comparison is false, whichever way round."""
    pairs = [
        (path("n"), _value(S="5")),
        (path("l"), path("m")),
        (path("absent"), _value(N="1")),
        (_value(N="1"), path("absent")),
    ]

    assert [Truth.NO] * 4 == [_compared(left, comparator, right) for left, right in pairs]


def test_between_includes_both_bounds():
    """It is two comparisons, and each may have types of its own."""
    five, six = _value(N="5"), _value(N="6")
    bounds = [
        (five, six),
        (five, five),
        (six, six),
        (_value(N="0"), path("m.a")),
        (five, path("s")),
    ]
    answers = [evaluate(Between(path("n"), *pair), STORED).name for pair in bounds]

    assert ["YES", "YES", "NO", "NO", "NO"] == answers


def test_in_finds_an_equal_choice():
    """Choices may have any type, and may be absent."""
    choices = (_value(S="5"), path("absent"), _value(N="5.0"))

    assert Truth.YES is evaluate(In(path("n"), choices), STORED)
    assert Truth.NO is evaluate(In(path("n"), choices[:2]), STORED)
    assert Truth.NO is evaluate(In(path("absent"), choices), STORED)


def test_presence_and_type_are_those_of_the_attribute():
    """NULL is something."""
    assert Truth.YES is evaluate(exists(path("null")), STORED)
    assert Truth.NO is evaluate(not_exists(path("null")), STORED)
    assert Truth.NO is evaluate(exists(path("m.absent")), STORED)
    assert Truth.YES is evaluate(not_exists(path("l[4]")), STORED)
    assert Truth.YES is _called("attribute_type", path("m.b"), _value(S="SS"))
    assert Truth.NO is _called("attribute_type", path("n"), _value(S="NS"))
    assert Truth.NO is _called("attribute_type", path("absent"), _value(S="N"))


@pytest.mark.parametrize(
    ("function", "operands", "expected"),
    [
        ("begins_with", (path("s"), _value(S="caf")), Truth.YES),
        ("begins_with", (path("s"), _value(S="afé")), Truth.NO),
        ("begins_with", (path("b"), _value(B=b"\x00")), Truth.YES),
        ("begins_with", (path("absent"), _value(S="c")), Truth.NO),
        ("contains", (path("s"), _value(S="fé")), Truth.YES),
        ("contains", (path("s"), _value(S="fe")), Truth.NO),
        ("contains", (path("b"), _value(B=b"\xff")), Truth.YES),
        ("contains", (path("ss"), _value(S="y")), Truth.YES),
        ("contains", (path("ss"), _value(S="z")), Truth.NO),
        ("contains", (path("ns"), _value(N="2.5")), Truth.YES),
        ("contains", (path("bs"), _value(B=b"y")), Truth.NO),
        ("contains", (path("l"), path("m.a")), Truth.YES),
        ("contains", (path("l"), _value(NULL=True)), Truth.YES),
        ("contains", (path("l"), _value(BOOL=True)), Truth.NO),
        ("contains", (path("absent"), _value(S="x")), Truth.NO),
    ],
    ids=_text,
)
def test_parts_and_elements_are_found(function, operands, expected):
    """A text has parts, bytes too; a set or list has elements, numbers among them by value."""
    assert expected is _called(function, *operands)


@pytest.mark.parametrize(
    ("name", "size"), [("s", 4), ("empty", 0), ("b", 2), ("l", 4), ("m", 2), ("ss", 2), ("bs", 1)]
)
def test_sizes_are_characters_bytes_and_elements(name, size):
    """The size of a text is not that of its UTF-8 bytes."""
    assert Truth.YES is _compared(Size(path(name)), "=", _value(N=f"{size}.0"))


DOUBTS = {
    "the size of a number": Comparison("<>", Size(path("n")), _value(N="7")),
    "the size of nothing": Comparison("<", Size(path("absent")), _value(N="7")),
    "a character that may count as two": Comparison("<>", Size(path("far")), _value(N="7")),
    "a name in a text": not_exists(path("s.x")),
    "a name in a list": not_exists(path("l.x")),
    "an index in a map": not_exists(path("m[0]")),
    "a name in the size of a text": Comparison("<>", Size(path("s.x")), _value(N="7")),
    "the order of lists": Comparison("<=", path("l"), path("l[3]")),
    "the start of a number": Call("begins_with", (path("n"), _value(S="5"))),
    "an empty start": Call("begins_with", (path("s"), path("empty"))),
    "an absent start": Call("begins_with", (path("s"), path("absent"))),
    "an empty part": Call("contains", (path("s"), path("empty"))),
    "an absent part": Call("contains", (path("s"), path("absent"))),
    "an element of another type": Call("contains", (path("ns"), _value(S="1"))),
    "a list in a list": Call("contains", (path("l"), _value(L=[]))),
    "what a map contains": Call("contains", (path("m"), _value(S="a"))),
    "text": UNKNOWN,
}


@pytest.mark.parametrize("condition", DOUBTS.values(), ids=DOUBTS)
def test_what_aws_does_not_say_is_unknown(condition):
    """A guess would end as a write that should not have happened."""
    assert Truth.UNKNOWN is evaluate(condition, STORED)
    assert Truth.UNKNOWN is evaluate(Not(condition), STORED)


@pytest.mark.parametrize(
    ("terms", "both", "either"),
    [
        ((YES, YES), "YES", "YES"),
        ((YES, NO), "NO", "YES"),
        ((NO, NO), "NO", "NO"),
        ((YES, UNKNOWN), "UNKNOWN", "YES"),
        ((UNKNOWN, NO), "NO", "UNKNOWN"),
        ((UNKNOWN, UNKNOWN), "UNKNOWN", "UNKNOWN"),
    ],
)
def test_an_unknown_term_matters_only_if_it_decides(terms, both, either):
    """AND is false with any false term, OR is true with any true one."""
    assert both == evaluate(And(terms), STORED).name
    assert either == evaluate(Or(terms), STORED).name
    assert [Truth.NO, Truth.YES] == [evaluate(Not(term), STORED) for term in (YES, NO)]


def test_nothing_is_said_about_attributes_that_are_not_known():
    """They may be there or not; what is known is known as a whole."""
    unknown = [
        exists(path("s")),
        Comparison("<>", path("n"), path("s")),
        Comparison("=", Size(path("s")), _value(N="1")),
        Between(path("n"), _value(N="5"), path("s.deep")),
    ]

    assert [Truth.UNKNOWN] * 4 == [evaluate(condition, ONLY_N) for condition in unknown]
    assert Truth.YES is evaluate(YES, ONLY_N)
    assert Truth.YES is evaluate(In(path("n"), (path("s"), path("n"))), ONLY_N)
    assert Truth.NO is evaluate(Between(path("n"), _value(N="6"), path("s")), ONLY_N)


def test_an_absent_item_has_no_attributes():
    """It is known completely."""
    assert Truth.NO is evaluate(exists(path("n")), ABSENT)
    assert Truth.YES is evaluate(Comparison("<>", path("n"), _value(N="5")), ABSENT)


def test_what_is_known_keeps_its_values_to_itself():
    """It may end up in an error's text."""
    assert "Known(is_complete=True)" == repr(STORED)
