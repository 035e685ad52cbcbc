"""Dictionaries.

May import `hooks`, `nesting`, `wire` and `wording`. A map's keys are text in DynamoDB, so a
declared key type may be any whose values are stored as text or as numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.hooks import (
    Kind,
    Reader,
    Tags,
    Writer,
    content_of,
    reader,
    write_hook,
    writer,
)
from transactscope.values.nesting import nested_reader, nested_writer
from transactscope.values.wire import ALL_TAGS
from transactscope.values.wording import key_step, mismatch, placed, refusal, type_text

if TYPE_CHECKING:
    import cattrs


def _origin(type_: Any) -> Any:
    return get_origin(type_) or type_


def _is_mapping(type_: Any) -> bool:
    return _origin(type_) in {dict, Mapping, MutableMapping}


def _key_and_value(type_: Any) -> tuple[Any, Any]:
    """Return both declared types; keys whose type says nothing are text."""
    key, value = get_args(type_) or (str, Any)
    return (str if key in {Any, object} else key), value


def _map_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    key_type, value_type = _key_and_value(type_)
    key_text, write_value = _key_writer(key_type, converter), writer(value_type, converter)

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, _origin(type_)):
            raise mismatch(type_, value)
        texts = ((key_text(key), item) for key, item in value.items())
        return {"M": _each(type_, ((text, text, item) for text, item in texts), write_value)}

    return nested_writer(write)


def _map_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    key_type, value_type = _key_and_value(type_)
    read_key, read_value = _key_reader(key_type, converter), reader(value_type, converter)

    def read(wire: Any) -> dict[Any, Any]:
        items = content_of(wire, "M", type_).items()
        return _each(type_, ((read_key(text), text, item) for text, item in items), read_value)

    return nested_reader(read)


def _each(
    type_: Any, entries: Iterable[tuple[Any, str, Any]], convert: Callable[[Any], Any]
) -> dict[Any, Any]:
    """Convert the values of entries: the new key, its text for the path, and the value."""
    converted: dict[Any, Any] = {}
    for key, text, value in entries:
        if key in converted:
            raise refusal("two keys of the map become one", type_)
        try:
            converted[key] = convert(value)
        except ConversionError as error:
            placed(error, key_step(text))
            raise
    return converted


def _key_writer(type_: Any, converter: cattrs.Converter) -> Callable[[Any], str]:
    hook = write_hook(type_, converter)

    def key_text(key: Any) -> str:
        expected = _key_tag(type_, hook.tags())
        with _about_a_key():
            return content_of(hook.write(key), expected, type_)  # type: ignore[no-any-return]

    return key_text


def _key_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    hook, read = write_hook(type_, converter), reader(type_, converter)

    def read_key(text: str) -> Any:
        tag = _key_tag(type_, hook.tags())
        with _about_a_key():
            return read({tag: text})

    return read_key


def _key_tag(type_: Any, tags: Tags) -> str:
    """Choose how keys are written; what only a user's hook knows has to be text."""
    if tags == ALL_TAGS:
        return "S"
    if tags not in (frozenset({"S"}), frozenset({"N"})):
        raise refusal(f"a map's keys are text or numbers, which {type_text(type_)} is not", type_)
    (tag,) = tags
    return tag


@contextmanager
def _about_a_key() -> Generator[None, None, None]:
    try:
        yield
    except ConversionError as error:
        error.args = (f"a map's key: {error.args[0]}",)
        raise


def _tags(_type: Any, _converter: cattrs.Converter) -> Tags:
    return frozenset({"M"})


MAPPINGS: Final = Kind(_is_mapping, _map_writer, _map_reader, _tags)
