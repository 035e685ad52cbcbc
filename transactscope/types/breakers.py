"""What a circuit breaker is, and what it is told."""

from __future__ import annotations

import enum
from typing import Any, Protocol

from transactscope.exporting import exported_from
from transactscope.types.wire import FrozenRequest


@exported_from("transactscope.types")
class Health(enum.Enum):
    """What a request has shown of DynamoDB's health; a circuit breaker is told.

    `GOOD`: it answered, also where the answer was no, as for a false condition, a conflict,
    or a request that is not valid.
    `OVERLOADED`: throttling, a server error (5xx), a time-out, a lost or refused connection.
    `UNKNOWN`: nothing was learned, as the client refused to send, or the wait was cut off.

    Example:
        >>> from transactscope.types import Health
        >>> Health.OVERLOADED.value
        'overloaded'

    .. versionadded:: 0.1.0
    """

    GOOD = "good"
    OVERLOADED = "overloaded"
    UNKNOWN = "unknown"


@exported_from("transactscope.types")
class CircuitBreaker(Protocol):
    """Is asked before every request of a database, and told what came back.

    For an `AsyncDatabase` both may be coroutine functions. One breaker may be called by
    many threads or tasks at once.

    What else `admit` or `report` raises than what is said here is a mistake of the breaker.
    It is logged (`transactscope.breaker`), and everything goes on as if there were no breaker.

    .. versionadded:: 0.1.0
    """

    def admit(self, request: FrozenRequest) -> Any:
        """Let the request be sent, and return a ticket for the report about it.

        Args:
            request: What is about to be sent. Its body holds values.

        Raises:
            CircuitOpenError: It must not be sent now. Nothing is.
        """
        ...

    def report(self, ticket: Any, health: Health) -> Any:
        """Learn what came of a request that was admitted.

        Args:
            ticket: What `admit` returned for it.
            health: What it has shown. After an interruption it is `UNKNOWN`. A process that
                ends, or a coroutine that is closed, may never report.
        """
        ...
