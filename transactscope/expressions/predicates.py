"""What a condition is made of: one frozen node per kind of test.

May import `literals` and `paths`. Names in it are attribute names, values are
AttributeValues: nothing in a node depends on an entity class any more.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue

Comparator: TypeAlias = typing.Literal["=", "<>", "<", "<=", ">", ">="]
Function: TypeAlias = typing.Literal[
    "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"
]


@attrs.frozen
class Size:
    """The size of the attribute at a path: a number."""

    path: Path


Value: TypeAlias = Path | Size | Literal
"""What can be compared."""


@attrs.frozen
class Comparison:
    """`left operator right`."""

    operator: Comparator
    left: Value
    right: Value


@attrs.frozen
class Between:
    """`operand BETWEEN low AND high`, both included."""

    operand: Value
    low: Value
    high: Value


@attrs.frozen
class In:
    """`operand IN (choices)`."""

    operand: Value
    choices: tuple[Value, ...] = attrs.field(validator=attrs.validators.min_len(1))


@attrs.frozen
class Call:
    """`function(operands)`, the functions that are conditions by themselves."""

    function: Function
    operands: tuple[Value, ...]


@attrs.frozen
class And:
    """All of two or more terms."""

    terms: tuple[Condition, ...] = attrs.field(validator=attrs.validators.min_len(2))


@attrs.frozen
class Or:
    """At least one of two or more terms."""

    terms: tuple[Condition, ...] = attrs.field(validator=attrs.validators.min_len(2))


@attrs.frozen
class Not:
    """The opposite of a term."""

    term: Condition


@attrs.frozen
class RawCondition:
    """A condition that was written as text. It is sent as it is and never evaluated.

    Attributes:
        text: The expression, its parentheses balanced.
        names: Its `#placeholders` and the attribute names that they stand for.
        values: Its `:placeholders` and their AttributeValues.
    """

    text: str
    names: Mapping[str, str]
    values: Mapping[str, AttributeValue] = attrs.field(repr=False)


Condition: TypeAlias = Comparison | Between | In | Call | And | Or | Not | RawCondition


def exists(path: Path) -> Condition:
    """Demand that an attribute is there.

    Args:
        path: The attribute, in attribute names.

    Example:
        >>> exists(Path(("PK",))).function
        'attribute_exists'
    """
    return Call("attribute_exists", (path,))


def not_exists(path: Path) -> Condition:
    """Demand that an attribute is absent.

    Args:
        path: The attribute, in attribute names.

    Example:
        >>> not_exists(Path(("PK",))).function
        'attribute_not_exists'
    """
    return Call("attribute_not_exists", (path,))


def equals(path: Path, value: Literal) -> Condition:
    """Demand that an attribute is there and has a value.

    Args:
        path: The attribute, in attribute names.
        value: The value.

    Example:
        >>> equals(Path(("version",)), Literal({"N": "3"})).operator
        '='
    """
    return Comparison("=", path, value)


def all_of(*conditions: Condition | None) -> Condition | None:
    """Demand all of several conditions, in order.

    Args:
        conditions: Each a condition, or None for no demand.

    Returns:
        One condition without nested ANDs; None if nothing is demanded.

    Example:
        >>> all_of(None, exists(Path(("PK",))), None) == exists(Path(("PK",)))
        True
    """
    terms = tuple(_spread(And, (term for term in conditions if term is not None)))
    return And(terms) if len(terms) > 1 else next(iter(terms), None)


def joined(kind: type[And | Or], conditions: Iterable[Condition]) -> Condition:
    """Join two or more conditions by AND or OR, taking in nested ones of the same kind.

    Example:
        >>> a, b, c = (exists(Path((name,))) for name in "abc")
        >>> joined(Or, (joined(Or, (a, b)), c)) == Or((a, b, c))
        True
    """
    return kind(tuple(_spread(kind, conditions)))


def negated(condition: Condition) -> Condition:
    """Return the opposite of a condition; two NOTs cancel each other.

    A condition is true or false and nothing else: comparing a missing attribute is false.

    Example:
        >>> negated(negated(exists(Path(("PK",))))) == exists(Path(("PK",)))
        True
    """
    return condition.term if isinstance(condition, Not) else Not(condition)


def _spread(kind: type[And | Or], conditions: Iterable[Condition]) -> Iterable[Condition]:
    for condition in conditions:
        if isinstance(condition, And | Or) and isinstance(condition, kind):
            yield from _spread(kind, condition.terms)
        else:
            yield condition
