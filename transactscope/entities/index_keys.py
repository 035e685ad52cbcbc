"""The attributes that put an item into secondary indexes.

DynamoDB refuses an item whose index key has a wrong type, is empty or too long [PutItem, API
Reference, 2026-11]; an item without the attribute is stored, and is not in the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from transactscope.entities.indexes import Index
from transactscope.entities.keys import checked_key_value, key_value
from transactscope.entities.mapping import EntityMapping, KeyAttribute
from transactscope.errors import InvalidKeyError
from transactscope.types import AttributeValue, Item

if TYPE_CHECKING:
    from cattrs import Converter

_NULL: Final[AttributeValue] = {"NULL": True}


def with_index_keys(
    mapping: EntityMapping, entity: object, item: Item, converter: Converter
) -> Item:
    """Return the item of an entity as its table's indexes need it.

    Raises:
        InvalidKeyError: A part of an index's key is empty, too long, of a wrong type, or None
            where the field would not read back as None. Not sent.
    """
    for key, limit in mapping.index_keys:
        if key.template is None:
            _check(mapping, key, item.get(key.attribute), limit)
            continue
        values = {name: getattr(entity, name) for name in key.fields}
        value = composed_index_key(mapping, key, values, converter)
        if value is not None:  # else the entity is not in the index
            item[key.attribute] = value
    return item


def composed_index_key(
    mapping: EntityMapping, key: KeyAttribute, values: Mapping[str, Any], converter: Converter
) -> AttributeValue | None:
    """Return what a template composes of these values; None if one of them is."""
    if any(values[name] is None for name in key.fields):
        return None
    limit = next(limit for known, limit in mapping.index_keys if known == key)
    return key_value(mapping, key, values, converter, limit)


def check_index_value(mapping: EntityMapping, key: KeyAttribute, value: AttributeValue) -> None:
    """Refuse the value of a field that cannot be an index's key.

    Raises:
        InvalidKeyError: It is of another type than S, N or B, empty or too long. Not sent.
    """
    limit = next(limit for known, limit in mapping.index_keys if known == key)
    checked_key_value(value, f"{mapping.name}.{key.field}", limit)


def _check(
    mapping: EntityMapping, key: KeyAttribute, value: AttributeValue | None, limit: int
) -> None:
    if value is None:  # the entity is not in the index
        return
    where = f"{mapping.name}.{key.field}"
    if value == _NULL:
        msg = (
            f"{where} is None, and it is the key of an index, which takes no NULL; give the field "
            "the default None, so that the attribute can be left out"
        )
        raise InvalidKeyError(msg, path=where)
    checked_key_value(value, where, limit)


def projected_by(mapping: EntityMapping, index: Index) -> set[str]:
    """Return the attributes that the names of a projection come to; none for a word.

    The discriminator is one of them: without it nobody knows what an item is.
    """
    if isinstance(index.projection, str):
        return set()
    kind = set() if mapping.discriminator is None else {mapping.discriminator.attribute}
    return kind | {mapping.fields[name].attribute for name in index.projection}
