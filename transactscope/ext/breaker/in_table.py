"""Circuit breakers that share one circuit among all processes: the shells.

What they do is in `shared`, as steps that yield what a verb of the database returned. Here the
steps go on at once, or when that was awaited.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import transactscope
from transactscope.errors import InvalidRequestError
from transactscope.ext.breaker.circuit import CircuitState, LocalCircuit, Settings, Ticket
from transactscope.ext.breaker.items import Circuit
from transactscope.ext.breaker.shared import SharedCircuit
from transactscope.ext.steps import awaited, performed
from transactscope.types import FrozenRequest, Health

D = TypeVar("D")
R = TypeVar("R")


class _BaseTableBreaker(Generic[D]):
    """What both shells are made of; see `TableBreaker`. D is the kind of database."""

    _kind: str

    def __init__(
        self,
        db: D,
        name: str = "dynamodb",
        *,
        item: type[Circuit] = Circuit,
        failures: int = 5,
        window: float = 60.0,
        open_for: float = 10.0,
        probe_timeout: float = 10.0,
        cache_for: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        settings = Settings(
            failures=failures, window=window, open_for=open_for, probe_timeout=probe_timeout
        )
        self._shared = SharedCircuit(
            _checked_database(db, self._kind),
            item,
            LocalCircuit(name, settings, clock),
            cache_for=cache_for,
            wall_clock=wall_clock,
        )

    @property
    def state(self) -> CircuitState:
        """Where the circuit is, as far as this process knows. Nothing is sent."""
        return self._shared.local.state

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._shared.local.name}: {self.state.value}>"


class TableBreaker(_BaseTableBreaker["transactscope.Database"]):
    """A `Breaker` whose circuit is one for all processes, kept in an item of a table.

    Every process counts for itself, and whoever opens the circuit opens it for all. When it
    has been open long enough, a conditional write elects the one process that sends the probe.
    If that process ends without a word, its election is over after `probe_timeout` seconds.

    It fails open: where its own table is missing, refused, overloaded or silent, it says so
    in the log, once, and is a `Breaker` of this process until the table serves again.

    What is sent: a GetItem once in `cache_for` seconds while requests are made and the circuit
    is closed; a PutItem where it opens, where a probe is elected, and where it closes. The
    request that is made at that moment waits for them, so give the database a client with
    short time-outs, and a policy of one attempt.
    Threads: may be shared by any number of threads; one of them looks at the table at a time.

    Args:
        db: A `Database` without a breaker, for its own requests.
        name: The circuit's name, which is its key; processes with the same one share it.
        item: The entity that it is stored as: `Circuit`, or a class derived from it.
        failures: As for `Breaker`, and so are the next three.
        window: As for `Breaker`.
        open_for: As for `Breaker`. For as long a table that does not serve is left alone.
        probe_timeout: As for `Breaker`; longer than the client's time-out.
        cache_for: Seconds, 0 or more, for which what was read is taken as true. After so long
            others notice what one has seen.
        clock: As for `Breaker`.
        wall_clock: Tells the time in seconds since 1970, for what other processes are told.
            Where the clocks of two machines differ, one sends its probe earlier or later by
            as much; never later than `open_for` or `probe_timeout` after it saw the item, and
            still one probe at a time.

    Attributes:
        state: Where the circuit is, as far as this process knows: a `CircuitState`.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.ext.breaker import Circuit, TableBreaker
        >>> plain = Database(client)
        >>> plain.create_table(Circuit)
        >>> db = Database(client, breaker=TableBreaker(plain, "accounts"))
        >>> _ = db.insert(Account("A-1", 10))
        >>> db.breaker.state.name
        'CLOSED'

    .. versionadded:: 0.1.0
    """

    _kind = "Database"

    def admit(self, request: FrozenRequest) -> Ticket:
        """Return a ticket for a request that may be sent; see `types.CircuitBreaker`.

        Sends what the class says.

        Raises:
            CircuitOpenError: The circuit is open, or its probe is under way. Not sent.
        """
        return performed(self._shared.admit(request))

    def report(self, ticket: Ticket, health: Health) -> None:
        """Learn what came of a request that was admitted; see `types.CircuitBreaker`.

        Sends one PutItem where this changes the circuit.
        """
        performed(self._shared.report(ticket, health))


class AsyncTableBreaker(_BaseTableBreaker["transactscope.AsyncDatabase"]):
    """`TableBreaker` for an `AsyncDatabase`.

    Tasks: may be shared by any number of tasks of one event loop; one of them looks at the
    table at a time. A task that is canceled meanwhile makes room for the next.

    Args:
        db: An `AsyncDatabase` without a breaker, for its own requests.
        name: As for `TableBreaker`.
        settings: As for `TableBreaker`.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncDatabase, in_threads
        >>> from transactscope.ext.breaker import AsyncTableBreaker, Circuit
        >>> plain = AsyncDatabase(in_threads(client))
        >>> db = AsyncDatabase(in_threads(client), breaker=AsyncTableBreaker(plain, "accounts"))
        >>> async def main():
        ...     await plain.create_table(Circuit)
        ...     await db.insert(Account("A-1", 10))
        >>> asyncio.run(main())
        >>> db.breaker.state.name
        'CLOSED'

    .. versionadded:: 0.1.0
    """

    _kind = "AsyncDatabase"

    async def admit(self, request: FrozenRequest) -> Ticket:
        """Return a ticket for a request that may be sent; see `types.CircuitBreaker`.

        Sends what the class says.

        Raises:
            CircuitOpenError: The circuit is open, or its probe is under way. Not sent.
        """
        return await awaited(self._shared.admit(request))

    async def report(self, ticket: Ticket, health: Health) -> None:
        """Learn what came of a request that was admitted; see `types.CircuitBreaker`.

        Sends one PutItem where this changes the circuit.
        """
        await awaited(self._shared.report(ticket, health))


def _checked_database(db: Any, kind: str) -> Any:
    # Asked by name: the asynchronous one is loaded where it is used only.
    if not isinstance(db, getattr(transactscope, kind)):
        msg = f"a circuit in a table takes an object of {kind} here, not of {type(db).__name__}"
        raise InvalidRequestError(msg)
    if db.breaker is not None:
        msg = "the database of a breaker's own requests must not have a breaker itself"
        raise InvalidRequestError(msg)
    return db
