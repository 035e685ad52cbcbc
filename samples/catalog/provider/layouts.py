"""How products lie in tables: one table for each kind, or one table for all of them.

A layout says which entity class a kind of product is stored as. Everything above the provider
knows the products only, so it works with every layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import attrs

from samples.catalog.provider import one_table, products
from samples.catalog.provider.products import PRODUCT_CLASSES, Album, Book, Movie, P, Product
from transactscope.types import Item


@attrs.frozen
class Layout:
    """Where each kind of product is stored.

    Attributes:
        stored_classes: The entity class of each kind.
        key_attribute: An attribute that every stored product has, because it is part of its key.
        index: The index that has one partition for each kind; None where each kind has a table
            of its own, which is read from end to end instead.
    """

    stored_classes: Mapping[type, type[Product]]
    key_attribute: str
    index: str | None = None

    def stored_class(self, cls: type[P]) -> type[P]:
        """Return the entity class that a kind of product is stored as."""
        return cast("type[P]", self.stored_classes[cls])

    def to_store(self, product: P) -> P:
        """Return a product as an entity of the class that it is stored as."""
        return _as(self.stored_class(type(product)), product)


def plain(stored: P) -> P:
    """Return the product itself, whichever layout it was stored in."""
    cls = next(each for each in PRODUCT_CLASSES if isinstance(stored, each))
    return _as(cast("type[P]", cls), stored)


def name_under(cls: type[object], key: Item) -> str:
    """Name the product under a key as DynamoDB writes it, whichever layout it is stored in."""
    if cls in ONE_TABLE.stored_classes.values():
        return one_table.name_under(cls, key)
    return products.name_under(cls, key)


def field_of(cls: type[Product], attribute: str) -> str:
    """Return the field of a product that is stored in an attribute, whichever layout has that."""
    return one_table.field_of(cls, attribute) if attribute in one_table.KEY else attribute


def _as(cls: type[P], product: P) -> P:
    return product if type(product) is cls else cls(**attrs.asdict(product, recurse=False))


THREE_TABLES: Final = Layout({cls: cls for cls in PRODUCT_CLASSES}, "title")
ONE_TABLE: Final = Layout(
    {Album: one_table.Album, Book: one_table.Book, Movie: one_table.Movie},
    one_table.KEY[0],
    one_table.BY_KIND,
)
