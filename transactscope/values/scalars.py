"""Text, numbers, booleans, bytes, UUIDs and None.

May import `numbers`, `wire`, `wording` and `hooks`. Strict: a value of another type
is refused even where Python would convert it, and a subclass becomes the plain type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, content_of
from transactscope.values.numbers import number_text, parse_decimal, parse_number
from transactscope.values.wire import BytesLike, valid_text
from transactscope.values.wording import mismatch, type_text

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def scalar_kind(
    type_: Any, tag: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any]
) -> Kind:
    """Make the kind of one type whose values fill one scalar tag.

    Args:
        type_: The declared type.
        tag: The tag that its values have.
        encode: Returns the tag's content, or None if the value is not of the type.
        decode: Returns the value for a content, or raises ConversionError.

    Example:
        >>> from transactscope.values.scalars import scalar_kind
        >>> scalar_kind(str, "S", str, str).writer(str, None)("a")
        {'S': 'a'}
    """

    def write(value: Any) -> AttributeValue:
        content = typed(encode, value)
        if content is None:
            raise mismatch(type_, value)
        return {tag: content}

    def read(wire: Any) -> Any:
        return typed(decode, content_of(wire, tag, type_))

    def typed(convert: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return convert(*arguments)
        except ConversionError as error:
            error.type = type_text(type_)
            raise

    return Kind(
        matches=lambda declared: declared is type_,
        writer=lambda _type, _converter: write,
        reader=lambda _type, _converter: read,
        tags=lambda _type, _converter: frozenset({tag}),
    )


def _encode_str(value: Any) -> str | None:
    return valid_text(value) if isinstance(value, str) else None


def _encode_number(*types: type) -> Callable[[Any], str | None]:
    def encode(value: Any) -> str | None:
        is_number = isinstance(value, types) and not isinstance(value, bool)
        return number_text(value) if is_number else None

    return encode


def _encode_bytes(value: Any) -> bytes | None:
    return bytes(value) if isinstance(value, BytesLike) else None


def _encode_uuid(value: Any) -> str | None:
    return UUID.__str__(value) if isinstance(value, UUID) else None


def _decode_int(text: str) -> int:
    number = parse_number(text)
    if isinstance(number, Decimal):
        problem = "whole number expected"
        raise ConversionError(problem)
    return number


def _decode_float(text: str) -> float:
    return float(parse_decimal(text))


def _decode_uuid(text: str) -> UUID:
    if _UUID.fullmatch(text) is None:
        problem = "not the text of a UUID"
        raise ConversionError(problem)
    return UUID(text)


def _encode_none(value: Any) -> bool | None:
    return True if value is None else None


SCALARS: Final = (
    scalar_kind(str, "S", _encode_str, valid_text),
    # Whole numbers are exact as float and Decimal too, and people write `price=10`.
    scalar_kind(int, "N", _encode_number(int), _decode_int),
    scalar_kind(float, "N", _encode_number(float, int), _decode_float),
    scalar_kind(Decimal, "N", _encode_number(Decimal, int), parse_decimal),
    scalar_kind(bool, "BOOL", lambda value: value if isinstance(value, bool) else None, bool),
    scalar_kind(bytes, "B", _encode_bytes, bytes),
    scalar_kind(bytearray, "B", _encode_bytes, bytearray),
    scalar_kind(UUID, "S", _encode_uuid, _decode_uuid),
    scalar_kind(None, "NULL", _encode_none, lambda _content: None),
    scalar_kind(type(None), "NULL", _encode_none, lambda _content: None),
)
