"""What was read in a scope: the stored items, their guards, and the objects that were made.

Reads outlive savepoints: what was read has steered the code, whatever is dropped
afterwards. Nothing here sends; flows hand in what came back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, cast

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.guards import Guard, read_guard
from transactscope.core.sealing import SealedItem, sealed_item
from transactscope.entities.items import from_item
from transactscope.entities.mapping import mapping_of
from transactscope.types import Item

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.frozen(eq=False)
class Found:
    """What a read found.

    Attributes:
        read: The read.
        item: The stored item, or None if there was none.
        is_transactional: Whether TransactGetItems read it; else GetItem.
    """

    read: StagedAction
    item: Item | None
    is_transactional: bool = False


@attrs.frozen(eq=False)
class _Shown:
    """An object that was handed out, and the item that it was made of."""

    item: Item
    entity: Any


@attrs.define(eq=False)
class Reads:
    """Every item that was read, by what tells it from others. Each was read once.

    Attributes:
        found: What the reads have found.
    """

    found: dict[Hashable, Found] = attrs.field(factory=dict)
    _opened: dict[Hashable, Item] = attrs.field(factory=dict)
    _guards: dict[Hashable, dict[type, Guard]] = attrs.field(factory=dict)
    _shown: dict[tuple[Hashable, type], _Shown] = attrs.field(factory=dict)

    @property
    def guarded(self) -> frozenset[Hashable]:
        """The items that are guarded."""
        return frozenset(self._guards)

    def __iter__(self) -> Iterator[StagedAction]:
        return (found.read for found in self.found.values())

    def stored(self, target: Hashable) -> Found | None:
        """Return an item as it was read; None if it was not."""
        return self.found.get(target)

    def add(self, read: StagedAction, item: Item | None, *, is_transactional: bool = False) -> None:
        """Keep an item as it was read; if it was read before, as it was read first."""
        self.found.setdefault(read.target, Found(read, item, is_transactional))

    def shown_item(self, target: Hashable) -> Item | None:
        """Return an item as it was read, what was encrypted of it opened as far as it has been."""
        found = self.found.get(target)
        return None if found is None else self._opened.get(target, found.item)

    def sealed(self, read: StagedAction) -> SealedItem | None:
        """Return what has to be opened of an item before it is shown as a class."""
        return sealed_item(mapping_of(class_read(read)), self.shown_item(read.target))

    def keep_opened(self, read: StagedAction, item: Item) -> None:
        """Keep an item with its values opened, beside the one that was read, which is guarded."""
        self._opened[read.target] = item

    def new_guard(self, read: StagedAction) -> Guard | None:
        """Return the guard that an item is as it was read, as far as a class sees it.

        Returns:
            None if that is demanded already.

        Raises:
            InvalidRequestError: The guard is too long. Nothing is written.
        """
        cls = class_read(read)
        if cls in self._guards.get(read.target, {}):
            return None
        return read_guard(mapping_of(cls), read, self.found[read.target].item)

    def keep_guard(self, guard: Guard) -> None:
        """Demand a guard at the commit."""
        read = guard.call
        self._guards.setdefault(read.target, {})[class_read(read)] = guard

    def guards(self, target: Hashable) -> tuple[Guard, ...]:
        """Return the guards of an item, one per class that it was read as."""
        return tuple(self._guards.get(target, {}).values())

    def first_reads(self) -> Iterator[StagedAction]:
        """Return the call that first guarded each item, in the order of these calls."""
        for guards in self._guards.values():
            yield next(iter(guards.values())).call

    def entity(self, read: StagedAction, item: Item, converter: Converter) -> Any:
        """Return the object for an item: the same one for as long as the item is the same."""
        cls = class_read(read)
        shown = self._shown.get((read.target, cls))
        if shown is None or shown.item != item:
            shown = _Shown(item, from_item(cls, item, converter=converter))
            self._shown[read.target, cls] = shown
        return shown.entity

    def was_shown(self, read: StagedAction) -> bool:
        """Whether an object for this item was handed out as this class."""
        return (read.target, class_read(read)) in self._shown


def class_read(read: StagedAction) -> type:
    """Return the class that an item is read as."""
    return cast("type", read.entity_class)  # an item is always read as a class
