"""How many bytes values and items count against DynamoDB's limits.

May import `types`, `numbers` and `secret`. Capacity units are counted on the same sizes.

Source, checked 2026-11: Developer Guide, "DynamoDB item sizes and formats". It calls the size
of a number approximate; the exact rule is the one that the service was seen to apply at the
limit of an item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from transactscope.types import AttributeValue, StoredItem
from transactscope.values.numbers import parse_decimal
from transactscope.values.secret import ENCRYPTED, Secret

CONTAINER_BYTES: Final = 3  # "3 bytes of overhead" of a list or map, "regardless of its contents"
_MEMBER_BYTES: Final = 1  # "each List or Map element also requires 1 byte of overhead"


def value_size(value: Mapping[str, Any]) -> int:
    """Count the bytes of one valid AttributeValue.

    Example:
        >>> value_size({"S": "café"}), value_size({"N": "-42"}), value_size({"L": []})
        (5, 3, 3)
    """
    ((tag, content),) = value.items()
    return _SIZES[tag](content)


def item_size(item: StoredItem) -> int:
    """Count the bytes of an item, or of a key: those of its attribute names and its values.

    Example:
        >>> item_size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}})
        23
    """
    return sum(map(attribute_size, item, item.values()))


def attribute_size(name: str, value: Mapping[str, Any]) -> int:
    """Count the bytes of one attribute: those of its name and its value.

    Example:
        >>> attribute_size("shirt-color", {"S": "R"})
        12
    """
    ((tag, content),) = value.items()
    return text_size(name) + _SIZES[tag](content)


def text_size(text: str) -> int:
    """Count the bytes of a text, or of a name.

    Example:
        >>> text_size("café")
        5
    """
    return len(text) if text.isascii() else len(text.encode())


def element_size(part: str | int, size: int) -> int:
    """Count what a list or map grows by if a value of that size is put into it.

    Args:
        part: The value's name in a map, or its index in a list.
        size: The value's own bytes.

    Example:
        >>> element_size("city", 5), element_size(0, 5)
        (10, 6)
    """
    return _MEMBER_BYTES + (text_size(part) if isinstance(part, str) else 0) + size


def _number_size(text: str) -> int:
    """Count two digits a byte, before the point and behind it, and one byte more.

    Zeros around all digits do not count, those between a digit and the point do: 100 has one
    digit, 100.5 has three and one. A sign is a byte of its own.
    """
    if text.isdigit():  # most numbers are plain
        return 1 + _half(len(text.strip("0")))
    unsigned = text.lstrip("+-")
    whole, _, fraction = unsigned.partition(".")
    if not f"{whole}{fraction}".isdigit():
        return _far_number_size(text)
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    if fraction:
        digits = _half(len(whole)) + _half(len(fraction if whole else fraction.lstrip("0")))
    else:
        digits = _half(len(whole.rstrip("0")))
    return 1 + digits + (bool(digits) and text.startswith("-"))


def _far_number_size(text: str) -> int:
    """Count a number that is written with an exponent."""
    is_negative, all_digits, exponent = parse_decimal(text).as_tuple()
    digits = len("".join(map(str, all_digits)).rstrip("0"))
    in_fraction = min(digits, max(-int(exponent), 0))
    return 1 + _half(digits - in_fraction) + _half(in_fraction) + is_negative


def _half(digits: int) -> int:
    return (digits + 1) // 2


def _constant_size(_: bool) -> int:  # noqa: FBT001 - the content of BOOL and NULL
    return 1


def _list_size(elements: list[AttributeValue]) -> int:
    return CONTAINER_BYTES + sum(_MEMBER_BYTES + value_size(element) for element in elements)


def _map_size(members: Mapping[str, AttributeValue]) -> int:
    return CONTAINER_BYTES + len(members) * _MEMBER_BYTES + item_size(members)


def _secret_size(secret: Secret) -> int:
    return secret.size


def _set_of(size: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda elements: sum(map(size, elements))


_SIZES: Final[dict[str, Callable[[Any], int]]] = {
    "S": text_size,
    "N": _number_size,
    "B": len,
    "BOOL": _constant_size,
    "NULL": _constant_size,
    "SS": _set_of(text_size),
    "NS": _set_of(_number_size),
    "BS": _set_of(len),
    "L": _list_size,
    "M": _map_size,
    ENCRYPTED: _secret_size,
}
