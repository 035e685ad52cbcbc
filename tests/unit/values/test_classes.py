"""The fields of attrs classes and dataclasses, with their types worked out."""

import dataclasses
from typing import Annotated, Any, Generic, Protocol, TypeVar

import attrs
import pytest

from tests.unit.values import future_annotations
from transactscope.errors import ConversionError
from transactscope.values.classes import class_fields, is_class_with_fields

T = TypeVar("T")
U = TypeVar("U")


@attrs.define
class Box(Generic[T]):
    """A generic attrs class."""

    content: T
    spare: list[T | None]


@dataclasses.dataclass
class Pair(Generic[T, U]):
    """A generic dataclass."""

    first: T
    second: Annotated[U, "marker"]


@attrs.define
class Nested(Box[list[T]], Generic[T]):
    """Its T is not its base's T."""

    own: T


@attrs.define
class Numbers(Nested[int]):
    """Not generic any more."""


class HasName(Protocol[T]):
    """A generic protocol."""

    name: T


@dataclasses.dataclass
class Named(HasName[str]):
    """A dataclass of a generic protocol."""

    name: str


def _types(type_):
    return {field.name: field.type for field in class_fields(type_)}


def test_attrs_fields_tell_everything_that_conversion_needs():
    """Entities and nested objects are converted by it."""

    @attrs.define
    class Album:
        title: str
        _year: int | None = None
        tracks: list[str] = attrs.Factory(list)
        code: str = attrs.field(init=False, default="x")
        nick: str = attrs.field(alias="nickname", kw_only=True)

    facts = [
        (field.name, field.attribute, field.argument, field.init) for field in class_fields(Album)
    ]
    defaults = [(field.has_default, field.default_is_none) for field in class_fields(Album)]

    assert [
        ("title", "title", "title", True),
        ("_year", "_year", "year", True),
        ("tracks", "tracks", "tracks", True),
        ("code", "code", "code", False),
        ("nick", "nick", "nickname", True),
    ] == facts
    assert [(False, False), (True, True), (True, False), (True, False), (False, False)] == defaults


def test_dataclass_fields_tell_the_same():
    """Both are alike to everything above."""

    @dataclasses.dataclass
    class Album:
        title: str
        year: int | None = None
        tracks: list[str] = dataclasses.field(default_factory=list)
        code: str = dataclasses.field(init=False, default="x")

    facts = [
        (field.argument, field.init, field.has_default, field.default_is_none)
        for field in class_fields(Album)
    ]

    assert [
        ("title", True, False, False),
        ("year", True, True, True),
        ("tracks", True, True, False),
        ("code", False, True, False),
    ] == facts


def test_classes_are_told_from_everything_else():
    """An instance is not a class, and a plain class has no fields."""
    yes = [Box, Box[int], Pair, Pair[int, str], Numbers]
    no = [int, list[int], Box(1, []), Pair(1, 2), None, HasName, Any]

    assert [True] * 5 + [False] * 7 == [is_class_with_fields(type_) for type_ in (*yes, *no)]


@pytest.mark.parametrize(
    ("expected", "type_"),
    [
        ({"content": T, "spare": list[T | None]}, Box),
        ({"content": int, "spare": list[int | None]}, Box[int]),
        ({"first": int, "second": Annotated[str, "marker"]}, Pair[int, str]),
        ({"content": list[int], "spare": list[list[int] | None], "own": int}, Nested[int]),
        ({"content": list[int], "spare": list[list[int] | None], "own": int}, Numbers),
        ({"name": str}, Named),
    ],
)
def test_type_variables_are_filled_in(expected, type_):
    """Also those of a generic base, which have a meaning of their own there."""
    assert expected == _types(type_)


def test_annotations_that_are_text_are_resolved():
    """`from __future__ import annotations` makes text of all of them."""
    node = future_annotations.Node

    assert {"name": str, "children": list[node], "parent": node | None} == _types(node)
    assert {"date": future_annotations.date | None} == _types(future_annotations.Day)


def test_a_class_inside_a_function_can_name_itself():
    """It is not to be found in its module."""
    local = future_annotations.make_local_class()

    assert {"children": list[local]} == _types(local)


def test_a_name_that_nobody_knows_is_refused():
    """The error says which one, and comes at first use."""
    with pytest.raises(ConversionError, match="Nowhere") as caught:
        class_fields(future_annotations.Lost)

    assert "Lost" == caught.value.type


def test_fields_without_annotation_have_any_type():
    """attrs can make such classes."""
    made = attrs.make_class("Made", {"free": attrs.field(), "typed": attrs.field(type=int)})

    assert {"free": Any, "typed": int} == _types(made)
