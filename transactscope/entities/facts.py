"""What `entity(...)` is told of a class's fields, and what cannot be true of them together.

May import `values` and `errors`. Names are checked when the class is declared; types and
markers when they are first needed, because a class may name others that come later.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

import attrs

from transactscope.values.classes import ClassField
from transactscope.values.facts import ClassFacts
from transactscope.values.markers import (
    TTL,
    CreatedAt,
    Encrypted,
    Marker,
    OmitIfDefault,
    UpdatedAt,
    given_markers,
    misdeclared,
)

Naming: TypeAlias = Callable[[str], str]


@attrs.frozen
class Discriminator:
    """The attribute that tells the kinds of items of one table apart.

    Attributes:
        attribute: Its name; it is no field of the class.
        tag: The text that items of the class have there.
    """

    attribute: str
    tag: str


@attrs.frozen
class Lifecycle:
    """The fields of a class that are about the life of an item; None where it has none."""

    created_at: ClassField | None
    updated_at: ClassField | None
    ttl: ClassField | None


def discriminator_from(owner: str, given: Any) -> Discriminator | None:
    """Read `discriminator=`.

    Raises:
        InvalidRequestError: It is no pair of an attribute and a tag. Not sent.
    """
    if given is None:
        return None
    is_pair = isinstance(given, tuple) and len(given) == len(attrs.fields(Discriminator))
    if not is_pair or not all(isinstance(each, str) and each for each in given):
        msg = f'{owner}: discriminator= is an attribute and a tag, as ("kind", "order")'
        raise misdeclared(msg)
    return Discriminator(*given)


def class_facts(
    owner: str, names: Collection[str], fields: Any, naming: Naming | None
) -> ClassFacts:
    """Read `fields=` and `naming=`, for fields of these names.

    Raises:
        InvalidRequestError: Something that is no marker is given, or a name that is none. Not sent.
    """
    if fields is not None and not isinstance(fields, Mapping):
        kind = type(fields).__name__
        raise misdeclared(f"{owner}: fields= takes a mapping of names to markers, not {kind}")
    if naming is not None and not callable(naming):
        raise misdeclared(f"{owner}: naming= takes a function, not {type(naming).__name__}")
    markers = {
        name: given_markers(each, f"{owner}.{name}") for name, each in (fields or {}).items()
    }
    if naming is None:
        return ClassFacts(markers, {})
    return ClassFacts(markers, {name: _named(owner, name, naming) for name in names})


def lifecycle_of(owner: str, fields: Mapping[str, ClassField]) -> Lifecycle:
    """Find the fields that are about the life of an item.

    Raises:
        InvalidRequestError: There are two of one kind. Not sent.
    """
    return Lifecycle(
        created_at=_only_one(owner, fields, CreatedAt),
        updated_at=_only_one(owner, fields, UpdatedAt),
        ttl=_only_one(owner, fields, TTL),
    )


def refuse_contradictions(
    owner: str,
    fields: Mapping[str, ClassField],
    *,
    key_fields: Collection[str],
    composing_fields: Collection[str],
    composed: Collection[str],
    discriminator: Discriminator | None,
) -> None:
    """Refuse what cannot be true of a class and its keys together.

    Args:
        owner: The class's name.
        fields: Its fields.
        key_fields: Those that the table's key consists of.
        composing_fields: Those that templates compose keys of, the table's or an index's.
        composed: The attributes that templates compose.
        discriminator: What tells its items from others.

    Raises:
        InvalidRequestError: Two of them are stored under one name, or what a key consists of may
            be missing or is not known yet when the key is made. Not sent.
    """
    attributes = {name: field.attribute for name, field in fields.items()}
    for name, attribute in attributes.items():
        if attribute in composed:
            raise misdeclared(f"{owner}.{name} is stored as {attribute!r}, which a key composes")
    if discriminator is not None and discriminator.attribute in {*attributes.values(), *composed}:
        shown = repr(discriminator.attribute)
        raise misdeclared(
            f"{owner}: the discriminator {shown} is also a field's or a key's attribute"
        )
    for name in (*key_fields, *composing_fields):
        for kind in (CreatedAt, UpdatedAt):
            if fields[name].has(kind):
                raise misdeclared(f"{owner}.{name} has {kind.__name__}, and a key is made of it")
    for name in key_fields:
        if fields[name].omits_default:
            raise misdeclared(
                f"{owner}.{name} has {OmitIfDefault.__name__}, and the key consists of it"
            )


def refuse_encrypted_keys(
    owner: str, fields: Mapping[str, ClassField], wanted_plain: Mapping[str, str]
) -> None:
    """Refuse to encrypt what DynamoDB has to read.

    Args:
        owner: The class's name.
        fields: Its fields.
        wanted_plain: Names of fields to what they are needed for, in words.

    Raises:
        InvalidRequestError: A field of a key, or the version, is to be encrypted. Not sent.
    """
    for name, what in wanted_plain.items():
        if fields[name].has(Encrypted):
            raise misdeclared(
                f"{owner}.{name} has {Encrypted.__name__}, and {what}, which DynamoDB has to read"
            )


def _named(owner: str, name: str, naming: Naming) -> str:
    try:
        made: Any = naming(name)
        is_right = isinstance(made, str) and bool(made)
    except Exception as error:  # foreign code
        problem = f"{owner}.{name}: naming= raised {type(error).__name__}"
        raise misdeclared(problem) from error
    if is_right:
        return str(made)
    if inspect.iscoroutine(made):
        made.close()  # it has not started, and must not be reported as never awaited
    msg = f"{owner}.{name}: naming= must return a text that is not empty"
    raise misdeclared(msg)


def _only_one(
    owner: str, fields: Mapping[str, ClassField], kind: type[Marker]
) -> ClassField | None:
    found = [field for field in fields.values() if field.has(kind)]
    if len(found) > 1:
        both = f"{found[0].name} and {found[1].name}"
        raise misdeclared(f"{owner}: {both} have {kind.__name__} both")
    return found[0] if found else None
