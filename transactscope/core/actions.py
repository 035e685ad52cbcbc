"""One staged action, complete: what it does, under which condition, who asked.

A staged action is data. Building one from entities is `building`'s work, from
boto3's arguments `raw`'s; turning it into a request is `freeze`'s.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, TypeAlias

import attrs

from transactscope.core.tables import table_id
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.conditions import Condition
from transactscope.types import Action, Item
from transactscope.values.wire import canonical

Kind: TypeAlias = Literal["Put", "Update", "Delete", "ConditionCheck"]
Raises: TypeAlias = Exception | type[Exception] | None


@attrs.frozen(eq=False, repr=False)
class StagedAction(Action):
    """An `Action` with all that a request needs.

    Attributes:
        kind: AWS's word for it, the member of a TransactItem.
        item: The item that a Put writes.
        update: What an Update does.
        condition: What must be true of the stored item.
        raises: What the user wants raised if the condition is false.
        target: What tells its item from every other; None if the key is not known.
        identity: What makes it the same action when its key becomes known later.
    """

    kind: Kind
    item: Item | None = None
    update: Update | RawUpdate | None = None
    condition: Condition | None = None
    raises: Raises = None
    identity: object = attrs.field(factory=object)
    target: Hashable | None = attrs.field(init=False)

    @target.default
    def _target_of_key(self) -> Hashable | None:
        return None if self.key is None else item_target(self.table, self.key)


def item_target(table: str, key: Item) -> Hashable:
    """Return what tells one item from every other: its table and its key by value."""
    return table_id(table).name, frozenset((name, canonical(av)) for name, av in key.items())
