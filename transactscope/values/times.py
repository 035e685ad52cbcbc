"""Dates, times of day, moments and durations.

May import `numbers`, `scalars` and `wording`. Texts have one width, so that they sort by
time as DynamoDB sorts them by bytes, and never depend on a locale or a time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from transactscope.errors import ConversionError
from transactscope.values.numbers import number_text, parse_decimal
from transactscope.values.scalars import scalar_kind

Parsed = TypeVar("Parsed", date, time, datetime)

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)
_DATE_AND_TIME: Final = re.compile(r"[\dW-]{7,10}[T ][\d:.,]+([+-][\d:.]+|Z)", re.ASCII)
_LOST_DIGITS: Final = re.compile(r"[.,]\d{6}0*[1-9]", re.ASCII)

_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECOND_DIGITS: Final = 6


def _encode_date(value: Any) -> str | None:
    if not isinstance(value, date) or isinstance(value, datetime):
        return None
    return date.isoformat(value)


def decode_date(text: str) -> date:
    """Read a date.

    Raises:
        ConversionError: The text is none, or the date does not exist.

    Example:
        >>> from transactscope.values.times import decode_date
        >>> decode_date("1959-08-17")
        datetime.date(1959, 8, 17)
    """
    if _DATE.fullmatch(text) is None:
        raise _not("a date as YYYY-MM-DD")
    return _parsed(date, text)


def _encode_time(value: Any) -> str | None:
    if not isinstance(value, time):
        return None
    if value.tzinfo is not None:
        problem = "a time of day has no time zone here; use an aware datetime"
        raise ConversionError(problem)
    return time.isoformat(value, timespec="microseconds")


def _decode_time(text: str) -> time:
    if _TIME.fullmatch(text) is None:
        raise _not("a time of day as HH:MM:SS.ffffff")
    return _parsed(time, text)


def _encode_datetime(value: Any) -> str | None:
    if not isinstance(value, datetime):
        return None
    if value.utcoffset() is None:
        problem = "a naive datetime is no moment in time; give it a time zone"
        raise ConversionError(problem)
    # A fixed width needs the offset gone; strftime does not pad years on every platform.
    text = datetime.isoformat(_in_utc(value), timespec="microseconds")
    return f"{text.removesuffix('+00:00')}Z"


def decode_datetime(text: str) -> datetime:
    """Read an aware datetime, as one in UTC.

    Raises:
        ConversionError: The text is none, or the moment does not exist, or has more digits than a
            datetime has.

    Example:
        >>> from transactscope.values.times import decode_datetime
        >>> print(decode_datetime("1959-08-17T09:30:00+02:00"))
        1959-08-17 07:30:00+00:00
    """
    if _DATE_AND_TIME.fullmatch(text) is None:
        raise _not("an ISO 8601 date and time with an offset")
    return _in_utc(_parsed(datetime, text))


def _in_utc(value: datetime) -> datetime:
    try:
        return datetime.astimezone(value, UTC)
    except OverflowError:
        problem = "outside the years 1 to 9999 in UTC"
        raise ConversionError(problem) from None


def _parsed(type_: type[Parsed], text: str) -> Parsed:
    if _LOST_DIGITS.search(text):
        problem = "finer than microseconds"
        raise ConversionError(problem)
    try:
        return type_.fromisoformat(text)
    except ValueError:  # its text quotes the value
        raise _not(f"a {type_.__name__} that exists") from None


def encode_timedelta(value: Any) -> str | None:
    """Write a duration as the text of its seconds, or return None for what is none.

    Example:
        >>> from transactscope.values.times import encode_timedelta
        >>> encode_timedelta(timedelta(milliseconds=1500))
        '1.5'
    """
    if not isinstance(value, timedelta):
        return None
    # Put together digit by digit: arithmetic would obey the thread's precision.
    sign, digits, _ = Decimal(value // _MICROSECOND).as_tuple()
    return number_text(Decimal((sign, digits, -_MICROSECOND_DIGITS)))


def _decode_timedelta(text: str) -> timedelta:
    sign, digits, exponent = parse_decimal(text).as_tuple()
    shift = int(exponent) + _MICROSECOND_DIGITS
    if shift < 0:
        problem = "finer than microseconds"
        raise ConversionError(problem)
    microseconds = int("".join(map(str, digits))) * 10**shift
    try:
        return timedelta(microseconds=-microseconds if sign else microseconds)
    except OverflowError:
        problem = "longer than a timedelta can be"
        raise ConversionError(problem) from None


def _not(what: str) -> ConversionError:
    return ConversionError(f"not the text of {what}")


TIMES: Final = (
    scalar_kind(date, "S", _encode_date, decode_date),
    scalar_kind(time, "S", _encode_time, _decode_time),
    scalar_kind(datetime, "S", _encode_datetime, decode_datetime),
    scalar_kind(timedelta, "N", encode_timedelta, _decode_timedelta),
)
