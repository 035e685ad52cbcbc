"""From the fields of a form to products and keys, with what is wrong beside each field."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Final

import attrs

from samples.catalog.frontend.entry import (
    CANNOT_CHANGE,
    EntryError,
    changed,
    field_names,
    product_of,
    value_of,
)
from samples.catalog.provider.products import (
    KEY_FIELDS,
    P,
    Product,
    facts_of,
    key_of,
)

_HINTS: Final = {
    "year": "A number, or empty if nobody knows.",
    "publish_date": "YYYY-MM-DD, as in 1614-11-02.",
    "genres": "One or more, as in Comedy/Drama.",
}
_NUMERIC: Final = {"year"}
_IS_NEEDED: Final = "is needed: it is part of the key."

# A text field of a browser drops these from what it is given.
_NOT_IN_A_FIELD: Final = str.maketrans("", "", "\r\n")


class FormError(Exception):
    """Some fields do not hold what they have to.

    Attributes:
        errors: What is wrong, by field.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(f"look at {', '.join(errors)}")
        self.errors = errors


@attrs.frozen
class Field:
    """One field, ready to be shown.

    Attributes:
        name: Its name in the form.
        label: What stands beside it.
        text: What stands in it.
        hint: How it is filled in, or empty.
        error: What is wrong with it, or empty.
        is_number: Whether digits are what one types.
        was: What was retrieved, where something else stands there now; else None.
    """

    name: str
    label: str
    text: str
    hint: str
    error: str
    is_number: bool
    was: str | None = None


def label_of(name: str) -> str:
    """Return what stands beside a field: `Publish date`."""
    return name.replace("_", " ").capitalize()


def fields_of(
    cls: type[Product],
    texts: Mapping[str, str],
    errors: Mapping[str, str],
    seen: Product | None = None,
) -> list[Field]:
    """Return the fields of a kind of product, the key first.

    Args:
        cls: The class.
        texts: What stands in each field.
        errors: What is wrong, by field.
        seen: The product that was retrieved into the form, or None.
    """
    retrieved = {} if seen is None else facts_of(seen)
    return [
        Field(
            name,
            label_of(name),
            texts.get(name, ""),
            _HINTS.get(name, ""),
            errors.get(name, ""),
            name in _NUMERIC,
            _was(retrieved.get(name), texts.get(name, "")),
        )
        for name in field_names(cls)
    ]


def _was(retrieved: str | None, text: str) -> str | None:
    if retrieved is None or text == retrieved.translate(_NOT_IN_A_FIELD) or text == retrieved:
        return None
    return retrieved


def texts_in(cls: type[Product], form: Mapping[str, str]) -> dict[str, str]:
    """Take the texts of a product's fields out of whatever was sent."""
    return {name: form.get(name, "") for name in field_names(cls)}


def key_in(cls: type[Product], texts: Mapping[str, str]) -> tuple[str, str]:
    """Return the key that was typed.

    Raises:
        FormError: A part of it is empty.
    """
    creator, title = field_names(cls)[:KEY_FIELDS]
    _refuse(_empty_keys(cls, texts))
    return texts[creator], texts[title]


def product_in(cls: type[P], texts: Mapping[str, str]) -> P:
    """Return the product that was typed.

    Raises:
        FormError: A field does not hold what it has to.
    """
    _refuse(_empty_keys(cls, texts) | _unreadable(texts))
    return product_of(cls, texts)


def changed_in(seen: P, texts: Mapping[str, str]) -> P:
    """Return what was made of a product that was retrieved into the form.

    A field whose text is still the one that was shown keeps its value, even where that
    text could not be typed.

    Raises:
        FormError: A field does not hold what it has to.
    """
    edited = {
        name: texts[name]
        for name, shown in facts_of(seen).items()
        if texts[name] != shown.translate(_NOT_IN_A_FIELD)
    }
    in_key = field_names(type(seen))[:KEY_FIELDS]
    fixed = {name: f"{label_of(name)} {CANNOT_CHANGE}." for name in edited if name in in_key}
    _refuse(fixed | _unreadable(edited))
    return changed(seen, edited)


def key_to_text(product: Product) -> str:
    """Write a key so that it comes back from a browser as it was, whatever is in it."""
    return json.dumps(key_of(product))


def key_from_text(text: str) -> tuple[str, str]:
    """Read what `key_to_text` wrote.

    Raises:
        EntryError: It did not write that.
    """
    with contextlib.suppress(ValueError, RecursionError):
        match json.loads(text):
            case [str(creator), str(title)]:
                return creator, title
    raise EntryError("this is no key")


def _empty_keys(cls: type[P], texts: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{label_of(name)} {_IS_NEEDED}"
        for name in field_names(cls)[:KEY_FIELDS]
        if not texts[name]
    }


def _unreadable(texts: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    for name, text in texts.items():
        try:
            value_of(name, text)
        except EntryError as error:
            errors[name] = f"{label_of(name)} {error.why}."
    return errors


def _refuse(errors: Mapping[str, str]) -> None:
    if errors:
        raise FormError(errors)
