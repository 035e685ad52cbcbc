"""What an open transaction holds: the calls that were made, and the actions they come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from samples.catalog.provider.layouts import name_under
from samples.catalog.service.asked import Asked, Difference
from samples.catalog.service.outcomes import counted
from transactscope.types import Action, ExplainedAction, Item

# "Service, account, and table quotas" in DynamoDB's Developer Guide, 2026-11.
MOST_ACTIONS: Final = 100
MOST_BYTES: Final = 4 * 1024 * 1024  # "4 MB"

_VERBS: Final = {"Put": "put", "Update": "update", "Delete": "delete", "ConditionCheck": "check"}


@attrs.frozen
class StagedCall:
    """One call that waits for the commit.

    Attributes:
        text: What was called for: `insert Album "6 Partitas" by Bach`.
        product: The product's name.
        level: The level that holds it: 1 is the transaction itself.
        number: Tells it from every other call of the session, to take it back.
    """

    text: str
    product: str
    level: int = 1
    number: int = attrs.field(default=0, eq=False)

    def __str__(self) -> str:
        return f"{self.text} (level {self.level})" if self.level > 1 else self.text


@attrs.frozen
class PlannedAction:
    """One action that the commit will send, made of all calls on its product.

    Attributes:
        verb: What DynamoDB will do: `put`, `update`, `delete` or `check`.
        product: The product's name.
        changes: What is written, one text per attribute, as DynamoDB gets it.
        condition: What must be true of the stored product, as DynamoDB gets it, or None.
        bytes: The size of the product as DynamoDB counts it.
        is_exact: Whether that is the whole size; else it is the least that it can be.
        calls: How many calls it is made of.
        write_units: The write units that it will consume.
        is_exact_cost: Whether it will be just that many; else it is the least.
        asked: What becomes of the product, in words.
        made_of: The calls, each of which can be taken back.
    """

    verb: str
    product: str
    changes: tuple[str, ...]
    condition: str | None
    bytes: int
    is_exact: bool
    calls: int
    write_units: int = attrs.field(default=0, eq=False)
    is_exact_cost: bool = attrs.field(default=False, eq=False)
    asked: Asked | None = attrs.field(default=None, eq=False)
    made_of: tuple[StagedCall, ...] = attrs.field(default=(), eq=False)

    @property
    def summary(self) -> str:
        """What becomes of the product: the rest of a sentence that begins with its name."""
        return "" if self.asked is None else self.asked.summary

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What will be different, field by field, as far as it was seen before."""
        return () if self.asked is None else self.asked.differences

    @property
    def demands(self) -> str:
        """What has to be true of the stored product, in words."""
        return "" if self.asked is None else self.asked.condition

    @property
    def size(self) -> str:
        """How large it is, and what it is made of: `54 bytes, from 2 calls`."""
        return f"{self.weight}, from {counted(self.calls, 'call')}"

    @property
    def weight(self) -> str:
        """How large it is: `at least 54 bytes`."""
        return _sized(self.bytes, is_exact=self.is_exact)

    @property
    def cost(self) -> str:
        """How many write units it costs: `at least 2`."""
        return f"{'' if self.is_exact_cost else 'at least '}{self.write_units}"

    def __str__(self) -> str:
        lines = [f"{self.verb} {self.product}: {self.size}", *self.changes]
        lines += [f"if {self.condition}"] if self.condition is not None else []
        return "\n    ".join(lines)


@attrs.frozen
class Total:
    """What all actions come to, beside what one transaction may have.

    Attributes:
        actions: How many there are.
        bytes: The bytes of all products.
        is_exact: Whether that is exact; else it is the least.
        write_units: The write units of all.
        is_exact_cost: Whether those are exact; else they are the least.
    """

    actions: int
    bytes: int
    is_exact: bool
    write_units: int
    is_exact_cost: bool

    @property
    def of_actions(self) -> str:
        """How many actions there are, of how many: `2 of 100 actions`."""
        return f"{self.actions} of {MOST_ACTIONS} actions"

    @property
    def of_bytes(self) -> str:
        """How large they are, of how much: `at least 59 bytes of 4 MB`."""
        return f"{_sized(self.bytes, is_exact=self.is_exact)} of 4 MB"

    @property
    def cost(self) -> str:
        """What they cost: `at least 4 write units`."""
        return _sized(self.write_units, "write unit", is_exact=self.is_exact_cost)

    def __str__(self) -> str:
        return f"{self.of_actions}, {self.of_bytes}, {self.cost}"


def total_of(actions: Sequence[PlannedAction]) -> Total:
    """Add up what will be sent."""
    return Total(
        len(actions),
        sum(each.bytes for each in actions),
        all(each.is_exact for each in actions),
        sum(each.write_units for each in actions),
        all(each.is_exact_cost for each in actions),
    )


def summed(actions: Sequence[PlannedAction]) -> str:
    """Say what will be sent at all: `1 action from 2 calls, at least 25 bytes`."""
    calls = sum(each.calls for each in actions)
    size = sum(each.bytes for each in actions)
    is_exact = all(each.is_exact for each in actions)
    whole = f"{counted(len(actions))} from {counted(calls, 'call')}"
    return f"{whole}, {_sized(size, is_exact=is_exact)}"


def call_of(staged: Action, level: int, number: int = 0) -> StagedCall:
    """Put a staged call into words."""
    product = _named(staged.entity_class, staged.key) or staged.table
    return StagedCall(f"{staged.verb} {product}", product, level, number)


def action_of(
    row: ExplainedAction, asked: Asked | None = None, made_of: Sequence[StagedCall] = ()
) -> PlannedAction:
    """Put an action of the request into words.

    Args:
        row: The action.
        asked: What its calls ask for.
        made_of: Its calls.
    """
    return PlannedAction(
        _VERBS[row.kind],
        _named(row.entity_class, row.key) or row.table,
        row.changes,
        row.condition,
        row.bytes,
        row.is_exact,
        len(row.calls),
        row.write_units,
        row.is_exact_cost,
        asked,
        tuple(made_of),
    )


def _named(cls: type | None, key: Item | None) -> str | None:
    return None if cls is None or key is None else name_under(cls, key)


def _sized(size: int, what: str = "byte", *, is_exact: bool) -> str:
    return f"{'' if is_exact else 'at least '}{counted(size, what)}"
