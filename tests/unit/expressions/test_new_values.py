"""Right sides of updates: exact numbers, sets by value, nothing guessed."""

import decimal

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import AddClause, DeleteClause, SetClause
from transactscope.expressions.literals import Literal
from transactscope.expressions.new_values import Before, value_added, value_left, value_set
from transactscope.expressions.operands import ListAppend

ITEM = {
    "n": {"N": "5"},
    "big": {"N": "9.9999999999999999999999999999999999999E+125"},
    "s": {"S": "secret"},
    "l": {"L": [{"N": "1"}]},
    "m": {"M": {"n": {"N": "0.5"}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2.50"]},
    "bs": {"BS": [b"x"]},
}


def _n(text):
    return Literal({"N": text})


def _strings(*texts):
    return Literal({"L": [{"S": text} for text in texts]})


def _set(value, item=ITEM):
    return value_set(SetClause(path("target"), value), Before(item, {"id": {"S": "1"}}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (_n("1.0"), {"N": "1.0"}),
        (path("m.n"), {"N": "0.5"}),
        (path("m"), {"M": {"n": {"N": "0.5"}}}),
        (path("l[0]"), {"N": "1"}),
        (Arithmetic(path("n"), "+", _n("-7")), {"N": "-2"}),
        (Arithmetic(_n("1"), "-", path("m.n")), {"N": "0.5"}),
        (Arithmetic(path("n"), "-", path("n")), {"N": "0"}),
        (if_not_exists("n", _n("0")), {"N": "5"}),
        (if_not_exists("absent", _n("0")), {"N": "0"}),
        (if_not_exists("absent.deep[0]", path("n")), {"N": "5"}),
        (if_not_exists("absent", _n("0")) + _n("1"), {"N": "1"}),
        (ListAppend(path("l"), _strings("x")), {"L": [{"N": "1"}, {"S": "x"}]}),
        (list_append(if_not_exists("absent", _strings()), "l"), {"L": [{"N": "1"}]}),
        (list_append("l", "l"), {"L": [{"N": "1"}, {"N": "1"}]}),
    ],
    ids=str,
)
def test_set_computes_every_operand(value, expected):
    """Paths and functions read the item before the update."""
    assert expected == _set(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (path("absent"), "absent: it is read for target"),
        (path("m.absent"), "m.absent: it is read"),
        (if_not_exists("absent", path("gone")), "gone: it is read"),
        (Arithmetic(path("absent"), "+", _n("1")), "absent: it is read"),
        (Arithmetic(path("s"), "+", _n("1")), "target: an operand .* not of type N"),
        (ListAppend(path("s"), _strings()), "target: an operand .* not of type L"),
        (ListAppend(path("absent"), _strings()), "absent: it is read"),
    ],
    ids=str,
)
def test_set_refuses_what_dynamodb_refuses(value, words):
    """The path is named, and no value is shown."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        _set(value)

    assert "UPDATE_NOT_APPLICABLE" == caught.value.code
    assert "secret" not in str(caught.value)


def test_an_absent_item_has_no_attributes():
    """Defaults are taken, and everything else that is read is missing."""
    assert {"N": "0"} == _set(if_not_exists("n", _n("0")), item=None)
    with pytest.raises(InvalidRequestError, match="n: it is read"):
        _set(path("n"), item=None)


def test_the_key_of_an_absent_item_is_not_read():
    """Whether DynamoDB lets an update that creates an item read its key is not documented."""
    with pytest.raises(InvalidRequestError, match="id: the key of an absent item is read"):
        _set(if_not_exists("id", _n("0")), item=None)


def test_arithmetic_is_exact_whatever_the_context():
    """A program that has set a low precision must not lose digits here."""
    wide = Arithmetic(_n("1E37"), "+", _n("0.1"))
    exact = Arithmetic(_n("12345678901234567890123456789012345678"), "-", _n("1"))

    with decimal.localcontext(prec=3):
        assert {"N": "12345678901234567890123456789012345677"} == _set(exact)
        with pytest.raises(InvalidRequestError, match="38 significant digits"):
            _set(wide)


def test_a_sum_out_of_range_is_refused():
    """DynamoDB calls it a number overflow."""
    with pytest.raises(InvalidRequestError, match="target: the result cannot be stored"):
        _set(Arithmetic(path("big"), "+", path("big")))
    with pytest.raises(InvalidRequestError, match="38 significant digits"):
        _set(Arithmetic(path("big"), "-", _n("1E-130")))


@pytest.mark.parametrize(
    ("text", "operand", "expected"),
    [
        ("n", {"N": "-5.5"}, {"N": "-0.5"}),
        ("absent", {"N": "3"}, {"N": "3"}),
        ("m.n", {"N": "1"}, {"N": "1.5"}),
        ("absent", {"SS": ["x"]}, {"SS": ["x"]}),
        ("ss", {"SS": ["b", "c"]}, {"SS": ["a", "b", "c"]}),
        ("ns", {"NS": ["2.5", "3"]}, {"NS": ["1", "2.50", "3"]}),
        ("bs", {"BS": [b"x", b"y"]}, {"BS": [b"x", b"y"]}),
        ("l[0]", {"N": "1"}, {"N": "2"}),
    ],
)
def test_add_sums_and_unites(text, operand, expected):
    """A missing attribute counts as 0 or as the empty set; numbers are equal by value."""
    clause = AddClause(path(text), Literal(operand))

    assert expected == value_added(clause, Before(ITEM, {}))


@pytest.mark.parametrize(
    ("text", "operand", "expected"),
    [
        ("ss", {"SS": ["b", "z"]}, {"SS": ["a"]}),
        ("ss", {"SS": ["b", "a"]}, None),
        ("ns", {"NS": ["2.5", "1.0"]}, None),
        ("bs", {"BS": [b"y"]}, {"BS": [b"x"]}),
        ("absent", {"SS": ["a"]}, None),
    ],
)
def test_delete_takes_elements_out(text, operand, expected):
    """A set that lost its last element is gone; taking from nothing leaves nothing."""
    clause = DeleteClause(path(text), Literal(operand))

    assert expected == value_left(clause, Before(ITEM, {}))


@pytest.mark.parametrize(
    ("text", "operand", "words"),
    [
        ("s", {"N": "1"}, "s: type N expected, not S"),
        ("n", {"NS": ["1"]}, "n: type NS expected, not N"),
        ("ss", {"NS": ["1"]}, "ss: type NS expected, not SS"),
        ("l[1]", {"N": "1"}, r"l\[1\]: the list has no such element"),
    ],
)
def test_add_refuses_what_it_cannot_add_to(text, operand, words):
    """What engines do past the end of a list differs, so it is not guessed."""
    with pytest.raises(InvalidRequestError, match=words):
        value_added(AddClause(path(text), Literal(operand)), Before(ITEM, {}))


def test_delete_refuses_another_type():
    """DynamoDB calls it an operand of an incorrect data type."""
    with pytest.raises(InvalidRequestError, match="n: type SS expected, not N"):
        value_left(DeleteClause(path("n"), Literal({"SS": ["a"]})), Before(ITEM, {}))
