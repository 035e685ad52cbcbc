"""The service object of one session: at most one open transaction, and the writes in it."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from samples.catalog.provider import store
from samples.catalog.provider.products import PRODUCT_CLASSES, P, Product, name_at
from samples.catalog.provider.store import Target
from samples.catalog.provider.tables import ListingError, ProductTables
from samples.catalog.service import asked
from samples.catalog.service.asked import Asked
from samples.catalog.service.failures import failed, stays
from samples.catalog.service.mishaps import MISHAPS
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
    Sending,
    Staged,
    TablesReady,
    Unstaged,
    WriteOutcome,
    Written,
)
from samples.catalog.service.pauses import Pauses
from samples.catalog.service.plans import PlannedAction, StagedCall, action_of, call_of
from transactscope import CommitResult, ScopeState, TransactScope
from transactscope.errors import DuplicateTargetError, ScopeStateError, TransactScopeError
from transactscope.types import Action, ExplainedAction, Savepoint

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@attrs.frozen
class _Level:
    """A level inside the transaction, and the last call that was staged before it."""

    savepoint: Savepoint
    after: int


@attrs.frozen(eq=False)
class _Call:
    """A call that was staged: what the library knows it by, and what it asks for."""

    number: int
    action: Action
    asked: Asked


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
    """

    def __init__(self, tables: ProductTables, *, own_client: DynamoDBClient | None = None) -> None:
        self._own_client = own_client
        self._pauses = Pauses(tables.sleep)
        self._tables = tables.seen_through(own_client or tables.client, self._pauses)
        self._scope = TransactScope(self._tables.database)
        self._levels: list[_Level] = []
        self._numbers = itertools.count(1)
        self._calls: list[_Call] = []
        self._doubts: dict[int, tuple[Doubt, TransactScope, list[_Call]]] = {}
        self._sent: TransactScope | None = None

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._scope.state is ScopeState.ACTIVE

    @property
    def depth(self) -> int:
        """How many levels are open: 0 outside, 1 in a transaction, 1 more per savepoint."""
        return self._scope.depth

    @property
    def staged(self) -> tuple[StagedCall, ...]:
        """The calls that wait for the commit, in words and in order. Nothing is sent."""
        return tuple(self._told(call) for call in self._held)

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """What a commit would send: the calls on one product are one action. Nothing is sent."""
        return tuple(self._planned(row) for row in self._rows)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The transactions of which nobody knows yet whether they were applied, oldest first."""
        return tuple(doubt for doubt, *_ in self._doubts.values())

    @property
    def can_fail(self) -> bool:
        """Whether a commit can be made to go wrong on purpose."""
        return self._own_client is not None

    @property
    def request(self) -> str | None:
        """The request that a commit would send as JSON; None if it would send none."""
        return _json(self._scope) if self._rows else None

    @property
    def has_sent(self) -> bool:
        """Whether a commit of this session has sent a request."""
        return self._sent is not None

    @property
    def sent_request(self) -> str | None:
        """The request of the last commit that has sent one as JSON, or None."""
        return None if self._sent is None else _json(self._sent)

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
            self._scope.begin()
        except ScopeStateError as error:
            if self.is_open:
                return Refused("a transaction is open already; commit or roll back first.", error)
            return Refused(f"{error}", error)
        return Begun(len(self._doubts))

    def commit(self, mishap: str | None = None) -> Committed | Failed:
        """Send everything that is staged as one request, and end the transaction.

        Args:
            mishap: What is to go wrong on purpose, one of `MISHAPS`; None for nothing.
        """
        if mishap is not None and self._own_client is None:
            why = "faults are injected on an engine of this machine only."
            return Refused(why, ValueError(mishap))
        scope, calls = self._scope, self._held
        try:
            return self._settled(scope, calls, scope.commit, mishap)
        finally:
            if scope.state is ScopeState.IN_DOUBT:
                self._keep_in_doubt(scope, calls)
            self._renew(scope)

    def resolve(self, number: int | None = None) -> Committed | Failed:
        """Find out what became of a transaction in doubt: the same request is sent again.

        If it was applied, it is not applied again; if it was not, it is applied now, or refused.

        Args:
            number: That of the doubt; None means the oldest one.
        """
        number = next(iter(self._doubts), None) if number is None else number
        found = self._doubts.get(number or 0)
        if found is None:
            return _no_doubt()
        _, scope, calls = found
        try:
            return self._settled(scope, calls, scope.resolve)
        finally:
            if scope.state is not ScopeState.IN_DOUBT:
                del self._doubts[number or 0]

    def give_up(self, number: int) -> GivenUp | Refused:
        """Do not ask any more what became of a transaction in doubt. Nothing is sent."""
        return _no_doubt() if self._doubts.pop(number, None) is None else GivenUp()

    def rollback(self) -> RolledBack | Refused:
        """Drop everything that is staged, and end the transaction. Nothing is sent."""
        scope = self._scope
        dropped = len(self._rows)
        try:
            scope.rollback()
        except ScopeStateError as error:
            return self._misused(error)
        self._renew(scope)
        return RolledBack(dropped)

    def unstage(self, number: int) -> Unstaged | Refused:
        """Take back one staged call, if those that follow on its product go without it."""
        call = next((each for each in self._held if each.number == number), None)
        if call is None:
            why = "this is not staged any more."
            return self._misused(ScopeStateError(why, state=self._scope.state))
        text = self._told(call).text
        try:
            self._scope.unstage(call.action)
        except DuplicateTargetError as error:
            return stays(error)
        except ScopeStateError as error:
            return self._misused(error)
        except TransactScopeError as error:
            return Refused(f"{error}", error)
        self._calls.remove(call)
        return Unstaged(text)

    def savepoint(self) -> LevelOpened | Refused:
        """Open a level inside the transaction, which can be rolled back on its own."""
        try:
            savepoint = self._scope.savepoint()
        except ScopeStateError as error:
            return self._misused(error)
        self._levels.append(_Level(savepoint, next(self._numbers)))
        return LevelOpened(self.depth)

    def release(self) -> LevelReleased | Refused:
        """End the innermost level and keep what it staged. Nothing is sent."""
        ended = self._end_level(keep=True)
        return ended if isinstance(ended, Refused) else LevelReleased(*ended)

    def rollback_level(self) -> LevelRolledBack | Refused:
        """End the innermost level and drop what it staged; the one around it goes on."""
        ended = self._end_level(keep=False)
        return ended if isinstance(ended, Refused) else LevelRolledBack(*ended)

    def close(self) -> RolledBack | Refused | None:
        """End the session: what is still open is rolled back. None if nothing was open."""
        ended = self.rollback() if self.is_open else None
        if self._own_client is not None:
            self._own_client.close()
        return ended

    def add(self, product: Product) -> WriteOutcome:
        """Add a product that must not be there yet."""
        return self._write(
            asked.to_add(product),
            lambda target: store.add(target, product, layout=self._tables.layout),
        )

    def change(self, product: P, *, seen: P) -> WriteOutcome:
        """Change a product from what was seen of it; somebody else's change makes it fail."""
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
        has_begun = self._scope.state is not ScopeState.NOT_STARTED
        return self._scope if has_begun else self._tables.database

    def _write(self, what: Asked, write: Callable[[Target], store.Written]) -> WriteOutcome:
        target = self._target
        try:
            written = write(target)
        except TransactScopeError as error:
            return failed(error, asked_of=lambda _reason: what)
        if isinstance(written, CommitResult):
            return Written(f"{what}")
        self._calls.append(_Call(next(self._numbers), written, what))
        return Staged(f"{what}")

    @property
    def _held(self) -> list[_Call]:
        """The calls that are staged at this moment, in order."""
        staged = {id(action) for action in self._scope.staged}
        return [call for call in self._calls if id(call.action) in staged]

    @property
    def _rows(self) -> tuple[ExplainedAction, ...]:
        has_begun = self._scope.state is not ScopeState.NOT_STARTED
        return self._scope.explain().rows if has_begun else ()

    def _told(self, call: _Call) -> StagedCall:
        level = 1 + sum(level.after < call.number for level in self._levels)
        return call_of(call.action, level, call.number)

    def _planned(self, row: ExplainedAction) -> PlannedAction:
        calls = _calls_on(row, self._held)
        whole = asked.together([call.asked for call in calls]) if calls else None
        return action_of(row, whole, [self._told(call) for call in calls])

    def _settled(
        self,
        scope: TransactScope,
        calls: list[_Call],
        settle: Callable[[], CommitResult],
        mishap: str | None = None,
    ) -> Committed | Failed:
        """Commit or resolve, and say what came of it and how it was sent."""
        self._pauses.clear()
        happening = MISHAPS[mishap] if mishap is not None else None
        told = "" if happening is None else happening.happened
        try:
            with self._made_to_fail(mishap):
                result = settle()
        except ScopeStateError as error:
            return self._misused(error)
        except TransactScopeError as error:
            outcome = failed(error, scope.staged, lambda reason: _asked_on(reason, calls))
            if isinstance(outcome, Refused):
                return outcome
            self._sent = scope
            return attrs.evolve(outcome, sending=self._sending(mishap=told))
        if not result.sent:
            return Committed(0)
        self._sent = scope
        return Committed(len(scope.to_request()["TransactItems"]), self._sending(result, told))

    def _made_to_fail(self, mishap: str | None) -> contextlib.AbstractContextManager[None]:
        if mishap is None or self._own_client is None:
            return contextlib.nullcontext()
        return MISHAPS[mishap].injected(self._own_client)

    def _sending(self, result: CommitResult | None = None, mishap: str = "") -> Sending:
        pauses = tuple(self._pauses.seconds)
        if result is None:
            return Sending(len(pauses) + 1, pauses, mishap=mishap)
        return Sending(
            result.attempts,
            pauses,
            result.write_units,
            result.read_units,
            result.replayed,
            mishap,
        )

    def _keep_in_doubt(self, scope: TransactScope, calls: list[_Call]) -> None:
        number = next(self._numbers)
        told = tuple(self._told(call).text for call in calls)
        self._doubts[number] = Doubt(number, told, scope.client_request_token), scope, calls

    def _end_level(self, *, keep: bool) -> tuple[int, int] | Refused:
        """Close the innermost level; return its number, and how many calls it held."""
        if not self._levels:
            why = "no level is open; open one with a savepoint first."
            return self._misused(ScopeStateError(why, state=self._scope.state))
        level, number = self._levels[-1], self.depth
        calls = sum(level.after < call.number for call in self._held)
        try:
            if not keep:
                level.savepoint.rollback()
            level.savepoint.release()
        except ScopeStateError as error:
            return self._misused(error)
        self._levels.pop()
        return number, calls

    def _misused(self, error: ScopeStateError) -> Refused:
        if self._scope.state is ScopeState.NOT_STARTED:
            return Refused("no transaction is open; begin one first.", error)
        return Refused(f"{error}", error)

    def _renew(self, ended: TransactScope) -> None:
        """Put the next scope in the place of one that has ended: a scope is used once."""
        if self._scope is ended and ended.state.is_final:
            self._scope = TransactScope(self._tables.database)
            self._levels.clear()
            self._calls.clear()


def _calls_on(what: Any, calls: list[_Call]) -> list[_Call]:
    """Find the calls on the item of a planned action or of a reason."""
    target = (what.table, what.key)
    return [call for call in calls if (call.action.table, call.action.key) == target]


def _asked_on(reason: Any, calls: list[_Call]) -> Asked | None:
    found = [call.asked for call in _calls_on(reason, calls)]
    return asked.together(found) if found else None


def _no_doubt() -> Refused:
    return Refused("there is no such transaction in doubt any more.", LookupError("no doubt"))


def _json(scope: TransactScope) -> str:
    return json.dumps(scope.to_request(), indent=2, ensure_ascii=False)
