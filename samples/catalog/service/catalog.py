"""The service object of one session: at most one open transaction, and the writes in it."""

from __future__ import annotations

from collections.abc import Callable

from samples.catalog.provider import store
from samples.catalog.provider.products import (
    PRODUCT_CLASSES,
    Movie,
    P,
    Product,
    name_at,
    name_under,
)
from samples.catalog.provider.store import Target
from samples.catalog.provider.tables import ListingError, ProductTables
from samples.catalog.service.failures import failed
from samples.catalog.service.outcomes import (
    Begun,
    Committed,
    Failed,
    Found,
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
from transactscope import ScopeState, TransactScope
from transactscope.errors import ScopeStateError, TransactScopeError
from transactscope.types import Action


class CatalogService:
    """One session's catalog. Its methods answer with an outcome, and raise nothing of the library.

    It always holds one scope. Before `begin` the scope has not started, and writes go
    straight to the tables; after `begin` they are staged in it; once it has ended, however
    it did, the next one takes its place.

    Args:
        tables: The tables, which may be shared with other sessions.
    """

    def __init__(self, tables: ProductTables) -> None:
        self._tables = tables
        self._scope = TransactScope(tables.database)

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._scope.state is ScopeState.ACTIVE

    @property
    def staged(self) -> tuple[str, ...]:
        """What the open transaction would do, in words. Nothing is sent."""
        return tuple(_in_words(each) for each in self._scope.staged)

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
            return Committed(len(scope.staged) if result.sent else 0)
        except ScopeStateError as error:
            return self._misused(error)
        except TransactScopeError as error:
            return failed(error)
        finally:
            self._renew(scope)

    def rollback(self) -> RolledBack | Refused:
        """Drop everything that is staged, and end the transaction. Nothing is sent."""
        scope = self._scope
        dropped = len(scope.staged)
        try:
            scope.rollback()
        except ScopeStateError as error:
            return self._misused(error)
        self._renew(scope)
        return RolledBack(dropped)

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

    def stored(self) -> Listed | Failed:
        """Read every product that is stored. What is staged is not among them."""
        try:
            products = [each for cls in PRODUCT_CLASSES for each in self._tables.stored(cls)]
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

    def _misused(self, error: ScopeStateError) -> Refused:
        if self._scope.state is ScopeState.NOT_STARTED:
            return Refused("no transaction is open; begin one first.", error)
        return Refused(f"{error}", error)

    def _renew(self, ended: TransactScope) -> None:
        """Put the next scope in the place of one that has ended: a scope is used once."""
        if self._scope is ended and ended.state.is_final:
            self._scope = TransactScope(self._tables.database)


def _in_words(staged: Action) -> str:
    if staged.entity_class is None or staged.key is None:
        return staged.describe()
    return f"{staged.verb} {name_under(staged.entity_class, staged.key)}"
