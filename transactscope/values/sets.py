"""Sets of texts, numbers or bytes.

May import `hooks`, `numbers`, `wire` and `wording`. Elements are written in one order, so that
equal sets make equal request bodies; a set in DynamoDB has none.

Source, checked 2026-11: Developer Guide, "Supported data types and naming rules",
section "Sets": elements of one type, unique, and at least one of them.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSet
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

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
from transactscope.values.numbers import parse_decimal
from transactscope.values.wire import ELEMENT_TAGS, canonical, unpack
from transactscope.values.wording import mismatch, refusal

if TYPE_CHECKING:
    import cattrs

_EMPTY: Final = "an empty set cannot be stored: use None, leave the attribute out, or use a list"

# What a declared type takes, and what it is read as.
_CLASSES: Final[dict[Any, tuple[Any, type]]] = {
    set: (set, set),
    frozenset: (frozenset, frozenset),
    MutableSet: (set, set),
    AbstractSet: ((set, frozenset), frozenset),
}

_ORDERS: Final[dict[str, Callable[[Any], Any] | None]] = {
    "S": None,
    "N": parse_decimal,
    "B": None,
}


def _classes(type_: Any) -> tuple[Any, type]:
    return _CLASSES[get_origin(type_) or type_]


def _element_type(type_: Any) -> Any:
    return (*get_args(type_), Any)[0]


def _set_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    write_element = writer(_element_type(type_), converter)
    accepted, _ = _classes(type_)

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, accepted):
            raise mismatch(type_, value)
        if not value:
            raise refusal(_EMPTY, type_)
        return _as_set(type_, [write_element(element) for element in value])

    return write


def _as_set(type_: Any, elements: list[AttributeValue]) -> AttributeValue:
    tags = {unpack(element)[0] for element in elements}
    if len(tags) > 1:
        raise refusal(f"a set has elements of one type, not {' and '.join(sorted(tags))}", type_)
    (tag,) = tags
    if tag not in ELEMENT_TAGS:
        raise refusal(f"a set has texts, numbers or bytes as elements, not {tag}", type_)
    if len({canonical(element) for element in elements}) < len(elements):
        raise refusal("two elements are stored alike", type_)
    return {f"{tag}S": sorted((element[tag] for element in elements), key=_ORDERS[tag])}


def _set_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    read_element = reader(_element_type(type_), converter)
    _, make = _classes(type_)

    def read(wire: Any) -> Any:
        tag, elements = _stored_elements(wire, type_)
        values = make(read_element({tag: element}) for element in elements)
        if not 0 < len(values) == len(elements):
            raise refusal("a set has at least one element, and no two that are equal", type_)
        return values

    return read


def _stored_elements(wire: Any, type_: Any) -> tuple[str, Any]:
    tag = unpack(wire)[0]
    return tag[0], content_of(wire, tag if tag in {"SS", "NS", "BS"} else "SS, NS or BS", type_)


def _tags(type_: Any, converter: cattrs.Converter) -> Tags:
    elements = write_hook(_element_type(type_), converter).tags()
    return frozenset(f"{tag}S" for tag in elements & ELEMENT_TAGS)


SETS: Final = Kind(
    lambda type_: (get_origin(type_) or type_) in set(_CLASSES), _set_writer, _set_reader, _tags
)
