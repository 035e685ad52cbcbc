"""The service object of one session: at most one open transaction, and the writes in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from samples.catalog.provider import store
from samples.catalog.provider.products import PRODUCT_CLASSES, P, Product, name_at
from samples.catalog.provider.store import Target
from samples.catalog.provider.tables import ListingError, ProductTables
from samples.catalog.service import asked
from samples.catalog.service.asked import Asked
from samples.catalog.service.attempts import Attempts
from samples.catalog.service.calls import ScopedCalls
from samples.catalog.service.failures import failed, stays
from samples.catalog.service.mishaps import Mishap
from samples.catalog.service.outcomes import (
    Begun,
    Committed,
    Doubt,
    Failed,
    Found,
    GivenUp,
    LevelOpened,
    LevelReleased,
    LevelRolledBack,
    Listed,
    Listing,
    Missing,
    Refused,
    RolledBack,
    Staged,
    TablesReady,
    TooLate,
    Unstaged,
    WriteOutcome,
    Written,
)
from samples.catalog.service.pauses import Pauses
from samples.catalog.service.plans import PlannedAction, StagedCall
from samples.catalog.service.sender import Sender, request_of
from transactscope import CommitResult, ScopeState, TransactScope
from transactscope.errors import DuplicateTargetError, ScopeStateError, TransactScopeError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class CatalogService:
    """One session's catalog. Its methods answer with an outcome, and raise nothing of the library.

    It always holds one scope. Before `begin` the scope has not started, and writes go
    straight to the tables; after `begin` they are staged in it; once it has ended, however
    it did, the next one takes its place. The levels inside it are savepoints, and end with it.
    A scope whose commit is in doubt is kept beside it until it is resolved or given up.

    Args:
        tables: The tables, which may be shared with other sessions.
        own_client: A client that no other session uses, which is closed with the session: faults
            can be injected into it. None means that none can be, and that of the tables is used.
        keeps_tokens: Whether the engine knows a request again by its client request token.
    """

    def __init__(
        self,
        tables: ProductTables,
        *,
        own_client: DynamoDBClient | None = None,
        keeps_tokens: bool = True,
    ) -> None:
        pauses, attempts = Pauses(tables.sleep), Attempts()
        self._tables = tables.seen_through(own_client or tables.client, pauses, [attempts])
        self._sender = Sender(own_client, keeps_tokens, pauses, attempts)
        self._numbers = itertools.count(1)
        self._calls = self._new_calls()
        self._doubts: dict[int, tuple[Doubt, ScopedCalls]] = {}

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._calls.scope.state is ScopeState.ACTIVE

    @property
    def transaction(self) -> int | None:
        """The number of the open transaction, which no other one of this session ever has."""
        return self._calls.number if self.is_open else None

    @property
    def depth(self) -> int:
        """How many levels are open: 0 outside, 1 in a transaction, 1 more per savepoint."""
        return self._calls.scope.depth

    @property
    def staged(self) -> tuple[StagedCall, ...]:
        """The calls that wait for the commit, in words and in order. Nothing is sent."""
        return self._calls.staged

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """What a commit would send: the calls on one product are one action. Nothing is sent."""
        return self._calls.planned

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The transactions of which nobody knows yet whether they were applied, oldest first."""
        return tuple(doubt for doubt, _ in self._doubts.values())

    @property
    def mishaps(self) -> Mapping[str, Mishap]:
        """What can be made to go wrong with a commit on purpose, by name."""
        return self._sender.mishaps

    @property
    def request(self) -> str | None:
        """The request that a commit would send as JSON; None if it would send none."""
        return request_of(self._calls.scope) if self._calls.rows else None

    @property
    def has_sent(self) -> bool:
        """Whether a commit of this session has sent a request."""
        return self._sender.sent is not None

    @property
    def sent_request(self) -> str | None:
        """The request of the last commit that has sent one as JSON, or None."""
        return None if self._sender.sent is None else request_of(self._sender.sent)

    def create_tables(self) -> TablesReady | Failed:
        """Create the tables that are missing, and wait until all of them can be used."""
        try:
            self._tables.create()
        except TransactScopeError as error:
            return failed(error)
        return TablesReady(self._tables.names)

    def begin(self) -> Begun | Refused:
        """Open a transaction. Nothing is sent."""
        try:
            self._calls.scope.begin()
        except ScopeStateError as error:
            if self.is_open:
                return Refused("a transaction is open already; commit or roll back first.", error)
            return Refused(f"{error}", error)
        return Begun(len(self._doubts))

    def commit(self, mishap: str | None = None) -> Committed | Failed:
        """Send everything that is staged as one request, and end the transaction.

        Args:
            mishap: What is to go wrong on purpose, one of `mishaps`; None for nothing.
        """
        calls = self._calls
        try:
            return self._sender.commit(calls, mishap)
        except ScopeStateError as error:
            return self._misused(error)
        finally:
            if calls.scope.state is ScopeState.IN_DOUBT:
                self._keep_in_doubt(calls)
            self._renew(calls)

    def resolve(self, number: int | None = None) -> Committed | Failed:
        """Find out what became of a transaction in doubt: the same request is sent again.

        If it was applied, it is not applied again; if it was not, it is applied now, or refused.

        Args:
            number: That of the doubt; None means the oldest one.
        """
        number = self._oldest_doubt if number is None else number
        if number not in self._doubts:
            return _no_doubt()
        doubt, calls = self._doubts[number]
        try:
            outcome = self._sender.resolve(calls)
        except ScopeStateError as error:
            return self._misused(error)
        finally:
            if calls.scope.state is not ScopeState.IN_DOUBT:
                del self._doubts[number]
        if isinstance(outcome, TooLate):
            self._doubts[number] = attrs.evolve(doubt, is_too_late=True), calls
        return outcome

    def give_up(self, number: int | None = None) -> GivenUp | Refused:
        """Do not ask any more what became of a transaction in doubt. Nothing is sent.

        Args:
            number: That of the doubt; None means the oldest one.
        """
        number = self._oldest_doubt if number is None else number
        return _no_doubt() if self._doubts.pop(number, None) is None else GivenUp()

    def rollback(self) -> RolledBack | Refused:
        """Drop everything that is staged, and end the transaction. Nothing is sent."""
        calls = self._calls
        dropped = len(calls.rows)
        try:
            calls.scope.rollback()
        except ScopeStateError as error:
            return self._misused(error)
        self._renew(calls)
        return RolledBack(dropped)

    def unstage(self, number: int) -> Unstaged | Refused:
        """Take back one staged call, if those that follow on its product go without it."""
        call = self._calls.find(number)
        if call is None:
            why = "this is not staged any more."
            return self._misused(ScopeStateError(why, state=self._calls.scope.state))
        text = self._calls.told(call).text
        try:
            self._calls.unstage(call)
        except DuplicateTargetError as error:
            return stays(error)
        except ScopeStateError as error:
            return self._misused(error)
        except TransactScopeError as error:
            return Refused(f"{error}", error)
        return Unstaged(text)

    def savepoint(self) -> LevelOpened | Refused:
        """Open a level inside the transaction, which can be rolled back on its own."""
        try:
            self._calls.open_level()
        except ScopeStateError as error:
            return self._misused(error)
        return LevelOpened(self.depth)

    def release(self) -> LevelReleased | Refused:
        """End the innermost level and keep what it staged. Nothing is sent."""
        try:
            return LevelReleased(*self._calls.end_level(keep=True))
        except ScopeStateError as error:
            return self._misused(error)

    def rollback_level(self) -> LevelRolledBack | Refused:
        """End the innermost level and drop what it staged; the one around it goes on."""
        try:
            return LevelRolledBack(*self._calls.end_level(keep=False))
        except ScopeStateError as error:
            return self._misused(error)

    def close(self) -> RolledBack | Refused | None:
        """End the session: what is still open is rolled back. None if nothing was open."""
        ended = self.rollback() if self.is_open else None
        self._sender.close()
        return ended

    def add(self, product: Product) -> WriteOutcome:
        """Add a product that must not be there yet."""
        return self._write(
            asked.to_add(product),
            lambda target: store.add(target, product, layout=self._tables.layout),
        )

    def change(self, product: P, *, seen: P) -> WriteOutcome:
        """Change a product from what was seen of it; somebody else's change makes it fail."""
        if product == seen:
            return Refused("nothing differs from what was retrieved.", ValueError("no change"))
        return self._write(
            asked.to_change(product, seen),
            lambda target: store.change(target, product, seen=seen, layout=self._tables.layout),
        )

    def add_genre(self, director: str, title: str, genre: str) -> WriteOutcome:
        """Put a genre to those of a movie, whatever they are."""
        return self._write(
            asked.to_add_genre(director, title, genre),
            lambda target: store.add_genre(
                target, director, title, genre, layout=self._tables.layout
            ),
        )

    def remove(
        self, cls: type[Product], creator: str, title: str, *, seen: Product | None = None
    ) -> WriteOutcome:
        """Remove a product, which must be there; what was seen of it is shown, and not demanded."""
        return self._write(
            asked.to_remove(cls, creator, title, seen),
            lambda target: store.remove(target, cls, creator, title, layout=self._tables.layout),
        )

    def retrieve(self, cls: type[Product], creator: str, title: str) -> Found | Missing | Failed:
        """Read one product; in a transaction, as its commit would leave it."""
        try:
            product = store.retrieve(self._target, cls, creator, title, layout=self._tables.layout)
        except TransactScopeError as error:
            return failed(error)
        return Missing(name_at(cls, creator, title)) if product is None else Found(product)

    def stored(self, *kinds: type[Product]) -> Listed | Failed:
        """Read every product that is stored. What is staged is not among them.

        Args:
            kinds: The classes to read; none means all of them.
        """
        try:
            products = [
                each for cls in kinds or PRODUCT_CLASSES for each in self._tables.stored(cls)
            ]
        except ListingError as error:
            return Refused(f"{error}", error)
        except TransactScopeError as error:
            return failed(error)
        return Listed(tuple(products))

    def listing(self, cls: type[Product], size: int, start: Any = None) -> Listing | Failed:
        """Read one page of the products of one kind. What is staged is not among them.

        Args:
            cls: The class.
            size: How many products a page has.
            start: The `next` of the page before; None for the first one.
        """
        try:
            page = self._tables.page(cls, size, start=start)
        except ListingError as error:
            return Refused(f"{error}", error)
        except TransactScopeError as error:
            return failed(error)
        return Listing(page.products, page.next)

    @property
    def _target(self) -> Target:
        """Where products are read and written: the scope as soon as it has begun.

        A scope that is busy with its commit is still the one, and refuses: a write must
        not slip past it to the tables.
        """
        return self._calls.scope if self._calls.has_begun else self._tables.database

    def _write(self, what: Asked, write: Callable[[Target], store.Written]) -> WriteOutcome:
        target = self._target
        try:
            written = write(target)
        except TransactScopeError as error:
            return failed(error, asked_of=lambda _reason: what)
        if isinstance(written, CommitResult):
            return Written(f"{what}")
        self._calls.keep(written, what)
        return Staged(f"{what}")

    @property
    def _oldest_doubt(self) -> int:
        return next(iter(self._doubts), 0)

    def _keep_in_doubt(self, calls: ScopedCalls) -> None:
        told = tuple(call.text for call in calls.staged)
        doubt = Doubt(calls.number, told, calls.scope.client_request_token)
        self._doubts[calls.number] = doubt, calls

    def _misused(self, error: ScopeStateError) -> Refused:
        if not self._calls.has_begun:
            return Refused("no transaction is open; begin one first.", error)
        return Refused(f"{error}", error)

    def _new_calls(self) -> ScopedCalls:
        return ScopedCalls(TransactScope(self._tables.database), self._numbers)

    def _renew(self, ended: ScopedCalls) -> None:
        """Put the next scope in the place of one that has ended: a scope is used once."""
        if self._calls is ended and ended.scope.state.is_final:
            self._calls = self._new_calls()


def _no_doubt() -> Refused:
    return Refused("there is no such transaction in doubt any more.", LookupError("no doubt"))
