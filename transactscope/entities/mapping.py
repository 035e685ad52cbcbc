"""The mapping of one entity class: its table, its key, its known names.

A mapping is facts about a class, so it is kept on the class and is the same
for every database; converters and physical table names belong to databases.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, Literal, TypeVar

import attrs

from transactscope.arguments import reading
from transactscope.entities.templates import KeyTemplate
from transactscope.errors import InvalidRequestError
from transactscope.values.classes import ClassField, class_fields
from transactscope.values.wrappers import unwrapped

E = TypeVar("E", bound=type)

_MARK: Final = "__transactscope_entity__"


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
    """What `entity(...)` recorded about a class."""

    cls: type
    table: str
    partition: KeyAttribute
    sort: KeyAttribute | None
    extra: Literal["forbid", "allow"]
    version_field: str | None = None

    @property
    def name(self) -> str:
        """The class's name, as errors show it."""
        return self.cls.__name__

    @property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        """The partition key and, if there is one, the sort key."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @cached_property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that a key consists of, once each: the parts of an `EntityKey`."""
        return tuple(dict.fromkeys(f for key in self.key_attributes for f in key.fields))

    @cached_property
    def fields(self) -> Mapping[str, ClassField]:
        """The class's fields by name, types resolved."""
        return {field.name: field for field in class_fields(self.cls)}

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
            raise _misdeclared(
                f"{self.name}.{field.name} is the version, and must be declared as int | None"
            )
        return field

    @cached_property
    def key_names(self) -> frozenset[str]:
        """Every field and attribute name that belongs to the key: no update may touch them."""
        return frozenset(self.key_fields) | {key.attribute for key in self.key_attributes}

    def attribute(self, name: str) -> str:
        """Return the attribute that a top-level name of an expression stands for.

        Raises:
            InvalidRequestError: The class has no such field, its key no such attribute,
                and the entity does not say `extra="allow"`. Not sent.
        """
        if name in self.fields:
            return self.fields[name].attribute
        if name in self.key_names or self.extra == "allow":
            return name
        raise unknown_name(name, self.name, [*self.fields, *self.key_names])


def entity(
    table: str,
    *,
    partition_key: str | KeyTemplate,
    sort_key: str | KeyTemplate | None = None,
    version: str | None = None,
    extra: Literal["forbid", "allow"] = "forbid",
    fields: Mapping[str, Any] | None = None,
) -> Callable[[E], E]:
    """Say where an attrs class or dataclass is stored. Nothing is sent.

    Goes above `@define` or `@dataclass`, or is called on a class that is not yours:
    `entity("Album", partition_key="artist")(Album)`. The class is returned unchanged.

    Args:
        table: The table's name or ARN; `Database(table_names=...)` may map it to another.
        partition_key: The name of the field that is the partition key, or a `KeyTemplate`.
        sort_key: The same for the sort key; None for a table without one.
        version: The name of the field that counts the writes of an item, declared as
            `int | None = None`. The library alone writes it, and guards writes by it.
        extra: `"forbid"` refuses names in expressions that are neither a field nor a key
            attribute, so that a typo cannot become a condition that is always false;
            `"allow"` takes them. Stored attributes that the class does not know are
            tolerated either way.
        fields: Not available yet: facts about fields of classes that are not yours.

    Raises:
        InvalidRequestError: The class is no attrs class or dataclass (or `@entity` stands
            below `@define`, which would register a class that nobody uses), the key or the
            version names no field, or the version is part of the key. Not sent.

    Example:
        >>> from attrs import define
        >>> from transactscope import entity, to_key
        >>> @entity("Album", partition_key="artist", sort_key="title")
        ... @define
        ... class Album:
        ...     artist: str
        ...     title: str
        ...     year: int | None = None
        >>> to_key(Album, "Bach", "6 Partitas")
        {'artist': {'S': 'Bach'}, 'title': {'S': '6 Partitas'}}
    """
    with reading("entity()"):
        _refuse_wrong_words(table, extra)
    if fields is not None:
        raise not_available("entity(fields=...)", "until then, map classes of your own")

    def register(cls: E) -> E:
        with reading("entity()"):
            _refuse_wrong_class(cls)
            names = field_names(cls)
            partition = _key_attribute(cls, names, partition_key, "partition_key")
            sort = None if sort_key is None else _key_attribute(cls, names, sort_key, "sort_key")
            _refuse_same_attribute(cls, partition, sort)
            mapping = EntityMapping(cls, table, partition, sort, extra, version)
            _refuse_wrong_version(mapping, names)
            type.__setattr__(cls, _MARK, mapping)
        return cls

    return register


