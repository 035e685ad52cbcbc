"""Unions: what reading can tell apart, and nothing else."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, NewType, Optional, TypeVar, Union
from uuid import UUID

import attrs
import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.tags import wire_tags

T = TypeVar("T")
Cents = NewType("Cents", int)


@attrs.define
class Album:
    """One class."""

    title: str


@dataclasses.dataclass
class Book:
    """Another class."""

    title: str


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    content: T


@attrs.define
class Tagged:
    """A class whose own field gets in the way."""

    _type: str


class Twin(int):
    """A number that is equal to no other in Python."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Money:
    """A class that only a user's hooks know."""


def _other_album():
    @attrs.define
    class Album:
        title: str

    return Album


ALBUM = {"M": {"_type": {"S": "Album"}, "title": {"S": "a"}}}
PLAIN = {"M": {"title": {"S": "a"}}}


@pytest.mark.parametrize(
    ("value", "type_", "wire"),
    [
        (None, int | None, {"NULL": True}),
        (3, int | None, {"N": "3"}),
        (3, Optional[int], {"N": "3"}),  # noqa: UP045 - old notation is supported
        (3, Union[None, Annotated[int | None, "x"]], {"N": "3"}),  # noqa: UP007
        (3, Cents | None, {"N": "3"}),
        (Album("a"), Album | None, PLAIN),
        (Album("a"), Album | Book, ALBUM),
        (Book("a"), Album | Book | None, {"M": {"_type": {"S": "Book"}, **PLAIN["M"]}}),
        (None, Album | Book | None, {"NULL": True}),
        (Album("a"), Annotated[Album, "x"] | Book, ALBUM),
        (Album("a"), Album | str, ALBUM),
        ("a", Album | str, {"S": "a"}),
        (Album("a"), Album | dict[str, str], ALBUM),
        ({"title": "a"}, Album | dict[str, str], PLAIN),
        ({"title": "a"}, Album | Any, PLAIN),
        (Album("a"), Album | Any, ALBUM),
        (Box(3), Box[int] | str, {"M": {"_type": {"S": "Box"}, "content": {"N": "3"}}}),
        (3, int | str, {"N": "3"}),
        ("3", int | str, {"S": "3"}),
        (True, int | bool, {"BOOL": True}),
        (3, int | float, {"N": "3"}),
        (3.5, int | float, {"N": "3.5"}),
        (3, float | int | str, {"N": "3"}),
        (Decimal("0.5"), Decimal | int | None, {"N": "0.5"}),
        (3, Cents | float, {"N": "3"}),
        ("b", Literal["a"] | str, {"S": "b"}),  # noqa: PYI051 - it can be written
        ("b", Literal["a"] | Literal["b"] | int, {"S": "b"}),  # noqa: PYI030 - the same
        (2, Literal["a", 1] | int, {"N": "2"}),  # noqa: PYI051 - the same
        ("a", Literal["a", 1] | int, {"S": "a"}),  # noqa: PYI051 - the same
        (None, Literal["a"] | None, {"NULL": True}),
        ({"a"}, set[str] | set[int] | list[str], {"SS": ["a"]}),
        ({1}, set[str] | set[int] | list[str], {"NS": ["1"]}),
        (["a"], set[str] | set[int] | list[str], {"L": [{"S": "a"}]}),
    ],
)
def test_members_come_back_as_they_were(value, type_, wire):
    """A class is found by its name, everything else by its type tag."""
    back = from_attribute_value(wire, type_)

    assert wire == to_attribute_value(value, type_)
    assert (type(value), value) == (type(back), back)


