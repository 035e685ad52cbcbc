"""One staged action, complete: what it does, under which condition, who asked.

A staged action is data. Building one from entities is `building`'s work, from
boto3's arguments `raw`'s; turning it into a request is `freeze`'s.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

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

next_serial: Final = itertools.count().__next__
"""Numbers calls; it is one step of the interpreter, in any thread."""


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


class StagedAction(Action):
    """An `Action` with all that a request needs. Its facts do not change.

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
        rendered: The expressions as they are sent.
        size: The bytes of the item that a Put writes; else the least that the item can have: the
            key, and what an update leaves whatever is stored.
    """

    __slots__ = ()

    kind: Kind
    item: Item | None
    update: Update | RawUpdate | None
    condition: Condition | None
    raises: Raises
    entity: object | None
    expected: ExpectedVersion | None
    serial: int
    target: Hashable | None

    if TYPE_CHECKING:

        @cached_property
        def rendered(self) -> Rendered:
            """See above."""
            ...

        @cached_property
        def size(self) -> int:
            """See above."""
            ...

    @property
    def encoded(self) -> bytes | None:
        """The action as a member of `TransactItems` in JSON, where that is ready."""
        return None

    def changed(self, **changes: Any) -> BuiltAction:
        """Return the same call with other facts: what several calls on one item come to."""
        facts = {name: getattr(self, name) for name in _FACTS}
        return BuiltAction(**(facts | changes))

    @property
    def alone(self) -> StagedAction:
        """The action as it is sent if its item has no other: under the guard of its version."""
        return self


def _target_of_key(action: StagedAction) -> Hashable | None:
    return None if action.key is None else item_target(action.table, action.key)


@attrs.frozen(eq=False, repr=False)
class BuiltAction(StagedAction):
    """An action that was built with all its facts."""

    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    call: str
    kind: Kind
    item: Item | None = None
    update: Update | RawUpdate | None = None
    condition: Condition | None = None
    raises: Raises = None
    entity: object | None = None
    expected: ExpectedVersion | None = None
    serial: int = attrs.field(factory=next_serial)
    target: Hashable | None = attrs.field(
        init=False, default=attrs.Factory(_target_of_key, takes_self=True)
    )

    @property
    def alone(self) -> StagedAction:
        """The action under the guard of its version."""
        has_guard = self.expected is not None and self.expected.is_demanded
        return self._guarded if has_guard else self

    @cached_property
    def _guarded(self) -> StagedAction:
        guard = None if self.expected is None else self.expected.condition
        return self.changed(condition=all_of(guard, self.condition))

    @cached_property
    def rendered(self) -> Rendered:
        """The expressions; rendered once, to be measured and to be sent.

        Raises:
            InvalidRequestError: Two raw expressions define one placeholder differently.
        """
        return render(condition=self.condition, update=self.update)

    @cached_property
    def size(self) -> int:
        """The bytes of the item, or the least that it can have."""
        if self.item is not None:
            return item_size(self.item)
        least = least_sizes(self.update) if isinstance(self.update, Update) else {}
        return item_size(self.key or {}) + sum(least.values())


_FACTS: Final = tuple(field.name for field in attrs.fields(BuiltAction) if field.init)


def item_target(table: str, key: Item) -> Hashable:
    """Return what tells one item from every other: its table and its key by value."""
    parts: list[Hashable] = [table_id(table).name]
    for name in sorted(key):
        parts += (name, *canonical(key[name]))
    return tuple(parts)
