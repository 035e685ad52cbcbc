"""Whether a condition holds for an item, judged here as DynamoDB would judge it.

May import `literals`, `paths`, `predicates`, `types` and `values`. The answer is yes or no
only where AWS leaves no doubt about it; everything else is unknown.

Rules, checked 2026-11: Developer Guide, "Condition and filter expressions, operators, and
functions"; for what may meet what, API Reference, "Condition", "ComparisonOperator".
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, Final, TypeAlias, cast

import attrs

from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparator,
    Comparison,
    Condition,
    Function,
    In,
    Not,
    Or,
    RawCondition,
    Size,
    Value,
)
from transactscope.types import AttributeValue, Item
from transactscope.values.numbers import parse_decimal
from transactscope.values.wire import canonical, unpack


class Truth(enum.Enum):
    """Yes, no, or neither can be told; in their order AND is the least and OR the greatest."""

    NO = -1
    UNKNOWN = 0
    YES = 1


@attrs.frozen
class Known:
    """What is known of an item.

    Attributes:
        attributes: Top-level attributes, each with its whole value.
        is_complete: Whether these are all. An absent item is complete and has none.
    """

    attributes: Item = attrs.field(repr=False)
    is_complete: bool


def evaluate(condition: Condition, known: Known) -> Truth:
    """Judge a condition, one that DynamoDB would take. Nothing is sent.

    Args:
        condition: The condition, in attribute names.
        known: What it is judged on.

    Returns:
        YES or NO if DynamoDB is sure to find the same. UNKNOWN if too little is known, a part
        that decides was written as text, or AWS does not say what a test means here.

    Example:
        >>> from transactscope.expressions.predicates import exists
        >>> key_only = Known({"id": {"S": "1"}}, is_complete=False)
        >>> evaluate(exists(Path(("id",))), key_only), evaluate(exists(Path(("note",))), key_only)
        (<Truth.YES: 1>, <Truth.UNKNOWN: 0>)
    """
    return _JUDGES[type(condition)](condition, known)


def _comparison(condition: Comparison, known: Known) -> Truth:
    return _compared(condition.left, condition.operator, condition.right, known)


def _between(condition: Between, known: Known) -> Truth:
    above = _compared(condition.operand, ">=", condition.low, known)
    return _least((above, _compared(condition.operand, "<=", condition.high, known)))


def _in(condition: In, known: Known) -> Truth:
    found = (_compared(condition.operand, "=", choice, known) for choice in condition.choices)
    return _greatest(found)


def _call(condition: Call, known: Known) -> Truth:
    return _judged(_FUNCTIONS[condition.function], condition.operands, known)


def _and(condition: And, known: Known) -> Truth:
    return _least(evaluate(term, known) for term in condition.terms)


def _or(condition: Or, known: Known) -> Truth:
    return _greatest(evaluate(term, known) for term in condition.terms)


def _not(condition: Not, known: Known) -> Truth:
    return _opposite(evaluate(condition.term, known))


def _raw(_: RawCondition, __: Known) -> Truth:
    return Truth.UNKNOWN


_JUDGES: Final[dict[type, Callable[[Any, Known], Truth]]] = {
    Comparison: _comparison,
    Between: _between,
    In: _in,
    Call: _call,
    And: _and,
    Or: _or,
    Not: _not,
    RawCondition: _raw,
}


def _least(truths: Iterable[Truth]) -> Truth:
    return min(truths, key=lambda truth: truth.value)


def _greatest(truths: Iterable[Truth]) -> Truth:
    return max(truths, key=lambda truth: truth.value)


def _opposite(truth: Truth) -> Truth:
    return Truth(-truth.value)


def _truth(answer: bool) -> Truth:  # noqa: FBT001 - it is what is answered
    return Truth.YES if answer else Truth.NO


Found: TypeAlias = AttributeValue | None
"""What an operand of a test stands for; None if there is nothing."""


def _judged(judge: Callable[..., Truth], operands: Iterable[Value], known: Known) -> Truth:
    """Let a test judge what its operands stand for, if that can be told."""
    values = [_value(operand, known) for operand in operands]
    return Truth.UNKNOWN if Truth.UNKNOWN in values else judge(*values)


def _value(operand: Value, known: Known) -> Found | Truth:
    if isinstance(operand, Literal):
        return operand.value
    if isinstance(operand, Size):
        return _size(_attribute(operand.path, known))
    return _attribute(operand, known)


def _attribute(path: Path, known: Known) -> Found | Truth:
    if path.root not in known.attributes and not known.is_complete:
        return Truth.UNKNOWN
    value: AttributeValue = {"M": known.attributes}
    for part in path.parts:
        tag, content = unpack(value)
        # AWS does not say what a name finds in something that is no map, or an index in
        # something that is no list.
        if tag != ("L" if isinstance(part, int) else "M"):
            return Truth.UNKNOWN
        if part not in (range(len(content)) if isinstance(part, int) else content):
            return None
        value = content[part]
    return value


_COUNTED: Final = ("S", "B", "SS", "NS", "BS", "L", "M")
_LAST_OF_TWO_BYTES: Final = "\uffff"


def _size(value: Found | Truth) -> AttributeValue | Truth:
    """Count characters, bytes, elements or members; nothing else is said to have a size."""
    if not isinstance(value, dict):
        return Truth.UNKNOWN
    tag, content = unpack(value)
    # A string's size is its length "in characters", and DynamoDB has been seen to count
    # those of UTF-16, where a character beyond U+FFFF is two.
    is_ambiguous = tag == "S" and max(content, default="") > _LAST_OF_TWO_BYTES
    if tag not in _COUNTED or is_ambiguous:
        return Truth.UNKNOWN
    return {"N": str(len(content))}


def _compared(left: Value, comparator: Comparator, right: Value, known: Known) -> Truth:
    return _judged(_COMPARATORS[comparator], (left, right), known)


def _equal(left: Found, right: Found) -> Truth:
    """Judge `=`. What is absent equals nothing, not even what is absent, too."""
    if left is None or right is None:
        return Truth.NO
    return _truth(canonical(left) == canonical(right))


def _unequal(left: Found, right: Found) -> Truth:
    return _opposite(_equal(left, right))


_ORDERABLE: Final = ("S", "N", "B")


def _in_order(order: Callable[[Any, Any], bool], left: Found, right: Found) -> Truth:
    if left is None or right is None:
        return Truth.NO
    (tag, content), (other_tag, other_content) = unpack(left), unpack(right)
    if tag != other_tag:
        return Truth.NO
    # Two lists, for example, have no order. Whether equal ones are `<=` is not said.
    if tag not in _ORDERABLE:
        return Truth.UNKNOWN
    return _truth(order(_rank(tag, content), _rank(tag, other_content)))


def _rank(tag: str, content: Any) -> Any:
    """Return what DynamoDB sorts by: a number's value, or unsigned bytes, of text in UTF-8."""
    if tag == "N":
        return parse_decimal(content)
    return content.encode() if tag == "S" else content


