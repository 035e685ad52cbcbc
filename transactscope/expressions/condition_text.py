"""The text of a condition: every parenthesis that it needs and none that it does not.

May import `aliases`, `literals`, `paths`, `predicates` and `raw`. DynamoDB refuses "redundant
parentheses", `((a = :b))`, and binds comparisons before NOT, NOT before AND, AND before
OR [Condition expressions, "Precedence", Developer Guide, 2026-11].
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any, Final

from transactscope.expressions.aliases import Aliases
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import (
    And,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Not,
    Or,
    RawCondition,
    Value,
)
from transactscope.expressions.raw import is_balanced


class _Binding(enum.IntEnum):
    """How strongly a condition holds together; a weaker one in a stronger needs parentheses."""

    UNKNOWN = 0
    OR = 1
    AND = 2
    NOT = 3
    TEST = 4


def condition_text(condition: Condition, aliases: Aliases) -> str:
    """Write a condition in placeholders. A raw one that stands alone is written as it is.

    Example:
        >>> from transactscope.expressions.predicates import exists
        >>> either = Or((exists(Path(("a",))), exists(Path(("b",)))))
        >>> condition_text(Not(either), Aliases())
        'NOT (attribute_exists(#n0) OR attribute_exists(#n1))'
    """
    return _WRITERS[type(condition)](condition, aliases)


def raws_in(condition: Condition) -> Iterator[RawCondition]:
    """Find every part of a condition that was written as text.

    Example:
        >>> raw = RawCondition("a = b", {}, {})
        >>> list(raws_in(Not(raw))) == [raw]
        True
    """
    if isinstance(condition, RawCondition):
        yield condition
    elif isinstance(condition, Not):
        yield from raws_in(condition.term)
    elif isinstance(condition, And | Or):
        for term in condition.terms:
            yield from raws_in(term)


def _comparison(condition: Comparison, aliases: Aliases) -> str:
    left, right = _value(condition.left, aliases), _value(condition.right, aliases)
    return f"{left} {condition.operator} {right}"


def _between(condition: Between, aliases: Aliases) -> str:
    operand = _value(condition.operand, aliases)
    low, high = _value(condition.low, aliases), _value(condition.high, aliases)
    return f"{operand} BETWEEN {low} AND {high}"


def _in(condition: In, aliases: Aliases) -> str:
    return f"{_value(condition.operand, aliases)} IN ({_values(condition.choices, aliases)})"


def _call(condition: Call, aliases: Aliases) -> str:
    return f"{condition.function}({_values(condition.operands, aliases)})"


def _and(condition: And, aliases: Aliases) -> str:
    return " AND ".join(_within(_Binding.AND, term, aliases) for term in condition.terms)


def _or(condition: Or, aliases: Aliases) -> str:
    return " OR ".join(_within(_Binding.OR, term, aliases) for term in condition.terms)


def _not(condition: Not, aliases: Aliases) -> str:
    return f"NOT {_within(_Binding.NOT, condition.term, aliases)}"


def _raw(condition: RawCondition, _: Aliases) -> str:
    return condition.text


_WRITERS: Final[dict[type, Callable[[Any, Aliases], str]]] = {
    Comparison: _comparison,
    Between: _between,
    In: _in,
    Call: _call,
    And: _and,
    Or: _or,
    Not: _not,
    RawCondition: _raw,
}


def _within(outer: _Binding, term: Condition, aliases: Aliases) -> str:
    text = condition_text(term, aliases)
    return text if _binding(term) >= outer else f"({text})"


def _binding(condition: Condition) -> _Binding:
    if isinstance(condition, RawCondition):
        return _Binding.TEST if _is_enclosed(condition.text) else _Binding.UNKNOWN
    return _BINDINGS.get(type(condition), _Binding.TEST)


_BINDINGS: Final[dict[type, _Binding]] = {
    Or: _Binding.OR,
    And: _Binding.AND,
    Not: _Binding.NOT,
}


def _is_enclosed(text: str) -> bool:
    """Whether one matching pair of parentheses holds the whole text."""
    text = text.strip()
    return text.startswith("(") and text.endswith(")") and is_balanced(text[1:-1])


def _values(values: tuple[Value, ...], aliases: Aliases) -> str:
    return ", ".join(_value(value, aliases) for value in values)


def _value(value: Value, aliases: Aliases) -> str:
    if isinstance(value, Literal):
        return aliases.literal(value)
    if isinstance(value, Path):
        return aliases.path(value)
    return f"size({aliases.path(value.path)})"
