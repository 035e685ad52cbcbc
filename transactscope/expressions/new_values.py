"""The right sides of an update, computed on the item before it.

May import `arithmetic`, `clauses`, `documents`, `literals`, `operands`, `paths` and
`values`. Numbers are exact: what needs more than DynamoDB's 38 digits is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Context, Inexact
from typing import Any, Final

import attrs

from transactscope.errors import ConversionError
from transactscope.expressions.arithmetic import Arithmetic, Operator
from transactscope.expressions.clauses import AddClause, DeleteClause, SetClause
from transactscope.expressions.documents import find, not_applicable
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item
from transactscope.values.numbers import number_text, parse_decimal
from transactscope.values.wire import canonical

# From 9.99…E+125 down to the 38th digit of 1E-130 are 293 places, so no sum is rounded here.
_EXACT: Final = Context(prec=300, traps=[Inexact])


@attrs.frozen
class Before:
    """The item that right sides read.

    Attributes:
        item: The item before the update; None if there is none.
        key: The item's key.
    """

    item: Item | None
    key: Item

    def at(self, path: Path) -> AttributeValue | None:
        """Return what is at a path before the update; None if nothing is.

        Raises:
            InvalidRequestError: The item is absent and the path is in its key. AWS does not
                say whether an update that creates an item reads its key. Not sent.

        Example:
            >>> Before({"a": {"N": "1"}}, {}).at(Path(("a",)))
            {'N': '1'}
        """
        if self.item is not None:
            return find(self.item, path)
        if path.root in self.key:
            raise not_applicable(path, "the key of an absent item is read")
        return None


def value_set(clause: SetClause, before: Before) -> AttributeValue:
    """Compute what SET writes.

    Raises:
        InvalidRequestError: An operand is missing or has the wrong type. Not sent.

    Example:
        >>> clause = SetClause(Path(("a",)), Arithmetic(Path(("b",)), "-", Literal({"N": "2"})))
        >>> value_set(clause, Before({"b": {"N": "5.5"}}, {}))
        {'N': '3.5'}
    """
    return _Operands(clause.path, before).value(clause.value)


def value_added(clause: AddClause, before: Before) -> AttributeValue | None:
    """Compute what ADD leaves: a sum from 0 on, or the union of two sets.

    What is added once per item was added when the item was written that is there.

    Raises:
        InvalidRequestError: What is there has another type. Not sent.

    Example:
        >>> value_added(AddClause(Path(("a",)), Literal({"SS": ["x"]})), Before({}, {}))
        {'SS': ['x']}
    """
    current, path = before.at(clause.path), clause.path
    if clause.is_once and before.item is not None:
        return current
    if current is None:
        if path.ends_in_index:
            raise not_applicable(path, "the list has no such element to add to")
        return clause.value.value
    tag = _common_tag(path, current, clause.value)
    if tag == "N":
        return _calculated(path, current[tag], "+", clause.value.content)
    return {tag: [*current[tag], *_without(tag, clause.value.content, current[tag])]}


def value_left(clause: DeleteClause, before: Before) -> AttributeValue | None:
    """Compute what DELETE leaves of a set; None if nothing is left.

    Raises:
        InvalidRequestError: What is there has another type. Not sent.

    Example:
        >>> clause = DeleteClause(Path(("a",)), Literal({"NS": ["1.0"]}))
        >>> value_left(clause, Before({"a": {"NS": ["1", "2"]}}, {}))
        {'NS': ['2']}
    """
    current = before.at(clause.path)
    if current is None:
        return None
    tag = _common_tag(clause.path, current, clause.value)
    rest = _without(tag, current[tag], clause.value.content)
    return {tag: rest} if rest else None  # DynamoDB keeps no empty set


@attrs.frozen
class _Operands:
    """The operands of what SET writes at one target."""

    target: Path
    before: Before

    def value(self, operand: object) -> AttributeValue:
        return _VALUES[type(operand)](self, operand)

    def literal(self, operand: Literal) -> AttributeValue:
        return operand.value

    def attribute(self, operand: Path) -> AttributeValue:
        found = self.before.at(operand)
        if found is None:
            raise not_applicable(operand, f"it is read for {self.target}, and it is absent")
        return found

    def if_not_exists(self, operand: IfNotExists) -> AttributeValue:
        found = self.before.at(operand.path)
        return self.value(operand.default) if found is None else found

    def list_append(self, operand: ListAppend) -> AttributeValue:
        first, second = (self.content(side, "L") for side in (operand.first, operand.second))
        return {"L": [*first, *second]}

    def arithmetic(self, operand: Arithmetic) -> AttributeValue:
        left, right = (self.content(side, "N") for side in (operand.left, operand.right))
        return _calculated(self.target, left, operand.operator, right)

    def content(self, operand: object, tag: str) -> Any:
        value = self.value(operand)
        if tag not in value:
            raise not_applicable(self.target, f"an operand of its new value is not of type {tag}")
        return value[tag]


_VALUES: Final[dict[type, Callable[[_Operands, Any], AttributeValue]]] = {
    Literal: _Operands.literal,
    Path: _Operands.attribute,
    IfNotExists: _Operands.if_not_exists,
    ListAppend: _Operands.list_append,
    Arithmetic: _Operands.arithmetic,
}


def _common_tag(path: Path, current: AttributeValue, operand: Literal) -> str:
    if operand.tag not in current:
        raise not_applicable(path, f"type {operand.tag} expected, not {next(iter(current))}")
    return operand.tag


def _calculated(path: Path, left: str, operator: Operator, right: str) -> AttributeValue:
    calculate = _EXACT.add if operator == "+" else _EXACT.subtract
    try:
        return {"N": number_text(calculate(parse_decimal(left), parse_decimal(right)))}
    except ConversionError as error:
        raise not_applicable(path, f"the result cannot be stored: {error}") from None


def _without(tag: str, elements: list[Any], others: list[Any]) -> list[Any]:
    taken = {_element(tag, other) for other in others}
    return [element for element in elements if _element(tag, element) not in taken]


def _element(tag: str, element: Any) -> Hashable:
    return canonical({tag[0]: element})
