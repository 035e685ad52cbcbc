"""What the service answers: one small class per outcome, each with its sentence.

A front end asks for the class to know what happened to the data, and shows the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from samples.catalog.provider.products import Product, describe, details_of, name_of
from samples.catalog.service.comparisons import Comparison


@attrs.frozen
class TablesReady:
    """The tables exist and can be used."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.names) == 1:
            return f"The table {self.names[0]} is ready."
        return f"The tables {', '.join(self.names)} are ready."


@attrs.frozen
class Begun:
    """A transaction is open.

    Attributes:
        doubts: How many earlier ones are in doubt.
    """

    doubts: int = attrs.field(default=0, eq=False)

    def __str__(self) -> str:
        begun = "A transaction is open. Nothing is sent until it is committed."
        if not self.doubts:
            return begun
        return (
            f"{begun} {counted(self.doubts, 'earlier transaction')} still in doubt: all of it may "
            "be stored already. Who does the same again may do it twice, or be refused because of "
            "it. Resolve it first, or give it up."
        )


@attrs.frozen
class Staged:
    """A write waits for the commit. It is not stored, and may still come to nothing."""

    action: str

    def __str__(self) -> str:
        return f"Staged, not sent: {self.action}."


@attrs.frozen
class Unstaged:
    """A call that was staged is taken back; the others stay."""

    call: str

    def __str__(self) -> str:
        return f"Unstaged: {self.call}. Nothing was sent."


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
class Listing:
    """One page of the products of one kind that are stored.

    Attributes:
        products: The products.
        next: Where the next page begins, to be given back; None if there is no more.
    """

    products: tuple[Product, ...]
    next: object = None


@attrs.frozen
class Sending:
    """How a transaction was sent.

    Attributes:
        attempts: How often.
        pauses: The seconds between them, as far as they belong to this commit.
        write_units: The write units that DynamoDB says were consumed, by table.
        read_units: The read units in the same way.
        replayed: Whether the last request wrote nothing, because an earlier one had been applied.
        mishap: What went wrong on purpose, as a sentence, or empty.
    """

    attempts: int
    pauses: tuple[float, ...] = ()
    write_units: Mapping[str, float] = attrs.field(factory=dict)
    read_units: Mapping[str, float] = attrs.field(factory=dict)
    replayed: bool = False
    mishap: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """What there is to tell, in sentences."""
        replayed = (
            "An earlier attempt had been applied. DynamoDB knew its token, so the last one wrote "
            "nothing a second time."
        )
        told = [self.mishap, self._sent, replayed if self.replayed else ""]
        told += [_consumed("write", self.write_units), _consumed("read", self.read_units)]
        return tuple(each for each in told if each)

    @property
    def _sent(self) -> str:
        if not self.attempts:
            return ""
        times = "once" if self.attempts == 1 else f"{self.attempts} times, with the same token"
        pauses = ", ".join(f"{round(seconds * 1000)}" for seconds in self.pauses)
        return f"Sent {times}{f'; milliseconds of pause between: {pauses}' if pauses else ''}."


def _consumed(kind: str, units: Mapping[str, float]) -> str:
    if not units:
        return ""
    parts = ", ".join(f"{number:g} in {table}" for table, number in sorted(units.items()))
    return f"Consumed {kind} units: {parts}."


@attrs.frozen
class Committed:
    """Everything that was staged is stored.

    Attributes:
        actions: How many actions that were.
        sending: How they were sent.
    """

    actions: int
    sending: Sending | None = attrs.field(default=None, eq=False, repr=False)

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
        comparison: What is stored beside what was wanted, where somebody else was faster.
    """

    product: str
    why: str
    stored: Product | None = None
    comparison: Comparison | None = attrs.field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        if self.stored is None:
            return f"{self.product} {self.why}."
        details = details_of(self.stored) or "nothing else"
        return f"{self.product} {self.why}; stored with {details}."


@attrs.frozen
class Canceled:
    """DynamoDB said no: nothing was applied, and the transaction is over."""

    problems: tuple[Problem, ...]
    sending: Sending | None = attrs.field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        told = [str(problem) for problem in self.problems] or ["DynamoDB gave no reason."]
        return "\n".join(["Canceled, nothing was applied:", *told])


@attrs.frozen
class InDoubt:
    """A write was sent and no answer came: all of it was applied, or none of it."""

    client_request_token: str | None
    sending: Sending | None = attrs.field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        is_scope = self.client_request_token is not None
        way_out = "Resolve finds out which" if is_scope else "Look at it before you do it again"
        return (
            "In doubt: it was sent, and no answer came back. All of it was applied, or none "
            f"of it. {way_out}."
        )


@attrs.frozen
class TooLate:
    """A transaction stays in doubt: DynamoDB cannot be asked any more, so nothing was sent."""

    client_request_token: str | None

    def __str__(self) -> str:
        return (
            "Too late to ask, so nothing was sent: it stays in doubt. DynamoDB knows a request "
            "again by its token for ten minutes, and after them the same request could be applied "
            "a second time. Look at the products: all of it is stored, or none of it. Then give "
            "it up."
        )


@attrs.frozen
class Doubt:
    """A transaction of which nobody knows yet whether it was applied.

    Attributes:
        number: That of the transaction in its session.
        calls: What was staged in it.
        client_request_token: By what DynamoDB knows it.
        is_too_late: Whether it is known that DynamoDB cannot be asked any more.
    """

    number: int
    calls: tuple[str, ...]
    client_request_token: str | None
    is_too_late: bool = False


@attrs.frozen
class GivenUp:
    """Nobody asks any more whether a transaction in doubt was applied."""

    def __str__(self) -> str:
        return (
            "Given up: whether it was applied will not be asked again. "
            "Look at the products: all of it is stored, or none of it."
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


Failed: TypeAlias = Canceled | InDoubt | TooLate | Refused
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
    | Unstaged
    | GivenUp
)


def counted(number: int, what: str = "action") -> str:
    """Say how many: `1 action`, `3 calls`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def action(verb: str, product: Product | str) -> str:
    """Say what is done to which product: `add Album "6 Partitas" by Bach`."""
    return f"{verb} {product if isinstance(product, str) else name_of(product)}"
