"""What a batch consists of: one put, one delete or one read, of one item each.

What a batch request cannot carry is refused here, before the entry is sent: a condition above
all, and with it the guard of a version.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.building import ActionBuilder, Terms
from transactscope.descriptions import describe_action
from transactscope.entities.keys import EntityKey, checked_entity_key
from transactscope.errors import InvalidRequestError
from transactscope.types import BatchEntry, Item

PUT: Final = "put"
DELETE: Final = "delete"
GET: Final = "get"


@attrs.frozen(eq=False)
class Entry:
    """One entry of a batch, as it was given and as it is sent.

    Attributes:
        number: Its place among all entries of the call, from 0.
        given: What the program gave, for the result: an entity or an `EntityKey`.
        action: What is done with the item.
    """

    number: int
    given: Any
    action: StagedAction

    @property
    def verb(self) -> str:
        """What is done: `put`, `delete` or `get`."""
        return self.action.verb

    @property
    def table(self) -> str:
        """The table's name as it is sent."""
        return self.action.table

    @property
    def target(self) -> Hashable:
        """What tells its item from every other one."""
        return self.action.target

    @property
    def key(self) -> Item:
        """The key of its item."""
        return self.action.key or {}

    @property
    def public(self) -> BatchEntry:
        """The same for the program."""
        return BatchEntry(self.verb, self.given, self.describe())

    def describe(self) -> str:
        """Say what it does to which item, without other values than the key."""
        action = self.action
        return describe_action(action.verb, action.entity_class, action.table, action.key, ())


def put_entry(builder: ActionBuilder, number: int, entity: object) -> Entry:
    """Return the entry that writes an entity.

    Raises:
        InvalidRequestError: It is no entity, or needs a guard, which a batch cannot carry.
        ConversionError: A value does not fit its field's type.
    """
    return Entry(number, entity, _unguarded(builder.put(PUT, entity, Terms())))


def delete_entry(builder: ActionBuilder, number: int, target: object) -> Entry:
    """Return the entry that deletes an item, by its `EntityKey` or by an entity.

    Raises:
        InvalidRequestError: It is neither, or needs a guard, which a batch cannot carry.
        ConversionError: A part of the key does not fit its field's type.
    """
    return Entry(number, target, _unguarded(builder.delete(target, (), Terms())))


def read_entry(builder: ActionBuilder, number: int, key: object) -> Entry:
    """Return the entry that reads an item.

    Raises:
        InvalidKeyError: It is no `EntityKey`, or cannot be a key.
        ConversionError: A part of the key does not fit its field's type.
    """
    checked: EntityKey[Any] = checked_entity_key(key)
    return Entry(number, checked, builder.read(checked))


def _unguarded(action: StagedAction) -> StagedAction:
    if action.alone.condition is None:
        return action
    told = describe_action(action.verb, action.entity_class, action.table, action.key, ())
    advice = f"use {action.verb}() of a database or a scope, which sends it"
    if action.verb == DELETE:
        advice += ", or delete by EntityKey, which has no version to guard"
    msg = (
        f"{told}: the version of the entity is guarded by a condition, and a batch cannot carry "
        f"conditions; {advice}"
    )
    raise InvalidRequestError(msg, code="GUARD_IN_BATCH")
