"""The observer that counts.

May import public modules only. Sends nothing and never waits but for its own lock.
"""

from __future__ import annotations

import random as randomness
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from transactscope.errors import InvalidRequestError
from transactscope.ext.arguments import reading
from transactscope.ext.statistics.figures import Advice
from transactscope.ext.statistics.reading import commit_of, met_in
from transactscope.ext.statistics.report import Report
from transactscope.ext.statistics.rules import advice
from transactscope.ext.statistics.tally import Tally
from transactscope.types import Event, EventKind

_MOST_NAMES: Final = 10_000  # each may have a table of figures
_MOST_KEYS: Final = 100_000
_BITS: Final = 64
_MASK: Final = 2**_BITS - 1


class Statistics:
    """Counts what a database does: outcomes, times, trouble, units, and what could be better.

    An observer, for `Database(client, observers=[statistics])`. It needs no more room than it was
    given, however many tables, errors and items there are.

    What is sent: nothing.
    Threads and tasks: may be shared by any number of them, and by several databases of both kinds.
    An event is counted under one lock, which is held for some microseconds.
    Re-use: `reset()` begins anew.

    Args:
        sample: Which share of all scopes and single calls is counted, over 0 and up to 1. A scope
            is counted with all of its events or not at all, and figures are not scaled up.
        keys: Whether keys of items may be kept and told; False also leaves out hot items.
        max_names: How many names of a kind are counted one by one, from 1 to 10,000: tables,
            operations, verbs, errors, places. The first ones are; all others are counted together.
        max_keys: How many counters there are for hot items, from 1 to 100,000. The count of one is
            too large by the N-th part of all trouble at most, for N counters.
        random: Returns a number from 0 to below 1; asked once, for which works are counted.
        clock: Tells the time in seconds, from any point on, for how long was counted.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.ext.statistics import Statistics
        >>> statistics = Statistics()
        >>> db = Database(client, observers=[statistics])
        >>> with TransactScope(db) as tx:
        ...     _ = tx.put(Account("A-1", 10))
        ...     _ = tx.put(Account("A-2", 10))
        >>> report = statistics.report()
        >>> report.scopes.committed, report.operations["TransactWriteItems"].sent
        (1, 1)
        >>> report.commits.actions.max
        2

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        *,
        sample: float = 1.0,
        keys: bool = True,
        max_names: int = 100,
        max_keys: int = 100,
        random: Callable[[], float] = randomness.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        with reading("Statistics()"):
            self._sample = _checked_share(sample)
            self._names = _checked_count("max_names", max_names, _MOST_NAMES)
            counters = _checked_count("max_keys", max_keys, _MOST_KEYS)
            self._keys = counters if _checked_switch("keys", keys) else 0
            self._clock = _checked_function("clock", clock)
            self._begun = _checked_seconds(self._clock())
            self._seed = int(_checked_function("random", random)() * 2**_BITS)
        self._bound = max(1, int(self._sample * 2**_BITS))
        # A signal handler may ask for a report while its own thread counts an event.
        self._lock = threading.RLock()
        self._tally = Tally(self._names, self._keys)

    def __call__(self, event: Event) -> None:
        """Count an event. Nothing is sent; a database calls it."""
        if self._sample < 1 and not self._is_counted(event.work):
            return
        # What takes time comes before the lock.
        met = () if event.error is None else met_in(event)
        commit = commit_of(event) if event.kind is EventKind.COMMIT else None
        with self._lock:
            self._tally.add(event, met, commit)

    def report(self) -> Report:
        """Return what was counted so far. Nothing is sent.

        It is of one moment: no event is in it by half, unless a signal handler asks for it. A
        scope that has not ended is in it with what has happened to it.

        Example:
            >>> from transactscope.ext.statistics import Statistics
            >>> Statistics().report().operations
            {}
        """
        with self._lock:
            seconds = self._clock() - self._begun
            return self._tally.report(seconds=seconds, sample=self._sample)

    def advice(self) -> list[Advice]:
        """List what may be done better, by what was counted so far. Nothing is sent.

        What was seen fewer than ten times is left out, except for limits that are near.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> from transactscope.ext.statistics import Statistics
            >>> statistics = Statistics()
            >>> db = Database(client, observers=[statistics])
            >>> for number in range(10):
            ...     with TransactScope(db) as tx:
            ...         _ = tx.put(Account(f"A-{number}"))
            >>> [(each.rule, each.count) for each in statistics.advice()]
            [('one-action', 10)]
        """
        return advice(self.report())

    def reset(self) -> None:
        """Forget everything and begin anew. Nothing is sent.

        Of scopes that are open then, what comes is counted.

        Example:
            >>> from transactscope.ext.statistics import Statistics
            >>> Statistics().reset()
        """
        with self._lock:
            self._tally = Tally(self._names, self._keys)
            self._begun = self._clock()

    def _is_counted(self, work: int) -> bool:
        """Whether a work is of the sample: by its number, so that nothing has to be remembered."""
        return _mixed(work + self._seed) < self._bound

    def __repr__(self) -> str:
        return f"<Statistics of {self._sample:.4g} of all works>"


def _mixed(number: int) -> int:
    """Spread numbers that follow each other over 64 bits.

    The finishing steps of SplitMix64, from Steele, Lea, Flood, "Fast Splittable Pseudorandom
    Number Generators", 2014.
    """
    number = number * 0x9E3779B97F4A7C15 & _MASK
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    number = (number ^ number >> 27) * 0x94D049BB133111EB & _MASK
    return number ^ number >> 31


def _checked_share(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 < value <= 1:
        return float(value)
    raise _wrong_number(f"sample= must be a number over 0, and not over 1{_not(value)}")


def _checked_count(name: str, value: Any, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return int(value)
    raise _wrong_number(f"{name}= must be a whole number from 1 to {most}{_not(value)}")


def _not(value: Any) -> str:
    return f", not {value}" if type(value) in (int, float) else f", not {type(value).__name__}"


def _checked_seconds(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise InvalidRequestError(f"clock= must tell seconds as a number, not {type(value).__name__}")


def _checked_switch(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidRequestError(f"{name}= must be True or False, not {type(value).__name__}")


def _checked_function(name: str, value: Any) -> Callable[[], float]:
    if callable(value):
        return value  # type: ignore[no-any-return]
    raise InvalidRequestError(f"{name}= must be a function, not {type(value).__name__}")


def _wrong_number(msg: str) -> InvalidRequestError:
    return InvalidRequestError(msg, code="INVALID_POLICY")
