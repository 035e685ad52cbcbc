"""AttributeValues as they are on the wire: checking, copying and comparing them.

May import `errors`, `limits`, `types`, `numbers`, `secret` and `wording`. This module knows
nothing of declared types: it takes `{"S": str}` and its nine relatives as they are.

Sources, checked 2026-11: Developer Guide, "Supported data types and naming rules"
(what each tag takes, sets have unique elements of one type and are not empty) and
"Service, account, and table quotas" (nesting depth).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from transactscope.errors import ConversionError
from transactscope.limits import MAX_NESTING_DEPTH
from transactscope.types import AttributeValue
from transactscope.values.numbers import number_text, parse_decimal
from transactscope.values.secret import ENCRYPTED, is_secret
from transactscope.values.wording import key_step, placed

BytesLike: Final = (bytes, bytearray, memoryview)

_CONTENTS: Final[dict[str, type | tuple[type, ...]]] = {
    "S": str,
    "N": str,
    "B": BytesLike,
    "BOOL": bool,
    "NULL": bool,
    "L": (list, tuple),
    "M": dict,
    "SS": (list, tuple),
    "NS": (list, tuple),
    "BS": (list, tuple),
}

ALL_TAGS: Final = frozenset(_CONTENTS)
ELEMENT_TAGS: Final = frozenset({"S", "N", "B"})


def unpack(value: Any) -> tuple[str, Any]:
    """Take an AttributeValue apart into its tag and its content.

    Raises:
        ConversionError: It has not exactly one known tag with the right kind of content.

    Example:
        >>> from transactscope.values.wire import unpack
        >>> unpack({"N": "3"})
        ('N', '3')
    """
    if not isinstance(value, dict):
        raise ConversionError(f"AttributeValue expected, not {type(value).__name__}")
    if len(value) != 1:
        raise ConversionError(f"an AttributeValue has exactly one type tag, not {len(value)}")
    tag, content = next(iter(value.items()))
    if tag not in ALL_TAGS:
        raise ConversionError(f"a type tag is one of {', '.join(_CONTENTS)}")
    if not isinstance(content, _CONTENTS[tag]) or (tag == "NULL" and content is not True):
        raise ConversionError(f"wrong content for the type tag {tag}")
    return tag, content


def checked(value: Any, path: str = "") -> AttributeValue:
    """Check an AttributeValue from outside, and return a deep copy that shares nothing with it.

    Args:
        value: `{"S": str}`, `{"N": str}` … as a boto3 client takes them.
        path: Where the value is, for the error text.

    Raises:
        ConversionError: It is no AttributeValue that DynamoDB takes. Nothing was sent.

    Example:
        >>> from transactscope.values.wire import checked
        >>> checked({"L": [{"N": "1"}, {"B": bytearray(b"x")}]})
        {'L': [{'N': '1'}, {'B': b'x'}]}
    """
    return checked_at(1, value, path)


def checked_at(level: int, value: Any, path: str = "") -> AttributeValue:
    """Check and copy an AttributeValue that is at that level inside its attribute.

    Example:
        >>> from transactscope.values.wire import checked_at
        >>> checked_at(32, {"L": []})
        {'L': []}
    """
    try:
        return _copied(value, level)
    except ConversionError as error:
        error.within(path)
        raise


def canonical(value: AttributeValue) -> tuple[str, Hashable]:
    """Return what two AttributeValues have in common exactly if DynamoDB calls them equal.

    Numbers compare by value, sets and maps regardless of order. What is stored encrypted compares
    as what it is without that: DynamoDB would call no two of them equal.

    Args:
        value: A valid AttributeValue.

    Example:
        >>> from transactscope.values.wire import canonical
        >>> canonical({"NS": ["1.0", "20"]}) == canonical({"NS": ["2E1", "1"]})
        True
    """
    if is_secret(value):
        return ENCRYPTED, canonical(value[ENCRYPTED].value)
    tag, content = unpack(value)
    if tag == "N":
        return tag, number_text(parse_decimal(content))
    if tag in {"L", "M", "SS", "NS", "BS"}:
        return tag, _canonical_inside(tag, content)
    return tag, bytes(content) if tag == "B" else content


def _canonical_inside(tag: str, content: Any) -> Hashable:
    if tag == "L":
        return tuple(canonical(item) for item in content)
    if tag == "M":
        return frozenset((key, canonical(item)) for key, item in content.items())
    return frozenset(canonical({tag[0]: element}) for element in content)


def valid_text(text: str) -> str:
    """Return the text as a plain str, if UTF-8 can write it.

    Example:
        >>> from transactscope.values.wire import valid_text
        >>> valid_text("café")
        'café'
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # its text quotes the value
            problem = "not valid Unicode: it has half of a surrogate pair"
            raise ConversionError(problem) from None
    return str.__str__(text)


def too_deep() -> ConversionError:
    """Make the error for a value below the deepest level.

    Example:
        >>> from transactscope.values.wire import too_deep
        >>> print(too_deep())
        nested more than 32 levels deep
    """
    return ConversionError(f"nested more than {MAX_NESTING_DEPTH} levels deep")


def _copied(value: Any, level: int) -> AttributeValue:
    if level > MAX_NESTING_DEPTH:
        raise too_deep()
    tag, content = unpack(value)
    if tag == "L":
        return {tag: _copied_list(content, level)}
    if tag == "M":
        return {tag: _copied_map(content, level)}
    if tag in {"SS", "NS", "BS"}:
        return {tag: _copied_set(content, tag)}
    return {tag: _COPIES[tag](content)}


def _copied_list(items: Sequence[Any], level: int) -> list[AttributeValue]:
    copies: list[AttributeValue] = []
    try:
        for item in items:
            copies.append(_copied(item, level + 1))  # noqa: PERF401 - len(copies) is the place
    except ConversionError as error:
        placed(error, f"[{len(copies)}]")
        raise
    return copies


def _copied_map(items: dict[Any, Any], level: int) -> dict[str, AttributeValue]:
    copies = {}
    for key, item in items.items():
        if not isinstance(key, str):
            raise ConversionError(f"a map's key is str, not {type(key).__name__}")
        try:
            copies[valid_text(key)] = _copied(item, level + 1)
        except ConversionError as error:
            placed(error, key_step(key))
            raise
    return copies


def _copied_set(elements: Sequence[Any], tag: str) -> list[Any]:
    copies = [_copied({tag[0]: element}, 1)[tag[0]] for element in elements]
    if not copies:
        problem = "a set is never empty in DynamoDB"
        raise ConversionError(problem)
    if len({canonical({tag[0]: element}) for element in copies}) < len(copies):
        problem = "two elements of a set are equal"
        raise ConversionError(problem)
    return copies


def _copied_number(text: str) -> str:
    parse_decimal(text)
    return str.__str__(text)


_COPIES: Final[dict[str, Callable[[Any], Any]]] = {
    "S": valid_text,
    "N": _copied_number,
    "B": bytes,
    "BOOL": bool,
    "NULL": bool,
}
