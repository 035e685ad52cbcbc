"""What generated encoders call: texts of single values, and how sizes follow from texts.

May import `numbers`, `sizes` and `times`. The size of a value is counted from its JSON text,
because Python knows how long a text is: the surplus of a part is its size less the length of its
text, and most surpluses are known beforehand. What is here raises where it is not sure.
"""

from __future__ import annotations

from binascii import b2a_base64
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from transactscope.errors import ConversionError
from transactscope.values.numbers import number_text
from transactscope.values.sizes import value_size
from transactscope.values.times import encode_timedelta

Counted: TypeAlias = tuple[str, int]
"""A text, and its surplus."""

escape: Final = encode_basestring
"""Writes a text as JSON, in quotes. It raises for what is no text."""

MOST_REMEMBERED: Final = 2048  # numbers, and days, whose texts are remembered
LONGEST_REMEMBERED: Final = 12  # characters; longer numbers are seldom met twice
LONGEST_PLAIN: Final = 38  # characters that can have no more digits than DynamoDB takes

_TWO: Final = tuple(f"{number:02}" for number in range(100))
_THREE: Final = tuple(f"{number:03}" for number in range(1000))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)

_PLAIN_INTS: Final = 10**38  # ints below it have no more digits than DynamoDB takes

whole_numbers: Final[dict[int, Counted]] = {}
"""Some small ints, and what `count_whole` says of them."""

TO_ESCAPE: Final = bytes(range(ord(" "))) + b'"\\'
"""The bytes that JSON escapes in a text."""

_days: Final[dict[int, str]] = {}


def count_whole(value: int) -> Counted:
    """Write an int; a small one is remembered, because counts and years are met again and again.

    Example:
        >>> from transactscope.values.compiled.texts import count_whole
        >>> count_whole(1959), count_whole(-1200)
        (('1959', -1), ('-1200', -2))
    """
    if not -_PLAIN_INTS < value < _PLAIN_INTS:
        return _counted(number_text(value))
    text = str(value)
    digits = len(text.strip("-").rstrip("0"))
    counted = text, 1 + (digits + 1) // 2 + (value < 0) - len(text)
    if 0 <= value < MOST_REMEMBERED:
        whole_numbers[value] = counted
    return counted


def count_exact(value: Decimal | float) -> Counted:
    """Write a Decimal or a float.

    Example:
        >>> from decimal import Decimal
        >>> from transactscope.values.compiled.texts import count_exact
        >>> count_exact(Decimal("19.90")), count_exact(19.99)
        (('19.9', -1), ('19.99', -2))
    """
    text = str(value)
    whole, _, fraction = text.partition(".")
    is_canonical = whole.isdigit() and fraction.isdigit() and fraction[-1] != "0"
    if is_canonical and whole[0] != "0" and len(text) <= LONGEST_PLAIN:  # as prices are
        return text, 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 - len(text)
    return _counted(_canonical(text, value))


def _canonical(text: str, value: Decimal | float) -> str:
    unsigned = text.removeprefix("-")
    whole, _, fraction = unsigned.partition(".")
    if not f"{whole}{fraction}".isdigit() or len(unsigned) > LONGEST_PLAIN:
        return number_text(value)
    fraction = fraction.rstrip("0")
    plain = f"{whole}.{fraction}" if fraction else whole
    return plain if unsigned is text or plain == "0" else f"-{plain}"


def _counted(text: str) -> Counted:
    return text, value_size({"N": text}) - len(text)


def remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Put something into a dict that does not grow for ever.

    Example:
        >>> from transactscope.values.compiled.texts import remember
        >>> known = {}
        >>> remember(known, 1, "one")
        >>> known
        {1: 'one'}
    """
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[key] = value


def moment_text(value: datetime) -> str:
    """Write an aware datetime; its isoformat() takes three times as long.

    Example:
        >>> from datetime import UTC, datetime
        >>> from transactscope.values.compiled.texts import moment_text
        >>> moment_text(datetime(1959, 8, 17, 9, 30, tzinfo=UTC))
        '1959-08-17T09:30:00.000000Z'
    """
    if value.tzinfo is not UTC:
        if value.utcoffset() is None:
            raise ConversionError("a naive datetime is no moment in time")
        value = value.astimezone(UTC)
    number = value.toordinal()
    day = _days.get(number) or _day_text(value, number)
    thousands, rest = divmod(value.microsecond, 1000)
    return (
        f"{day}{_TWO[value.hour]}:{_TWO[value.minute]}:{_TWO[value.second]}."
        f"{_THREE[thousands]}{_THREE[rest]}Z"
    )


def _day_text(value: datetime, number: int) -> str:
    text = f"{value.date().isoformat()}T"
    remember(_days, number, text)
    return text


def expiry_seconds(value: datetime) -> int:
    """Count the whole seconds from 1970 to an aware datetime.

    Example:
        >>> from datetime import UTC, datetime
        >>> from transactscope.values.compiled.texts import expiry_seconds
        >>> expiry_seconds(datetime(2027, 1, 15, 8, tzinfo=UTC))
        1800000000
    """
    return (value - _EPOCH) // _SECOND


def time_text(value: time) -> str:
    """Write a time of day.

    Example:
        >>> from datetime import time
        >>> from transactscope.values.compiled.texts import time_text
        >>> time_text(time(9, 30))
        '09:30:00.000000'
    """
    if value.tzinfo is not None:
        raise ConversionError("a time of day has no time zone here")
    return value.isoformat(timespec="microseconds")


def count_duration(value: timedelta) -> Counted:
    """Write a duration.

    Example:
        >>> from datetime import timedelta
        >>> from transactscope.values.compiled.texts import count_duration
        >>> count_duration(timedelta(milliseconds=1500))
        ('1.5', 0)
    """
    return _counted(encode_timedelta(value) or "")


def bytes_text(value: bytes) -> str:
    """Write bytes as base64.

    Example:
        >>> from transactscope.values.compiled.texts import bytes_text
        >>> bytes_text(b"a")
        'YQ=='
    """
    return b2a_base64(value, newline=False).decode()


def escapes(text: str) -> int:
    r"""Count the characters that JSON text has more than the texts that it stands for.

    A character is escaped as two characters, or as six, `\u0000`.

    Example:
        >>> from transactscope.values.compiled.texts import escape, escapes
        >>> escapes(escape('"\0\\u'))
        7
    """
    backslashes = text.count("\\\\")
    others = text.replace("\\\\", "") if backslashes else text
    return backslashes + others.count("\\") + 4 * others.count("\\u")


def visible(text: str) -> int:
    """Count the bytes of JSON text as if nothing in it were escaped."""
    return len(text.encode()) - escapes(text)


def surplus(text: str, size: int) -> int:
    """Return the size of a value less what its JSON text counts."""
    return size - visible(text)
