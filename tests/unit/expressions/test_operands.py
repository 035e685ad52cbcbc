"""`if_not_exists` and `list_append` as users write them."""

import pytest

from transactscope.errors import InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.operands import IfNotExists, ListAppend


def test_a_default_belongs_to_a_path():
    """A str is the path that is read; the default stays as it was given."""
    assert IfNotExists(path("a.b"), "c") == if_not_exists("a.b", "c")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("tags", ["x"], ListAppend(path("tags"), ["x"])),
        (["x"], path("tags"), ListAppend(["x"], path("tags"))),
        ("tags", "more", ListAppend(path("tags"), path("more"))),
        (if_not_exists("tags", []), ("x",), ListAppend(if_not_exists("tags", []), ("x",))),
    ],
)
def test_lists_are_appended_and_prepended(first, second, expected):
    """A str is a path on either side, a list or tuple a literal."""
    assert expected == list_append(first, second)


def test_two_literals_are_refused():
    """It would be a constant, and there would be no type to convert it by."""
    with pytest.raises(InvalidRequestError, match="one literal list at most"):
        list_append(["a"], ("b",))


@pytest.mark.parametrize("operand", [{"a"}, 5, path("a") + 1, list_append("a", ["b"]), None])
def test_other_operands_are_refused_by_type(operand):
    """A set has no order to append in, and nothing else is a list."""
    with pytest.raises(InvalidRequestError, match=type(operand).__name__):
        list_append("tags", operand)
