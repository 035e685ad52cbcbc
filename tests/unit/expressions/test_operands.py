"""`if_not_exists` and `list_append` as users write them."""

import pytest

from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.expressions import if_not_exists, list_append, path
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.values import to_attribute_value


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


class WithoutClass:
    """An object that does not say what it is."""

    @property
    def __class__(self):
        raise ZeroDivisionError


class HostileText(str):
    """A text that cannot be read."""

    __slots__ = ()

    def split(self, *_):
        """Raise what no caller expects."""
        raise ZeroDivisionError


OPERANDS = {
    "path": path,
    "if_not_exists": lambda operand: if_not_exists(operand, 0),
    "list_append": lambda operand: list_append(operand, ["x"]),
}


@pytest.mark.parametrize("make", OPERANDS)
@pytest.mark.parametrize("hostile", [WithoutClass, lambda: HostileText("a")], ids=["class", "text"])
def test_an_operand_that_raises_while_it_is_read_is_refused(make, hostile):
    """What it raises is the cause, and does not come out by itself."""
    with pytest.raises(InvalidRequestError) as caught:
        OPERANDS[make](hostile())

    assert "UNREADABLE_ARGUMENT" == caught.value.code
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_summand_that_raises_while_it_is_read_is_refused():
    """On either side of a path."""
    with pytest.raises(InvalidRequestError, match=r"an operand of \+"):
        path("a") + WithoutClass()
    with pytest.raises(InvalidRequestError, match="an operand of -"):
        WithoutClass() - path("a")


def test_a_path_of_a_class_of_its_own_is_read():
    """Only what raises is refused."""

    class Text(str):
        __slots__ = ()

    assert path("a.b") == path(Text("a.b"))


@pytest.mark.parametrize(
    "operand",
    [path("a"), path("a") + 1, if_not_exists("a", 0), list_append("a", ["x"])],
    ids=["path", "sum", "default", "lists"],
)
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value]], ids=["bare", "list"])
def test_an_operand_is_no_value(operand, wrap):
    """It was stored as a map of its own attributes."""
    with pytest.raises(ConversionError, match="is no value: it stands alone in set="):
        to_attribute_value(wrap(operand))
