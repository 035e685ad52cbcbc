"""What somebody asks of a product: in words, with what was seen of it and what is wanted.

DynamoDB gets actions; people want to see what becomes of their products.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from samples.catalog.provider.products import (
    KEY_FIELDS,
    Movie,
    P,
    Product,
    details_of,
    facts_of,
    key_of,
    name_at,
    name_of,
)


@attrs.frozen
class Difference:
    """One field of a product, before and after.

    Attributes:
        field: The field's name.
        before: What was seen of it as text, or empty.
        after: What it will be, or empty.
    """

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field}: {' → '.join(each for each in (self.before, self.after) if each)}"


@attrs.frozen
class Asked:
    """What one call, or all calls on one product, ask for.

    Attributes:
        verb: What was asked for: `add`, `change`, `remove`, `add the genre Silent to`.
        product: The product's name.
        condition: What has to be true of the stored product: the rest of a sentence.
        summary: What becomes of the product, in a few words.
        seen: The product as it was seen, or None where nobody had looked.
        wanted: The product as it will be stored; None if it will not be, or is not known.
    """

    verb: str
    product: str
    condition: str
    summary: str
    seen: Product | None = None
    wanted: Product | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The fields beside the key that will be different, in their order."""
        before, after = (
            {} if each is None else facts_of(each) for each in (self.seen, self.wanted)
        )
        return tuple(
            Difference(name, before.get(name, ""), after.get(name, ""))
            for name in list(after or before)[KEY_FIELDS:]
            if before.get(name, "") != after.get(name, "")
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.product}"


def to_add(product: Product) -> Asked:
    """Ask for a product that must not be there yet."""
    condition = "nothing is stored under its name yet"
    return Asked("add", name_of(product), condition, "is new", wanted=product)


def to_change(product: P, seen: P) -> Asked:
    """Ask for a change of what was seen."""
    details = details_of(seen)
    condition = f"it is still stored as it was retrieved{f': {details}' if details else ''}"
    return Asked("change", name_of(seen), condition, "is changed", seen, product)


def to_add_genre(director: str, title: str, genre: str) -> Asked:
    """Ask for one more genre of a movie."""
    verb, summary = f"add the genre {genre} to", f"gets the genre {genre}, whatever it has"
    return Asked(verb, name_at(Movie, director, title), "it is there", summary)


def to_remove(cls: type[Product], creator: str, title: str, seen: Product | None) -> Asked:
    """Ask for a product to be removed; `seen` counts if it is that product."""
    known = seen if isinstance(seen, cls) and key_of(seen) == (creator, title) else None
    return Asked("remove", name_at(cls, creator, title), "it is there", "is removed", known)


def together(asked: Sequence[Asked]) -> Asked:
    """Say what several calls on one product come to; their order is that of the calls.

    The first one says what the stored product has to be like, the last one what becomes of it.
    """
    first, last = asked[0], asked[-1]
    if len(asked) == 1:
        return first
    if last.verb == "remove":
        summary = "is not stored: it comes and goes" if first.verb == "add" else last.summary
        seen = None if first.verb == "add" else first.seen or last.seen
        return attrs.evolve(first, verb=last.verb, summary=summary, seen=seen, wanted=None)
    if first.verb == "remove":
        return attrs.evolve(last, condition=first.condition, summary="is replaced", seen=first.seen)
    summary = first.summary if last.wanted is not None else f"{first.summary}, and {last.summary}"
    return attrs.evolve(first, summary=summary, wanted=last.wanted)
