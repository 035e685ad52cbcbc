"""From what people type to products. Every front end reads text the same way.

Dates are written YYYY-MM-DD and never follow the locale of a machine.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs

from samples.catalog.provider.products import KEY_FIELDS, PRODUCT_CLASSES, P, Product

KINDS: Final[Mapping[str, type[Product]]] = {cls.__name__.lower(): cls for cls in PRODUCT_CLASSES}

CANNOT_CHANGE: Final = "is part of the key: remove the product, and add another"

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class EntryError(ValueError):
    """What was typed is no product, or not all of one.

    Attributes:
        why: What is wrong, in words.
        field: The field that it is about; `why` is then the rest of a sentence that
            begins with its name. None if it is about no single field.
    """

    def __init__(self, why: str, *, field: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.field = field

    def __str__(self) -> str:
        return self.why if self.field is None else f"{self.field} {self.why}"


def kind(word: str) -> type[Product]:
    """Return the class that a word means: `album`, `book` or `movie`.

    Raises:
        EntryError: It means none.
    """
    try:
        return KINDS[word.lower()]
    except KeyError:
        raise EntryError(f"there are {', '.join(KINDS)}, and no {word!r}") from None


def field_names(cls: type[P]) -> tuple[str, ...]:
    """Return the fields of a product in the order in which they are typed; the key first."""
    return tuple(field.name for field in attrs.fields(cls))


def product_of(cls: type[P], texts: Mapping[str, str]) -> P:
    """Make a product of the text of each field; a year may be missing or empty.

    Raises:
        EntryError: A field is missing or unknown, or its text does not mean a value.
    """
    values = _values(cls, texts)
    missing = [
        field.name
        for field in attrs.fields(cls)
        if field.default is attrs.NOTHING and field.name not in values
    ]
    if missing:
        raise EntryError(f"a {cls.__name__.lower()} also needs: {', '.join(missing)}")
    return cls(**values)


def changed(product: P, texts: Mapping[str, str]) -> P:
    """Return the product with some fields changed.

    Raises:
        EntryError: A field is unknown or part of the key, or its text does not mean a value.
    """
    values = _values(type(product), texts)
    for name in field_names(type(product))[:KEY_FIELDS]:
        if name in values:
            raise EntryError(CANNOT_CHANGE, field=name)
    return attrs.evolve(product, **values)


def _values(cls: type[P], texts: Mapping[str, str]) -> dict[str, Any]:
    names = field_names(cls)
    for name in texts:
        if name not in names:
            raise EntryError(f"a {cls.__name__.lower()} has {', '.join(names)}, and no {name!r}")
    return {name: value_of(name, text) for name, text in texts.items()}


def value_of(name: str, text: str) -> Any:
    """Return the value that the text of one field means.

    Raises:
        EntryError: It means none.
    """
    match name:
        case "year":
            return _year(text)
        case "publish_date":
            return _date(text)
        case "genres":
            return _genres(text)
        case _:
            return text


def _year(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        raise EntryError(f"is a number, not {reprlib.repr(text)}", field="year") from None


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a 31st of February, for example: said below
    why = f"is written YYYY-MM-DD, as in 1614-11-02, not {reprlib.repr(text)}"
    raise EntryError(why, field="publish_date")


def _genres(text: str) -> frozenset[str]:
    genres = frozenset(genre.strip() for genre in text.split("/") if genre.strip())
    if not genres:  # a set in DynamoDB is never empty
        raise EntryError("are one or more, as in Comedy/Drama", field="genres")
    return genres