@pytest.mark.parametrize(
    "type_",
    [
        date | str,
        UUID | str,
        float | Decimal,
        int | float | Decimal,
        list[int] | tuple[int, ...],
        set[str] | frozenset[str],
        dict[str, int] | dict[str, str],
        Literal["a"] | date,
        Any | int,
        Money | str,
    ],
)
def test_members_that_cannot_be_told_apart_are_refused(type_):
    """Guessing would give back another type than was stored."""
    converter = make_converter()
    converter.register_unstructure_hook(Money, lambda _money: {"S": "money"})

    for convert, value in ((to_attribute_value, "a"), (from_attribute_value, {"S": "a"})):
        with pytest.raises(ConversionError, match="cannot be told apart"):
            convert(value, type_, converter=converter)


def test_classes_of_one_name_are_refused():
    """The stored name would mean both."""
    with pytest.raises(ConversionError, match="one name"):
        to_attribute_value(Album("a"), Album | _other_album())
    with pytest.raises(ConversionError, match="one name"):
        to_attribute_value(Box(1), Box[int] | Box[str])


def test_a_class_of_the_same_name_is_not_a_member():
    """A name is not enough to be one."""
    stranger = _other_album()("a")

    with pytest.raises(ConversionError, match="expected, not Album"):
        to_attribute_value(stranger, Album | Book)


def test_a_field_with_the_name_of_the_type_attribute_is_refused():
    """One would overwrite the other."""
    with pytest.raises(ConversionError, match="_type"):
        to_attribute_value(Tagged("a"), Tagged | str)


def test_a_map_that_looks_like_a_class_is_refused():
    """It would be read as one."""
    with pytest.raises(ConversionError, match="_type"):
        to_attribute_value({"_type": "Album"}, Album | dict[str, str])


def test_a_map_without_name_is_the_only_class_there_is():
    """Items are older than the second member of a union."""
    assert Album("a") == from_attribute_value(PLAIN, Album | str)
    with pytest.raises(ConversionError, match="_type is missing"):
        from_attribute_value(PLAIN, Album | Book)


@pytest.mark.parametrize("name", [{"S": "Film"}, {"N": "1"}, "Album"])
def test_an_unknown_name_is_refused(name):
    """It was written by a program with other members, or is no name at all."""
    with pytest.raises(ConversionError, match=r"names no member of Album \| Book"):
        from_attribute_value({"M": {"_type": name}}, Album | Book)


def test_a_tag_of_no_member_is_refused():
    """The declared type is named, the value is not."""
    with pytest.raises(ConversionError, match=r"int \| str expected, not type tag BOOL"):
        from_attribute_value({"BOOL": True}, int | str)
    with pytest.raises(ConversionError, match="not type tag M"):
        from_attribute_value({"M": {}}, int | str)


@pytest.mark.parametrize(
    ("message", "value", "type_"),
    [
        ("int | str expected, not float", 1.5, int | str),
        ("int | str expected, not NoneType", None, int | str),
        ("Album | Book expected, not str", "a", Album | Book),
        ("[1]: int expected, not str", [1, "a"], list[int] | str),
        ("Album.title: str expected, not int", Album(1), Album | Book),
        ("two elements are stored alike", {1, Twin(1)}, set[int] | str),
        ("int | float expected, not str", "a", int | float),
    ],
)
def test_the_error_is_that_of_the_member_that_was_meant(message, value, type_):
    """A mistake inside a list is not that it is no text."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, type_)

    assert message == str(caught.value)


def test_a_users_hook_for_the_union_comes_first():
    """It is the way out where members cannot be told apart."""
    converter = make_converter()
    converter.register_unstructure_hook(date | str, lambda value: {"S": f"?{value}"})
    converter.register_structure_hook(date | str, lambda wire, _type: wire["S"][1:])

    assert {"S": "?a"} == to_attribute_value("a", date | str, converter=converter)
    assert "a" == from_attribute_value({"S": "?a"}, date | str, converter=converter)


def test_tags_are_those_of_all_members():
    """None counts as one."""
    converter = make_converter()

    assert {"N", "S", "NULL"} == wire_tags(int | str | None, converter)
    assert {"M", "N"} == wire_tags(Album | Book | int, converter)
    assert {"S"} == wire_tags(date | str, converter)
