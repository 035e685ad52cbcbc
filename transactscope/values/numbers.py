"""DynamoDB's numbers: their text, their range, and Python's exact numbers for them.

May import `errors` and `limits`. Nothing here depends on the thread's decimal
context: a program that has set a low precision there must not lose digits here.

Source, checked 2026-11: Developer Guide, "Supported data types and naming rules",
section "Number": 38 digits, magnitudes 1E-130 to 9.99…E+125, leading and trailing
zeros trimmed. Zero has no sign.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from transactscope.errors import ConversionError
from transactscope.limits import MAX_NUMBER, MAX_NUMBER_DIGITS, MIN_POSITIVE_NUMBER

_GRAMMAR: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
_MAX_BITS: Final = int(MAX_NUMBER).bit_length()
_PLAIN_INTS: Final = 10**MAX_NUMBER_DIGITS  # ints below it need no check and no exponent
_MIN_PLAIN_EXPONENT: Final = -7  # 1E-7 is still 0.0000001


def number_text(value: int | float | Decimal) -> str:  # noqa: PYI041 - says what it takes
    """Write a number as DynamoDB's canonical text: equal numbers give equal texts.

    Args:
        value: The number. A float counts as its shortest repr, so 0.1 is exactly 0.1.

    Raises:
        ConversionError: NaN, an infinity, more than 38 significant digits, or a
            magnitude outside 1E-130 to 9.99…E+125. Nothing was sent.

    Example:
        >>> from decimal import Decimal
        >>> from transactscope.values.numbers import number_text
        >>> number_text(12), number_text(Decimal("-1.50")), number_text(1e-20)
        ('12', '-1.5', '1E-20')
    """
    if type(value) is int and -_PLAIN_INTS < value < _PLAIN_INTS:
        return str(value)
    return _canonical(_as_decimal(value))


def parse_number(text: str) -> int | Decimal:
    """Read a number's text: an int where it is whole, else a Decimal.

    Raises:
        ConversionError: The text is no number, or out of DynamoDB's range.

    Example:
        >>> from transactscope.values.numbers import parse_number
        >>> parse_number("1E3"), parse_number("12.50")
        (1000, Decimal('12.5'))
    """
    number = parse_decimal(text)
    return int(number) if int(number.as_tuple().exponent) >= 0 else number


def parse_decimal(text: str) -> Decimal:
    """Read a number's text as an exact, normalised Decimal.

    Raises:
        ConversionError: The text is no number, or out of DynamoDB's range.

    Example:
        >>> from transactscope.values.numbers import parse_decimal
        >>> parse_decimal("0.50")
        Decimal('0.5')
    """
    if not isinstance(text, str) or _GRAMMAR.fullmatch(text) is None:
        problem = "not the text of a number"
        raise ConversionError(problem)
    return Decimal(_canonical(Decimal(text)))


def _as_decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if not isinstance(value, int) or isinstance(value, bool):
        problem = f"number expected, not {type(value).__name__}"
        raise ConversionError(problem)
    if int.bit_length(value) > _MAX_BITS:  # Python refuses to write very long ints as text
        raise _out_of_range()
    return Decimal(int.__index__(value))


def _canonical(number: Decimal) -> str:
    if not number.is_finite():
        problem = "NaN and infinities cannot be stored"
        raise ConversionError(problem)
    is_negative, all_digits, exponent = number.as_tuple()
    digits = "".join(map(str, all_digits)).lstrip("0")
    last_place = int(exponent) + len(digits)
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    _check_limits(digits, last_place - 1)
    text = _written(digits, last_place - 1)
    return f"-{text}" if is_negative else text


def _check_limits(digits: str, magnitude: int) -> None:
    if len(digits) > MAX_NUMBER_DIGITS:
        problem = f"a number has at most {MAX_NUMBER_DIGITS} significant digits, not {len(digits)}"
        raise ConversionError(problem)
    if not MIN_POSITIVE_NUMBER.adjusted() <= magnitude <= MAX_NUMBER.adjusted():
        raise _out_of_range()


def _out_of_range() -> ConversionError:
    return ConversionError("a number's magnitude is 0, or from 1E-130 to 9.99…E+125")


def _written(digits: str, magnitude: int) -> str:
    """Write digits whose first one stands for that power of ten."""
    if not _MIN_PLAIN_EXPONENT <= magnitude < MAX_NUMBER_DIGITS:
        return f"{_with_point(digits, 1)}E{magnitude}"
    if magnitude < 0:
        return f"0.{digits.rjust(len(digits) - magnitude - 1, '0')}"
    return _with_point(digits.ljust(magnitude + 1, "0"), magnitude + 1)


def _with_point(digits: str, place: int) -> str:
    return f"{digits[:place]}.{digits[place:]}" if len(digits) > place else digits
