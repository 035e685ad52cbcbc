"""What generated decoders call: values of texts as they are stored.

May import `numbers`, `times`, `wire` and `compiled.texts`. What has the usual form is read without
the plain path's regular expressions; they decide about the rest. What is wrong raises.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from transactscope.errors import ConversionError
from transactscope.values.compiled.texts import LONGEST_PLAIN, LONGEST_REMEMBERED, remember
from transactscope.values.numbers import parse_decimal, parse_number
from transactscope.values.times import decode_date, decode_datetime

_DATE: Final = len("1959-08-17")
_MOMENT: Final = len("1959-08-17T00:00:00.000000Z")

whole_numbers: Final[dict[str, int]] = {}
"""Some texts, and what `parse_whole` makes of them."""

exact_numbers: Final[dict[str, Decimal]] = {}
"""Some texts, and what `parse_exact` makes of them."""

floats: Final[dict[str, float]] = {}
"""Some texts, and what `parse_float` makes of them."""


def parse_whole(text: str) -> int:
    """Read a number that has to be whole.

    Raises:
        ConversionError: It is no number, or none that is whole.

    Example:
        >>> from transactscope.values.compiled.parsing import parse_whole
        >>> parse_whole("1959"), parse_whole("1E3")
        (1959, 1000)
    """
    number = int(text) if _is_plain(text) else parse_number(text)
    if isinstance(number, Decimal):
        raise ConversionError("whole number expected")
    if len(text) <= LONGEST_REMEMBERED:
        remember(whole_numbers, text, number)
    return number


def parse_exact(text: str) -> Decimal:
    """Read a number as a normalised Decimal.

    Raises:
        ConversionError: It is no number.

    Example:
        >>> from transactscope.values.compiled.parsing import parse_exact
        >>> parse_exact("19.99"), parse_exact("19.90")
        (Decimal('19.99'), Decimal('19.9'))
    """
    number = Decimal(text) if _is_canonical(text) else parse_decimal(text)
    if len(text) <= LONGEST_REMEMBERED:
        remember(exact_numbers, text, number)
    return number


def parse_float(text: str) -> float:
    """Read a number as a float.

    Raises:
        ConversionError: It is no number.

    Example:
        >>> from transactscope.values.compiled.parsing import parse_float
        >>> parse_float("0.1")
        0.1
    """
    number = float(text if _is_canonical(text) else parse_decimal(text))
    if len(text) <= LONGEST_REMEMBERED:
        remember(floats, text, number)
    return number


def _is_plain(text: str) -> bool:
    # The protocol's numbers are texts, but int() would take bytes as well.
    is_short_text = isinstance(text, str) and len(text) <= LONGEST_PLAIN
    return is_short_text and text.isascii() and text.isdigit()


def _is_canonical(text: str) -> bool:
    """Say whether a text is one that `number_text` writes, without an exponent or a sign."""
    whole, point, fraction = text.partition(".")
    if not _is_plain(f"{whole}{fraction}") or (point and not fraction) or fraction.endswith("0"):
        return False
    return whole == "0" or not whole.startswith("0")


def parse_moment(text: str) -> datetime:
    """Read a moment.

    Raises:
        ConversionError: It is none.
        ValueError: The same.

    Example:
        >>> from transactscope.values.compiled.parsing import parse_moment
        >>> print(parse_moment("1959-08-17T09:30:00.000000Z"))
        1959-08-17 09:30:00+00:00
    """
    has_form = len(text) == _MOMENT and text[10::16] == "TZ" and text[19] == "."
    if has_form and text.isascii():  # then Python takes nothing that the plain path would not
        return datetime.fromisoformat(text)
    return decode_datetime(text)


def parse_date(text: str) -> date:
    """Read a date.

    Raises:
        ConversionError: It is none.
        ValueError: The same.

    Example:
        >>> from transactscope.values.compiled.parsing import parse_date
        >>> parse_date("1959-08-17")
        datetime.date(1959, 8, 17)
    """
    if len(text) == _DATE and text[4::3] == "--" and text.isascii():
        return date.fromisoformat(text)
    return decode_date(text)
