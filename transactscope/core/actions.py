"""One staged action, complete: what it does, under which condition, who asked.

A staged action is data. Building one from entities is `building`'s work, from
boto3's arguments `raw`'s; turning it into a request is `freeze`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from functools import cached_property
from typing import Final, Literal, TypeAlias

import attrs

from transactscope.core.tables import table_id
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.conditions import Condition, all_of, equals, not_exists
from transactscope.expressions.least import least_sizes
from transactscope.expressions.literals import Literal as Value
from transactscope.expressions.paths import Path
from transactscope.expressions.rendering import Rendered, render
from transactscope.types import Action, AttributeValue, Item
from transactscope.values.sizes import item_size
from transactscope.values.wire import canonical

Kind: TypeAlias = Literal["Put", "Update", "Delete", "ConditionCheck"]
Raises: TypeAlias = Exception | type[Exception] | None

READ: Final = "get"
"""The verb of an action that stands for an item that was read."""

ONCE: Final = "once"
"""The verb of an action that inserts a marker."""

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

    @property
    def condition(self) -> Condition:
        """What must be true of the stored item for the version to be the expected one."""
        path = Path((self.attribute,))
        return not_exists(path) if self.value is None else equals(path, Value(self.value))


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

    @property
    def alone(self) -> StagedAction:
        """The action as it is sent if its item has no other: under the guard of its version."""
        has_guard = self.expected is not None and self.expected.is_demanded
        return self._guarded if has_guard else self

    @cached_property
    def _guarded(self) -> StagedAction:
        guard = None if self.expected is None else self.expected.condition
        return attrs.evolve(self, condition=all_of(guard, self.condition))

    @cached_property
    def rendered(self) -> Rendered:
        """The expressions as they are sent; rendered once, to be measured and to be sent.

        Raises:
            InvalidRequestError: Two raw expressions define one placeholder differently.
        """
        return render(condition=self.condition, update=self.update)

    @cached_property
    def size(self) -> int:
        """The bytes of the item that a Put writes; else the least that the item can have.

        The least is the key, and what an update leaves whatever is stored.
        """
        if self.item is not None:
            return item_size(self.item)
        least = least_sizes(self.update) if isinstance(self.update, Update) else {}
        return item_size(self.key or {}) + sum(least.values())


def item_target(table: str, key: Item) -> Hashable:
    """Return what tells one item from every other: its table and its key by value."""
    return table_id(table).name, frozenset((name, canonical(av)) for name, av in key.items())
