"""Sets of texts, numbers or bytes."""

import enum
from collections.abc import MutableSet
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.tags import wire_tags


class Genre(enum.Enum):
    """Text."""

    JAZZ = "jazz"


@pytest.mark.parametrize(
    ("value", "type_", "wire"),
    [
        ({"b", "a"}, set[str], {"SS": ["a", "b"]}),
        ({""}, set[str], {"SS": [""]}),
        ({10, 9, -1}, set[int], {"NS": ["-1", "9", "10"]}),
        ({10**40, 2}, set[int], {"NS": ["2", "1E40"]}),
        ({0.5, 10.0}, set[float], {"NS": ["0.5", "10"]}),
        ({Decimal("0.5")}, frozenset[Decimal], {"NS": ["0.5"]}),
        ({b"b", b"a"}, set[bytes], {"BS": [b"a", b"b"]}),
        ({date(2024, 1, 2)}, set[date], {"SS": ["2024-01-02"]}),
        ({Genre.JAZZ}, set[Genre], {"SS": ["jazz"]}),
        (frozenset({"a"}), frozenset[str], {"SS": ["a"]}),
        ({"a"}, AbstractSet[str], {"SS": ["a"]}),
        ({"a"}, MutableSet[str], {"SS": ["a"]}),
        ({"a"}, set, {"SS": ["a"]}),
        ({1, Decimal("0.5")}, set, {"NS": ["0.5", "1"]}),
    ],
)
def test_sets_come_back_as_they_were(value, type_, wire):
    """Equal sets make equal bodies: elements have one order."""
    value = frozenset(value) if type_ == frozenset[Decimal] else value

    assert wire == to_attribute_value(value, type_)
    assert value == from_attribute_value(wire, type_)


@pytest.mark.parametrize(
    ("expected", "type_"),
    [(set, set[str]), (frozenset, frozenset[str]), (frozenset, AbstractSet[str]), (set, object)],
)
def test_sets_are_read_as_their_declared_class(expected, type_):
    """A field that is hashed needs a frozenset."""
    assert expected is type(from_attribute_value({"SS": ["a"]}, type_))


@pytest.mark.parametrize("type_", [set[str], None])
def test_an_empty_set_is_refused_with_a_way_out(type_):
    """DynamoDB has no empty sets, and boto3 sends them all the same."""
    with pytest.raises(ConversionError, match=r"empty set .* None, .* list"):
        to_attribute_value(set(), type_)


@pytest.mark.parametrize(
    ("problem", "value", "type_"),
    [
        ("one type, not N and S", {1, "a"}, set),
        ("not BOOL", {True}, set),
        ("not NULL", {None}, set),
        ("not L", {(1,)}, set),
        ("not BOOL", {True}, set[bool]),
        ("stored alike", {date(2024, 1, 2), "2024-01-02"}, set),
        ("int expected", {True}, set[int]),
        ("set\\[str\\] expected, not list", ["a"], set[str]),
        ("frozenset", frozenset("a"), set[str]),
        ("not set", {"a"}, frozenset[str]),
    ],
)
def test_other_sets_are_refused(problem, value, type_):
    """A set in DynamoDB has one type of element, and no two that are equal."""
    with pytest.raises(ConversionError, match=problem):
        to_attribute_value(value, type_)


@pytest.mark.parametrize(
    ("wire", "type_"),
    [
        ({"SS": []}, set[str]),
        ({"NS": ["1", "1.0"]}, set[int]),
        ({"SS": ["a", "a"]}, object),
        ({"NS": ["1"]}, set[str]),
        ({"SS": [1]}, set[str]),
        ({"L": [{"S": "a"}]}, set[str]),
    ],
)
def test_other_wire_values_are_refused(wire, type_):
    """Reading is as strict as writing."""
    with pytest.raises(ConversionError):
        from_attribute_value(wire, type_)


def test_tags_are_those_of_sets_of_the_element():
    """`set[str] | set[int]` can be told apart by them."""
    converter = make_converter()

    assert {"SS"} == wire_tags(set[str], converter)
    assert {"NS"} == wire_tags(set[int | None], converter)
    assert {"SS", "NS", "BS"} == wire_tags(set, converter)
