"""Text, numbers, booleans, bytes, UUIDs and None: strict both ways."""

import enum
from decimal import Decimal
from uuid import UUID

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, to_attribute_value

SOME_UUID = UUID("12345678-1234-5678-1234-567812345678")


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Size(int):
    """A subclass of int."""


class Blob(bytes):
    """A subclass of bytes."""


class Genre(enum.StrEnum):
    """An Enum whose members are text."""

    JAZZ = "jazz"


@pytest.mark.parametrize(
    ("value", "type_", "wire"),
    [
        ("a", str, {"S": "a"}),
        ("", str, {"S": ""}),
        (" ", str, {"S": " "}),
        ("é🎺", str, {"S": "é🎺"}),
        (0, int, {"N": "0"}),
        (-3, int, {"N": "-3"}),
        (10**40, int, {"N": "1E40"}),
        (0.1, float, {"N": "0.1"}),
        (Decimal("12.50"), Decimal, {"N": "12.5"}),
        (Decimal("1E40"), Decimal, {"N": "1E40"}),
        (False, bool, {"BOOL": False}),
        (b"", bytes, {"B": b""}),
        (SOME_UUID, UUID, {"S": str(SOME_UUID)}),
        (None, None, {"NULL": True}),
        (None, type(None), {"NULL": True}),
    ],
)
def test_scalars_come_back_as_they_were(value, type_, wire):
    """Nothing is lost, and what counts as false in Python is stored like the rest."""
    declared = type(None) if type_ is None else type_

    assert wire == to_attribute_value(value, declared)
    assert value == from_attribute_value(wire, type_)
    assert type(value) is type(from_attribute_value(wire, type_))


@pytest.mark.parametrize("type_", [float, Decimal])
def test_whole_numbers_fit_fields_of_other_numbers(type_):
    """People write `price=10`, and it is exact."""
    wire = to_attribute_value(10, type_)

    assert {"N": "10"} == wire
    assert type_ is type(from_attribute_value(wire, type_))


@pytest.mark.parametrize(
    ("value", "type_", "wire"),
    [
        (Text("a"), str, {"S": "a"}),
        (Genre.JAZZ, str, {"S": "jazz"}),
        (Size(3), int, {"N": "3"}),
        (Blob(b"x"), bytes, {"B": b"x"}),
        (bytearray(b"x"), bytes, {"B": b"x"}),
    ],
)
def test_subclasses_become_the_plain_type(value, type_, wire):
    """A request holds nothing that could behave in a way of its own."""
    written = to_attribute_value(value, type_)
    (content,) = written.values()

    assert wire == written
    assert type(content) in {str, bytes}


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (1, str),
        (None, str),
        (b"a", str),
        ("12", int),
        (True, int),
        (1.0, int),
        (None, int),
        (True, float),
        ("1.5", float),
        (Decimal(1), float),
        (1.5, Decimal),
        (False, Decimal),
        (1, bool),
        ("a", bytes),
        (str(SOME_UUID), UUID),
        (0, type(None)),
    ],
)
def test_other_types_are_refused_on_writing(value, type_):
    """A value of the wrong type is a mistake, whatever Python could make of it."""
    with pytest.raises(ConversionError, match="expected, not"):
        to_attribute_value(value, type_)


@pytest.mark.parametrize(
    ("wire", "type_"),
    [
        ({"S": "12"}, int),
        ({"N": "12"}, str),
        ({"N": 3}, int),
        ({"N": "12.5"}, int),
        ({"N": "x"}, int),
        ({"BOOL": "x"}, bool),
        ({"N": "1"}, bool),
        ({"S": "a", "N": "1"}, str),
        ({"S": "1.5"}, float),
        ({"S": "YQ=="}, bytes),
        ({"S": "not a UUID"}, UUID),
        ({"S": SOME_UUID.hex}, UUID),
        ({"S": f"{{{SOME_UUID}}}"}, UUID),
        ({"S": "\ud800"}, str),
        ({"NULL": False}, None),
        ({"S": ""}, None),
        ("a", str),
    ],
)
def test_other_wire_values_are_refused_on_reading(wire, type_):
    """A stored value of another type was written by something else."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, type_)

    assert ("None" if type_ is None else type_.__name__) == caught.value.type


@pytest.mark.parametrize("text", ["12.0", "1.2E1", "12"])
def test_an_int_is_read_from_any_text_of_it(text):
    """Other programs write whole numbers in other ways."""
    assert 12 == from_attribute_value({"N": text}, int)


def test_half_a_surrogate_pair_is_refused():
    """UTF-8 cannot write it, and the error does not show it."""
    with pytest.raises(ConversionError, match="Unicode") as caught:
        to_attribute_value("secret\ud800", str)

    assert "secret" not in str(caught.value)


def test_a_number_out_of_range_names_the_declared_type():
    """The message of a number's check goes out with the place and the type."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(float("nan"), float)

    assert "float" == caught.value.type
