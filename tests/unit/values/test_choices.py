"""Enums and Literals are stored as their values are."""

import enum
from typing import Literal

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.tags import wire_tags


class Genre(enum.Enum):
    """Text."""

    JAZZ = "jazz"
    ROCK = "rock"
    BEBOP = "jazz"  # noqa: PIE796 - an alias, on purpose


class Style(enum.StrEnum):
    """Members that are text."""

    COOL = "cool"


class Level(enum.IntEnum):
    """Members that are numbers."""

    LOW = 1
    HIGH = 2


class Weight(int, enum.Enum):
    """Members whose number is not their value."""

    LIGHT = (1, "light")
    HEAVY = (2, "heavy")

    def __new__(cls, number, name):
        """Make a member that counts as its number and is stored by its name."""
        member = int.__new__(cls, number)
        member._value_ = name
        return member


class Mixed(enum.Enum):
    """Values of several types."""

    TEXT = "1"
    NUMBER = 1
    TRUE = b"1"
    PAIR = (1, "a")
    NOTHING = None


class Access(enum.Flag):
    """Bits."""

    READ = 1
    WRITE = 2


class Kept(enum.IntFlag, boundary=enum.FlagBoundary.KEEP):
    """Bits that may be unknown."""

    READ = 1


class Conforming(enum.Flag, boundary=enum.FlagBoundary.CONFORM):
    """Bits of which unknown ones are dropped."""

    READ = 1


class Ejecting(enum.IntFlag, boundary=enum.FlagBoundary.EJECT):
    """Bits that become an int if one is unknown."""

    READ = 1


class Ambiguous(enum.Enum):
    """Two members that DynamoDB cannot tell apart."""

    LIST = [1]  # noqa: RUF012 - a list, on purpose
    TUPLE = (1,)


class Unstorable(enum.Enum):
    """A value that is not supported."""

    STRANGE = 1j


@pytest.mark.parametrize(
    ("member", "wire"),
    [
        (Genre.JAZZ, {"S": "jazz"}),
        (Genre.BEBOP, {"S": "jazz"}),
        (Style.COOL, {"S": "cool"}),
        (Level.HIGH, {"N": "2"}),
        (Weight.HEAVY, {"S": "heavy"}),
        (Mixed.TEXT, {"S": "1"}),
        (Mixed.NUMBER, {"N": "1"}),
        (Mixed.TRUE, {"B": b"1"}),
        (Mixed.PAIR, {"L": [{"N": "1"}, {"S": "a"}]}),
        (Mixed.NOTHING, {"NULL": True}),
        (Access.READ, {"N": "1"}),
        (Access.READ | Access.WRITE, {"N": "3"}),
        (Access(0), {"N": "0"}),
        (Kept(5), {"N": "5"}),
    ],
)
def test_members_come_back_as_they_were(member, wire):
    """A member is found again by its value, whatever it is mixed with."""
    converter = make_converter()

    assert wire == to_attribute_value(member, type(member))
    assert wire == to_attribute_value(member)
    assert wire == converter.unstructure(member)
    assert member is converter.structure(wire, type(member))
    assert member is from_attribute_value(wire, type(member))


@pytest.mark.parametrize(
    ("value", "type_"),
    [("jazz", Genre), ("cool", Style), (1, Level), (1, Access), (Level.LOW, Genre)],
)
def test_a_value_is_not_a_member(value, type_):
    """A field of an Enum holds members only."""
    with pytest.raises(ConversionError, match="expected, not"):
        to_attribute_value(value, type_)


@pytest.mark.parametrize(
    ("wire", "type_"),
    [
        ({"S": "polka"}, Genre),
        ({"N": "1"}, Style),
        ({"S": "1"}, Level),
        ({"N": "8"}, Access),
        ({"N": "-1"}, Access),
        ({"N": "9"}, Conforming),
        ({"N": "9"}, Ejecting),
        ({"S": "1"}, Access),
        ({"S": 1}, Genre),
    ],
)
def test_a_stored_value_without_member_is_refused(wire, type_):
    """It was written by a program that knows other members, and is not shown."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, type_)

    assert type_.__name__ == caught.value.type


@pytest.mark.parametrize("type_", [Ambiguous, Unstorable])
def test_an_enum_that_cannot_be_read_back_is_refused(type_):
    """Writing what nobody can read is losing it."""
    for member in type_:
        with pytest.raises(ConversionError) as caught:
            to_attribute_value(member, type_)

        assert type_.__name__ == caught.value.type


@pytest.mark.parametrize("value", ["a", 1, True, None, b"x", Genre.JAZZ])
def test_literals_come_back_as_they_were(value):
    """A Literal takes values of every type that can be in one."""
    type_ = Literal["a", 1, True, None, b"x", Genre.JAZZ]  # noqa: PYI061 - None is one of them

    back = from_attribute_value(to_attribute_value(value, type_), type_)

    assert (type(value), value) == (type(back), back)


@pytest.mark.parametrize(
    ("value", "type_"),
    [("b", Literal["a"]), (True, Literal[1]), (1, Literal["a"]), ([], Literal["a"])],
)
def test_other_values_are_no_literals(value, type_):
    """Literals are few, and of a type."""
    with pytest.raises(ConversionError):
        to_attribute_value(value, type_)


def test_a_stored_value_outside_a_literal_is_refused():
    """What is stored has to be one of the values, too."""
    with pytest.raises(ConversionError, match="none of its members"):
        from_attribute_value({"S": "b"}, Literal["a"])


def test_tags_are_those_of_the_values():
    """Unions and keys are decided by them."""
    converter = make_converter()

    assert {"S"} == wire_tags(Genre, converter)
    assert {"N"} == wire_tags(Access, converter)
    assert {"S", "N", "B", "L", "NULL"} == wire_tags(Mixed, converter)
    assert {"S", "BOOL"} == wire_tags(Literal["a", True], converter)
