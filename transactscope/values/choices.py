"""Enums and Literals: types whose values can be counted.

May import `hooks`, `wire` and `wording`. A member is stored as its value is, and is
found again by comparing what is stored, as DynamoDB compares it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from enum import Enum, Flag
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin

import attrs

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, Reader, Tags, Writer, reader, writer
from transactscope.values.wire import canonical, checked
from transactscope.values.wording import declared_as, mismatch, refusal, type_text

if TYPE_CHECKING:
    import cattrs

Members: TypeAlias = Mapping[tuple[str, Hashable], Any]
"""What a member is stored as, in canonical form, to the member."""


def _enum_members(type_: Any, converter: cattrs.Converter) -> Members:
    write = writer(object, converter)
    return _found_by((write(member.value), member) for member in type_)


def _literal_members(type_: Any, converter: cattrs.Converter) -> Members:
    return _found_by((writer(type(value), converter)(value), value) for value in get_args(type_))


def _found_by(members: Iterable[tuple[AttributeValue, Any]]) -> Members:
    found: dict[tuple[str, Hashable], Any] = {}
    for wire, member in members:
        if found.setdefault(canonical(wire), member) is not member:
            problem = "two of its members would be stored alike"
            raise ConversionError(problem)
    return found


def _enum_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    write_value = writer(object, converter)

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, type_):
            raise mismatch(type_, value)
        return write_value(value.value)

    return write


def _literal_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    def write(value: Any) -> AttributeValue:
        # 1 and True are equal, and different Literals.
        choices = [choice for choice in get_args(type_) if type(choice) is type(value)]
        if not choices:
            raise mismatch(type_, value)
        if value not in choices:
            raise refusal(f"not one of {type_text(type_)}", type_)
        return writer(type(value), converter)(value)

    return write


def _flag_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    read_bits = reader(int, converter)

    def read(wire: Any) -> Any:
        with declared_as(type_):
            bits = read_bits(wire)
        flags: Any
        try:
            flags = type_(bits)
        except ValueError:  # its text quotes the value
            flags = None
        # A Flag's boundary may drop bits, or give up and return an int.
        if not isinstance(flags, type_) or flags.value != bits:
            raise refusal("not a combination of its members", type_)
        return flags

    return read


@attrs.frozen
class _Finite:
    """Converts types whose members are all known, once it is sure to tell them apart."""

    make_writer: Callable[[Any, cattrs.Converter], Writer]
    make_members: Callable[[Any, cattrs.Converter], Members]

    def writer(self, type_: Any, converter: cattrs.Converter) -> Writer:
        members, write = self._members(type_, converter), self.make_writer(type_, converter)

        def write_known(value: Any) -> AttributeValue:
            members()
            return write(value)

        return write_known

    def reader(self, type_: Any, converter: cattrs.Converter) -> Reader:
        members = self._members(type_, converter)

        def read(wire: Any) -> Any:
            with declared_as(type_):
                stored = canonical(checked(wire))
            if stored not in members():
                raise refusal("none of its members has this value", type_)
            return members()[stored]

        return read

    def tags(self, type_: Any, converter: cattrs.Converter) -> Tags:
        return frozenset(tag for tag, _content in self._members(type_, converter)())

    def kind(self, matches: Callable[[Any], bool]) -> Kind:
        return Kind(matches, self.writer, self.reader, self.tags)

    def _members(self, type_: Any, converter: cattrs.Converter) -> Callable[[], Members]:
        @cache  # at first use, not before: members may need hooks that are registered later
        def members() -> Members:
            with declared_as(type_):
                return self.make_members(type_, converter)

        return members


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Enum)


FLAGS: Final = Kind(
    matches=lambda type_: isinstance(type_, type) and issubclass(type_, Flag),
    writer=_enum_writer,
    reader=_flag_reader,
    tags=lambda _type, _converter: frozenset({"N"}),
)
ENUMS: Final = _Finite(_enum_writer, _enum_members).kind(_is_enum)
LITERALS: Final = _Finite(_literal_writer, _literal_members).kind(
    lambda type_: get_origin(type_) is Literal
)
