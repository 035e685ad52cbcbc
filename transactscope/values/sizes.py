"""How many bytes values and items count against DynamoDB's limits.

May import `types`, `numbers` and `wire`. Capacity units are counted on the same sizes.

Source, checked 2026-11: Developer Guide, "DynamoDB item sizes and formats". It calls the size
of a number approximate; the exact rule is the one that the service was seen to apply at the
limit of an item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from transactscope.types import AttributeValue, StoredItem
from transactscope.values.numbers import parse_decimal
from transactscope.values.wire import unpack

_CONTAINER_BYTES: Final = 3  # "3 bytes of overhead" of a list or map, "regardless of its contents"
_MEMBER_BYTES: Final = 1  # "each List or Map element also requires 1 byte of overhead"


def value_size(value: AttributeValue) -> int:
    """Count the bytes of one valid AttributeValue.

    Example:
        >>> value_size({"S": "café"}), value_size({"N": "-42"}), value_size({"L": []})
        (5, 3, 3)
    """
    tag, content = unpack(value)
    return _SIZES[tag](content)


def item_size(item: StoredItem) -> int:
    """Count the bytes of an item, or of a key: those of its attribute names and its values.

    Example:
        >>> item_size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}})
        23
    """
    return sum(_text_size(name) + value_size(dict(value)) for name, value in item.items())


def _text_size(text: str) -> int:
    return len(text.encode())


def _number_size(text: str) -> int:
    """Count two digits a byte, before the point and behind it, and one byte more.

    Zeros around all digits do not count, those between a digit and the point do: 100 has one
    digit, 100.5 has three and one. A sign is a byte of its own.
    """
    is_negative, all_digits, exponent = parse_decimal(text).as_tuple()
    digits = len("".join(map(str, all_digits)).rstrip("0"))
    in_fraction = min(digits, max(-int(exponent), 0))
    return 1 + _half(digits - in_fraction) + _half(in_fraction) + is_negative


def _half(digits: int) -> int:
    return (digits + 1) // 2


def _constant_size(_: bool) -> int:  # noqa: FBT001 - the content of BOOL and NULL
    return 1


def _list_size(elements: list[AttributeValue]) -> int:
    return _CONTAINER_BYTES + sum(_MEMBER_BYTES + value_size(element) for element in elements)


def _map_size(members: Mapping[str, AttributeValue]) -> int:
    return _CONTAINER_BYTES + len(members) * _MEMBER_BYTES + item_size(members)


def _set_of(size: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda elements: sum(map(size, elements))


_SIZES: Final[dict[str, Callable[[Any], int]]] = {
    "S": _text_size,
    "N": _number_size,
    "B": len,
    "BOOL": _constant_size,
    "NULL": _constant_size,
    "SS": _set_of(_text_size),
    "NS": _set_of(_number_size),
    "BS": _set_of(len),
    "L": _list_size,
    "M": _map_size,
}
