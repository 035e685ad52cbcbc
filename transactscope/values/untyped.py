"""Values with no declared type: by their own class when written, by their tag when read.

May import `hooks`, `wire` and `wording`. A value may come back as another type: what was
a date is text in DynamoDB, and only a declared type says that it is a date.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, Reader, Tags, Writer, reader, write_hook
from transactscope.values.wire import ALL_TAGS, unpack
from transactscope.values.wording import not_supported

if TYPE_CHECKING:
    import cattrs

_TYPES: Final[dict[str, Any]] = {
    "S": str,
    "N": int | Decimal,  # an int where it is whole
    "B": bytes,
    "BOOL": bool,
    "NULL": None,
    "L": list,
    "M": dict,
    "SS": set,
    "NS": set,
    "BS": set,
}


def _untyped_writer(_type: Any, converter: cattrs.Converter) -> Writer:
    def write(value: Any) -> AttributeValue:
        if type(value) is object:  # as a declared type, object means any
            raise not_supported(object)
        return write_hook(type(value), converter)(value)

    return write


def _untyped_reader(_type: Any, converter: cattrs.Converter) -> Reader:
    def read(wire: Any) -> Any:
        tag, _content = unpack(wire)
        return reader(_TYPES[tag], converter)(wire)

    return read


def _all_tags(_type: Any, _converter: cattrs.Converter) -> Tags:
    return ALL_TAGS


UNTYPED: Final = Kind(
    lambda type_: type_ is Any or type_ is object, _untyped_writer, _untyped_reader, _all_tags
)
