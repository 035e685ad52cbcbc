"""The mapping of one entity class: its table, its key, its known names.

A mapping is facts about a class, so it is kept on the class and is the same
for every database; converters and physical table names belong to databases.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal

import attrs

from transactscope.entities.facts import (
    Discriminator,
    Lifecycle,
    lifecycle_of,
    refuse_contradictions,
    refuse_encrypted_keys,
)
from transactscope.entities.indexes import Index
from transactscope.entities.templates import KeyTemplate
from transactscope.errors import InvalidRequestError
from transactscope.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from transactscope.values.classes import ClassField, class_fields
from transactscope.values.markers import Encrypted, misdeclared
from transactscope.values.wrappers import unwrapped

MARK: Final = "__transactscope_entity__"
"""The attribute of a class that holds its mapping."""


@attrs.frozen
class KeyAttribute:
    """One key attribute: a field of its own, or composed by a template."""

    attribute: str
    field: str | None = None
    template: KeyTemplate | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that make up the attribute, in order."""
        return self.template.fields if self.template is not None else (str(self.field),)


@attrs.define(slots=False)  # cached properties: types are resolved when first needed
class EntityMapping:
    """What `entity(...)` recorded about a class.

    What is declared speaks of fields. Their attributes are known once types are.
    """

    cls: type
    table: str
    declared_partition: KeyAttribute
    declared_sort: KeyAttribute | None
    extra: Literal["forbid", "allow"]
    version_field: str | None = None
    discriminator: Discriminator | None = None
    declared_indexes: tuple[Index, ...] = ()

    @property
    def name(self) -> str:
        """The class's name, as errors show it."""
        return self.cls.__name__

    @property
    def declared_key(self) -> tuple[KeyAttribute, ...]:
        """The key as it was declared: in names of fields."""
        sort = self.declared_sort
        return (self.declared_partition,) if sort is None else (self.declared_partition, sort)

    @cached_property
    def partition(self) -> KeyAttribute:
        """The partition key."""
        return self._stored(self.declared_partition)

    @cached_property
    def sort(self) -> KeyAttribute | None:
        """The sort key, or None."""
        return None if self.declared_sort is None else self._stored(self.declared_sort)

    @cached_property
    def indexes(self) -> tuple[Index, ...]:
        """The secondary indexes that entities of the class are in."""
        return tuple(
            attrs.evolve(
                index,
                partition=self._stored(index.partition),
                sort=None if index.sort is None else self._stored(index.sort),
            )
            for index in self.declared_indexes
        )

    @cached_property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        """The partition key and, if there is one, the sort key."""
        return tuple(self._stored(key) for key in self.declared_key)

    @cached_property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that a key consists of, once each: the parts of an `EntityKey`."""
        return tuple(dict.fromkeys(f for key in self.declared_key for f in key.fields))

    @cached_property
    def fields(self) -> Mapping[str, ClassField]:
        """The class's fields by name, types resolved.

        Raises:
            InvalidRequestError: What is said of them cannot be. Not sent.
        """
        fields = {field.name: field for field in class_fields(self.cls)}
        keys = [*self.declared_key, *(k for i in self.declared_indexes for k in i.key_attributes)]
        composed = [key for key in keys if key.template is not None]
        refuse_contradictions(
            self.name,
            fields,
            key_fields=self.key_fields,
            composing_fields=[field for key in composed for field in key.fields],
            composed={key.attribute for key in composed},
            discriminator=self.discriminator,
        )
        wanted_plain = {} if self.version_field is None else {self.version_field: "is the version"}
        wanted_plain |= {field: "a key is made of it" for key in keys for field in key.fields}
        refuse_encrypted_keys(self.name, fields, wanted_plain)
        return fields

    @cached_property
    def encrypted(self) -> frozenset[str]:
        """The attributes that are stored encrypted.

        Raises:
            InvalidRequestError: What is said of the fields cannot be. Not sent.
        """
        return frozenset(f.attribute for f in self.fields.values() if f.has(Encrypted))

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The fields that are about the life of an item.

        Raises:
            InvalidRequestError: There are two of one kind. Not sent.
        """
        return lifecycle_of(self.name, self.fields)

    @property
    def ttl_attribute(self) -> str | None:
        """The attribute that DynamoDB's Time to Live goes by, or None."""
        return None if self.lifecycle.ttl is None else self.lifecycle.ttl.attribute

    @cached_property
    def volatile(self) -> frozenset[str]:
        """The attributes that say when and how often an item was written, and not what it is."""
        life = self.lifecycle
        fields = (self.version, life.created_at, life.updated_at, life.ttl)
        return frozenset(field.attribute for field in fields if field is not None)

    @cached_property
    def managed(self) -> Mapping[str, str]:
        """The attributes that updates by key get from the library, and what they are."""
        life = self.lifecycle
        fields = {"CreatedAt": life.created_at, "UpdatedAt": life.updated_at}
        found = {field.attribute: what for what, field in fields.items() if field is not None}
        return (
            found
            if self.discriminator is None
            else found | {self.discriminator.attribute: "the discriminator"}
        )

    @cached_property
    def version(self) -> ClassField | None:
        """The field that holds the version, or None.

        Raises:
            InvalidRequestError: Its declared type has no whole numbers. Not sent.
        """
        if self.version_field is None:
            return None
        field = self.fields[self.version_field]
        if unwrapped(field.type) not in (int, int | None, Any):
            raise misdeclared(
                f"{self.name}.{field.name} is the version, and must be declared as int | None"
            )
        return field

    @cached_property
    def key_names(self) -> frozenset[str]:
        """Every attribute that belongs to the key: no update may touch them."""
        fields = (self.fields[name].attribute for name in self.key_fields)
        return frozenset(fields) | {key.attribute for key in self.key_attributes}

    @cached_property
    def index_keys(self) -> tuple[tuple[KeyAttribute, int], ...]:
        """The key attributes of indexes that are not the table's, with the bytes they may have."""
        own = {key.attribute for key in self.key_attributes}
        limits: dict[str, tuple[KeyAttribute, int]] = {}
        for index in self.indexes:
            for key, limit in zip(
                index.key_attributes, (MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES), strict=False
            ):
                known = limits.get(key.attribute, (key, limit))[1]
                limits[key.attribute] = key, min(known, limit)
        return tuple(found for name, found in limits.items() if name not in own)

    def index(self, name: str) -> Index:
        """Return an index by its name.

        Raises:
            InvalidRequestError: The class declares no such index. Not sent.
        """
        given: Any = name
        if not isinstance(given, str):
            msg = f"index= must be the name of an index, not {type(given).__name__}"
            raise InvalidRequestError(msg, code="UNKNOWN_INDEX")
        for index in self.indexes:
            if index.name == name:
                return index
        known = ", ".join(index.name for index in self.indexes) or "none"
        msg = f"{self.name} has no index {name!r}; its indexes are: {known}"
        raise InvalidRequestError(msg, code="UNKNOWN_INDEX")

    def attribute(self, name: str) -> str:
        """Return the attribute that a top-level name of an expression stands for.

        Raises:
            InvalidRequestError: The class has no such field, its key no such attribute,
                and the entity does not say `extra="allow"`. Not sent.
        """
        if name in self.fields:
            return self.fields[name].attribute
        for field in self.fields.values():
            if field.attribute == name:
                msg = f"{self.name} stores its field {field.name!r} as {name!r}: name the field"
                raise InvalidRequestError(msg, code="UNKNOWN_FIELD")
        if name in self.attributes_beside or self.extra == "allow":
            return name
        raise unknown_name(name, self.name, [*self.fields, *self.attributes_beside])

    @cached_property
    def attributes_beside(self) -> frozenset[str]:
        """The attributes that items have and that are no fields; each is a text."""
        keys = (*self.key_attributes, *(key for key, _ in self.index_keys))
        composed = frozenset(key.attribute for key in keys if key.template is not None)
        return composed if self.discriminator is None else composed | {self.discriminator.attribute}

    def _stored(self, key: KeyAttribute) -> KeyAttribute:
        """Return a key attribute as it is stored."""
        if key.field is None:
            return key
        return attrs.evolve(key, attribute=self.fields[key.field].attribute)


