"""Times of creation and of the last write: what a call writes of them.

A call takes the time once, when it is made, so that the request and what is sent again are the
same bytes. Inside and outside a scope the same is written, because the same builder writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from transactscope.entities.keys import field_value
from transactscope.entities.mapping import EntityMapping
from transactscope.expressions.clauses import SetClause
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item
from transactscope.values.classes import ClassField

if TYPE_CHECKING:
    from cattrs import Converter

_NULL: Final[AttributeValue] = {"NULL": True}


def stamps_of_put(
    mapping: EntityMapping, entity: Any, wall_clock: Callable[[], float], converter: Converter
) -> Item:
    """Return the times that are stored with a whole entity: now, where it has none or an old one.

    Args:
        mapping: What is known of the entity's class.
        entity: The entity. It is not changed.
        wall_clock: Tells the time in seconds since 1970.
        converter: Writes the times.
    """
    life, stamps = mapping.lifecycle, {}
    now = _now(mapping, wall_clock)
    if life.created_at is not None and getattr(entity, life.created_at.name) is None:
        stamps[life.created_at.attribute] = _written(mapping, life.created_at, now, converter)
    if life.updated_at is not None:
        stamps[life.updated_at.attribute] = _written(mapping, life.updated_at, now, converter)
    return stamps


def stamping_clauses(
    mapping: EntityMapping,
    wall_clock: Callable[[], float],
    converter: Converter,
    *,
    may_create: bool,
) -> Iterator[SetClause]:
    """Return what an update writes beside what it was asked to.

    Args:
        mapping: What is known of the item's class.
        wall_clock: Tells the time in seconds since 1970.
        converter: Writes the times.
        may_create: Whether the item may be absent: then the update also writes what an item has
            from the beginning, its time of creation and its discriminator, where they are not.
    """
    life, now = mapping.lifecycle, _now(mapping, wall_clock)
    if life.updated_at is not None:
        value = _written(mapping, life.updated_at, now, converter)
        yield SetClause(Path((life.updated_at.attribute,)), Literal(value))
    if may_create and life.created_at is not None:
        value = _written(mapping, life.created_at, now, converter)
        yield _where_absent(life.created_at.attribute, value)
    if may_create and mapping.discriminator is not None:
        yield _where_absent(mapping.discriminator.attribute, {"S": mapping.discriminator.tag})


def not_compared(mapping: EntityMapping, wanted: Item) -> frozenset[str]:
    """Name the attributes that are no difference between an entity and its item.

    The time of creation is one only if the entity has one.

    Args:
        mapping: What is known of the entity's class.
        wanted: The item that the entity comes to.
    """
    life = mapping.lifecycle
    fields = {mapping.version, life.updated_at}
    if life.created_at is not None and wanted.get(life.created_at.attribute, _NULL) == _NULL:
        fields.add(life.created_at)
    return frozenset(field.attribute for field in fields if field is not None)


def _where_absent(attribute: str, value: AttributeValue) -> SetClause:
    path = Path((attribute,))
    return SetClause(path, IfNotExists(path, Literal(value)))


def _now(mapping: EntityMapping, wall_clock: Callable[[], float]) -> datetime | None:
    """Look at the clock only for classes that want to know."""
    life = mapping.lifecycle
    is_wanted = life.created_at is not None or life.updated_at is not None
    return datetime.fromtimestamp(wall_clock(), UTC) if is_wanted else None


def _written(
    mapping: EntityMapping, field: ClassField, now: datetime | None, converter: Converter
) -> AttributeValue:
    return field_value(mapping, field.name, now, converter)
