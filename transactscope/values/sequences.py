"""Lists and tuples.

May import `hooks`, `nesting` and `wording`. Both are stored as a list, `{"L": […]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence, Sequence
from typing import TYPE_CHECKING, Any, Final, Tuple, get_args, get_origin  # noqa: UP035 - see below

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.hooks import Kind, Reader, Tags, Writer, content_of, reader, writer
from transactscope.values.nesting import nested_reader, nested_writer
from transactscope.values.wording import mismatch, placed, refusal

if TYPE_CHECKING:
    import cattrs

# What a declared type takes; an abstract one takes what it promises to accept.
_ACCEPTED: Final[dict[Any, tuple[type, ...]]] = {
    list: (list,),
    tuple: (tuple,),
    MutableSequence: (list,),
    Sequence: (list, tuple),
}


def _origin(type_: Any) -> Any:
    return get_origin(type_) or type_


def _is_list(type_: Any) -> bool:
    return _origin(type_) in {list, Sequence, MutableSequence}


def _is_long_tuple(type_: Any) -> bool:
    """Say whether it is a tuple of any length: a bare one, or with an ellipsis."""
    is_bare = type_ is tuple or type_ is Tuple  # noqa: UP006 - has an origin, as tuple[()] has
    return is_bare or (_origin(type_) is tuple and get_args(type_)[1:] == (...,))


def _is_exact_tuple(type_: Any) -> bool:
    has_unpacked = any(getattr(item, "__unpacked__", False) for item in get_args(type_))
    return get_origin(type_) is tuple and not _is_long_tuple(type_) and not has_unpacked


def _items(type_: Any, value: Any) -> Any:
    # The names of a NamedTuple's fields would be lost.
    if not isinstance(value, _ACCEPTED[_origin(type_)]) or hasattr(value, "_fields"):
        raise mismatch(type_, value)
    return value


def _item_type(type_: Any) -> Any:
    return (*get_args(type_), Any)[0]


def _many_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    write_item = writer(_item_type(type_), converter)

    def write(value: Any) -> AttributeValue:
        items = _items(type_, value)
        return {"L": _each((write_item, item) for item in items)}

    return nested_writer(write)


def _list_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    read_item = reader(_item_type(type_), converter)

    def read(wire: Any) -> list[Any]:
        return _each((read_item, item) for item in content_of(wire, "L", type_))

    return nested_reader(read)


def _long_tuple_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    read_list = _list_reader(type_, converter)
    return lambda wire: tuple(read_list(wire))


def _exact_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    writers = [writer(argument, converter) for argument in get_args(type_)]

    def write(value: Any) -> AttributeValue:
        items = _items(type_, value)
        _check_length(type_, len(items))
        return {"L": _each(zip(writers, items, strict=True))}

    return nested_writer(write)


def _exact_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    readers = [reader(argument, converter) for argument in get_args(type_)]

    def read(wire: Any) -> tuple[Any, ...]:
        items = content_of(wire, "L", type_)
        _check_length(type_, len(items))
        return tuple(_each(zip(readers, items, strict=True)))

    return nested_reader(read)


def _check_length(type_: Any, length: int) -> None:
    expected = len(get_args(type_))
    if length != expected:
        raise refusal(f"{expected} items expected, not {length}", type_)


def _each(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    converted: list[Any] = []
    try:
        for convert, item in pairs:
            converted.append(convert(item))
    except ConversionError as error:
        placed(error, f"[{len(converted)}]")
        raise
    return converted


def _tags(_type: Any, _converter: cattrs.Converter) -> Tags:
    return frozenset({"L"})


LISTS: Final = Kind(_is_list, _many_writer, _list_reader, _tags)
LONG_TUPLES: Final = Kind(_is_long_tuple, _many_writer, _long_tuple_reader, _tags)
EXACT_TUPLES: Final = Kind(_is_exact_tuple, _exact_writer, _exact_reader, _tags)
