"""Two versions of one product: what somebody else has stored, and what was wanted here."""

from __future__ import annotations

import attrs

from samples.catalog.provider.products import Product, facts_of


@attrs.frozen
class ComparedField:
    """One field in every version, as text; empty where there is none.

    Attributes:
        name: The field's name.
        seen: As it was retrieved.
        theirs: As it is stored now.
        yours: As it was wanted.
    """

    name: str
    seen: str
    theirs: str
    yours: str

    @property
    def differs(self) -> bool:
        """Whether what is stored and what was wanted are not the same."""
        return self.theirs != self.yours

    @property
    def is_disputed(self) -> bool:
        """Whether both have changed it, to different values."""
        return self.differs and self.seen not in (self.theirs, self.yours)


@attrs.frozen
class Comparison:
    """The versions of a product that kept each other out.

    Attributes:
        yours: The product as it was wanted.
        theirs: The product as it is stored now; None if it is stored no more.
        seen: The product as it was retrieved; None if it was to be a new one.
    """

    yours: Product
    theirs: Product | None
    seen: Product | None = None

    @property
    def fields(self) -> tuple[ComparedField, ...]:
        """The fields in the order of the product's own."""
        texts = [
            {} if each is None else facts_of(each) for each in (self.seen, self.theirs, self.yours)
        ]
        return tuple(
            ComparedField(name, *(each.get(name, "") for each in texts)) for name in texts[-1]
        )

    @property
    def merged(self) -> Product:
        """What is stored now, with the changes that were wanted: a proposal for a new start."""
        if self.theirs is None or self.seen is None:
            return self.yours
        was, wanted = (attrs.asdict(each, recurse=False) for each in (self.seen, self.yours))
        changes = {name: value for name, value in wanted.items() if value != was[name]}
        return attrs.evolve(self.theirs, **changes)
