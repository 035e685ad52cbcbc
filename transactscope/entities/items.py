"""Whole items: an entity as AttributeValues with its key, and back.

The stored item is the entity's fields plus the attributes that its key
templates compose; reading it back checks that both still agree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from transactscope.arguments import reading
from transactscope.entities.index_keys import with_index_keys
from transactscope.entities.keys import EntityKey, composed_key, entity_key, key_of
from transactscope.entities.kinds import mapping_of_item
from transactscope.entities.mapping import EntityMapping, mapping_of, mapping_of_instance
from transactscope.errors import ConversionError, TransactScopeError
from transactscope.exporting import exported_from
from transactscope.types import Item, StoredItem
from transactscope.values import (
    checked_converter,
    default_converter,
    from_attribute_value,
    to_attribute_value,
)
from transactscope.values.compiled import NOT_DECODED, members_decoder
from transactscope.values.nesting import whole_item
from transactscope.values.wire import canonical

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

ItemReader: TypeAlias = Callable[[StoredItem], Any]
"""Makes an entity of a stored item, or raises ConversionError."""


@exported_from("transactscope")
def to_item(entity: object, *, converter: Converter | None = None) -> Item:
    """Convert an entity to the item that is stored for it. Nothing is sent.

    Args:
        entity: An instance of an entity class.
        converter: The converter to use; None means the library's own.

    Returns:
        Attribute names to AttributeValues: `{"artist": {"S": str}, "year": {"N": str}}`,
        key attributes and the discriminator included. What the library writes itself,
        versions and times, is in it as the object has it.

    Raises:
        InvalidRequestError: It is no entity. Not sent.
        InvalidKeyError: A part of its key is None, empty or too long, or a part of an index's
            key is. Not sent.
        ConversionError: A value does not fit its field's type; says the path. Not sent.

    Example:
        >>> from attrs import define
        >>> from transactscope import KeyTemplate, entity, to_item
        >>> @entity("Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"))
        ... @define
        ... class User:
        ...     user_id: str
        ...     visits: int = 0
        >>> to_item(User("u-1"))
        {'PK': {'S': 'USER#u-1'}, 'user_id': {'S': 'u-1'}, 'visits': {'N': '0'}}

    .. versionadded:: 0.1.0
    """
    with reading("to_item()"):
        mapping, used = mapping_of_instance(entity), _usable(converter)
        with whole_item():
            fields: Item = to_attribute_value(entity, mapping.cls, converter=used)["M"]
        values = {name: getattr(entity, name) for name in mapping.key_fields}
        item = {**composed_key(mapping, values, used), **_kind(mapping), **fields}
        return with_index_keys(mapping, entity, item, used) if mapping.indexes else item


@overload
def from_item(cls: type[T], item: StoredItem, *, converter: Converter | None = None) -> T: ...
@overload
def from_item(cls: UnionType, item: StoredItem, *, converter: Converter | None = None) -> Any: ...
@exported_from("transactscope")
def from_item(cls: Any, item: StoredItem, *, converter: Converter | None = None) -> Any:
    """Convert a stored item to an entity. Nothing is sent.

    Attributes that the class does not know are tolerated.

    Args:
        cls: The entity class, or a union of classes with discriminators, `Order | Profile`:
            whichever the item is of.
        item: Attribute names to AttributeValues, as DynamoDB returns them.
        converter: The converter to use; None means the library's own.

    Raises:
        InvalidRequestError: The class is no entity, or the items of a union's classes cannot
            be told apart. Not sent.
        ConversionError: A value does not fit its field's type, an attribute without a
            default is missing, a composed key and its fields disagree, or the item is of
            another kind. Not sent.

    Example:
        >>> from attrs import define
        >>> from transactscope import entity, from_item
        >>> @entity("Account", partition_key="number")
        ... @define
        ... class Account:
        ...     number: str
        ...     balance: int = 0
        >>> from_item(Account, {"number": {"S": "A-1"}, "opened_by": {"S": "someone"}})
        Account(number='A-1', balance=0)

    .. versionadded:: 0.1.0
    """
    with reading("from_item()"):
        mapping, used = mapping_of_item(cls, item), _usable(converter)
        entity = members_decoder(mapping.cls, used)(item)
        if entity is NOT_DECODED:
            with whole_item():
                entity = from_attribute_value({"M": item}, mapping.cls, converter=used)
        _refuse_disagreement(mapping, entity, item, used)
        return entity


def item_reader(cls: type, converter: Converter) -> ItemReader:
    """Return what does with many items of one class what `from_item` does with one.

    It is to be used at once: a hook that is registered later would be passed by.
    """
    mapping = mapping_of(cls)
    checked: ItemReader = partial(from_item, cls, converter=converter)
    if any(key.template is not None for key in mapping.key_attributes):
        return checked
    decode = members_decoder(cls, converter)

    def read(item: StoredItem) -> Any:
        entity = decode(item)
        return checked(item) if entity is NOT_DECODED else entity

    if mapping.discriminator is None:
        return read
    ((attribute, tag),) = _kind(mapping).items()

    def read_of_kind(item: StoredItem) -> Any:
        is_of_kind = type(item) is dict and item.get(attribute) == tag
        return read(item) if is_of_kind else checked(item)

    return read_of_kind


@overload
def to_key(target: EntityKey[Any], /, *, converter: Converter | None = None) -> Item: ...
@overload
def to_key(target: type[Any], /, *parts: object, converter: Converter | None = None) -> Item: ...
@overload
def to_key(target: object, /, *, converter: Converter | None = None) -> Item: ...
@exported_from("transactscope")
def to_key(target: Any, /, *parts: object, converter: Converter | None = None) -> Item:
    """Return the wire form of an item's key. Nothing is sent.

    Args:
        target: An entity class followed by its key's parts, an `EntityKey`, or an entity.
        parts: One value per field of the key, in order.
        converter: The converter to use; None means the library's own.

    Returns:
        One or two attributes, `{"artist": {"S": str}, "title": {"S": str}}`.

    Raises:
        InvalidRequestError: The class is no entity. Not sent.
        InvalidKeyError: A part is missing, None, empty or too long. Not sent.
        ConversionError: A part does not fit its field's type. Not sent.

    Example:
        >>> from attrs import define
        >>> from transactscope import entity, to_key
        >>> @entity("Account", partition_key="number")
        ... @define
        ... class Account:
        ...     number: str
        >>> to_key(Account, "A-1") == to_key(Account("A-1"))
        True

    .. versionadded:: 0.1.0
    """
    with reading("to_key()"):
        return key_of(as_entity_key(target, parts), _usable(converter))


def as_entity_key(target: Any, parts: tuple[object, ...]) -> EntityKey[Any]:
    """Return the key that a class with parts, an `EntityKey`, or an entity stands for."""
    if isinstance(target, type | EntityKey):
        return entity_key(target, parts)
    mapping = mapping_of_instance(target)
    own = tuple(getattr(target, name) for name in mapping.key_fields)
    return EntityKey(mapping.cls, *own, *parts)  # parts beside an entity are one too many


def _usable(converter: Converter | None) -> Converter:
    return default_converter() if converter is None else checked_converter(converter)


def _kind(mapping: EntityMapping) -> Item:
    kind = mapping.discriminator
    return {} if kind is None else {kind.attribute: {"S": kind.tag}}


def _refuse_disagreement(
    mapping: EntityMapping, entity: object, item: StoredItem, converter: Converter
) -> None:
    templates = [key for key in mapping.key_attributes if key.template is not None]
    if not templates:
        return
    values = {name: getattr(entity, name) for name in mapping.key_fields}
    composed = _composed_or_none(mapping, values, converter)
    for key in templates:
        stored = item.get(key.attribute)
        if stored is None:  # a projection without its key has nothing to disagree with
            continue
        if composed is None or canonical(dict(stored)) != canonical(composed[key.attribute]):
            problem = "the stored key and the fields it is composed of disagree"
            raise ConversionError(problem, path=f"{mapping.name}.{key.attribute}", type="S")


def _composed_or_none(
    mapping: EntityMapping, values: dict[str, Any], converter: Converter
) -> Item | None:
    try:
        return composed_key(mapping, values, converter)
    except TransactScopeError:  # fields from which no key could be made cannot match one
        return None
