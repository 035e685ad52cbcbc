"""`entity(...)`: what is said of a class, checked as far as that needs no types.

What it says becomes the class's `EntityMapping`, which works out the rest when it is needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import attrs

from transactscope.arguments import reading
from transactscope.entities.facts import Naming, class_facts, discriminator_from
from transactscope.entities.indexes import GlobalIndex, Index, LocalIndex, resolved
from transactscope.entities.mapping import MARK, EntityMapping, KeyAttribute, unknown_name
from transactscope.entities.templates import KeyTemplate
from transactscope.exporting import exported_from
from transactscope.values.facts import declare
from transactscope.values.markers import misdeclared

E = TypeVar("E", bound=type)


@exported_from("transactscope")
def entity(
    table: str,
    *,
    partition_key: str | KeyTemplate,
    sort_key: str | KeyTemplate | None = None,
    version: str | None = None,
    extra: Literal["forbid", "allow"] = "forbid",
    fields: Mapping[str, Any] | None = None,
    indexes: Iterable[GlobalIndex | LocalIndex] = (),
    naming: Naming | None = None,
    discriminator: tuple[str, str] | None = None,
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
        fields: Names of fields to markers of `transactscope.fields`, one or a tuple, for
            classes that are not yours; the same as `Annotated` in the class.
        naming: Makes the name of an attribute of the name of a field, as in
            `naming=str.upper`; `Alias` wins. None means that they are the same.
        discriminator: An attribute and a text, `("kind", "order")`, that is stored with every
            item of the class and demanded of every item that is read as one, so that several
            classes can share a table. It is no field.
        indexes: The table's secondary indexes that entities of this class are in; made by
            `GlobalIndex` and `LocalIndex` of `transactscope.indexes`.

    Raises:
        InvalidRequestError: The class is no attrs class or dataclass (or `@entity` stands
            below `@define`, which would register a class that nobody uses), the key or the
            version names no field, the version is part of the key, an index cannot be one of
            this table, or what is said of the fields cannot be. What depends on types is found
            when the class is first used. Not sent.

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

    .. versionadded:: 0.1.0
    """
    with reading("entity()"):
        _refuse_wrong_words(table, extra)

    def register(cls: E) -> E:
        with reading("entity()"):
            _refuse_wrong_class(cls)
            names = _field_names(cls)
            partition = _key_attribute(cls, names, partition_key, "partition_key")
            sort = None if sort_key is None else _key_attribute(cls, names, sort_key, "sort_key")
            _refuse_same_attribute(cls, partition, sort)
            kind = discriminator_from(cls.__name__, discriminator)
            mapping = EntityMapping(cls, table, partition, sort, extra, version, kind)
            mapping.declared_indexes = _indexes(mapping, names, indexes)
            _refuse_wrong_version(mapping, names)
            facts = class_facts(cls.__name__, names, fields, naming)
            _refuse_unknown(cls, names, tuple(facts.markers), "fields")
            declare(cls, facts)
            type.__setattr__(cls, MARK, mapping)
        return cls

    return register


def _refuse_wrong_words(table: Any, extra: Any) -> None:
    if not isinstance(table, str) or not table:
        raise misdeclared("entity(): the table's name must be a text that is not empty")
    if extra not in ("forbid", "allow"):
        raise misdeclared('entity(): extra must be "forbid" or "allow"')


def _field_names(cls: type) -> tuple[str, ...]:
    """Return the names of a class's fields without resolving their types."""
    if "__attrs_attrs__" in vars(cls):
        return tuple(field.name for field in attrs.fields(cls))
    return tuple(field.name for field in dataclasses.fields(cls))


def _refuse_wrong_class(cls: Any) -> None:
    if not isinstance(cls, type):
        raise misdeclared("entity(...) must be applied to a class")
    if not {"__attrs_attrs__", "__dataclass_fields__"} & vars(cls).keys():
        raise misdeclared(
            f"{cls.__name__} is not an attrs class or dataclass itself; "
            "@entity goes above @define (or @dataclass), not below it"
        )
    if MARK in vars(cls):
        raise misdeclared(f"{cls.__name__} is an entity already")


def _key_attribute(
    cls: type, names: tuple[str, ...], key: str | KeyTemplate, argument: str
) -> KeyAttribute:
    if isinstance(key, KeyTemplate):
        _refuse_unknown(cls, names, key.fields, argument)
        if key.attribute in names:
            raise misdeclared(
                f"{cls.__name__}: {argument} composes {key.attribute!r}, which is also a field"
            )
        return KeyAttribute(key.attribute, template=key)
    if not isinstance(key, str):
        raise misdeclared(f"{cls.__name__}: {argument} must be a field's name or a KeyTemplate")
    _refuse_unknown(cls, names, (key,), argument)
    return KeyAttribute(key, field=key)


def _indexes(
    mapping: EntityMapping, names: tuple[str, ...], declared: Iterable[GlobalIndex | LocalIndex]
) -> tuple[Index, ...]:
    def key_attribute(key: str | KeyTemplate, argument: str) -> KeyAttribute:
        return _key_attribute(mapping.cls, names, key, argument)

    found = resolved(mapping.name, declared, mapping.declared_key, key_attribute)
    for index in found:
        if not isinstance(index.projection, str):
            _refuse_unknown(mapping.cls, names, index.projection, f"index {index.name!r}")
    return found


def _refuse_unknown(
    cls: type, names: tuple[str, ...], wanted: tuple[str, ...], argument: str
) -> None:
    for name in wanted:
        if name not in names:
            problem = unknown_name(name, cls.__name__, list(names))
            raise misdeclared(f"{argument}: {problem}")


def _refuse_same_attribute(cls: type, partition: KeyAttribute, sort: KeyAttribute | None) -> None:
    if sort is not None and sort.attribute == partition.attribute:
        raise misdeclared(f"{cls.__name__}: partition_key and sort_key are the same attribute")


def _refuse_wrong_version(mapping: EntityMapping, names: tuple[str, ...]) -> None:
    if mapping.version_field is None:
        return
    if not isinstance(mapping.version_field, str):
        raise misdeclared(f"{mapping.name}: version must be a field's name")
    _refuse_unknown(mapping.cls, names, (mapping.version_field,), "version")
    if mapping.version_field in mapping.key_fields:
        raise misdeclared(f"{mapping.name}: version names a field of the key")
