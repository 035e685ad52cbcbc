"""One staged action, complete: what it does, under which condition, who asked.

A staged action is data. Building one from entities is `building`'s work, from
boto3's arguments `raw`'s; turning it into a request is `freeze`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from typing import Final, Literal, TypeAlias

import attrs

from transactscope.core.tables import table_id
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.conditions import Condition
from transactscope.types import Action, AttributeValue, Item
from transactscope.values.wire import canonical

Kind: TypeAlias = Literal["Put", "Update", "Delete", "ConditionCheck"]
Raises: TypeAlias = Exception | type[Exception] | None

READ: Final = "get"
"""The verb of an action that stands for an item that was read."""

_serials: Final = itertools.count()  # `next` of it is one step of the interpreter, in any thread


@attrs.frozen
class ExpectedVersion:
    """The version that a call's entity has, and so the one that must be stored.

    Attributes:
        attribute: The attribute of the version.
        value: Its AttributeValue; None if it must be absent.
        is_demanded: Whether it is demanded of the stored item. An insert expects that there is
            none, and demands more: that there is no item.
    """

    attribute: str
    value: AttributeValue | None = attrs.field(repr=False)
    is_demanded: bool = True


@attrs.frozen(eq=False, repr=False)
class StagedAction(Action):
    """An `Action` with all that a request needs.

    Attributes:
        kind: AWS's word for it, the member of a TransactItem.
        item: The item that a Put writes.
        update: What an Update does.
        condition: What must be true of the stored item.
        raises: What the user wants raised if the condition is false.
        entity: The user's object, whose version changes when the action has been committed.
        expected: What the object says of the stored version; None if it says nothing.
        serial: The place of the call among all calls. It stays when the key becomes known.
        target: What tells its item from every other; None if the key is not known.
    """

    kind: Kind
    item: Item | None = None
    update: Update | RawUpdate | None = None
    condition: Condition | None = None
    raises: Raises = None
    entity: object | None = None
    expected: ExpectedVersion | None = None
    serial: int = attrs.field(factory=lambda: next(_serials))
    target: Hashable | None = attrs.field(init=False)

    @target.default
    def _target_of_key(self) -> Hashable | None:
        return None if self.key is None else item_target(self.table, self.key)


def item_target(table: str, key: Item) -> Hashable:
    """Return what tells one item from every other: its table and its key by value."""
    return table_id(table).name, frozenset((name, canonical(av)) for name, av in key.items())
