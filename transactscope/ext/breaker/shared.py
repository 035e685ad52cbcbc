"""One circuit for all processes, kept in an item: what is asked of the table, and what follows.

Written once for plain and for asynchronous code: steps yield what a verb of the database has
returned, and receive what came of it. Whatever is wrong with the table, the circuit of this
process goes on.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, Final

from transactscope import Attr, to_key
from transactscope.errors import ConditionFailedError, InvalidRequestError, TableNotFoundError
from transactscope.ext.breaker.circuit import (
    CircuitState,
    LocalCircuit,
    Ticket,
    checked_clock,
    logger,
)
from transactscope.ext.breaker.items import Circuit
from transactscope.ext.steps import Steps
from transactscope.types import FrozenRequest, Health

_HINT: Final = "; db.create_table() of its entity makes the table"


class _TableAwayError(Exception):
    """The table did not serve; this process is alone for a while."""


class SharedCircuit:
    """The circuit of this process, led by that of the table where the table serves.

    Args:
        db: For the requests about the item.
        item: The item's class.
        local: The circuit of this process.
        cache_for: Seconds for which what was read is taken as true.
        wall_clock: Tells the time in seconds since 1970.
    """

    def __init__(
        self,
        db: Any,
        item: type[Circuit],
        local: LocalCircuit,
        *,
        cache_for: float,
        wall_clock: Callable[[], float],
    ) -> None:
        self.local = local
        self._db = db
        self._item = _checked_item(item, local.name)
        self._cache_for = _checked_cache(cache_for)
        self._wall_clock = checked_clock(wall_clock)
        self._lock = threading.Lock()
        self._next_look = -math.inf
        self._away_until = -math.inf
        self._is_away = False
        self._seen: Circuit | None = None
        self._seen_at = 0.0
        self._elected_until = -math.inf
        self._is_known_open = False  # whether the table knows why this circuit is not closed

    def admit(self, request: FrozenRequest) -> Steps[Ticket]:
        """Return the ticket of a request, which is the probe if this process is elected.

        Raises:
            CircuitOpenError: It must not be sent now.
        """
        ticket = self.local.admit(request)
        if ticket.is_probe:
            return (yield from self._elected(ticket, request))
        if self._takes_a_look() and (yield from self._is_open_elsewhere(ticket)):
            return (yield from self.admit(request))
        return ticket

    def report(self, ticket: Ticket, health: Health) -> Steps[None]:
        """Learn what came of a request, and tell the others where that changes the circuit."""
        state = self.local.report(ticket, health)
        if state is None:
            return
        self._elected_until = -math.inf
        was_known, self._is_known_open = self._is_known_open, False
        is_news = state is CircuitState.OPEN or was_known
        if not is_news or self._table_is_away():
            return
        is_open = state is CircuitState.OPEN
        seconds = self.local.settings.open_for if is_open else None
        try:
            is_written = yield from self._write(state, seconds)
        except _TableAwayError:
            return
        self._is_known_open = is_written and is_open

    def _takes_a_look(self) -> bool:
        """Whether the caller has to look at the table now; others go on meanwhile."""
        with self._lock:
            if self.local.clock() < self._next_look:
                return False
            self._next_look = math.inf
            return True

    def _is_open_elsewhere(self, ticket: Ticket) -> Steps[bool]:
        """Look at the table, and open this circuit, too, if another process has opened it."""
        pause = self._cache_for
        try:
            item = yield from self._read()
        except _TableAwayError:
            pause = self.local.settings.open_for
            return False
        finally:
            self._next_look = self.local.clock() + pause
        if item is None or item.state is CircuitState.CLOSED:
            return False
        self._hold(ticket, item)
        return True

    def _elected(self, ticket: Ticket, request: FrozenRequest) -> Steps[Ticket]:
        """Return the ticket of the probe if it is this process that sends it."""
        if self._table_is_away() or self._wall_clock() < self._elected_until:
            return ticket
        try:
            return (yield from self._election(ticket, request))
        except _TableAwayError:
            return ticket
        except BaseException:
            self.local.report(ticket, Health.UNKNOWN)  # nobody has this ticket
            raise

    def _election(self, ticket: Ticket, request: FrozenRequest) -> Steps[Ticket]:
        item = yield from self._read()
        if item is None or item.state is CircuitState.CLOSED:
            return (yield from self._unless_closed_by_others(ticket, request))
        if self._seconds_left(item) > 0:
            raise self.local.refusal(request, self._hold(ticket, item))
        timeout = self.local.settings.probe_timeout
        if not (yield from self._write(CircuitState.HALF_OPEN, timeout)):
            self.local.hold(ticket, self._cache_for)
            raise self.local.refusal(request, self._cache_for)
        self._elected_until = self._wall_clock() + timeout
        self._is_known_open = True
        return ticket

    def _unless_closed_by_others(self, ticket: Ticket, request: FrozenRequest) -> Steps[Ticket]:
        """Close, if the table has known that this circuit was open; else the probe is our own."""
        if not self._is_known_open:
            return ticket
        self._is_known_open = False
        self.local.close(ticket)
        return (yield from self.admit(request))

    def _hold(self, ticket: Ticket, item: Circuit) -> float:
        """Be open as the item says; return for how many seconds.

        While another process's probe is under way, no longer than the item may be cached.
        """
        left = self._seconds_left(item)
        seconds = min(left, self._cache_for) if item.state is CircuitState.HALF_OPEN else left
        self.local.hold(ticket, seconds)
        self._is_known_open = True
        return seconds

    def _seconds_left(self, item: Circuit) -> float:
        """Return for how long an item that is not closed is still to be obeyed.

        By its own word; but where clocks differ, no longer than it could be right, counted
        from when it was first seen here.
        """
        settings = self.local.settings
        is_open = item.state is CircuitState.OPEN
        longest = settings.open_for if is_open else settings.probe_timeout
        waited = self.local.clock() - self._seen_at
        return min(item.until - self._wall_clock(), longest - waited)

    def _read(self) -> Steps[Circuit | None]:
        item = yield from self._asked(self._db.get, self._item, self.local.name)
        if item is None or self._seen is None or item.turn != self._seen.turn:
            self._seen_at = self.local.clock()
        self._seen = item
        return item  # type: ignore[no-any-return]

    def _write(self, state: CircuitState, seconds: float | None) -> Steps[bool]:
        """Write the next turn; say whether it was the next."""
        seen = self._seen
        item = self._item(
            name=self.local.name,
            state=state,
            until=0.0 if seconds is None else self._wall_clock() + seconds,
            turn=1 if seen is None else seen.turn + 1,
        )
        turn = Attr("turn")
        condition = turn.not_exists() if seen is None else turn.eq(seen.turn)
        try:
            yield from self._asked(self._db.put, item, condition=condition)
        except ConditionFailedError:
            return False
        self._seen, self._seen_at = item, self.local.clock()
        return True

    def _asked(self, verb: Callable[..., Any], *args: Any, **options: Any) -> Steps[Any]:
        """Ask the table, and leave it alone for a while if it does not answer."""
        try:
            answer = yield verb(*args, **options)
        except ConditionFailedError:
            self._serves()
            raise
        except Exception as error:
            self._fails(error)
            raise _TableAwayError from error
        self._serves()
        return answer

    def _table_is_away(self) -> bool:
        return self.local.clock() < self._away_until

    def _fails(self, error: Exception) -> None:
        seconds = self.local.settings.open_for
        with self._lock:
            is_news, self._is_away = not self._is_away, True
            self._away_until = self.local.clock() + seconds
        if is_news:
            hint = _HINT if isinstance(error, TableNotFoundError) else ""
            logger.warning(
                "circuit %s: its table does not serve (%s: %s%s); this process goes by what it "
                "sees itself, and asks the table again every %.3f seconds",
                self.local.name,
                type(error).__name__,
                error,
                hint,
                seconds,
                extra={
                    "transactscope_circuit": self.local.name,
                    "transactscope_error": type(error).__name__,
                    "transactscope_seconds": seconds,
                },
            )

    def _serves(self) -> None:
        with self._lock:
            is_news, self._is_away = self._is_away, False
            self._away_until = -math.inf
        if is_news:
            name = self.local.name
            logger.info(
                "circuit %s: its table serves again", name, extra={"transactscope_circuit": name}
            )


def _checked_item(item: Any, name: str) -> type[Circuit]:
    """Refuse what is no entity whose key is the circuit's name. Nothing is sent."""
    if not isinstance(item, type) or not issubclass(item, Circuit):
        msg = f"item= must be Circuit or a class derived from it, not {item!r}"
        raise InvalidRequestError(msg)
    to_key(item, name)
    try:
        item(name=name)
    except TypeError as problem:
        msg = f"item={item.__name__} must need nothing but name="
        raise InvalidRequestError(msg) from problem
    return item


def _checked_cache(seconds: Any) -> float:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 <= seconds < math.inf:
        msg = "cache_for= must be seconds, a number from 0 on"
        raise InvalidRequestError(msg, code="INVALID_POLICY")
    return float(seconds)
