"""Adding, retrieving, changing and removing products.

Every function takes a `target`: a scope, which stages the write and returns its action, or a
database, which sends it at once. The code is the same, and so are its conditions and its
errors. Where a product lies is the affair of the `layout`.

No function has a `raises=`: that would name the first product that failed, and the
cancellation itself knows them all.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
from boto3.dynamodb.conditions import ConditionBase

from samples.catalog.provider.layouts import THREE_TABLES, Layout, plain
from samples.catalog.provider.products import KEY_FIELDS, Movie, P, Product, key_of
from transactscope import Attr, CommitResult, Database, TransactScope
from transactscope.types import Action

Target: TypeAlias = TransactScope | Database
Written: TypeAlias = Action | CommitResult


def add(target: Target, product: Product, *, layout: Layout = THREE_TABLES) -> Written:
    """Store a product that must not be there yet."""
    return target.insert(layout.to_store(product))


def retrieve(
    target: Target, cls: type[P], creator: str, title: str, *, layout: Layout = THREE_TABLES
) -> P | None:
    """Read one product, or None. Through a scope it is as the commit would leave it."""
    stored = target.get(layout.stored_class(cls), creator, title, guard=False)
    return None if stored is None else plain(stored)


def change(target: Target, product: P, *, seen: P, layout: Layout = THREE_TABLES) -> Written:
    """Write what differs from `seen`, if the product is still stored as it was seen then.

    Only the fields that differ are sent, so attributes that this program does not know
    survive, and what somebody else changed in between is never overwritten.
    """
    was, now = (attrs.asdict(each, recurse=False) for each in (seen, product))
    changed = {name: value for name, value in now.items() if value != was[name]}
    return target.update(
        layout.stored_class(type(seen)),
        *key_of(seen),
        set={name: value for name, value in changed.items() if value is not None},
        remove=[name for name, value in changed.items() if value is None],
        condition=_is_still(was, layout),
    )


def add_genre(
    target: Target, director: str, title: str, genre: str, *, layout: Layout = THREE_TABLES
) -> Written:
    """Put a genre to those of a movie, without reading it; the movie must be there."""
    return target.update(
        layout.stored_class(Movie),
        director,
        title,
        add={"genres": frozenset({genre})},
        condition=_is_there(layout),
    )


def remove(
    target: Target, cls: type[P], creator: str, title: str, *, layout: Layout = THREE_TABLES
) -> Written:
    """Delete a product, which must be there."""
    return target.delete(layout.stored_class(cls), creator, title, condition=_is_there(layout))


def _is_there(layout: Layout) -> ConditionBase:
    return Attr(layout.key_attribute).exists()


def _is_still(was: dict[str, Any], layout: Layout) -> ConditionBase:
    condition: ConditionBase = _is_there(layout)
    for name, value in list(was.items())[KEY_FIELDS:]:
        attribute = Attr(name)
        condition &= attribute.not_exists() if value is None else attribute.eq(value)
    return condition
