"""cattrs converters that speak AttributeValues, and whose hooks come first."""

import enum
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NewType

import attrs
import cattrs
import pytest

from transactscope.errors import ConversionError
from transactscope.values import configure_converter, make_converter

UserId = NewType("UserId", str)


@attrs.define
class Point:
    """A class that its user stores as text."""

    x: int
    y: int


class Colour(enum.Enum):
    """An Enum that its user stores in capitals."""

    RED = "red"


class Style(enum.StrEnum):
    """An Enum that is text."""

    COOL = "cool"


class Fraction:
    """A class that only a factory of its user's knows."""


def _as_text(point):
    return {"S": f"{point.x},{point.y}"}


def _from_text(wire, _type):
    return Point(*map(int, wire["S"].split(",")))


def _is_point(type_):
    return type_ is Point


def _register_for_class(converter):
    converter.register_unstructure_hook(Point, _as_text)
    converter.register_structure_hook(Point, _from_text)


def _register_by_predicate(converter):
    converter.register_unstructure_hook_func(_is_point, _as_text)
    converter.register_structure_hook_func(_is_point, _from_text)


def _register_factories(converter):
    converter.register_unstructure_hook_factory(_is_point, lambda _type: _as_text)
    converter.register_structure_hook_factory(_is_point, lambda _type, _converter: _from_text)


def _configured(register, *, before):
    converter = cattrs.Converter()
    steps = (register, configure_converter) if before else (configure_converter, register)
    for step in steps:
        step(converter)
    return converter


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(
    "register", [_register_for_class, _register_by_predicate, _register_factories]
)
def test_a_users_hooks_keep_working(register, before):
    """Whichever way cattrs offers, and whenever they were registered."""
    converter = _configured(register, before=before)

    assert {"L": [{"S": "1,2"}]} == converter.unstructure([Point(1, 2)])
    assert [Point(1, 2)] == converter.structure({"L": [{"S": "1,2"}]}, list[Point])


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_users_hooks_for_special_types_keep_working(before):
    """cattrs keeps hooks for NewTypes, unions and Enums in places of their own."""

    def register(converter):
        converter.register_unstructure_hook(UserId, lambda text: {"S": f"user-{text}"})
        converter.register_structure_hook(UserId, lambda wire, _type: wire["S"][5:])
        converter.register_unstructure_hook(date | str, lambda value: {"S": f"?{value}"})
        converter.register_structure_hook(date | str, lambda wire, _type: wire["S"][1:])
        converter.register_unstructure_hook(Colour, lambda colour: {"S": colour.name})
        converter.register_structure_hook(Colour, lambda wire, _type: Colour[wire["S"]])

    converter = _configured(register, before=before)

    for value, type_, wire in (
        ("a", UserId, {"S": "user-a"}),
        ("a", date | str, {"S": "?a"}),
        (Colour.RED, Colour, {"S": "RED"}),
        ("a", str, {"S": "a"}),
    ):
        assert {"L": [wire]} == converter.unstructure([value], list[type_])
        assert [value] == converter.structure({"L": [wire]}, list[type_])
        assert wire == converter.unstructure(value, type_)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_users_hooks_for_plain_types_keep_working(before):
    """Even those for str and int; bool stays what it is."""

    def register(converter):
        converter.register_unstructure_hook(int, lambda number: {"S": str(number)})
        converter.register_structure_hook(int, lambda wire, _type: int(wire["S"]))
        converter.register_unstructure_hook(Path, lambda path: {"S": str(path)})
        converter.register_structure_hook(Decimal, lambda wire, _type: Decimal(wire["S"]))

    converter = _configured(register, before=before)

    assert {"S": "3"} == converter.unstructure(3)
    assert 3 == converter.structure({"S": "3"}, int)
    assert {"BOOL": True} == converter.unstructure(True)
    assert True is converter.structure({"BOOL": True}, bool)
    assert {"S": "a"} == converter.unstructure(Path("a"))
    assert [Decimal(1)] == converter.structure({"L": [{"S": "1"}]}, list[Decimal])


def test_a_users_factory_that_needs_our_hooks_gets_them():
    """It is asked about its type before ours are there."""
    converter = cattrs.Converter()

    @converter.register_structure_hook_factory(lambda type_: type_ is Fraction)
    def read_fraction(_type, converter):
        read = converter.get_structure_hook(Decimal)
        return lambda wire, _type: ("fraction", read(wire, Decimal))

    configure_converter(converter)

    assert ("fraction", Decimal("0.5")) == converter.structure({"N": "0.5"}, Fraction)


def test_cattrs_calls_are_strict():
    """`unstructure_as` and `structure` mean declared types, as fields do."""
    converter = make_converter()

    for value, type_ in (("12", int), (True, int), (1.0, int), ("a", bytes), (1, str)):
        with pytest.raises(ConversionError):
            converter.unstructure(value, unstructure_as=type_)
    with pytest.raises(ConversionError):
        converter.structure({"N": "1"}, bool)
    assert {"N": "3"} == converter.unstructure(3)
    assert 3 == converter.structure({"N": "3"}, int)


def test_members_of_mixed_enums_are_found_by_their_class():
    """cattrs would take a StrEnum for the str that it is."""
    converter = make_converter()

    assert Style.COOL is converter.structure({"S": "cool"}, Style)
    with pytest.raises(ConversionError):
        converter.structure({"S": "hot"}, Style)
    assert {"S": "cool"} == converter.unstructure(Style.COOL, unstructure_as=str)


def test_converters_know_nothing_of_each_other():
    """A hook of one database is not that of another."""
    mine, other = make_converter(), make_converter()
    mine.register_unstructure_hook(Point, _as_text)

    assert {"S": "1,2"} == mine.unstructure(Point(1, 2))
    assert {"M": {"x": {"N": "1"}, "y": {"N": "2"}}} == other.unstructure(Point(1, 2))


def test_a_copy_of_a_converter_speaks_attribute_values_too():
    """cattrs offers it, and people use it to try something."""
    copy = make_converter().copy()
    _register_for_class(copy)

    assert {"L": [{"S": "1,2"}, {"S": "cool"}]} == copy.unstructure([Point(1, 2), Style.COOL])


def test_hooks_are_built_once_for_a_type():
    """Conversion is done for every value, looking at types is not."""
    converter = make_converter()

    assert converter.get_structure_hook(Point) is converter.get_structure_hook(Point)


def test_options_are_those_of_cattrs():
    """They are handed on, and what cattrs would do with classes has no effect."""
    converter = make_converter(omit_if_default=True, detailed_validation=False)

    assert not converter.detailed_validation
    assert {"M": {"x": {"N": "0"}, "y": {"N": "0"}}} == converter.unstructure(Point(0, 0))
