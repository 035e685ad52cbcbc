"""From boto3's condition trees to ours: nothing may vanish or weaken on the way.

May import `comparing`, `literals`, `predicates`, `vocabulary`, `limits` and boto3's
condition classes. Only classes that are known here are read: a subclass may mean
something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias, cast

from boto3.dynamodb import conditions as boto3_conditions
from boto3.dynamodb.conditions import ConditionBase

from transactscope.errors import InvalidRequestError
from transactscope.expressions.comparing import (
    attribute_path,
    check_bounds,
    check_tags,
    compared,
    refused,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparison,
    Condition,
    Function,
    In,
    Or,
    joined,
    negated,
)
from transactscope.expressions.vocabulary import Vocabulary
from transactscope.limits import MAX_IN_OPERANDS

Operands: TypeAlias = tuple[Any, ...]
Translator: TypeAlias = Callable[[Any, Operands, Vocabulary], Condition]

_TYPE_CODES: Final = ("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")
_COLLECTIONS: Final = (list, tuple, set, frozenset)


def translate(condition: object, vocabulary: Vocabulary) -> Condition:
    """Translate a boto3 condition tree. Nothing is sent.

    Args:
        condition: What boto3's `Attr` and `Key` make, with `&`, `|` and `~`.
        vocabulary: What resolves its names and converts its values.

    Raises:
        InvalidRequestError: It is no such tree, it is incomplete, a name is unknown, or
            DynamoDB would refuse it. Not sent.
        ConversionError: A value does not fit its attribute's type. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> from boto3.dynamodb.conditions import Attr
        >>> vocabulary = SimpleNamespace(resolve=lambda path: path)
        >>> translate(~Attr("note").exists(), vocabulary)
        Not(term=Call(function='attribute_exists', operands=(Path(parts=('note',)),)))
    """
    known = _TRANSLATORS.get(type(condition))
    if known is None:
        raise _no_condition(condition)
    translator, count = known
    operator, operands = _expression(cast("ConditionBase", condition), count)
    return translator(operator, operands, vocabulary)


def _expression(condition: ConditionBase, count: int) -> tuple[str, Operands]:
    expression = condition.get_expression()
    operator, operands = expression["operator"], tuple(expression["values"])
    if len(operands) != count:
        raise refused(f"{operator} takes {count} operands, not {len(operands)}")
    return operator, operands


def _equality(operator: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    return Comparison(operator, *compared(operator, operands, vocabulary))


def _ordering(operator: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    values = compared(operator, operands, vocabulary)
    check_tags(operator, values)
    return Comparison(operator, *values)


def _between(operator: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    operand, low, high = compared(operator, operands, vocabulary)
    check_tags(operator, (operand, low, high))
    check_bounds(operator, low, high)
    return Between(operand, low, high)


def _in(operator: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    operand, choices = operands
    if not isinstance(choices, _COLLECTIONS):
        raise refused(f"{operator} takes a list, tuple or set, not {type(choices).__name__}")
    if not 0 < len(choices) <= MAX_IN_OPERANDS:
        raise refused(f"{operator} takes 1 to {MAX_IN_OPERANDS} values, not {len(choices)}")
    first, *others = compared(operator, (operand, *choices), vocabulary)
    if isinstance(choices, set | frozenset):  # one request has one text, whatever the hashes
        others.sort(key=lambda value: repr(getattr(value, "value", value)))
    return In(first, tuple(others))


def _presence(function: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    return Call(function, (vocabulary.resolve(attribute_path(f"{function}()", operands[0])),))


def _type_test(function: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    attribute, code = operands
    if code not in _TYPE_CODES:
        raise refused(f"{function}() takes one of {', '.join(_TYPE_CODES)}")
    resolved = vocabulary.resolve(attribute_path(f"{function}()", attribute))
    return Call(function, (resolved, Literal({"S": code})))


def _prefix(function: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    values = _called(function, operands, vocabulary)
    check_tags(f"{function}()", values, ("S", "B"))
    return Call(function, values)


def _membership(function: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    def element(declared: Any) -> Any:
        # A string holds strings, as a list holds its elements.
        whole = next((kind for kind in (str, bytes) if declared in (kind, kind | None)), None)
        return whole or vocabulary.element_type(declared)

    return Call(function, _called(function, operands, vocabulary, literal_type=element))


def _called(function: Function, operands: Operands, vocabulary: Vocabulary, **typing: Any) -> Any:
    attribute_path(f"{function}()", operands[0])
    return compared(f"{function}()", operands, vocabulary, **typing)


def _junction(theirs: type[ConditionBase], ours: type[And | Or]) -> Translator:
    def translate_terms(_: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
        return joined(ours, [translate(term, vocabulary) for term in _flat(theirs, operands)])

    return translate_terms


def _flat(kind: type[ConditionBase], operands: Operands) -> Iterator[Any]:
    """Take junctions of one kind apart, without recursion: boto3 nests them one by one."""
    waiting = list(reversed(operands))
    while waiting:
        term = waiting.pop()
        if type(term) is kind:
            waiting.extend(reversed(_expression(term, 2)[1]))
        else:
            yield term


def _negation(_: Any, operands: Operands, vocabulary: Vocabulary) -> Condition:
    (term,) = operands
    return negated(translate(term, vocabulary))


_TRANSLATORS: Final[dict[type, tuple[Translator, int]]] = {
    boto3_conditions.Equals: (_equality, 2),
    boto3_conditions.NotEquals: (_equality, 2),
    boto3_conditions.LessThan: (_ordering, 2),
    boto3_conditions.LessThanEquals: (_ordering, 2),
    boto3_conditions.GreaterThan: (_ordering, 2),
    boto3_conditions.GreaterThanEquals: (_ordering, 2),
    boto3_conditions.Between: (_between, 3),
    boto3_conditions.In: (_in, 2),
    boto3_conditions.AttributeExists: (_presence, 1),
    boto3_conditions.AttributeNotExists: (_presence, 1),
    boto3_conditions.AttributeType: (_type_test, 2),
    boto3_conditions.BeginsWith: (_prefix, 2),
    boto3_conditions.Contains: (_membership, 2),
    boto3_conditions.And: (_junction(boto3_conditions.And, And), 2),
    boto3_conditions.Or: (_junction(boto3_conditions.Or, Or), 2),
    boto3_conditions.Not: (_negation, 1),
}
"""What reads each class of boto3's, and how many operands it has."""

_INCOMPLETE: Final = boto3_conditions.Attr | boto3_conditions.Key | boto3_conditions.Size


def _no_condition(value: object) -> InvalidRequestError:
    kind = type(value).__name__
    if isinstance(value, _INCOMPLETE):
        named: Any = value
        return refused(f"{kind} of {named.name} is incomplete: add .eq(...) or another test")
    if isinstance(value, bool):
        return refused("a bool is no condition: compare with Attr(...).eq(...), not with ==")
    return refused(f"{kind} is no condition that is known here: use boto3's Attr(...)")