_COMPARATORS: Final[dict[Comparator, Callable[[Found, Found], Truth]]] = {
    "=": _equal,
    "<>": _unequal,
    "<": partial(_in_order, operator.lt),
    "<=": partial(_in_order, operator.le),
    ">": partial(_in_order, operator.gt),
    ">=": partial(_in_order, operator.ge),
}


def _exists(value: Found) -> Truth:
    return _truth(value is not None)


def _not_exists(value: Found) -> Truth:
    return _truth(value is None)


def _has_type(value: Found, code: AttributeValue) -> Truth:
    return _truth(value is not None and code["S"] in value)


def _begins_with(value: Found, prefix: Found) -> Truth:
    match value, prefix:
        case None, _:
            return Truth.NO
        case ({"S": whole}, {"S": start}) | ({"B": whole}, {"B": start}) if start:
            return _truth(whole.startswith(start))
        case _:
            return Truth.UNKNOWN


def _contains(value: Found, sought: Found) -> Truth:
    match value, sought:
        case None, _:
            return Truth.NO
        case ({"S": whole}, {"S": part}) | ({"B": whole}, {"B": part}) if part:
            return _truth(part in whole)
        case ({"SS": _}, {"S": _}) | ({"NS": _}, {"N": _}) | ({"BS": _}, {"B": _}):
            return _has_element(value, sought)
        # "a can be a list; however, b cannot be a set, a map, or a list"
        case {"L": _}, {"S": _} | {"N": _} | {"B": _} | {"BOOL": _} | {"NULL": _}:
            return _has_element(value, sought)
        case _:
            return Truth.UNKNOWN


def _has_element(collection: Any, sought: Any) -> Truth:
    _, elements = canonical(collection)
    return _truth(canonical(sought) in cast("Collection[Any]", elements))


_FUNCTIONS: Final[dict[Function, Callable[..., Truth]]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "attribute_type": _has_type,
    "begins_with": _begins_with,
    "contains": _contains,
}
