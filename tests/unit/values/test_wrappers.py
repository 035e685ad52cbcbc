"""Types that stand for another type."""

from typing import Annotated, Any, Final, NewType, TypeVar

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.tags import wire_tags
from transactscope.values.wrappers import unwrapped

UserId = NewType("UserId", str)
AdminId = NewType("AdminId", UserId)
Free = TypeVar("Free")
Bound = TypeVar("Bound", bound=int)
Either = TypeVar("Either", int, str)


@pytest.mark.parametrize(
    ("type_", "bare"),
    [
        (UserId, str),
        (AdminId, str),
        (Annotated[str, "marker"], str),
        (Annotated[AdminId, "marker"], str),
        (Final[str], str),
        (Bound, int),
        (Free, Any),
        (Either, int | str),
        (int, int),
    ],
    ids=repr,
)
def test_a_wrapper_converts_as_what_it_stands_for(type_, bare):
    """What else it says is for others to read."""
    converter = make_converter()
    value = 3 if int in (bare, type_) else "a"

    wire = to_attribute_value(value, type_)

    assert bare == unwrapped(type_)
    assert value == from_attribute_value(wire, type_)
    assert wire_tags(bare, converter) == wire_tags(type_, converter)


def test_a_wrapper_is_as_strict_as_what_it_stands_for():
    """A NewType is no licence."""
    with pytest.raises(ConversionError):
        to_attribute_value(3, Annotated[UserId, "marker"])
