"""Leases, plain and asynchronous: the shells.

What they do is in `table`, as steps that yield what a verb of the database, or a pause, returned.
Here the steps go on at once, or when that was awaited.
"""

from __future__ import annotations

import asyncio
import random as chance
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Self, TypeAlias, TypeVar

import transactscope
from transactscope import EntityKey
from transactscope.ext.lease.holder import Holder
from transactscope.ext.lease.settings import (
    checked_database,
    checked_function,
    checked_key,
    checked_owner,
    checked_scope,
    checked_settings,
    reading,
    seconds,
)
from transactscope.ext.lease.table import TableLease
from transactscope.ext.steps import awaited, performed
from transactscope.types import Action, CommitResult

D = TypeVar("D")
R = TypeVar("R")

Scope: TypeAlias = "transactscope.TransactScope | transactscope.AsyncTransactScope"
"""What a lease stages its conditions in; staging is a plain call in both."""


def _random_token() -> str:
    return secrets.token_hex(16)


class _BaseLease(Generic[D]):
    """What both shells are made of; see `Lease`. D is the kind of database."""

    _kind: str
    _scope: str
    _waits: Callable[[float], Any]  # where no other way is given

    def __init__(
        self,
        db: D,
        key: str | EntityKey[Any],
        *,
        duration: float = 60.0,
        margin: float = 1.0,
        owner: str | None = None,
        timeout: float = 0.0,
        poll: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Any] | None = None,
        random: Callable[[], float] = chance.random,
        new_token: Callable[[], str] = _random_token,
    ) -> None:
        with reading(f"{type(self).__name__}()"):
            self._settings = checked_settings(
                duration=duration, margin=margin, timeout=timeout, poll=poll
            )
            clocks = checked_function("clock", clock), checked_function("wall_clock", wall_clock)
            token = checked_function("new_token", new_token)
            waits = self._waits if sleep is None else sleep
            self._holder = Holder(
                checked_key(key), checked_owner(owner), self._settings, clocks, token
            )
            self._table = TableLease(
                checked_database(db, self._kind),
                self._holder,
                checked_function("sleep", waits),
                checked_function("random", random),
            )
            self._try(db)

    @property
    def token(self) -> str | None:
        """What the stored lease is known by as this holder's; None if it is not held."""
        held = self._holder.holding
        return None if held is None else held.token

    @property
    def expires_at(self) -> float | None:
        """Seconds since 1970 when others may take it; None if it is not held."""
        held = self._holder.holding
        return None if held is None else held.expires_at

    @property
    def seconds_left(self) -> float:
        """For how many seconds the lease may still be trusted in, less the margin; 0.0 if not."""
        return self._holder.seconds_left

    @property
    def is_held(self) -> bool:
        """Whether the lease may be trusted in, as far as this process knows. Nothing is sent."""
        return self._holder.seconds_left > 0

    def check(self, tx: Scope) -> Action:
        """Have the commit of a scope demand that the lease is still held. Nothing is sent.

        Stages a condition on the stored lease: that its token is this holder's, and that its
        time is not over now. It folds with `release_in` and `refresh_in` of the same scope, which
        come after it, and demand the same by themselves.

        Args:
            tx: An active scope of either kind, with the tables of the lease's database.

        Returns:
            The action that was staged.

        Raises:
            LeaseLostError: The time of the lease is over by the clock of this process, and
                nothing is staged; or later, by the commit: it is not this holder's any more,
                and nothing was applied. Where something that was read has changed as well, the
                commit raises `StaleReadError`, and a re-run raises this one.
            InvalidRequestError: It is no scope, or the lease is not held here. Not sent.
            TransactScopeError: What `check` of a scope raises. Not sent.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> from transactscope.ext.lease import Lease, LeaseItem
            >>> db = Database(client)
            >>> db.create_table(LeaseItem)
            >>> with Lease(db, "report") as lease, TransactScope(db) as tx:
            ...     action = lease.check(tx)
            ...     _ = tx.insert(Account("A-1"))
            >>> action.verb
            'check'
        """
        scope, held = checked_scope(tx, "check()"), self._holder.trusted()
        demands = {"condition": self._holder.ours_in_time(held), "raises": self._holder.lost()}
        return scope.check(self._holder.key, **demands)  # type: ignore[no-any-return]

    def refresh_in(self, tx: Scope) -> Action:
        """Have the commit of a scope make the lease last longer. Nothing is sent.

        Stages an update of the stored lease with the condition of `check`. Once the scope is
        committed, the lease ends `duration` seconds after this call, also if `refresh` was called
        in between: of the two, use one.

        Args:
            tx: As for `check`.

        Returns:
            The action that was staged.

        Raises:
            LeaseLostError: As for `check`.
            InvalidRequestError: As for `check`.
            TransactScopeError: What `update` of a scope raises. Not sent.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> from transactscope.ext.lease import Lease, LeaseItem
            >>> db, now = Database(client), [0.0]
            >>> db.create_table(LeaseItem)
            >>> clocks = {"clock": lambda: now[0], "wall_clock": lambda: now[0]}
            >>> with Lease(db, "report", duration=60, **clocks) as lease:
            ...     now[0] = 10.0
            ...     with TransactScope(db) as tx:
            ...         _ = lease.refresh_in(tx)
            ...         _ = tx.insert(Account("A-1"))
            ...     print(lease.expires_at)
            70.0
        """
        scope, held = checked_scope(tx, "refresh_in()"), self._holder.trusted()
        longer = self._holder.claim(held.token)
        changes = self._holder.extending(longer) | {
            "condition": self._holder.ours_in_time(held),
            "raises": self._holder.lost(),
        }
        action = scope.update(self._holder.key, **changes)
        self._follow(scope, action, lambda: self._holder.keep_if_held(longer))
        return action  # type: ignore[no-any-return]

    def release_in(self, tx: Scope) -> Action:
        """Have the commit of a scope release the lease. Nothing is sent.

        Stages a delete of the stored lease with the condition of `check`. Once the scope is
        committed, the lease is not held any more, and the end of its block sends nothing.

        Args:
            tx: As for `check`.

        Returns:
            The action that was staged.

        Raises:
            LeaseLostError: As for `check`.
            InvalidRequestError: As for `check`.
            TransactScopeError: What `delete` of a scope raises. Not sent.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> from transactscope.ext.lease import Lease, LeaseItem
            >>> db = Database(client)
            >>> db.create_table(LeaseItem)
            >>> with Lease(db, "report") as lease:
            ...     with TransactScope(db) as tx:
            ...         _ = lease.release_in(tx)
            ...         _ = tx.insert(Account("A-1"))
            ...     print(lease.is_held, db.get(LeaseItem, "report"))
            False None
        """
        scope, held = checked_scope(tx, "release_in()"), self._holder.trusted()
        demands = {"condition": self._holder.ours_in_time(held), "raises": self._holder.lost()}
        action = scope.delete(self._holder.key, **demands)
        self._follow(scope, action, lambda: self._holder.forget(held.token))
        return action  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        state = "held" if self.is_held else "not held"
        return f"<{type(self).__name__} {self._holder}: {state}>"

    def _follow(self, tx: Any, action: Action, done: Callable[[], None]) -> None:
        """Do something once an action is committed; it may have been taken back before."""

        def follow(_: CommitResult) -> None:
            if action in tx.staged:
                done()

        tx.on_commit(follow)

    def _waited(self, timeout: float | None) -> float:
        if timeout is None:
            return self._settings.timeout
        with reading("acquire()"):
            return seconds("timeout", timeout, least=0)

    def _try(self, db: Any) -> None:
        """Stage what an acquisition writes, and drop it: what is wrong is found here."""
        tx = getattr(transactscope, self._scope)(db).begin()
        try:
            tx.update(self._holder.key, set={"token": "", "expires_at": 0.0, "owner": ""})
        finally:
            tx.rollback()


