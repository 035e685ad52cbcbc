"""What the secondary indexes of a table consume when an item of it changes.

It is a function of the item before and after. An index keeps the attributes that it projects of
every item that has its key, and is written where these change. A transaction pays for indexes what
a single write does.

Rules, checked 2026-11: Developer Guide, "Using Global Secondary Indexes in DynamoDB", "Provisioned
throughput considerations"; the same of "Local secondary indexes". That a transaction does not pay
double for them: seen at the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from transactscope.core.units import write_units
from transactscope.entities.index_keys import projected_by
from transactscope.entities.indexes import Index
from transactscope.entities.mapping import EntityMapping
from transactscope.types import Item
from transactscope.values.sizes import item_size
from transactscope.values.wire import canonical

Indexes: TypeAlias = Mapping[str, tuple[EntityMapping, Index]]
"""Indexes by name, each with a class that declares it."""


def indexes_of(mappings: Iterable[EntityMapping]) -> Indexes:
    """Return the indexes that the classes of an item declare."""
    return {index.name: (mapping, index) for mapping in mappings for index in mapping.indexes}


def index_units(indexes: Indexes, before: Item | None, after: Item | None) -> int:
    """Return the write units of all indexes of an item.

    Args:
        indexes: The indexes.
        before: The item before; None if there was none.
        after: The item after; None if there is none any more.
    """
    return sum(
        _units(_entry(mapping, index, before), _entry(mapping, index, after), index)
        for mapping, index in indexes.values()
    )


def _entry(mapping: EntityMapping, index: Index, item: Item | None) -> Item | None:
    """Return what an index keeps of an item; None if the item is not in it."""
    names = {key.attribute for key in index.key_attributes}
    if item is None or not names <= item.keys():
        return None
    if index.projection == "ALL":
        return item
    names |= {key.attribute for key in mapping.key_attributes} | projected_by(mapping, index)
    return {name: value for name, value in item.items() if name in names}


def _units(before: Item | None, after: Item | None, index: Index) -> int:
    """Count one write where an entry comes, goes or changes, and two where its key changes."""
    if before is None or after is None:
        entry = before or after
        return 0 if entry is None else write_units(item_size(entry))
    if _is_same(before, after):
        return 0
    sizes = item_size(before), item_size(after)
    key = [key.attribute for key in index.key_attributes]
    if _is_same(_part(before, key), _part(after, key)):
        return write_units(max(sizes))
    return sum(map(write_units, sizes))


def _part(item: Item, names: Iterable[str]) -> Item:
    return {name: item[name] for name in names}


def _is_same(one: Item, other: Item) -> bool:
    return one.keys() == other.keys() and all(
        canonical(one[name]) == canonical(other[name]) for name in one
    )
