"""Source of encoders: values that hold no other values.

May import `shapes`, `source`, `texts` and `written`, and the modules of `values` that convert.
Values have to be of the very class that is declared; what has another one is unusual.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from transactscope.types.json_text import json_text
from transactscope.values.compiled import texts
from transactscope.values.compiled.shapes import Choice, Expiry, Scalar
from transactscope.values.compiled.source import Code
from transactscope.values.compiled.written import (
    NULL,
    REFUSE,
    EncoderSource,
    Written,
    demand,
    either,
)
from transactscope.values.hooks import writer
from transactscope.values.sizes import value_size

if TYPE_CHECKING:
    import cattrs

_FALSE: Final = "false"


def write_scalar(source: EncoderSource, shape: Scalar, value: str) -> Written:
    """Add the lines that a scalar needs.

    Args:
        source: The source to add them to.
        shape: What it is.
        value: The name that the value has in the source.
    """
    return _SCALARS[shape.type](source, value)


def write_expiry(source: EncoderSource, shape: Expiry, value: str) -> Written:
    """Add the lines that a Time to Live needs; see `write_scalar`."""

    def seconds() -> Written:
        demand(source, value, datetime)
        name = source.name("seconds")
        source.line(f"{name} = {source.constant(texts.expiry_seconds, 'known')}({value})")
        return _number(*_count_whole(source, name))

    return either(source, f"{value} is None", NULL, seconds) if shape.takes_none else seconds()


def write_choice(
    source: EncoderSource, shape: Choice, value: str, converter: cattrs.Converter
) -> Written:
    """Add the lines that a member of an Enum, or of a Literal, needs; see `write_scalar`.

    Raises:
        ConversionError: Its members cannot be stored. Not sent.
    """
    write = writer(shape.type, converter)
    stored = {_choice_key(each): _stored(write(each)) for each in shape.values}
    key = f"{value}._name_" if issubclass(shape.class_, Enum) else value
    names = [source.name(hint) for hint in ("text", "surplus", "content")]
    text, surplus, content = names
    demand(source, value, shape.class_)
    source.line(f"{', '.join(names)} = {source.constant(stored, 'stored')}[{key}]")
    return Written([Code(text)], 0, (surplus,), content)


def _choice_key(value: Any) -> Any:
    return value._name_ if isinstance(value, Enum) else value


def _stored(wire: dict[str, Any]) -> tuple[str, int, tuple[str, str]]:
    (content,) = wire.items()
    text = json_text(wire)
    return text, texts.surplus(text, value_size(wire)), content


def _text(source: EncoderSource, value: str) -> Written:
    # No look at its class: both ways refuse what is no text, and read a subclass as a text.
    content = f"('S', {value})"
    if source.takes_raw:
        source.raw.append(value)
        return Written(['{"S":"', Code(value), '"}'], content=content)
    escaped = Code(f"{source.constant(texts.escape, 'escape')}({value})")
    return Written(['{"S":', escaped, "}"], -len('""'), content=content)


def _plain_text(
    class_: type, write: Callable[[Any], str], source: EncoderSource, value: str
) -> Written:
    """Write a value as a text of which no character needs an escape."""
    demand(source, value, class_)
    name = source.name("text")
    source.line(f"{name} = {source.constant(write, 'write')}({value})")
    return Written(['{"S":"', Code(name), '"}'], content=f"('S', {name})")


def _whole(source: EncoderSource, value: str) -> Written:
    demand(source, value, int)
    return _number(*_count_whole(source, value))


def _exact(class_: type, source: EncoderSource, value: str) -> Written:
    text, surplus = source.name("text"), source.name("surplus")
    count = source.constant(texts.count_exact, "count")
    with source.block(f"if type({value}) is {source.constant(class_, 'class_')}"):
        source.line(f"{text}, {surplus} = {count}({value})")
    with source.block("else"):
        demand(source, value, int)
        whole, whole_surplus = _count_whole(source, value)
        source.line(f"{text}, {surplus} = {whole}, {whole_surplus}")
    return _number(text, surplus)


def _count_whole(source: EncoderSource, value: str) -> tuple[str, str]:
    text, surplus = source.name("text"), source.name("surplus")
    known = source.constant(texts.whole_numbers, "whole")
    count = source.constant(texts.count_whole, "count")
    source.line(f"{text}, {surplus} = {known}.get({value}) or {count}({value})")
    return text, surplus


def _duration(source: EncoderSource, value: str) -> Written:
    demand(source, value, timedelta)
    text, surplus = source.name("text"), source.name("surplus")
    source.line(f"{text}, {surplus} = {source.constant(texts.count_duration, 'count')}({value})")
    return _number(text, surplus)


def _number(text: str, surplus: str) -> Written:
    return Written(['{"N":"', Code(text), '"}'], 0, (surplus,), f"('N', {text})")


def _bool(source: EncoderSource, value: str) -> Written:
    text = source.name("text")
    with source.block(f"if {value} is True"):
        source.line(f"{text} = 'true'")
    with source.block(f"elif {value} is False"):
        source.line(f"{text} = {_FALSE!r}")
    with source.block("else"):
        source.line(REFUSE)
    # Either counts one byte, and the text that is shorter by one is that of the value that is 1.
    return Written(['{"BOOL":', Code(text), "}"], 1 - len(_FALSE), (value,))


def _bytes(source: EncoderSource, value: str) -> Written:
    demand(source, value, bytes)
    text = source.name("text")
    source.line(f"{text} = {source.constant(texts.bytes_text, 'write')}({value})")
    return Written(['{"B":"', Code(text), '"}'], 0, (f"len({value}) - len({text})",))


def _null(source: EncoderSource, value: str) -> Written:
    with source.block(f"if {value} is not None"):
        source.line(REFUSE)
    return NULL


_SCALARS: Final[dict[Any, Callable[[EncoderSource, str], Written]]] = {
    str: _text,
    int: _whole,
    float: partial(_exact, float),
    Decimal: partial(_exact, Decimal),
    bool: _bool,
    bytes: _bytes,
    UUID: partial(_plain_text, UUID, str),
    date: partial(_plain_text, date, date.isoformat),
    time: partial(_plain_text, time, texts.time_text),
    datetime: partial(_plain_text, datetime, texts.moment_text),
    timedelta: _duration,
    None: _null,
    type(None): _null,
}
