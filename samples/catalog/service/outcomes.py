"""What the service answers: one small class per outcome, each with its sentence.

A front end asks for the class to know what happened to the data, and shows the text.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from samples.catalog.provider.products import Product, describe, details_of, name_of


@attrs.frozen
class TablesReady:
    """The three tables exist and can be used."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"The tables {', '.join(self.names)} are ready."


@attrs.frozen
class Begun:
    """A transaction is open."""

    def __str__(self) -> str:
        return "A transaction is open. Nothing is sent until it is committed."


@attrs.frozen
class Staged:
    """A write waits for the commit. It is not stored, and may still come to nothing."""

    action: str

    def __str__(self) -> str:
        return f"Staged, not sent: {self.action}."


@attrs.frozen
class Written:
    """A write outside a transaction is stored."""

    action: str

    def __str__(self) -> str:
        return f"Written to the table at once: {self.action}."


@attrs.frozen
class Found:
    """A product was retrieved."""

    product: Product

    def __str__(self) -> str:
        return f"{describe(self.product)}."


@attrs.frozen
class Missing:
    """A product was looked for, and is not there."""

    product: str

    def __str__(self) -> str:
        return f"{self.product} is not there."


@attrs.frozen
class Listed:
    """Every product that is stored; what is staged is not among them."""

    products: tuple[Product, ...]

    def __str__(self) -> str:
        if not self.products:
            return "The tables are empty."
        return "\n".join(describe(product) for product in self.products)


@attrs.frozen
class Committed:
    """Everything that was staged is stored."""

    actions: int

    def __str__(self) -> str:
        if not self.actions:
            return "Committed: nothing was staged, so nothing was sent."
        return f"Committed: {counted(self.actions)}, all applied together."


@attrs.frozen
class RolledBack:
    """Everything that was staged is dropped."""

    actions: int

    def __str__(self) -> str:
        return f"Rolled back: {counted(self.actions)} dropped, nothing was sent."


@attrs.frozen
class LevelOpened:
    """A level is open inside the transaction."""

    level: int

    def __str__(self) -> str:
        return f"Level {self.level} is open. It can be rolled back on its own."


@attrs.frozen
class LevelReleased:
    """The innermost level has ended, and what it staged belongs to the level around it."""

    level: int
    calls: int

    def __str__(self) -> str:
        kept = f"{counted(self.calls, 'call')} kept in level {self.level - 1}"
        return f"Level {self.level} is released: {kept}, nothing was sent."


@attrs.frozen
class LevelRolledBack:
    """The innermost level has ended, and what it staged is dropped."""

    level: int
    calls: int

    def __str__(self) -> str:
        dropped = f"{counted(self.calls, 'call')} dropped"
        return (
            f"Level {self.level} is rolled back: {dropped}, nothing was sent. "
            f"Level {self.level - 1} goes on."
        )


@attrs.frozen
class Problem:
    """Why one product made a write fail.

    Attributes:
        product: The product's name.
        why: The rest of the sentence that begins with the name.
        stored: The product as it is stored, as far as the failed condition saw it.
    """

    product: str
    why: str
    stored: Product | None = None

    def __str__(self) -> str:
        if self.stored is None:
            return f"{self.product} {self.why}."
        details = details_of(self.stored) or "nothing else"
        return f"{self.product} {self.why}; stored with {details}."


@attrs.frozen
class Canceled:
    """DynamoDB said no: nothing was applied, and the transaction is over."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        told = [str(problem) for problem in self.problems] or ["DynamoDB gave no reason."]
        return "\n".join(["Canceled, nothing was applied:", *told])


@attrs.frozen
class InDoubt:
    """A write was sent and no answer came: all of it was applied, or none of it."""

    client_request_token: str | None

    def __str__(self) -> str:
        return (
            "In doubt: it was sent, and no answer came back. All of it was applied, or none "
            "of it. Look at the products before you do it again."
        )


@attrs.frozen
class Refused:
    """It was not done, and nothing was applied.

    Attributes:
        why: The reason, in words.
        error: The error behind it.
        field: The field that cannot be stored as it is, where it is about one.
    """

    why: str
    error: Exception = attrs.field(eq=False, repr=False)
    field: str | None = attrs.field(default=None, eq=False)

    def __str__(self) -> str:
        return f"Not done: {self.why}"


Failed: TypeAlias = Canceled | InDoubt | Refused
WriteOutcome: TypeAlias = Staged | Written | Failed
LevelOutcome: TypeAlias = LevelOpened | LevelReleased | LevelRolledBack
Outcome: TypeAlias = (
    TablesReady
    | Begun
    | WriteOutcome
    | Found
    | Missing
    | Listed
    | Committed
    | RolledBack
    | LevelOutcome
)


def counted(number: int, what: str = "action") -> str:
    """Say how many: `1 action`, `3 calls`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def action(verb: str, product: Product | str) -> str:
    """Say what is done to which product: `add Album "6 Partitas" by Bach`."""
    return f"{verb} {product if isinstance(product, str) else name_of(product)}"
