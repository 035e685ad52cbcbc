"""One + or - per value: what DynamoDB takes, and what is refused at the operator."""

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.arithmetic import Arithmetic


def test_both_operators_work_from_both_sides():
    """Subtraction keeps its order: `5 - path` is not `path - 5`."""
    a = path("a")

    assert Arithmetic(a, "+", 1) == a + 1
    assert Arithmetic(1, "+", a) == 1 + a
    assert Arithmetic(a, "-", 1) == a - 1
    assert Arithmetic(1, "-", a) == 1 - a
    assert Arithmetic(a, "+", path("b")) == a + path("b")


def test_a_default_takes_part_in_arithmetic():
    """Counters that may be absent are the commonest use of arithmetic."""
    counter = if_not_exists("n", 0)

    assert Arithmetic(counter, "+", 1) == counter + 1


@pytest.mark.parametrize(
    "calculate",
    [
        lambda: path("a") + 1 + 2,
        lambda: 2 - (path("a") - 1),
        lambda: path("a") + (path("b") + 1),
    ],
    ids=["after", "before", "inside"],
)
def test_a_second_operator_is_refused_with_a_hint(calculate):
    """DynamoDB's grammar has one operator per value; the error says what to do instead."""
    with pytest.raises(InvalidRequestError, match="compute the constant part") as caught:
        calculate()

    assert "UNSUPPORTED_OPERAND" == caught.value.code


@pytest.mark.parametrize(
    "calculate",
    [
        lambda: list_append("a", [1]) + 1,
        lambda: path("a") - list_append("b", [1]),
    ],
    ids=["first", "second"],
)
def test_lists_take_no_part_in_arithmetic(calculate):
    """Adding to a list would be refused only when it is sent."""
    with pytest.raises(InvalidRequestError, match="is a list"):
        calculate()


def test_operands_have_no_order():
    """A comparison that meant nothing would look like a condition."""
    with pytest.raises(TypeError):
        path("a") < 5  # noqa: B015 - it raises
