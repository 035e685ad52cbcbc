"""The service object of one session: at most one open transaction, and the writes in it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from samples.catalog.provider import store
from samples.catalog.provider.products import (
    PRODUCT_CLASSES,
    Movie,
    P,
    Product,
    name_at,
)
from samples.catalog.provider.store import Target
from samples.catalog.provider.tables import ListingError, ProductTables
from samples.catalog.service.failures import failed
from samples.catalog.service.outcomes import (
    Begun,
    Committed,
    Failed,
    Found,
    LevelOpened,
    LevelReleased,
    LevelRolledBack,
    Listed,
    Missing,
    Refused,
    RolledBack,
    Staged,
    TablesReady,
    WriteOutcome,
    Written,
    action,
)
from samples.catalog.service.plans import PlannedAction, StagedCall, action_of, call_of
from transactscope import ScopeState, TransactScope
from transactscope.errors import ScopeStateError, TransactScopeError
from transactscope.types import ExplainedAction, Savepoint


@attrs.frozen
class _Level:
    """A level inside the transaction, and how many calls were staged before it."""

    savepoint: Savepoint
    before: int


class CatalogService:
    """One session's catalog. Its methods answer with an outcome, and raise nothing of the library.

    It always holds one scope. Before `begin` the scope has not started, and writes go
    straight to the tables; after `begin` they are staged in it; once it has ended, however
    it did, the next one takes its place. The levels inside it are savepoints, and end with it.

    Args:
        tables: The tables, which may be shared with other sessions.
    """

    def __init__(self, tables: ProductTables) -> None:
        self._tables = tables
        self._scope = TransactScope(tables.database)
        self._levels: list[_Level] = []

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
        starts = [level.before for level in self._levels]
        return tuple(
            call_of(each, 1 + sum(start <= index for start in starts))
            for index, each in enumerate(self._scope.staged)
        )

    @property
    def actions(self) -> tuple[PlannedAction, ...]:
        """What a commit would send: the calls on one product are one action. Nothing is sent."""
        return tuple(action_of(row) for row in self._rows)

    def create_tables(self) -> TablesReady | Failed:
        """Create the tables that are missing, and wait until all three can be used."""
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
        return Begun()

    def commit(self) -> Committed | Failed:
        """Send everything that is staged as one request, and end the transaction."""
        scope = self._scope
        try:
            result = scope.commit()
            return Committed(len(scope.to_request()["TransactItems"]) if result.sent else 0)
        except ScopeStateError as error:
            return self._misused(error)
        except TransactScopeError as error:
            return failed(error, scope.staged)
        finally:
            self._renew(scope)

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

    def savepoint(self) -> LevelOpened | Refused:
        """Open a level inside the transaction, which can be rolled back on its own."""
        try:
            savepoint = self._scope.savepoint()
        except ScopeStateError as error:
            return self._misused(error)
        self._levels.append(_Level(savepoint, len(self._scope.staged)))
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
        return self.rollback() if self.is_open else None

    def add(self, product: Product) -> WriteOutcome:
        """Add a product that must not be there yet."""
        return self._write(action("add", product), lambda target: store.add(target, product))

    def change(self, product: P, *, seen: P) -> WriteOutcome:
        """Change a product from what was seen of it; somebody else's change makes it fail."""
        return self._write(
            action("change", seen), lambda target: store.change(target, product, seen=seen)
        )

    def add_genre(self, director: str, title: str, genre: str) -> WriteOutcome:
        """Put a genre to those of a movie, whatever they are."""
        return self._write(
            action(f"add the genre {genre} to", name_at(Movie, director, title)),
            lambda target: store.add_genre(target, director, title, genre),
        )

    def remove(self, cls: type[Product], creator: str, title: str) -> WriteOutcome:
        """Remove a product, which must be there."""
        return self._write(
            action("remove", name_at(cls, creator, title)),
            lambda target: store.remove(target, cls, creator, title),
        )

    def retrieve(self, cls: type[Product], creator: str, title: str) -> Found | Missing | Failed:
        """Read one product; in a transaction, as its commit would leave it."""
        try:
            product = store.retrieve(self._target, cls, creator, title)
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

    @property
    def _target(self) -> Target:
        """Where products are read and written: the scope as soon as it has begun.

        A scope that is busy with its commit is still the one, and refuses: a write must
        not slip past it to the tables.
        """
        has_begun = self._scope.state is not ScopeState.NOT_STARTED
        return self._scope if has_begun else self._tables.database

    def _write(self, what: str, write: Callable[[Target], None]) -> WriteOutcome:
        target = self._target
        try:
            write(target)
        except TransactScopeError as error:
            return failed(error)
        return Staged(what) if isinstance(target, TransactScope) else Written(what)

    @property
    def _rows(self) -> tuple[ExplainedAction, ...]:
        has_begun = self._scope.state is not ScopeState.NOT_STARTED
        return self._scope.explain().rows if has_begun else ()

    def _end_level(self, *, keep: bool) -> tuple[int, int] | Refused:
        """Close the innermost level; return its number, and how many calls it held."""
        if not self._levels:
            why = "no level is open; open one with a savepoint first."
            return self._misused(ScopeStateError(why, state=self._scope.state))
        level, number = self._levels[-1], self.depth
        calls = len(self._scope.staged) - level.before
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