def mapping_of(cls: Any) -> EntityMapping:
    """Return what `entity(...)` recorded about this very class.

    Raises:
        InvalidRequestError: It is no entity class; says why and what to do. Not sent.
    """
    mapping = vars(cls).get(MARK) if isinstance(cls, type) else None
    if mapping is not None and mapping.cls is cls:
        return mapping  # type: ignore[no-any-return]
    raise InvalidRequestError(_why_no_entity(cls, mapping), code="NOT_AN_ENTITY")


def mapping_of_instance(entity: object) -> EntityMapping:
    """Return the mapping of an entity's class; a class given in its place is told apart.

    Raises:
        InvalidRequestError: It is a class, or no entity. Not sent.
    """
    if isinstance(entity, type):
        msg = f"an entity was expected, and {entity.__name__} is a class: pass an instance of it"
        raise InvalidRequestError(msg, code="NOT_AN_ENTITY")
    return mapping_of(type(entity))


def unknown_name(name: str, owner: str, known: list[str]) -> InvalidRequestError:
    """Return the error for a name that an entity does not have, with the nearest it has."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return InvalidRequestError(f"{owner} has no field {name!r}{hint}", code="UNKNOWN_FIELD")


def _why_no_entity(cls: Any, mapping: EntityMapping | None) -> str:
    if not isinstance(cls, type):
        return f"an entity class was expected, not a value of type {type(cls).__name__}"
    if mapping is not None:
        return (
            f"{cls.__name__} was made again after @entity had seen it, so another class of that "
            "name is registered; put @entity above every decorator that makes a new class"
        )
    base = next((base for base in cls.__mro__[1:] if MARK in vars(base)), None)
    if base is not None:
        return (
            f"{cls.__name__} is no entity itself, only its base {base.__name__}; "
            "put @entity above it"
        )
    return f"{cls.__name__} is no entity class; put @entity(table, partition_key=...) above it"
