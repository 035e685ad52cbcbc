"""Moments as whole seconds since 1970, as DynamoDB's Time to Live wants them.

May import `hooks`, `markers`, `numbers`, `wording` and `wrappers`. A type is of this kind if it
is `Annotated` with `TTL`; `classes` sees to it that the marker is found wherever it stands.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, Reader, Tags, Writer, content_of
from transactscope.values.markers import TTL
from transactscope.values.numbers import parse_number
from transactscope.values.wording import declared_as, mismatch
from transactscope.values.wrappers import unwrapped

if TYPE_CHECKING:
    import cattrs

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def is_expiry(type_: Any) -> bool:
    """Say whether a type is marked to be stored as Time to Live wants it.

    Example:
        >>> from typing import Annotated
        >>> from transactscope.values.expiry import is_expiry
        >>> is_expiry(Annotated[datetime | None, TTL]), is_expiry(datetime)
        (True, False)
    """
    if get_origin(type_) is not Annotated:
        return False
    return any(each is TTL or isinstance(each, TTL) for each in type_.__metadata__)


def _takes_none(type_: Any) -> bool:
    return type(None) in get_args(unwrapped(type_))


def _writer(type_: Any, _converter: cattrs.Converter) -> Writer:
    takes_none = _takes_none(type_)

    def write(value: Any) -> AttributeValue:
        if value is None and takes_none:
            return {"NULL": True}
        if not isinstance(value, datetime):
            raise mismatch(type_, value)
        with declared_as(type_):
            return {"N": str(_seconds(value))}

    return write


def _reader(type_: Any, _converter: cattrs.Converter) -> Reader:
    takes_none = _takes_none(type_)

    def read(wire: Any) -> Any:
        if takes_none and wire == {"NULL": True}:
            return None
        with declared_as(type_):
            return _moment(content_of(wire, "N", type_))

    return read


def _tags(type_: Any, _converter: cattrs.Converter) -> Tags:
    return frozenset({"N", "NULL"} if _takes_none(type_) else {"N"})


def _seconds(moment: datetime) -> int:
    if moment.utcoffset() is None:
        problem = "a naive datetime is no moment in time; give it a time zone"
        raise ConversionError(problem)
    return (moment - _EPOCH) // _SECOND


def _moment(text: str) -> datetime:
    seconds = parse_number(text)
    if isinstance(seconds, Decimal):
        problem = "whole seconds expected"
        raise ConversionError(problem)
    try:
        return _EPOCH + seconds * _SECOND
    except OverflowError:
        problem = "later or earlier than a datetime can be"
        raise ConversionError(problem) from None


EXPIRIES: Final = Kind(is_expiry, _writer, _reader, _tags)