class Lease(_BaseLease["transactscope.Database"]):
    """The right to do something alone, for a limited time: one holder among all processes.

    It is an item of a table. Who acquires it writes an own token and the time when it expires,
    on condition that there is no other lease whose time is not over. As a block it is acquired
    at the beginning and released at the end.

    A lease alone keeps nobody from working on after its time, as a process that was paused does.
    `check`, or `refresh_in` or `release_in`, makes a transaction demand that it is still held:
    a late commit is refused with `LeaseLostError`, and nothing is applied.

    Atomicity: each of acquire, refresh and release is one conditional write.
    What is sent: an UpdateItem to acquire, and one for every further try; an UpdateItem to
    refresh; a DeleteItem to release. If its answer is lost, a GetItem looks whose the lease is,
    and what was not applied is sent once more. Nothing is sent in the background.
    Threads: other threads may refresh it and read its attributes; one acquires and releases.
    Re-use: after it was released or lost, it may be acquired again, with a new token.
    After an error: `LeaseTakenError` and `LeaseLostError` say that it is not held.
    `CommitOutcomeUnknownError` of `acquire` means that nobody may have it until it expires.

    Args:
        db: A `Database`, with the table of the lease.
        key: The name of the lease, or the `EntityKey` of an entity of your own that is derived
            from `LeaseFields`.
        duration: Seconds, over 0, after which others may take it, unless it is refreshed. More
            than the work between two refreshes needs.
        margin: Seconds, from 0 on and less than `duration`: for so long before the end its
            holder does not trust in it any more. More than the clocks of two machines differ.
        owner: What the holder says of itself, for people; it is stored.
        timeout: Seconds, from 0 on, for which `acquire` waits while others have it.
        poll: Seconds, over 0, between two tries while it waits: between half of that and all.
        clock: Tells the time in seconds, from any point on; it must never go back.
        wall_clock: Tells the time in seconds since 1970, which is stored and compared.
        sleep: Called with seconds where it waits; None means `time.sleep`.
        random: Gives a number from 0.0 to 1.0, for the length of pauses.
        new_token: Makes the token of an acquisition, a text that was never used before.

    Attributes:
        token: What the stored lease is known by as this holder's; None if it is not held.
        expires_at: Seconds since 1970 when others may take it; None if it is not held.
        seconds_left: For how long it may be trusted in: until `margin` seconds before the end.
        is_held: Whether it may be trusted in now, as far as this process knows.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.ext.lease import Lease, LeaseItem
        >>> db = Database(client)
        >>> db.create_table(LeaseItem)
        >>> with Lease(db, "nightly report", duration=30) as lease:
        ...     with TransactScope(db) as tx:
        ...         _ = lease.check(tx)
        ...         _ = tx.insert(Account("A-1", 10))
        >>> lease.is_held, db.get(LeaseItem, "nightly report")
        (False, None)

    .. versionadded:: 0.1.0
    """

    _kind = "Database"
    _scope = "TransactScope"
    _waits = staticmethod(time.sleep)

    def acquire(self, timeout: float | None = None) -> None:
        """Take the lease, or wait for it. Sends one UpdateItem for each try.

        Args:
            timeout: Seconds for which to wait while others have it; None means the `timeout`
                of the lease, and 0 not to wait.

        Raises:
            LeaseTakenError: Others still have it. It was not acquired.
            InvalidRequestError: It is held here already, or an argument cannot be used.
                Not sent.
            CommitOutcomeUnknownError: It could not be found out whether it was acquired. If it
                was, nobody has it until it expires.
            TransactScopeError: What `update` of a database raises. It was not acquired.

        Example:
            >>> from transactscope import Database
            >>> from transactscope.ext.lease import Lease, LeaseItem, LeaseTakenError
            >>> db = Database(client)
            >>> db.create_table(LeaseItem)
            >>> Lease(db, "report").acquire()
            >>> try:
            ...     Lease(db, "report").acquire(timeout=0)
            ... except LeaseTakenError as error:
            ...     print(error)
            lease LeaseItem 'report' is held by somebody else; given up after 0 seconds
        """
        performed(self._table.acquire(self._waited(timeout)))

    def refresh(self) -> None:
        """Let the lease last `duration` seconds from now. Sends one UpdateItem.

        A lease whose time is over, and which nobody has taken, is held again.

        Raises:
            LeaseLostError: Others have it, or had it.
            InvalidRequestError: It was never acquired, or has been released. Not sent.
            CommitOutcomeUnknownError: It could not be found out whether this was applied. It
                is trusted in as long as before.
            TransactScopeError: What `update` of a database raises. It is trusted in as long as
                before.

        Example:
            >>> from transactscope import Database
            >>> from transactscope.ext.lease import Lease, LeaseItem
            >>> db, now = Database(client), [0.0]
            >>> db.create_table(LeaseItem)
            >>> lease = Lease(db, "report", duration=60, wall_clock=lambda: now[0])
            >>> lease.acquire()
            >>> now[0] = 50.0
            >>> lease.refresh()
            >>> lease.expires_at
            110.0
        """
        performed(self._table.refresh())

    def release(self) -> None:
        """Give the lease up, so that others need not wait. Sends one DeleteItem.

        A lease whose time is over, and which nobody has taken, is released like any other.

        Raises:
            LeaseLostError: Others have it, or had it: they may have worked at the same time.
            InvalidRequestError: It was never acquired, or has been released. Not sent.
            CommitOutcomeUnknownError: It could not be found out whether this was applied; it may
                be called again.
            TransactScopeError: What `delete` of a database raises. It is still held.

        Example:
            >>> from transactscope import Database
            >>> from transactscope.ext.lease import Lease, LeaseItem
            >>> db = Database(client)
            >>> db.create_table(LeaseItem)
            >>> lease = Lease(db, "report")
            >>> lease.acquire()
            >>> lease.release()
            >>> lease.is_held
            False
        """
        performed(self._table.release())

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        performed(self._table.leave(error))


