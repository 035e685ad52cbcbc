"""A circuit as one process sees it: it counts, opens, lets one probe through, and closes.

May import public modules only. Sends nothing and never waits; must not know of other processes.
"""

from __future__ import annotations

import enum
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import attrs

from transactscope.errors import CircuitOpenError, InvalidRequestError
from transactscope.types import FrozenRequest, Health

logger: Final = logging.getLogger("transactscope.ext.breaker")


class CircuitState(enum.Enum):
    """Where a circuit is.

    `CLOSED`: requests are sent. `OPEN`: none is. `HALF_OPEN`: one is under way as a probe, and
    what comes back decides.

    Example:
        >>> from transactscope.ext.breaker import Breaker, CircuitState
        >>> Breaker().state is CircuitState.CLOSED
        True

    .. versionadded:: 0.1.0
    """

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


def _checked(wanted: str, fits: Callable[[Any], bool]) -> Any:
    """Make a validator; what the code of a value raises meanwhile is the cause of the refusal."""

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        cause = None
        try:
            is_met = fits(value)
        except Exception as error:  # noqa: BLE001 - a number of a class of its own may raise any
            is_met, cause = False, error
        if not is_met:
            msg = f"{attribute.name}= must be {wanted}"
            raise InvalidRequestError(msg, code="INVALID_POLICY") from cause

    return check


def _is_span(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 < value <= sys.float_info.max


def _is_count(value: Any) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 1 <= value <= sys.maxsize  # more cannot be counted


_seconds: Final = _checked("seconds, a number over 0", _is_span)
_count: Final = _checked("a whole number from 1 on", _is_count)


@attrs.frozen(kw_only=True)
class Settings:
    """When a circuit opens, and for how long; checked."""

    failures: int = attrs.field(validator=_count)
    window: float = attrs.field(validator=_seconds)
    open_for: float = attrs.field(validator=_seconds)
    probe_timeout: float = attrs.field(validator=_seconds)


@attrs.frozen(eq=False)
class Ticket:
    """What an admitted request is known by; whoever has an old one has nothing to say.

    Attributes:
        is_probe: Whether its request is the one that decides.
    """

    is_probe: bool


class LocalCircuit:
    """State, and what changes it. For any number of threads; the lock is held for moments."""

    def __init__(self, name: str, settings: Settings, clock: Callable[[], float]) -> None:
        self.name: str = _checked_name(name)
        self.settings = settings
        self.clock: Callable[[], float] = checked_clock(clock)
        self._lock = threading.Lock()
        self._overloads: deque[float] = deque(maxlen=settings.failures)
        self._state = CircuitState.CLOSED
        self._until = 0.0
        self._ticket = Ticket(is_probe=False)

    @property
    def state(self) -> CircuitState:
        """Where it is."""
        return self._state

    def admit(self, request: FrozenRequest) -> Ticket:
        """Return the ticket of a request, which is the probe if one is due.

        Raises:
            CircuitOpenError: It must not be sent now.
        """
        with self._lock:
            if self._state is CircuitState.CLOSED:
                return self._ticket
            left = self._until - self.clock()
            if left <= 0:
                return self._enter(CircuitState.HALF_OPEN, self.settings.probe_timeout)
        raise self.refusal(request, left)

    def refusal(self, request: FrozenRequest, seconds: float) -> CircuitOpenError:
        """Return the error for a request that must not be sent for so many seconds."""
        why = "a probe is under way" if self._state is CircuitState.HALF_OPEN else "it is open"
        msg = (
            f"circuit {self.name}: {request.operation} on {', '.join(request.tables)} was not "
            f"sent, because {why}; again in {seconds:.3f} seconds"
        )
        return CircuitOpenError(msg, retry_after=seconds)

    def report(self, ticket: Ticket, health: Health) -> CircuitState | None:
        """Learn what came of a request; return the state that follows if it is another one."""
        with self._lock:
            if ticket is not self._ticket:
                return None  # it was sent before the circuit became what it is
            following = self._after_probe(health) if ticket.is_probe else self._after(health)
        self._log(following)
        return following

    def hold(self, ticket: Ticket, seconds: float) -> None:
        """Be open for so many seconds, unless something else has happened since the ticket."""
        with self._lock:
            is_news = ticket is self._ticket and self._state is CircuitState.CLOSED
            if ticket is self._ticket:
                self._enter(CircuitState.OPEN, seconds)
        if is_news:
            logger.warning(
                "circuit %s is open: another process has opened it",
                self.name,
                extra=self._facts_for_log(CircuitState.OPEN),
            )

    def close(self, ticket: Ticket) -> None:
        """Be closed, unless something else has happened since the ticket."""
        with self._lock:
            is_news = ticket is self._ticket
            if is_news:
                self._enter(CircuitState.CLOSED, 0)
        if is_news:
            logger.info(
                "circuit %s is closed: another process has closed it",
                self.name,
                extra=self._facts_for_log(CircuitState.CLOSED),
            )

    def _after(self, health: Health) -> CircuitState | None:
        if health is Health.GOOD:
            self._overloads.clear()
        if health is not Health.OVERLOADED:
            return None
        self._overloads.append(self.clock())
        is_full = len(self._overloads) == self.settings.failures
        if not is_full or self._overloads[-1] - self._overloads[0] > self.settings.window:
            return None
        self._enter(CircuitState.OPEN, self.settings.open_for)
        return CircuitState.OPEN

    def _after_probe(self, health: Health) -> CircuitState | None:
        if health is Health.UNKNOWN:
            self._enter(CircuitState.HALF_OPEN, 0)  # the next request is the probe
            return None
        if health is Health.GOOD:
            self._enter(CircuitState.CLOSED, 0)
            return CircuitState.CLOSED
        self._enter(CircuitState.OPEN, self.settings.open_for)
        return CircuitState.OPEN

    def _enter(self, state: CircuitState, seconds: float) -> Ticket:
        """Be in a state for so many seconds; every ticket from before is old."""
        self._overloads.clear()
        self._state = state
        self._until = self.clock() + seconds
        self._ticket = Ticket(is_probe=state is CircuitState.HALF_OPEN)
        return self._ticket

    def _log(self, state: CircuitState | None) -> None:
        if state is CircuitState.OPEN:
            seconds = self.settings.open_for
            logger.warning(
                "circuit %s is open: requests met an overload, and for %.3f seconds none is sent",
                self.name,
                seconds,
                extra=self._facts_for_log(state),
            )
        elif state is CircuitState.CLOSED:
            logger.info(
                "circuit %s is closed: the probe was answered",
                self.name,
                extra=self._facts_for_log(state),
            )

    def _facts_for_log(self, state: CircuitState) -> dict[str, str]:
        return {"transactscope_circuit": self.name, "transactscope_state": state.name}


def _checked_name(name: Any) -> str:
    if isinstance(name, str) and name:
        return name
    msg = f"the name of a circuit must be a text, not {type(name).__name__}, and not empty"
    raise InvalidRequestError(msg)


def checked_clock(clock: Any) -> Callable[[], float]:
    """Return a clock if it can be asked."""
    if callable(clock):
        return clock  # type: ignore[no-any-return]
    msg = f"a clock must be a function, not {type(clock).__name__}"
    raise InvalidRequestError(msg)
