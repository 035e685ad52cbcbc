"""The same three products in one table, as single-table designs have it.

Keys are composed: `A#Bach` and `A#6 Partitas` for an album, `B#…` for a book, `M#…` for a movie.
An index has one partition for each kind, so one kind is listed without reading the others. The
classes have the names of the products that they are, so errors name those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from samples.catalog.provider import products
from samples.catalog.provider.products import P, Product, name_at
from transactscope import KeyTemplate, entity
from transactscope.indexes import GlobalIndex
from transactscope.types import Item

TABLE: Final = "Catalog"
BY_KIND: Final = "by-kind"

KEY: Final = ("PK", "SK")
_PREFIX_LENGTH: Final = 2  # of `A#`


def _stored(letter: str, creator: str) -> Callable[[type[P]], type[P]]:
    """Say where the products of one kind are."""
    partition_key = KeyTemplate(KEY[0], f"{letter}#{{{creator}}}")
    by_kind = GlobalIndex(
        BY_KIND, partition_key=KeyTemplate("KIND", letter), sort_key=partition_key
    )
    return entity(
        TABLE,
        partition_key=partition_key,
        sort_key=KeyTemplate(KEY[1], f"{letter}#{{title}}"),
        indexes=[by_kind],
    )


@_stored("A", "artist")
@attrs.frozen
class Album(products.Album):
    """An album under `A#artist` and `A#title`."""


@_stored("B", "author")
@attrs.frozen
class Book(products.Book):
    """A book under `B#author` and `B#title`."""


@_stored("M", "director")
@attrs.frozen
class Movie(products.Movie):
    """A movie under `M#director` and `M#title`."""


def name_under(cls: type[object], key: Item) -> str:
    """Name the product under a composed key, `{"PK": {"S": "A#Bach"}, ...}`."""
    return name_at(cls, *(key[name]["S"][_PREFIX_LENGTH:] for name in KEY))


def field_of(cls: type[Product], attribute: str) -> str:
    """Return the field that makes one of the attributes of the key."""
    names: list[str] = [field.name for field in attrs.fields(cls)]
    return names[KEY.index(attribute)]