def mapping_of(cls: Any) -> EntityMapping:
    """Return what `entity(...)` recorded about this very class.

    Raises:
        InvalidRequestError: It is no entity class; says why and what to do. Not sent.
    """
    mapping = vars(cls).get(_MARK) if isinstance(cls, type) else None
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


def not_available(what: str, instead: str) -> InvalidRequestError:
    """Return the error for a part of the interface that this version does not have yet."""
    return InvalidRequestError(
        f"{what} is not available in this version; {instead}", code="NOT_AVAILABLE"
    )


def field_names(cls: type) -> tuple[str, ...]:
    """Return the names of a class's fields without resolving their types."""
    if "__attrs_attrs__" in vars(cls):
        return tuple(field.name for field in attrs.fields(cls))
    return tuple(field.name for field in dataclasses.fields(cls))


def _refuse_wrong_words(table: Any, extra: Any) -> None:
    if not isinstance(table, str) or not table:
        raise _misdeclared("entity(): the table's name must be a text that is not empty")
    if extra not in ("forbid", "allow"):
        raise _misdeclared('entity(): extra must be "forbid" or "allow"')


def _refuse_wrong_class(cls: Any) -> None:
    if not isinstance(cls, type):
        raise _misdeclared("entity(...) must be applied to a class")
    if not {"__attrs_attrs__", "__dataclass_fields__"} & vars(cls).keys():
        raise _misdeclared(
            f"{cls.__name__} is not an attrs class or dataclass itself; "
            "@entity goes above @define (or @dataclass), not below it"
        )
    if _MARK in vars(cls):
        raise _misdeclared(f"{cls.__name__} is an entity already")


def _key_attribute(
    cls: type, names: tuple[str, ...], key: str | KeyTemplate, argument: str
) -> KeyAttribute:
    if isinstance(key, KeyTemplate):
        _refuse_unknown(cls, names, key.fields, argument)
        if key.attribute in names:
            raise _misdeclared(
                f"{cls.__name__}: {argument} composes {key.attribute!r}, which is also a field"
            )
        return KeyAttribute(key.attribute, template=key)
    if not isinstance(key, str):
        raise _misdeclared(f"{cls.__name__}: {argument} must be a field's name or a KeyTemplate")
    _refuse_unknown(cls, names, (key,), argument)
    return KeyAttribute(key, field=key)


def _refuse_unknown(
    cls: type, names: tuple[str, ...], wanted: tuple[str, ...], argument: str
) -> None:
    for name in wanted:
        if name not in names:
            problem = unknown_name(name, cls.__name__, list(names))
            raise _misdeclared(f"{argument}: {problem}")


def _refuse_same_attribute(cls: type, partition: KeyAttribute, sort: KeyAttribute | None) -> None:
    if sort is not None and sort.attribute == partition.attribute:
        raise _misdeclared(f"{cls.__name__}: partition_key and sort_key are the same attribute")


def _refuse_wrong_version(mapping: EntityMapping, names: tuple[str, ...]) -> None:
    if mapping.version_field is None:
        return
    if not isinstance(mapping.version_field, str):
        raise _misdeclared(f"{mapping.name}: version must be a field's name")
    _refuse_unknown(mapping.cls, names, (mapping.version_field,), "version")
    if mapping.version_field in mapping.key_names:
        raise _misdeclared(f"{mapping.name}: version names a field of the key")


def _misdeclared(problem: str) -> InvalidRequestError:
    return InvalidRequestError(problem, code="INVALID_ENTITY")


def _why_no_entity(cls: Any, mapping: EntityMapping | None) -> str:
    if not isinstance(cls, type):
        return f"an entity class was expected, not a value of type {type(cls).__name__}"
    if mapping is not None:
        return (
            f"{cls.__name__} was made again after @entity had seen it, so another class of that "
            "name is registered; put @entity above every decorator that makes a new class"
        )
    base = next((base for base in cls.__mro__[1:] if _MARK in vars(base)), None)
    if base is not None:
        return (
            f"{cls.__name__} is no entity itself, only its base {base.__name__}; "
            "put @entity above it"
        )
    return f"{cls.__name__} is no entity class; put @entity(table, partition_key=...) above it"
