"""The key of one item: which entity, which values, and their wire form.

Keys are checked here, before anything is staged: complete, typed S, N or B,
not empty, within DynamoDB's size limits.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from transactscope.arguments import reading
from transactscope.entities.mapping import (
    EntityMapping,
    KeyAttribute,
    mapping_of,
    unknown_name,
)
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from transactscope.types import AttributeValue, Item
from transactscope.values import to_attribute_value
from transactscope.values.wording import placed

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

_MAKING_A_KEY: Final = reading("EntityKey()")  # as many keys are made, one for all of them
_KEY_TAGS: Final = ("S", "N", "B")  # a key attribute's types [API Reference, AttributeDefinition]


@exported_from("transactscope")
@attrs.frozen(init=False)
class EntityKey(Generic[T]):
    """The typed key of one item. Nothing is sent.

    Accepted wherever `Cls, *parts` is. The parts are the fields that the key consists
    of: those of the partition key, then those of the sort key that are new.

    Args:
        entity_class: The entity class.
        parts: One value per field of the key, in order.

    Raises:
        InvalidRequestError: The class is no entity. Not sent.
        InvalidKeyError: There are too few or too many parts. Not sent.

    Example:
        >>> from attrs import define
        >>> from transactscope import EntityKey, entity
        >>> @entity("Album", partition_key="artist", sort_key="title")
        ... @define
        ... class Album:
        ...     artist: str
        ...     title: str
        >>> EntityKey(Album, "Bach", "6 Partitas").parts
        ('Bach', '6 Partitas')

    .. versionadded:: 0.1.0
    """

    entity_class: type[T]
    parts: tuple[object, ...]

    if TYPE_CHECKING:

        def __attrs_init__(self, entity_class: type[T], parts: tuple[object, ...]) -> None: ...

    def __init__(self, entity_class: type[T], *parts: object) -> None:
        with _MAKING_A_KEY:
            _refuse_wrong_count(mapping_of(entity_class), parts)
        self.__attrs_init__(entity_class, parts)

    def only(self, *fields: str) -> "ProjectedKey":
        """Ask for some fields of the item instead of an entity. Nothing is sent.

        `Database.transact_get` answers it with a mapping of these names to Python values. A field
        whose attribute is not stored is not in it.

        Args:
            fields: Names of fields of the class, at least one.

        Raises:
            InvalidRequestError: There is none, or the class has no such field. Not sent.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> db.transact_get(EntityKey(Account, "A-1").only("balance"))
            [{'balance': 10}]
        """
        with reading("only()"):
            return ProjectedKey(self, projected_fields(mapping_of(self.entity_class), fields))


@attrs.frozen
class ProjectedKey:
    """The key of an item of which only some fields are wanted; made by `EntityKey.only`.

    Attributes:
        key: The item's key.
        fields: The names of the fields.
    """

    key: EntityKey[Any]
    fields: tuple[str, ...]


def projected_fields(mapping: EntityMapping, fields: Iterable[Any]) -> tuple[str, ...]:
    """Return the names of fields that are wanted, once each.

    Raises:
        InvalidRequestError: There is none, or the class has no such field. Not sent.
    """
    names = tuple(fields)
    if not names:
        msg = f"name at least one field of {mapping.name}"
        raise InvalidRequestError(msg, code="EMPTY_PROJECTION")
    for name in names:
        if not isinstance(name, str):
            msg = f"a field of {mapping.name} is named by a text, not by {type(name).__name__}"
            raise InvalidRequestError(msg, code="UNKNOWN_FIELD")
        if name not in mapping.fields:
            raise unknown_name(name, mapping.name, list(mapping.fields))
    return tuple(dict.fromkeys(names))


def entity_key(target: type[T] | EntityKey[T], parts: tuple[object, ...]) -> EntityKey[T]:
    """Return the key that `Cls, *parts` or a ready `EntityKey` stands for."""
    if not isinstance(target, EntityKey):
        return EntityKey(target, *parts)
    if parts:
        msg = f"an EntityKey is complete: {len(parts)} more key part(s) were given"
        raise InvalidKeyError(msg)
    return target


def checked_entity_key(key: Any) -> EntityKey[Any]:
    """Return the key if it is one.

    Raises:
        InvalidKeyError: It is something else. Not sent.
    """
    if isinstance(key, EntityKey):
        return key
    msg = f"an EntityKey was expected, EntityKey(Cls, *parts), not {type(key).__name__}"
    raise InvalidKeyError(msg)


def key_of(key: EntityKey[Any], converter: "Converter") -> Item:
    """Return the key's wire form, `{"artist": {"S": str}}`.

    Raises:
        InvalidKeyError: A part is None, empty or too long, or cannot be a key. Not sent.
        ConversionError: A part does not fit its field's type. Not sent.
    """
    mapping = mapping_of(key.entity_class)
    return composed_key(mapping, dict(zip(mapping.key_fields, key.parts, strict=True)), converter)


def composed_key(mapping: EntityMapping, values: Mapping[str, Any], converter: "Converter") -> Item:
    """Return the wire form of the key that these field values make up."""
    return {
        key.attribute: key_value(mapping, key, values, converter, limit)
        for key, limit in zip(
            mapping.key_attributes, (MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES), strict=False
        )
    }


def checked_key_value(value: AttributeValue, where: str, limit: int) -> AttributeValue:
    """Return the value if it can be a key of at most `limit` bytes.

    Raises:
        InvalidKeyError: It is of another type than S, N or B, empty or too long. Not sent.
    """
    tag, content = next(iter(value.items()))
    if tag not in _KEY_TAGS:
        msg = f"{where} is a key attribute and must be of type S, N or B, not {tag}"
        raise InvalidKeyError(msg, path=where)
    size = len(content.encode()) if isinstance(content, str) else len(content)
    if not size:
        msg = f"{where} is empty, and it is a key attribute"
        raise InvalidKeyError(msg, path=where)
    if size > limit:
        msg = f"{where} has {size} bytes, and this key attribute takes at most {limit}"
        raise InvalidKeyError(msg, path=where)
    return value


def _refuse_wrong_count(mapping: EntityMapping, parts: tuple[object, ...]) -> None:
    if len(parts) != len(mapping.key_fields):
        wanted = ", ".join(mapping.key_fields) or "none"
        msg = (
            f"the key of {mapping.name} has {len(mapping.key_fields)} part(s) ({wanted}), "
            f"{len(parts)} given"
        )
        raise InvalidKeyError(msg)


def key_value(
    mapping: EntityMapping,
    key: KeyAttribute,
    values: Mapping[str, Any],
    converter: "Converter",
    limit: int,
) -> AttributeValue:
    """Return the wire form of one key attribute that these field values make up.

    Raises:
        InvalidKeyError: A part is None, empty or too long, or cannot be a key. Not sent.
        ConversionError: A part does not fit its field's type. Not sent.
    """

    def convert(field: str, value: Any) -> AttributeValue:
        return key_part(mapping, field, value, converter)

    where = f"{mapping.name}.{key.attribute}"
    if key.template is not None:
        text = key.template.compose(values, convert, mapping.name)
        return checked_key_value({"S": text}, where, limit)
    (field,) = key.fields
    return checked_key_value(convert(field, values[field]), where, limit)


def key_part(
    mapping: EntityMapping, field: str, value: Any, converter: "Converter"
) -> AttributeValue:
    """Convert the value of a field that is part of a key.

    Raises:
        InvalidKeyError: It is None. Not sent.
        ConversionError: It does not fit the field's type. Not sent.
    """
    if value is None:
        place = f"{mapping.name}.{field}"
        msg = f"{place} is None, and it is part of the key"
        raise InvalidKeyError(msg, path=place)
    return field_value(mapping, field, value, converter)


def field_value(
    mapping: EntityMapping, field: str, value: Any, converter: "Converter"
) -> AttributeValue:
    """Convert one field's value by its declared type; errors name class and field."""
    try:
        return to_attribute_value(value, mapping.fields[field].type, converter=converter)
    except ConversionError as error:
        placed(error, f"{mapping.name}.{field}")
        raise
