"""What a batch consists of: one put, one delete or one read, of one item each.

What a batch request cannot carry is refused here, before the entry is sent: a condition above
all, and with it the guard of a version.
"""

from __future__ import annotations

import abc
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.building import ActionBuilder, Terms
from transactscope.descriptions import describe_action
from transactscope.entities.keys import EntityKey, checked_entity_key
from transactscope.errors import InvalidRequestError
from transactscope.types import BatchEntry, Item
from transactscope.types.json_text import json_bytes

if TYPE_CHECKING:
    from cattrs import Converter

PUT: Final = "put"
DELETE: Final = "delete"
GET: Final = "get"


@attrs.frozen(eq=False, repr=False)
class Entry(abc.ABC):
    """One entry of a batch, as it was given and as it is sent.

    Attributes:
        number: Its place among all entries of the call, from 0.
        given: What the program gave, for the result: an entity or an `EntityKey`.
        verb: What is done: `put`, `delete` or `get`.
        target: What tells its item from every other one.
        is_written: Whether its JSON is ready, and its parameters have to be made of it.
    """

    number: int
    given: Any
    verb: str
    target: Hashable

    is_written: ClassVar[bool] = False

    @property
    @abc.abstractmethod
    def entity_class(self) -> type | None:
        """The class of the entity."""

    @property
    @abc.abstractmethod
    def table(self) -> str:
        """The table's name as it is sent."""

    @property
    @abc.abstractmethod
    def key(self) -> Item:
        """The key of its item."""

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """The bytes of the item that it writes, or of its key."""

    @property
    @abc.abstractmethod
    def parameters(self) -> Mapping[str, Any]:
        """What a request says of it, as a client takes it: a write, or the key of a read."""

    @property
    @abc.abstractmethod
    def content(self) -> bytes:
        """The JSON of its parameters in UTF-8."""

    @property
    def public(self) -> BatchEntry:
        """The same for the program."""
        return BatchEntry(self.verb, self.given, self.describe())

    def describe(self) -> str:
        """Say what it does to which item, without other values than the key."""
        return describe_action(self.verb, self.entity_class, self.table, self.key, ())


@attrs.frozen(eq=False, repr=False)
class BuiltEntry(Entry):
    """An entry of an action that was built with all its facts.

    Attributes:
        action: What is done with the item.
    """

    action: StagedAction

    @property
    def entity_class(self) -> type | None:
        """The class of the entity."""
        return self.action.entity_class

    @property
    def table(self) -> str:
        """The table's name as it is sent."""
        return self.action.table

    @property
    def key(self) -> Item:
        """The key of its item."""
        return self.action.key or {}

    @property
    def size(self) -> int:
        """The bytes of the item that it writes, or of its key."""
        return self.action.size

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What a request says of it, as a client takes it."""
        if self.verb == PUT:
            return {"PutRequest": {"Item": self.action.item}}
        return {"DeleteRequest": {"Key": self.key}} if self.verb == DELETE else self.key

    @property
    def content(self) -> bytes:
        """The JSON of its parameters in UTF-8."""
        return json_bytes(self.parameters)


@attrs.frozen(eq=False)
class Entries:
    """Makes entries of what was given, or refuses it.

    Attributes:
        builder: Builds the action of each.
    """

    builder: ActionBuilder

    @property
    def converter(self) -> Converter:
        """The converter of entities and values."""
        return self.builder.converter

    def put(self, number: int, entity: object) -> Entry:
        """Return the entry that writes an entity.

        Raises:
            InvalidRequestError: It is no entity, or needs a guard, which a batch cannot carry.
            ConversionError: A value does not fit its field's type.
        """
        return _built(number, entity, _unguarded(self.builder.put(PUT, entity, Terms())))

    def delete(self, number: int, target: object) -> Entry:
        """Return the entry that deletes an item, by its `EntityKey` or by an entity.

        Raises:
            InvalidRequestError: It is neither, or needs a guard, which a batch cannot carry.
            ConversionError: A part of the key does not fit its field's type.
        """
        return _built(number, target, _unguarded(self.builder.delete(target, (), Terms())))

    def read(self, number: int, key: object) -> Entry:
        """Return the entry that reads an item.

        Raises:
            InvalidKeyError: It is no `EntityKey`, or cannot be a key.
            ConversionError: A part of the key does not fit its field's type.
        """
        checked: EntityKey[Any] = checked_entity_key(key)
        return _built(number, checked, self.builder.read(checked))


def _built(number: int, given: Any, action: StagedAction) -> Entry:
    return BuiltEntry(number, given, action.verb, action.target, action)


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
