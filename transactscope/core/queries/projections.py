"""Which items `transact_get` reads, and which parts of them: one Get per item, whoever asks.

DynamoDB refuses two Gets of one key in a request [TransactGetItems, API Reference, 2026-11].
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs

from transactscope.core.actions import StagedAction
from transactscope.entities.items import from_item
from transactscope.entities.keys import EntityKey, ProjectedKey, checked_entity_key
from transactscope.entities.kinds import mapping_of_item
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import ConversionError, TooManyActionsError
from transactscope.expressions.aliases import Aliases
from transactscope.expressions.paths import Path
from transactscope.limits import MAX_ACTIONS, MAX_EXPRESSION_BYTES
from transactscope.types import Item
from transactscope.values import from_attribute_value
from transactscope.values.wording import placed

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.frozen
class Wanted:
    """One key as it was asked for.

    Attributes:
        read: Stands for the read of the item.
        fields: The fields that are wanted; None for the whole entity.
    """

    read: StagedAction
    fields: tuple[str, ...] | None

    @property
    def mapping(self) -> EntityMapping:
        """The mapping of the class that the item is read as."""
        return mapping_of(self.read.entity_class)

    @property
    def attributes(self) -> tuple[str, ...] | None:
        """The attributes that are needed; None for all. Those of the key tell a missing item."""
        if self.fields is None:
            return None
        return projected_attributes(self.mapping, self.fields)

    def value(self, item: Item | None, converter: Converter) -> Any:
        """Return what was asked for, out of the item that was found."""
        if item is None:
            return None
        if self.fields is not None:
            return projected(self.mapping, self.fields, item, converter)
        return from_item(cast("type", self.read.entity_class), item, converter=converter)


@attrs.frozen
class Get:
    """One Get of a request.

    Attributes:
        read: The first of the reads that it answers.
        attributes: What it has to bring; None for the whole item.
    """

    read: StagedAction
    attributes: tuple[str, ...] | None

    @property
    def members(self) -> Mapping[str, Any]:
        """The Get in the words of the wire.

        A projection that is longer than an expression may be is left out: it would save bytes
        on the way, and no read units [TransactGetItems, API Reference, 2026-11].
        """
        members: dict[str, Any] = {"TableName": self.read.table, "Key": self.read.key}
        if self.attributes is None:
            return members
        aliases = Aliases()
        text = projection_text(self.attributes, aliases)
        if len(text) > MAX_EXPRESSION_BYTES:
            return members
        return members | {
            "ProjectionExpression": text,
            "ExpressionAttributeNames": aliases.names,
        }


def wanted_of(key: Any, read: Callable[[EntityKey[Any]], StagedAction]) -> Wanted:
    """Return what a key asks for.

    Raises:
        InvalidKeyError: It is no key, or cannot be one. Not sent.
    """
    if isinstance(key, ProjectedKey):
        return Wanted(read(key.key), key.fields)
    return Wanted(read(checked_entity_key(key)), None)


def refuse_too_many(wanted: Iterable[Wanted]) -> None:
    """Refuse more items than one request takes.

    Raises:
        TooManyActionsError: There are more than 100. Not sent.
    """
    count = len({one.read.target for one in wanted})
    if count > MAX_ACTIONS:
        msg = f"transact_get() of {count} different keys: one request takes at most {MAX_ACTIONS}"
        raise TooManyActionsError(msg)


def merged(wanted: Iterable[Wanted]) -> Sequence[Get]:
    """Return one Get per item, in the order in which they are first asked for."""
    gets: dict[Hashable, Get] = {}
    for one in wanted:
        known = gets.get(one.read.target)
        if known is None:
            gets[one.read.target] = Get(one.read, one.attributes)
        else:
            gets[one.read.target] = Get(known.read, _united(known.attributes, one.attributes))
    return tuple(gets.values())


def projected_attributes(mapping: EntityMapping, fields: Iterable[str]) -> tuple[str, ...]:
    """Return the attributes of the key, of the kind, and of these fields."""
    key = (key.attribute for key in mapping.key_attributes)
    kind = [] if mapping.discriminator is None else [mapping.discriminator.attribute]
    wanted = (mapping.fields[name].attribute for name in fields)
    return tuple(dict.fromkeys([*key, *kind, *wanted]))


def projection_text(attributes: Iterable[str], aliases: Aliases) -> str:
    """Write a projection in placeholders.

    Example:
        >>> projection_text(["year", "title"], Aliases())
        '#n0, #n1'
    """
    return ", ".join(aliases.path(Path((name,))) for name in attributes)


def projected(
    mapping: EntityMapping, fields: Iterable[str], item: Item, converter: Converter
) -> dict[str, Any]:
    """Return the Python values of those fields that are stored.

    Raises:
        ConversionError: The item is of another kind, or a value does not fit its field.
    """
    if mapping.discriminator is not None and mapping.discriminator.attribute in item:
        mapping_of_item(mapping.cls, item)
    wanted = (mapping.fields[name] for name in fields)
    found = [field for field in wanted if field.attribute in item]
    return {field.name: _value(mapping, field.name, item, converter) for field in found}


def _value(mapping: EntityMapping, name: str, item: Item, converter: Converter) -> Any:
    field = mapping.fields[name]
    try:
        return from_attribute_value(item[field.attribute], field.type, converter=converter)
    except ConversionError as error:
        placed(error, f"{mapping.name}.{name}")
        raise


def _united(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return None
    return tuple(dict.fromkeys((*one, *other)))
