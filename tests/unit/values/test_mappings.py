"""Dictionaries, and keys that are not text in Python."""

import collections
import enum
import types
from collections.abc import Mapping, MutableMapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value


class Genre(enum.StrEnum):
    """Text."""

    JAZZ = "jazz"


class Code:
    """A class that only a user's hooks know."""

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return self.text == other.text

    def __hash__(self):
        return hash(self.text)


@pytest.mark.parametrize(
    ("value", "type_", "keys"),
    [
        ({"a": 1, "": 2}, dict[str, int], ["a", ""]),
        ({"a": 1}, dict, ["a"]),
        ({"a": 1}, dict[Any, int], ["a"]),
        ({"a": 1}, dict[object, int], ["a"]),
        ({"a": 1}, Mapping[str, int], ["a"]),
        ({"a": 1}, MutableMapping[str, int], ["a"]),
        ({}, dict[str, int], []),
        ({3: 1, -1: 2}, dict[int, int], ["3", "-1"]),
        ({Decimal("1.5"): 1}, dict[Decimal, int], ["1.5"]),
        ({date(2024, 1, 2): 1}, dict[date, int], ["2024-01-02"]),
        ({UUID(int=0): 1}, dict[UUID, int], [str(UUID(int=0))]),
        ({Genre.JAZZ: 1}, dict[Genre, int], ["jazz"]),
        ({"a": 1}, dict[Literal["a", "b"], int], ["a"]),
    ],
)
def test_maps_come_back_as_they_were(value, type_, keys):
    """A key that is text or a number in DynamoDB is a key in Python again."""
    wire = to_attribute_value(value, type_)
    back = from_attribute_value(wire, type_)

    assert keys == list(wire["M"])
    assert value == back
    assert list(map(type, value)) == list(map(type, back))


@pytest.mark.parametrize(
    "value",
    [
        collections.OrderedDict(a=1),
        collections.Counter(a=1),
        collections.defaultdict(int, a=1),
    ],
)
def test_subclasses_of_dict_are_stored_as_maps(value):
    """They are dicts; only a field cannot ask for one back."""
    assert {"M": {"a": {"N": "1"}}} == to_attribute_value(value)
    assert {"M": {"a": {"N": "1"}}} == to_attribute_value(value, dict[str, int])
    with pytest.raises(ConversionError, match="not supported"):
        to_attribute_value(value, type(value))


def test_a_mapping_takes_what_is_no_dict():
    """An abstract type promises to."""
    view = types.MappingProxyType({"a": 1})

    assert {"M": {"a": {"N": "1"}}} == to_attribute_value(view, Mapping[str, int])


@pytest.mark.parametrize(
    ("path", "value", "type_"),
    [
        ("", [("a", 1)], dict[str, int]),
        ("", types.MappingProxyType({}), dict[str, int]),
        ("", {1: 1}, dict),
        ("", {1: 1}, dict[str, int]),
        ("", {"1": 1}, dict[int, int]),
        ("", {True: 1}, dict[int, int]),
        ("", {True: 1}, dict[bool, int]),
        ("", {(1,): 1}, dict[tuple[int, ...], int]),
        ("", {1: 1}, dict[Literal["a", 1], int]),
        ("", {"\ud800": 1}, dict),
        (".a", {"a": "1"}, dict[str, int]),
        ("['a b']", {"a b": "1"}, dict[str, int]),
        ("['3']", {3: "1"}, dict[int, int]),
        (".a.b", {"a": {"b": "1"}}, dict[str, dict[str, int]]),
    ],
)
def test_other_values_are_refused_with_their_place(path, value, type_):
    """The path says which attribute, as one would write it."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, type_)

    assert path == caught.value.path


def test_a_bad_key_is_called_a_key():
    """It has no place of its own, and is data: it is not shown."""
    with pytest.raises(ConversionError, match=r"^a map's key: int expected, not str$"):
        to_attribute_value({"secret": 1}, dict[int, int])


def test_keys_that_become_one_are_refused():
    """One of the two values would be dropped."""
    with pytest.raises(ConversionError, match="two keys"):
        to_attribute_value({0.0: "a", "0": "b"}, dict[Code, str], converter=_with_codes())
    with pytest.raises(ConversionError, match="two keys"):
        from_attribute_value({"M": {"1": {"S": "a"}, "1.0": {"S": "b"}}}, dict[int, str])


@pytest.mark.parametrize(
    ("path", "wire", "type_"),
    [
        ("", {"L": []}, dict[str, int]),
        ("", {"M": {"a": {"N": "1"}}}, dict[int, int]),
        ("", {"M": {"a": {"N": "1"}}}, dict[bool, int]),
        (".a", {"M": {"a": {"S": "1"}}}, dict[str, int]),
        (".a", {"M": {"a": 1}}, dict),
    ],
)
def test_other_wire_values_are_refused_with_their_place(path, wire, type_):
    """Reading is as strict as writing."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, type_)

    assert path == caught.value.path


def test_keys_that_only_a_users_hook_knows_have_to_be_text():
    """What it may write cannot be known; text is what a key is."""
    converter = _with_codes()

    wire = to_attribute_value({Code("a"): 1}, dict[Code, int], converter=converter)

    assert {"M": {"a": {"N": "1"}}} == wire
    assert {Code("a"): 1} == from_attribute_value(wire, dict[Code, int], converter=converter)


def _with_codes():
    converter = make_converter()
    converter.register_unstructure_hook(
        Code, lambda code: {"S": code.text if isinstance(code, Code) else "0"}
    )
    converter.register_structure_hook(Code, lambda wire, _type: Code(wire["S"]))
    return converter
