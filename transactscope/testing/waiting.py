"""Time that passes without anybody waiting: pauses are written down, and clocks move by them.

May import `arguments`, `errors` and `showing`. Knows a database's settings by their names, and
nothing of what uses them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator
from typing import Any

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.showing import shown


@exported_from("transactscope.testing")
def no_waiting() -> NoWaiting:
    """Make the time of a database that never waits. Nothing is sent, and nothing is patched.

    Give its `settings` to a `Database` or an `AsyncDatabase`.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.testing import Faults, no_waiting, throttled
        >>> waiting = no_waiting()
        >>> db = Database(client, **waiting.settings)
        >>> with Faults(client) as faults:
        ...     faults.next("TransactWriteItems", throttled(), throttled())
        ...     with TransactScope(db) as tx:
        ...         _ = tx.put(Account("A-1"))
        >>> waiting.pauses
        [0.025, 0.05]

    .. versionadded:: 0.1.0
    """
    return NoWaiting()


@exported_from("transactscope.testing")
class NoWaiting:
    """Pauses that nobody waits for, and clocks that only they and `advance` move.

    Made by `no_waiting()`. The clock begins at 0.0, and the wall clock at the time at which
    this was made; an hour passes as fast as a millisecond.

    Threads and tasks: may be shared; the pauses of all of them add up.

    Attributes:
        pauses: The seconds of every pause so far, in order.
        settings: The keyword arguments of a database that wait like this.

    Example:
        >>> from transactscope.testing import no_waiting
        >>> waiting = no_waiting()
        >>> _ = waiting.sleep(1.5)
        >>> waiting.advance(60)
        >>> waiting.clock(), waiting.pauses
        (61.5, [1.5])

    .. versionadded:: 0.1.0
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.time()
        self._elapsed = 0.0
        self._pauses: list[float] = []

    def sleep(self, seconds: float) -> Passed:
        """Write a pause down and let its time pass at once.

        What is returned may be awaited, which lets other tasks run, or be dropped.

        Args:
            seconds: How long the pause would be, 0 or more.

        Raises:
            InvalidRequestError: It is no such number.
        """
        self._pass(seconds, is_pause=True)
        return Passed()

    def advance(self, seconds: float) -> None:
        """Let time pass that is no pause, for example while a request is under way.

        Args:
            seconds: How much, 0 or more.

        Raises:
            InvalidRequestError: It is no such number.
        """
        self._pass(seconds, is_pause=False)

    def clock(self) -> float:
        """Tell the seconds that have passed. Never goes back."""
        with self._lock:
            return self._elapsed

    def wall_clock(self) -> float:
        """Tell the seconds since 1970, as `time.time` would after the time that has passed."""
        return self._began + self.clock()

    @property
    def pauses(self) -> list[float]:
        """The seconds of every pause so far, in order."""
        with self._lock:
            return list(self._pauses)

    @property
    def settings(self) -> dict[str, Any]:
        """The keyword arguments of a database that wait like this.

        With `random` every pause is the longest that it can be, so that it is known.
        """
        return {
            "clock": self.clock,
            "wall_clock": self.wall_clock,
            "sleep": self.sleep,
            "random": _longest,
        }

    def _pass(self, seconds: Any, *, is_pause: bool) -> None:
        with reading("seconds="):
            is_span = _is_span(seconds)
        if not is_span:
            raise InvalidRequestError(f"seconds={shown(seconds)}: expected a number from 0 on")
        with self._lock:
            self._elapsed += seconds
            if is_pause:
                self._pauses.append(seconds)


class Passed:
    """Time that has passed already; awaiting it lets other tasks run once."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def _longest() -> float:
    return 1.0


def _is_span(seconds: Any) -> bool:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return is_number and 0 <= seconds <= sys.float_info.max