class AsyncLease(_BaseLease["transactscope.AsyncDatabase"]):
    """`Lease` for asynchronous code: acquire, refresh and release are awaited.

    As a block it stands in `async with`. `check`, `refresh_in` and `release_in` are plain calls,
    as they send nothing.

    Atomicity: as for `Lease`, and so are what is sent, re-use, and what holds after an error.
    Tasks: other tasks may refresh it; one acquires and releases. A task that is canceled while
    it acquires the lease may leave one that nobody has until it expires.

    Args:
        db: An `AsyncDatabase`, with the table of the lease.
        key: As for `Lease`, and so are the others.
        duration: As for `Lease`.
        margin: As for `Lease`.
        owner: As for `Lease`.
        timeout: As for `Lease`.
        poll: As for `Lease`.
        clock: As for `Lease`.
        wall_clock: As for `Lease`.
        sleep: Called with seconds where it waits, and awaited; None means `asyncio.sleep`.
        random: As for `Lease`.
        new_token: As for `Lease`.

    Attributes:
        token: As for `Lease`, and so are the others.
        expires_at: As for `Lease`.
        seconds_left: As for `Lease`.
        is_held: As for `Lease`.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncDatabase, AsyncTransactScope, in_threads
        >>> from transactscope.ext.lease import AsyncLease, LeaseItem
        >>> db = AsyncDatabase(in_threads(client))
        >>> async def main():
        ...     await db.create_table(LeaseItem)
        ...     async with AsyncLease(db, "nightly report", duration=30) as lease:
        ...         async with AsyncTransactScope(db) as tx:
        ...             lease.check(tx)
        ...             tx.insert(Account("A-1", 10))
        ...     return await db.get(LeaseItem, "nightly report")
        >>> asyncio.run(main()) is None
        True

    .. versionadded:: 0.1.0
    """

    _kind = "AsyncDatabase"
    _scope = "AsyncTransactScope"
    _waits = staticmethod(asyncio.sleep)

    async def acquire(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as a plain one
        """Take the lease, or wait for it. Sends one UpdateItem for each try.

        Args:
            timeout: As for `Lease.acquire`.

        Raises:
            TransactScopeError: What `Lease.acquire` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> from transactscope.ext.lease import AsyncLease, LeaseItem
            >>> db = AsyncDatabase(in_threads(client))
            >>> async def main():
            ...     await db.create_table(LeaseItem)
            ...     lease = AsyncLease(db, "report")
            ...     await lease.acquire(timeout=5)
            ...     return lease.is_held
            >>> asyncio.run(main())
            True
        """
        await awaited(self._table.acquire(self._waited(timeout)))

    async def refresh(self) -> None:
        """Let the lease last `duration` seconds from now. Sends one UpdateItem.

        Raises:
            TransactScopeError: What `Lease.refresh` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> from transactscope.ext.lease import AsyncLease, LeaseItem
            >>> db = AsyncDatabase(in_threads(client))
            >>> async def main():
            ...     await db.create_table(LeaseItem)
            ...     async with AsyncLease(db, "report") as lease:
            ...         await lease.refresh()
            ...         return lease.is_held
            >>> asyncio.run(main())
            True
        """
        await awaited(self._table.refresh())

    async def release(self) -> None:
        """Give the lease up, so that others need not wait. Sends one DeleteItem.

        Raises:
            TransactScopeError: What `Lease.release` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> from transactscope.ext.lease import AsyncLease, LeaseItem
            >>> db = AsyncDatabase(in_threads(client))
            >>> async def main():
            ...     await db.create_table(LeaseItem)
            ...     lease = AsyncLease(db, "report")
            ...     await lease.acquire()
            ...     await lease.release()
            ...     return lease.is_held
            >>> asyncio.run(main())
            False
        """
        await awaited(self._table.release())

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await awaited(self._table.leave(error))
