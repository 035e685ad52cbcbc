"""A circuit breaker that goes by what its own process has seen.

May import public modules only. Sends nothing and never waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from transactscope.ext.breaker.circuit import CircuitState, LocalCircuit, Settings, Ticket
from transactscope.types import FrozenRequest, Health


class Breaker:
    """Stops sending while DynamoDB is overloaded or down, by what this process has seen.

    Closed, it counts overloads (see `types.Health`) that come in a row. After `failures` of
    them within `window` seconds it is open, and every request raises `CircuitOpenError`. After
    `open_for` seconds one request is sent as a probe. If it is answered, the circuit is closed;
    if it meets an overload, it is open again for as long.

    What is sent: nothing by itself.
    Threads and tasks: may be shared by any number of them, and by a `Database` and an
    `AsyncDatabase`; it never waits. An answer to a request from before a change says nothing.
    After an error: a probe that is interrupted or not sent makes room for the next.

    Args:
        failures: How many overloads in a row open it; 1 or more.
        window: Seconds, over 0, within which they have to come.
        open_for: Seconds, over 0, before a probe is sent.
        probe_timeout: Seconds, over 0, after which a probe that has not reported is given up
            and another one is sent.
        name: What it is called in logs and error texts.
        clock: Tells the time in seconds, from any point on; it must never go back.

    Attributes:
        state: Where the circuit is, a `CircuitState`.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database, RetryPolicy, errors
        >>> from transactscope.ext.breaker import Breaker
        >>> from transactscope.testing import Faults, no_connection
        >>> db = Database(client, breaker=Breaker(failures=1), retry=RetryPolicy(max_attempts=1))
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", no_connection())
        ...     for _ in range(2):
        ...         try:
        ...             _ = db.put(Account("A-1"))
        ...         except errors.NotSentError as error:
        ...             print(type(error).__name__, db.breaker.state.name)
        NotSentError OPEN
        CircuitOpenError OPEN

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        window: float = 60.0,
        open_for: float = 10.0,
        probe_timeout: float = 10.0,
        name: str = "dynamodb",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings = Settings(
            failures=failures, window=window, open_for=open_for, probe_timeout=probe_timeout
        )
        self._circuit = LocalCircuit(name, settings, clock)

    @property
    def state(self) -> CircuitState:
        """Where the circuit is. Nothing is sent."""
        return self._circuit.state

    def admit(self, request: FrozenRequest) -> Ticket:
        """Return a ticket for a request that may be sent; see `types.CircuitBreaker`.

        Raises:
            CircuitOpenError: The circuit is open, or its probe is under way. Not sent.
        """
        return self._circuit.admit(request)

    def report(self, ticket: Ticket, health: Health) -> None:
        """Learn what came of a request that was admitted; see `types.CircuitBreaker`."""
        self._circuit.report(ticket, health)

    def __repr__(self) -> str:
        return f"<Breaker {self._circuit.name}: {self.state.value}>"
