"""Several classes in one table: which class an item belongs to, by its discriminator.

A union of entity classes, `Order | Profile`, stands for whichever of them an item is of.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import UnionType
from typing import Any, Final, get_args

from transactscope.entities.facts import Discriminator
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.types import StoredItem
from transactscope.values.wording import is_union, type_text

_MOST_SHOWN: Final = 60  # characters of a tag


def classes_of(target: Any) -> tuple[type, ...]:
    """Return the entity classes that a class, or a union of classes, stands for.

    Args:
        target: An entity class, or `Order | Profile`.

    Raises:
        InvalidRequestError: One of them is no entity class, or their items cannot be told apart
            by one attribute. Not sent.
    """
    return (
        tuple(_classes_by_tag(target).values()) if is_union(target) else (mapping_of(target).cls,)
    )


def mapping_of_item(target: type | UnionType, item: StoredItem) -> EntityMapping:
    """Return the mapping of the entity class that an item has to be made of.

    Args:
        target: An entity class, or a union of them.
        item: The item, as DynamoDB returns it.

    Raises:
        InvalidRequestError: It is no entity class, or a union whose items cannot be told apart.
        ConversionError: The item is of another kind.
    """
    if isinstance(target, type) or not is_union(target):
        mapping = mapping_of(target)
        if mapping.discriminator is not None:
            _refuse_other_kind(mapping.name, mapping.discriminator, item)
        return mapping
    classes = _classes_by_tag(target)
    attribute = _attribute_of(next(iter(classes.values())))
    tag = _tag_of(item, attribute, type_text(target))
    if tag not in classes:
        known = ", ".join(repr(each) for each in classes)
        msg = (
            f"the stored item is of the kind {_shown(tag)}, and {type_text(target)} is of: {known}"
        )
        raise ConversionError(msg, path=f"{type_text(target)}.{attribute}", type="str")
    return mapping_of(classes[tag])


@functools.cache
def _classes_by_tag(union: Any) -> Mapping[str, type]:
    mappings = [mapping_of(member) for member in get_args(union)]
    found: dict[str, type] = {}
    for mapping in mappings:
        kind = mapping.discriminator
        if kind is None:
            raise _no_union(union, f"{mapping.name} has no discriminator")
        if kind.attribute != _attribute_of(mappings[0].cls):
            raise _no_union(union, "their discriminators are different attributes")
        if kind.tag in found:
            raise _no_union(union, f"two of them are of the kind {kind.tag!r}")
        found[kind.tag] = mapping.cls
    return found


def _no_union(union: Any, problem: str) -> InvalidRequestError:
    msg = f"{type_text(union)}: {problem}, so their items cannot be told apart"
    return InvalidRequestError(msg, code="INVALID_UNION")


def _attribute_of(cls: type) -> str:
    kind = mapping_of(cls).discriminator
    return "" if kind is None else kind.attribute


def _refuse_other_kind(owner: str, kind: Discriminator, item: StoredItem) -> None:
    tag = _tag_of(item, kind.attribute, owner)
    if tag != kind.tag:
        msg = f"the stored item is of the kind {_shown(tag)}, and {owner} is {kind.tag!r}"
        raise ConversionError(msg, path=f"{owner}.{kind.attribute}", type="str")


def _tag_of(item: StoredItem, attribute: str, owner: str) -> str:
    stored = item.get(attribute)
    if stored is None:
        problem = "the stored item lacks the discriminator, so it is of no known kind"
    elif isinstance(stored.get("S"), str):
        return str(stored["S"])
    else:
        problem = "the discriminator of the stored item is no text"
    raise ConversionError(problem, path=f"{owner}.{attribute}", type="str")


def _shown(tag: str) -> str:
    return repr(tag if len(tag) <= _MOST_SHOWN else f"{tag[: _MOST_SHOWN - 1]}…")
