"""What must still be true of a stored item, beside what the user demands of it.

A guard comes from a read ("nothing of this has changed") or from an entity's version. It
is always about the item as it is stored before the commit, whatever is staged on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from transactscope.core.actions import StagedAction
from transactscope.entities.mapping import EntityMapping
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


def _unchanged(mapping: EntityMapping, stored: Item | None) -> Condition:
    """Say that an item is as it was: by its version, else by all that was loaded of it."""
    partition = Path((mapping.partition.attribute,))
    if stored is None:
        return not_exists(partition)
    version = None if mapping.version is None else mapping.version.attribute
    if version is not None and version in stored:
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
