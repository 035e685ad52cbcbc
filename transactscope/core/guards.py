"""What must still be true of a stored item, beside what the user demands of it.

A guard comes from a read ("nothing of this has changed") or from an entity's version. It
is always about the item as it is stored before the commit, whatever is staged on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import attrs

from transactscope.core.actions import StagedAction
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import InvalidRequestError
from transactscope.expressions.conditions import Condition, all_of, equals, exists, not_exists
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.rendering import render
from transactscope.limits import MAX_EXPRESSION_BYTES
from transactscope.types import Item


@attrs.frozen
class Guard:
    """One guard.

    Attributes:
        condition: What must be true of the stored item.
        call: The read, or the call whose entity has a version.
        is_read: Whether the item was read in the scope, so that reading again can help.
    """

    condition: Condition
    call: StagedAction
    is_read: bool


def read_guard(mapping: EntityMapping, read: StagedAction, stored: Item | None) -> Guard:
    """Return the guard that an item is still as it was read.

    Raises:
        InvalidRequestError: It would be longer than an expression may be. Nothing is written.
    """
    condition = _unchanged(mapping, stored)
    size = len((render(condition=condition, update=None).condition or "").encode())
    if size > MAX_EXPRESSION_BYTES:
        msg = (
            f"{read.describe()}: to guard all that was read takes {size} bytes of text, and "
            f"DynamoDB takes {MAX_EXPRESSION_BYTES}; give {mapping.name} a version, which guards "
            "it in one comparison, or read it with guard=False"
        )
        raise InvalidRequestError(msg, code="GUARD_TOO_LONG")
    return Guard(condition, read, is_read=True)


def version_guard(call: StagedAction) -> Guard | None:
    """Return the guard that the stored version is the one that the call's entity has."""
    expected = call.expected
    if expected is None or not expected.is_demanded:
        return None
    return Guard(expected.condition, call, is_read=False)


def without_repetition(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    """Keep one of several guards that demand the same, the first."""
    kept: list[Guard] = []
    for guard in guards:
        if all(guard.condition != other.condition for other in kept):
            kept.append(guard)
    return tuple(kept)


def leaves_nothing_open(guard: Guard, stored: Item | None) -> bool:
    """Whether the guard of a read demands of an item that all of it is as it was read.

    A version stands for all of the item, because every writer raises it. Without one only what
    the class maps is compared, so an item that has more may change in that. Keys of indexes are
    composed of what is compared.
    """
    mapping = _mapping(guard)
    if stored is None or _stored_version(mapping, stored) is not None:
        return True
    keys = (*mapping.key_attributes, *(key for key, _ in mapping.index_keys))
    return stored.keys() <= {key.attribute for key in keys}.union(_attributes(mapping))


def compared_attributes(guard: Guard, stored: Item | None) -> frozenset[str]:
    """Name the attributes whose values the guard of a read compares, because of no version."""
    mapping = _mapping(guard)
    if stored is None or _stored_version(mapping, stored) is not None:
        return frozenset()
    return frozenset(name for name in _attributes(mapping) if name in stored)


def _mapping(guard: Guard) -> EntityMapping:
    return mapping_of(cast("type", guard.call.entity_class))  # an item is always read as a class


def _stored_version(mapping: EntityMapping, stored: Item) -> str | None:
    """Name the attribute of the version, if the item has one."""
    version = None if mapping.version is None else mapping.version.attribute
    return version if version is not None and version in stored else None


def _unchanged(mapping: EntityMapping, stored: Item | None) -> Condition:
    """Say that an item is as it was: by its version, else by all that was loaded of it."""
    partition = Path((mapping.partition.attribute,))
    if stored is None:
        return not_exists(partition)
    version = _stored_version(mapping, stored)
    if version is not None:
        return equals(Path((version,)), Literal(stored[version]))
    terms = list(_loaded(mapping, stored))
    is_there = any(mapped in stored for mapped in _attributes(mapping))
    # What equals a value is there; where nothing was loaded but the key, that must be said.
    return all_of(None if is_there else exists(partition), *terms) or exists(partition)


def _loaded(mapping: EntityMapping, stored: Item) -> Iterator[Condition]:
    for attribute in _attributes(mapping):
        path = Path((attribute,))
        if attribute in stored:
            yield equals(path, Literal(stored[attribute]))
        else:
            yield not_exists(path)


def _attributes(mapping: EntityMapping) -> Iterator[str]:
    """Name the attributes that the class maps, without the key's, which tell which item it is."""
    key = {key.attribute for key in mapping.key_attributes}
    if mapping.discriminator is not None:
        yield mapping.discriminator.attribute
    yield from (field.attribute for field in mapping.fields.values() if field.attribute not in key)
