"""The table that an entity needs, in the words of CreateTable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from transactscope.entities.mapping import EntityMapping, KeyAttribute
from transactscope.errors import InvalidRequestError
from transactscope.values.tags import wire_tags

if TYPE_CHECKING:
    from cattrs import Converter

_KEY_TYPES: Final = ("HASH", "RANGE")  # AWS's names for partition and sort key on the wire
_KEY_TAGS: Final = frozenset({"S", "N", "B"})


def table_definition(mapping: EntityMapping, table: str, converter: Converter) -> dict[str, Any]:
    """Return the parameters of CreateTable: the key, billed on demand."""
    definitions = [
        {"AttributeName": key.attribute, "AttributeType": _key_tag(mapping, key, converter)}
        for key in mapping.key_attributes
    ]
    return {
        "TableName": table,
        "KeySchema": key_schema(mapping),
        "AttributeDefinitions": definitions,
        "BillingMode": "PAY_PER_REQUEST",
    }


def key_schema(mapping: EntityMapping) -> list[dict[str, str]]:
    """Return the key attributes with their roles."""
    return [
        {"AttributeName": key.attribute, "KeyType": kind}
        for key, kind in zip(mapping.key_attributes, _KEY_TYPES, strict=False)
    ]


def _key_tag(mapping: EntityMapping, key: KeyAttribute, converter: Converter) -> str:
    if key.template is not None:
        return "S"
    (field,) = key.fields
    tags = wire_tags(mapping.fields[field].type, converter)
    if len(tags) != 1 or not tags <= _KEY_TAGS:
        msg = (
            f"{mapping.name}.{field} is a key attribute, and its declared type does not say "
            "whether it is stored as S, N or B"
        )
        raise InvalidRequestError(msg, code="INVALID_ENTITY")
    return next(iter(tags))
