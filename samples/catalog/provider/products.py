"""The three products: plain attrs classes, each with a table and a key of its own.

What a product is stands in its class and its table. Nothing about tables or types is
stored in the items.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final, TypeAlias, TypeVar

import attrs

from transactscope import entity, from_attribute_value
from transactscope.types import Item


@entity("Album", partition_key="artist", sort_key="title")
@attrs.frozen
class Album:
    """Music, by artist and title. A year that nobody knows is not stored."""

    artist: str
    title: str
    year: int | None = None


@entity("Book", partition_key="author", sort_key="title")
@attrs.frozen
class Book:
    """A book, by author and title. A date is stored as `1614-11-02`, wherever that runs."""

    author: str
    title: str
    publish_date: date
    language: str


@entity("Movie", partition_key="director", sort_key="title")
@attrs.frozen
class Movie:
    """A movie, by director and title. Its genres are one of DynamoDB's sets of strings."""

    director: str
    title: str
    genres: frozenset[str]


Product: TypeAlias = Album | Book | Movie
P = TypeVar("P", bound=Album | Book | Movie)

PRODUCT_CLASSES: Final[tuple[type[Product], ...]] = (Album, Book, Movie)
# Unicode Standard Annex 9: letters and numbers from the right, and characters that turn text.
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRO"})
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_END_OF_ISOLATE: Final = "\u2069"

KEY_FIELDS: Final = 2  # fields that are the key, first in every class: who made it, and the title


def key_of(product: Product) -> tuple[str, str]:
    """Return who made a product, and its title: the two parts of its key."""
    match product:
        case Album():
            return product.artist, product.title
        case Book():
            return product.author, product.title
        case Movie():
            return product.director, product.title


def name_of(product: Product) -> str:
    """Name a product: `Album "6 Partitas" by Bach`."""
    return name_at(type(product), *key_of(product))


def name_at(cls: type[object], creator: object, title: object) -> str:
    """Name the product under a key, whether it is stored or not."""
    return f'{cls.__name__} "{_apart(title)}" by {_apart(creator)}'


def name_under(cls: type[object], key: Item) -> str:
    """Name the product under a key as DynamoDB writes it, `{"artist": {"S": str}, ...}`."""
    return name_at(cls, *(from_attribute_value(part) for part in key.values()))


def facts_of(product: Product) -> dict[str, str]:
    """Return every field of a product as text, in an order that never changes."""
    return {
        field.name: _text(getattr(product, field.name)) for field in attrs.fields(type(product))
    }


def details_of(product: Product) -> str:
    """Say what is known of a product besides its name: `year 1731`; empty if nothing is."""
    beside_the_key = list(facts_of(product).items())[KEY_FIELDS:]
    return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in beside_the_key if text)


def describe(product: Product) -> str:
    """Say everything about a product: `Album "6 Partitas" by Bach (year 1731)`."""
    details = details_of(product)
    return f"{name_of(product)} ({details})" if details else name_of(product)


def _apart(part: object) -> str:
    """Keep what is written from right to left from turning the text around it."""
    text = str(part)
    if not any(unicodedata.bidirectional(each) in _FROM_THE_RIGHT for each in text):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_END_OF_ISOLATE}"


def _text(value: object) -> str:
    """Write a value the same way in every locale: dates as ISO 8601, genres in order."""
    if value is None:
        return ""
    return "/".join(sorted(value)) if isinstance(value, frozenset) else str(value)
