"""What an update is made of: one frozen node per clause.

May import `literals`, `operands` and `paths`. Names in it are attribute names, values
are AttributeValues.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue

SetValue: TypeAlias = Literal | Path | IfNotExists | ListAppend | Arithmetic
"""What SET writes, in resolved form."""


@attrs.frozen
class SetClause:
    """Write a value at a path."""

    path: Path
    value: SetValue


@attrs.frozen
class RemoveClause:
    """Remove what is at a path."""

    path: Path


@attrs.frozen
class AddClause:
    """Add a number to the number at a path, or a set's elements to the set there.

    Attributes:
        path: The place.
        value: What is added.
        is_once: Whether it is added once to an item, however many updates of it fold into
            one action, and not at all to what a put has written: so versions are raised.
    """

    path: Path
    value: Literal
    is_once: bool = False


@attrs.frozen
class DeleteClause:
    """Take a set's elements out of the set at a path."""

    path: Path
    value: Literal


Clause: TypeAlias = SetClause | RemoveClause | AddClause | DeleteClause


@attrs.frozen
class Update:
    """What changes in one item. The clauses' paths do not overlap.

    Attributes:
        clauses: At least one. Their order means nothing: every right side is the item
            before the update.
    """

    clauses: tuple[Clause, ...]


def as_carried_out(update: Update) -> Update:
    """Return the update as DynamoDB carries it out, which adds to whatever is stored."""
    return Update(
        tuple(
            attrs.evolve(clause, is_once=False) if isinstance(clause, AddClause) else clause
            for clause in update.clauses
        )
    )


@attrs.frozen
class RawUpdate:
    """An update that was written as text. It is sent as it is and never applied here.

    Attributes:
        text: The expression.
        names: Its `#placeholders` and the attribute names that they stand for.
        values: Its `:placeholders` and their AttributeValues.
    """

    text: str
    names: Mapping[str, str]
    values: Mapping[str, AttributeValue] = attrs.field(repr=False)
