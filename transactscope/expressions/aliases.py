"""Placeholders for every name and value of one request member.

May import `literals`, `paths`, `predicates`, `clauses` and `values`. Names are always aliased: a
reserved word, a dot or a blank in a name then needs no rule of its own [Expression
attribute names, Developer Guide, 2026-11].
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from transactscope.errors import InvalidRequestError
from transactscope.expressions.clauses import RawUpdate
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import RawCondition
from transactscope.types import AttributeValue
from transactscope.values.sizes import text_size, value_size


@attrs.define
class Aliases:
    """Hands out placeholders, the same ones for the same expressions in the same order.

    Attributes:
        names: Every `#placeholder` so far and its attribute name.
        values: Every `:placeholder` so far and its AttributeValue.
        size: The bytes of all that they stand for.
    """

    names: dict[str, str] = attrs.field(factory=dict)
    values: dict[str, AttributeValue] = attrs.field(factory=dict)
    size: int = 0
    _by_name: dict[str, str] = attrs.field(factory=dict)
    _name_numbers: Iterator[int] = attrs.field(factory=itertools.count)
    _value_numbers: Iterator[int] = attrs.field(factory=itertools.count)

    @classmethod
    def around(cls, raws: Iterable[RawCondition | RawUpdate]) -> Aliases:
        """Start with what raw expressions define, and keep off their placeholders.

        Args:
            raws: Everything in the request member that was written as text.

        Raises:
            InvalidRequestError: Two of them define one placeholder differently. Not sent.

        Example:
            >>> Aliases.around([RawUpdate("REMOVE #n0", {"#n0": "a"}, {})]).path(Path(("b",)))
            '#n1'
        """
        aliases = cls()
        for raw in raws:
            _define(aliases.names, raw.names)
            _define(aliases.values, raw.values)
        aliases.size = sum(map(text_size, aliases.names.values()))
        aliases.size += sum(map(value_size, aliases.values.values()))
        return aliases

    def path(self, path: Path) -> str:
        """Write a path in placeholders.

        Example:
            >>> Aliases().path(Path(("lines", 0, "price")))
            '#n0[0].#n1'
        """
        first, *rest = path.parts
        steps = (f"[{part}]" if isinstance(part, int) else f".{self._name(part)}" for part in rest)
        return self._name(str(first)) + "".join(steps)

    def literal(self, literal: Literal) -> str:
        """Write a value as a placeholder.

        Example:
            >>> Aliases().literal(Literal({"N": "1"}))
            ':v0'
        """
        alias = _free(":v", self._value_numbers, self.values)
        self.values[alias] = literal.value
        self.size += literal.size
        return alias

    def _name(self, name: str) -> str:
        if name not in self._by_name:
            alias = _free("#n", self._name_numbers, self.names)
            self._by_name[name] = alias
            self.names[alias] = name
            self.size += text_size(name)
        return self._by_name[name]


def _define(known: dict[str, Any], added: Mapping[str, Any]) -> None:
    for placeholder, meaning in added.items():
        if known.setdefault(placeholder, meaning) != meaning:
            msg = f"{placeholder} is defined twice, with different meanings"
            raise InvalidRequestError(msg, code="INVALID_EXPRESSION")


def _free(prefix: str, numbers: Iterator[int], taken: Mapping[str, Any]) -> str:
    return next(alias for number in numbers if (alias := f"{prefix}{number}") not in taken)
