"""What a call asks for, taken apart: the form, which many calls share, and the values in it.

Two calls of one form differ in nothing that DynamoDB's rules or the text of a request depend on,
but for the type tags of their values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from boto3.dynamodb import conditions as boto3_conditions

from transactscope.core.building import Terms
from transactscope.core.compiled.shapes import Unusual
from transactscope.expressions.arithmetic import Arithmetic, Operand
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path


def form_of_changes(changes: Mapping[str, Any], values: list[Any]) -> Hashable:
    """Return the form of `set=`, `add=`, `remove=` and `delete=`, and add its values.

    Raises:
        Unusual: Something is neither.
    """
    written, added = changes["set"], changes["add"]
    removed, deleted = changes["remove"], changes["delete"]
    return (
        None if written is None else _form_of_set(written, values),
        None if removed is None else _form_of_remove(removed),
        None if added is None else _form_of_values(added, values),
        None if deleted is None else _form_of_values(deleted, values),
    )


def form_of_terms(terms: Terms, values: list[Any]) -> Hashable:
    """Return the form of what a call demands beside its item, and add its values.

    Raises:
        Unusual: There is text in it, or something that cannot be.
    """
    condition, names, texts, raises = terms
    if names is not None or texts is not None or not (raises is None or _may_be_raised(raises)):
        raise Unusual
    return () if condition is None else form_of_condition(condition, values)


def form_of_condition(condition: Any, values: list[Any]) -> Hashable:
    """Return the form of a condition, and add its values.

    Raises:
        Unusual: It is none of boto3's, or one whose rules depend on values.
    """
    kind = type(condition)
    count = _OPERANDS.get(kind)
    if count is None:
        raise Unusual
    operands = condition.get_expression()["values"]
    if len(operands) != count:
        raise Unusual
    first = operands[0]
    if type(first) is not boto3_conditions.Attr:
        if kind not in _JUNCTIONS:
            raise Unusual
        return (kind, *[form_of_condition(each, values) for each in operands])
    if count == 1:
        return kind, first.name
    second = operands[1]
    if type(second) is boto3_conditions.Attr:
        return kind, first.name, (second.name,)
    values.append(second)
    return kind, first.name


def _may_be_raised(raises: Any) -> bool:
    return isinstance(raises, Exception) or issubclass(raises, Exception)


def _form_of_set(given: Any, values: list[Any]) -> Hashable:
    if type(given) is not dict:
        raise Unusual
    for value in given.values():
        if type(value) in _FORMS:
            return _form_of_operands(given, values)
    values += given.values()
    return tuple(given)


def _form_of_operands(given: dict[Any, Any], values: list[Any]) -> Hashable:
    pairs = ((name, _form_of_operand(value, values)) for name, value in given.items())
    return (Operand, *pairs)  # no name is a class, so it is no form of names alone


def _form_of_values(given: Any, values: list[Any]) -> Hashable:
    if type(given) is not dict:
        raise Unusual
    values += given.values()
    return tuple(given)


def _form_of_remove(given: Any) -> Hashable:
    if type(given) is str:
        return given
    if type(given) not in (list, tuple) or not all(type(name) is str for name in given):
        raise Unusual
    return tuple(given)


def _form_of_operand(operand: Any, values: list[Any]) -> Hashable:
    form = _FORMS.get(type(operand))
    if form is not None:
        return form(operand, values)
    values.append(operand)
    return None


def _form_of_path(operand: Path, _: list[Any]) -> Hashable:
    return Path, operand.parts


def _form_of_arithmetic(operand: Arithmetic, values: list[Any]) -> Hashable:
    left = _form_of_operand(operand.left, values)
    return Arithmetic, left, operand.operator, _form_of_operand(operand.right, values)


def _form_of_default(operand: IfNotExists, values: list[Any]) -> Hashable:
    return IfNotExists, operand.path.parts, _form_of_operand(operand.default, values)


def _form_of_list(operand: ListAppend, values: list[Any]) -> Hashable:
    first = _form_of_operand(operand.first, values)
    return ListAppend, first, _form_of_operand(operand.second, values)


_FORMS: Final[dict[type, Callable[[Any, list[Any]], Hashable]]] = {
    Path: _form_of_path,
    Arithmetic: _form_of_arithmetic,
    IfNotExists: _form_of_default,
    ListAppend: _form_of_list,
}

_JUNCTIONS: Final = frozenset(
    {boto3_conditions.And, boto3_conditions.Or, boto3_conditions.Not},
)

# BETWEEN and IN are missing: their rules compare values with each other.
_OPERANDS: Final[dict[type, int]] = {
    boto3_conditions.Equals: 2,
    boto3_conditions.NotEquals: 2,
    boto3_conditions.LessThan: 2,
    boto3_conditions.LessThanEquals: 2,
    boto3_conditions.GreaterThan: 2,
    boto3_conditions.GreaterThanEquals: 2,
    boto3_conditions.AttributeExists: 1,
    boto3_conditions.AttributeNotExists: 1,
    boto3_conditions.BeginsWith: 2,
    boto3_conditions.Contains: 2,
    boto3_conditions.And: 2,
    boto3_conditions.Or: 2,
    boto3_conditions.Not: 1,
}
