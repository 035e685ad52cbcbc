"""Values with no declared type."""

import socket
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value


@attrs.define
class Album:
    """A class."""

    title: str


class Name(str):
    """A subclass of str."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        "",
        0,
        Decimal("0.5"),
        False,
        None,
        b"x",
        {"a"},
        {1, 2},
        {b"x"},
        [],
        {},
        {"a": [1, {"b": [None, True, "c"]}], "": {"d": {1, 2}}},
    ],
)
def test_plain_values_come_back_as_they_were(value):
    """A dictionary of everything needs no class."""
    for type_ in (Any, object):
        wire = to_attribute_value(value, type_)
        back = from_attribute_value(wire, type_)

        assert (type(value), value) == (type(back), back)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("2024-01-02", date(2024, 1, 2)),
        ([1, 2], (1, 2)),
        (3, 3.0),
        (Decimal("0.1"), 0.1),
        ({"title": "a"}, Album("a")),
        ("a", Name("a")),
        (b"x", bytearray(b"x")),
        ({"a"}, frozenset({"a"})),
    ],
)
def test_other_values_come_back_as_what_the_tag_says(expected, value):
    """Only a declared type brings back more."""
    back = from_attribute_value(to_attribute_value(value))

    assert (type(expected), expected) == (type(back), back)


@pytest.mark.parametrize(
    "value", [1j, object(), len, (n for n in ()), int, Path("secret"), socket, ..., range(3)]
)
def test_unsupported_values_are_refused_by_the_name_of_their_type(value):
    """Nothing is stored as its repr."""
    with pytest.raises(ConversionError, match="not supported") as caught:
        to_attribute_value(value)

    assert type(value).__mro__[0].__name__.removeprefix("Posix") in str(caught.value).replace(
        "Posix", ""
    )
    with pytest.raises(ConversionError):
        make_converter().unstructure(value)


def test_a_declared_type_that_is_not_supported_is_refused_both_ways():
    """Also when reading: cattrs alone would call the class with the raw value."""
    for type_ in (complex, Name, Path, "Album"):
        with pytest.raises(ConversionError, match="not supported"):
            to_attribute_value(Name("a"), type_)
        with pytest.raises(ConversionError, match="not supported"):
            from_attribute_value({"S": "a"}, type_)


def test_a_bad_wire_value_is_refused():
    """Reading without a type is not reading without rules."""
    with pytest.raises(ConversionError):
        from_attribute_value({"S": 1})
