"""Adding, retrieving, changing and removing products.

Every function takes a `target`: a scope, which stages the write, or a database, which
sends it at once. The code is the same, and so are its conditions and its errors.

No function has a `raises=`: that would name the first product that failed, and the
cancellation itself knows them all.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
from boto3.dynamodb.conditions import ConditionBase

from samples.catalog.provider.products import KEY_FIELDS, Movie, P, Product, key_of
from transactscope import Attr, Database, TransactScope

Target: TypeAlias = TransactScope | Database


def add(target: Target, product: Product) -> None:
    """Store a product that must not be there yet."""
    target.insert(product)


def retrieve(target: Target, cls: type[P], creator: str, title: str) -> P | None:
    """Read one product, or None. Through a scope it is as the commit would leave it."""
    return target.get(cls, creator, title, guard=False)


def change(target: Target, product: P, *, seen: P) -> None:
    """Write what differs from `seen`, if the product is still stored as it was seen then.

    Only the fields that differ are sent, so attributes that this program does not know
    survive, and what somebody else changed in between is never overwritten.
    """
    was, now = (attrs.asdict(each, recurse=False) for each in (seen, product))
    changed = {name: value for name, value in now.items() if value != was[name]}
    target.update(
        type(seen),
        *key_of(seen),
        set={name: value for name, value in changed.items() if value is not None},
        remove=[name for name, value in changed.items() if value is None],
        condition=_is_still(was),
    )


def add_genre(target: Target, director: str, title: str, genre: str) -> None:
    """Put a genre to those of a movie, without reading it; the movie must be there."""
    target.update(Movie, director, title, add={"genres": frozenset({genre})}, condition=_is_there())


def remove(target: Target, cls: type[P], creator: str, title: str) -> None:
    """Delete a product, which must be there."""
    target.delete(cls, creator, title, condition=_is_there())


def _is_there() -> ConditionBase:
    return Attr("title").exists()  # a stored product has a title: it is part of the key


def _is_still(was: dict[str, Any]) -> ConditionBase:
    condition: ConditionBase = _is_there()
    for name, value in list(was.items())[KEY_FIELDS:]:
        attribute = Attr(name)
        condition &= attribute.not_exists() if value is None else attribute.eq(value)
    return condition
