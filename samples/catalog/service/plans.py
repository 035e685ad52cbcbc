"""What an open transaction holds: the calls that were made, and the actions they come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from samples.catalog.provider.products import name_under
from samples.catalog.service.outcomes import counted
from transactscope.types import Action, ExplainedAction, Item

_VERBS: Final = {"Put": "put", "Update": "update", "Delete": "delete", "ConditionCheck": "check"}


@attrs.frozen
class StagedCall:
    """One call that waits for the commit.

    Attributes:
        text: What was called for: `insert Album "6 Partitas" by Bach`.
        product: The product's name.
        level: The level that holds it: 1 is the transaction itself.
    """

    text: str
    product: str
    level: int = 1

    def __str__(self) -> str:
        return f"{self.text} (level {self.level})" if self.level > 1 else self.text


@attrs.frozen
class PlannedAction:
    """One action that the commit will send, made of all calls on its product.

    Attributes:
        verb: What DynamoDB will do: `put`, `update`, `delete` or `check`.
        product: The product's name.
        changes: What is written, one text per attribute.
        condition: What must be true of the stored product, or None.
        bytes: The size of the product as DynamoDB counts it.
        is_exact: Whether that is the whole size; else it is the least that it can be.
        calls: How many calls it is made of.
    """

    verb: str
    product: str
    changes: tuple[str, ...]
    condition: str | None
    bytes: int
    is_exact: bool
    calls: int

    @property
    def size(self) -> str:
        """How large it is, and what it is made of: `54 bytes, from 2 calls`."""
        return f"{_sized(self.bytes, is_exact=self.is_exact)}, from {counted(self.calls, 'call')}"

    def __str__(self) -> str:
        lines = [f"{self.verb} {self.product}: {self.size}", *self.changes]
        lines += [f"if {self.condition}"] if self.condition is not None else []
        return "\n    ".join(lines)


def summed(actions: Sequence[PlannedAction]) -> str:
    """Say what will be sent at all: `1 action from 2 calls, at least 25 bytes`."""
    calls = sum(each.calls for each in actions)
    size = sum(each.bytes for each in actions)
    is_exact = all(each.is_exact for each in actions)
    whole = f"{counted(len(actions))} from {counted(calls, 'call')}"
    return f"{whole}, {_sized(size, is_exact=is_exact)}"


def call_of(staged: Action, level: int) -> StagedCall:
    """Put a staged call into words."""
    product = _named(staged.entity_class, staged.key) or staged.table
    return StagedCall(f"{staged.verb} {product}", product, level)


def action_of(row: ExplainedAction) -> PlannedAction:
    """Put an action of the request into words."""
    return PlannedAction(
        _VERBS[row.kind],
        _named(row.entity_class, row.key) or row.table,
        row.changes,
        row.condition,
        row.bytes,
        row.is_exact,
        len(row.calls),
    )


def _named(cls: type | None, key: Item | None) -> str | None:
    return None if cls is None or key is None else name_under(cls, key)


def _sized(size: int, *, is_exact: bool) -> str:
    return f"{'' if is_exact else 'at least '}{counted(size, 'byte')}"
