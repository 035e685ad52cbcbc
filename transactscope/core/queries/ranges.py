"""Ranges of one field inside a composed sort key, as ranges of the whole text.

DynamoDB sorts texts by their UTF-8 bytes. A range of a field is a range of the text only where
the field's text sorts as its value does; everything else is refused.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import attrs

from transactscope.entities.templates import Slot
from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import Between, Call, Comparison, Condition
from transactscope.limits import MAX_SORT_KEY_BYTES
from transactscope.types import AttributeValue

Convert: TypeAlias = Callable[[str, Any], AttributeValue]

_DIGITS: Final = re.compile(r"0([1-9][0-9]*)d?")
_SAME_WIDTH: Final = dt.date | uuid.UUID  # a datetime is a date, and is stored at full width
# The greatest text of 4, 3, 2 and 1 bytes in UTF-8.
_GREATEST: Final = {4: "\U0010ffff", 3: "\uffff", 2: "\u07ff", 1: "\x7f"}


def range_of(
    test: str,
    values: Sequence[Any],
    *,
    begun: str,
    slots: Sequence[Slot],
    path: Path,
    convert: Convert,
    owner: str,
) -> Condition:
    """Return the condition on a composed key that a test of one of its fields comes to.

    Args:
        test: The operator.
        values: What the field is compared with.
        begun: The text before the field, the same for all items that are looked for.
        slots: The field, and what follows it.
        path: The attribute of the key.
        convert: Turns a field's value into what it is stored as.
        owner: The class's name, for errors.

    Raises:
        InvalidRequestError: The range cannot be said exactly. Not sent.
        InvalidKeyError: A value cannot be a part of the key. Not sent.
    """
    end = _End(slots[0], len(slots) == 1, begun, convert, owner)
    if test == "begins_with":
        return Call("begins_with", (path, Literal({"S": begun + end.prefix(values[0])})))
    if test == "BETWEEN":
        low, high = end.least_from(values[0]), end.greatest_to(values[1])
        if low.encode() > high.encode():
            raise _refused("BETWEEN takes the lower bound first")
        return Between(path, _text(low), _text(high))
    if test in (">", ">="):
        low = end.least_from(values[0]) if test == ">=" else end.least_above(values[0])
        if not begun:
            return Comparison(">=", path, _text(low))
        return Between(path, _text(low), _text(_greatest(begun)))
    if test == "<" and not begun and end.is_whole:
        return Comparison("<", path, _text(end.least_from(values[0])))
    high = end.greatest_to(values[0]) if test == "<=" else end.greatest_below(values[0])
    return (
        Between(path, _text(begun), _text(high)) if begun else Comparison("<=", path, _text(high))
    )


@attrs.frozen
class _End:
    """One end of a range: the texts of keys that have a value, or come before or after it."""

    slot: Slot
    is_last: bool
    begun: str
    convert: Convert
    owner: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing follows the field in the key."""
        return self.is_last and not self.slot.literal_after

    @property
    def where(self) -> str:
        """The field, for errors."""
        return f"{self.owner}.{self.slot.field}"

    def prefix(self, value: Any) -> str:
        """Return the text that the field begins with."""
        if self.slot.format_spec or not isinstance(value, str):
            raise _refused(f"begins_with takes a text field, stored as it is: {self.where} is none")
        return self.slot.text(value, self.convert, self.owner)

    def least_from(self, value: Any) -> str:
        """Return the least text of a key with this value."""
        return self.begun + self._ordered(value)

    def least_above(self, value: Any) -> str:
        """Return a text above all keys with this value and below all with a greater one."""
        text = self.least_from(value)
        return f"{text}\x00" if self.is_whole else _greatest(text)

    def greatest_to(self, value: Any) -> str:
        """Return a text not below any key with this value, and below all with a greater one."""
        text = self.least_from(value)
        return text if self.is_whole else _greatest(text)

    def greatest_below(self, value: Any) -> str:
        """Return a text below all keys with this value, not below any with a smaller one."""
        text = self.least_from(value)
        if not self.is_whole:  # something follows in every key that has this value
            return text
        before = _predecessor(value)
        if before is None:
            raise _refused(
                f"< of {self.where} cannot be said exactly in a composed key; use lte or between"
            )
        return self.least_from(before)

    def _ordered(self, value: Any) -> str:
        text = self.slot.text(value, self.convert, self.owner)
        digits = _DIGITS.fullmatch(self.slot.format_spec)
        if digits is not None and type(value) is int:
            if value < 0 or len(text) != int(digits[1]):
                msg = f"{self.where} does not fit the {digits[1]} digits of its key"
                raise InvalidKeyError(msg, path=self.where)
            return text
        is_text = not self.slot.format_spec and "S" in self.convert(self.slot.field, value)
        if is_text and (self.is_whole or isinstance(value, _SAME_WIDTH)):
            return text
        raise _refused(
            f"{self.where} does not sort in its key as its values do, so a range of it cannot be "
            "said exactly; whole numbers need a format such as {number:08d}, and texts have to "
            "come last"
        )


def _predecessor(value: Any) -> Any:
    """Return the value just before this one; None where there is none."""
    if type(value) is int and value > 0:
        return value - 1
    if isinstance(value, dt.datetime):
        return value - dt.timedelta(microseconds=1)
    if isinstance(value, dt.date):
        return value - dt.timedelta(days=1)
    return None


def _greatest(text: str) -> str:
    """Return the greatest text of a sort key that begins with this one."""
    left = max(0, MAX_SORT_KEY_BYTES - len(text.encode()))
    whole, rest = divmod(left, 4)
    return text + _GREATEST[4] * whole + _GREATEST.get(rest, "")


def _text(text: str) -> Literal:
    return Literal({"S": text})


def _refused(problem: str) -> InvalidRequestError:
    return InvalidRequestError(problem, code="INVALID_KEY_CONDITION")
