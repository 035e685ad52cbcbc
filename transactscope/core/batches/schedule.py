"""Which part of a batch is sent next, what is under way, what waits, and what is left over.

A state machine: it sends nothing, waits for nothing and reads no clock. Whoever runs it asks
`step` what to do, does it, and tells what came of it.

Entries travel in parcels, the content of one request each. What is left of a parcel is sent
again on its own, after a pause, while others go on. Of two entries for one item the later waits
until nothing is left of the earlier, so that an item is never in flight twice and ends as the
last entry says. Where the earlier is given up, the later is not sent either: who repeats what was
left over, in its order, gets what the whole would have given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeAlias

import attrs

from transactscope.core.retries import RetryPolicy

# Parcels that are open at once, for each that may be in flight: what bounds the memory.
_OPEN_PER_FLIGHT: Final = 4
# Parcels given up one after the other, with no progress between, after which nothing gets through.
_HOPELESS: Final = 2


class Entry(Protocol):
    """What the machine has to know of an entry."""

    @property
    def number(self) -> int:
        """Its place among all entries, from 0."""
        ...

    @property
    def target(self) -> Hashable:
        """What tells its item from every other one."""
        ...


@attrs.define(eq=False)
class Parcel:
    """The content of one request, and what became of it so far.

    Attributes:
        entries: What has to be done yet.
        attempts: How many requests in a row have carried it, counted from the last one that did
            a part of it.
        since: When the first of these was sent.
        due: When it may be sent next.
        is_in_doubt: Whether an answer did not come, so that any of it may have been done.
    """

    entries: Sequence[Entry]
    attempts: int = 0
    since: float = 0.0
    due: float = 0.0
    is_in_doubt: bool = False


@attrs.frozen
class Take:
    """Take the next entries from the input, and offer them; or close."""


@attrs.frozen
class Send:
    """Send a parcel, and tell what came of it."""

    parcel: Parcel


@attrs.frozen
class Collect:
    """Wait until something comes of what is in flight, for so many seconds; None means any."""

    seconds: float | None


@attrs.frozen
class Rest:
    """Wait for so many seconds: nothing is in flight."""

    seconds: float


Step: TypeAlias = Take | Send | Collect | Rest | None
"""What has to be done next; None if everything is settled."""


@attrs.define(eq=False)
class Schedule:
    """All parcels of one batch.

    Attributes:
        policy: How often a parcel is sent without progress, for how long, with which pauses.
        random: Gives a number from 0.0 to 1.0, for the length of pauses.
        in_flight: How many parcels may be in flight at once, 1 or more.
        ends: When nothing is sent any more; None means no end as long as there is progress.
        done: How many entries are done.
        requests: How many requests were begun.
        retries: How many of them carried what an earlier one had carried.
        undone: Entries that were certainly not done and are not sent any more.
        unknown: Entries that were sent, may have been done, and are not sent any more.
    """

    policy: RetryPolicy
    random: Callable[[], float]
    in_flight: int
    ends: float | None = None
    done: int = 0
    requests: int = 0
    retries: int = 0
    undone: list[Entry] = attrs.field(factory=list)
    unknown: list[Entry] = attrs.field(factory=list)
    is_stopped: bool = False
    _is_closed: bool = False
    _waiting: list[Parcel] = attrs.field(factory=list)
    _flying: list[Parcel] = attrs.field(factory=list)
    _claims: dict[Hashable, deque[Parcel]] = attrs.field(factory=dict)
    _blocked: set[Hashable] = attrs.field(factory=set)
    _given_up_in_a_row: int = 0

    @property
    def wants_input(self) -> bool:
        """Whether it would take more entries."""
        return not (self._is_closed or self.is_stopped)

    def offer(self, entries: Sequence[Entry]) -> None:
        """Take the entries of one request; no two of them may be about one item."""
        parcel = Parcel(entries)
        for entry in entries:
            self._claims.setdefault(entry.target, deque()).append(parcel)
        self._waiting.append(parcel)

    def close(self) -> None:
        """Learn that the input has come to its end."""
        self._is_closed = True

    def stop(self) -> None:
        """Send nothing any more; what is in flight may still be told."""
        self.is_stopped = True
        waiting, self._waiting = self._waiting, []
        for parcel in waiting:
            self._give_up(parcel)

    def step(self, now: float) -> Step:
        """Say what has to be done next."""
        if self.ends is not None and now >= self.ends and not self.is_stopped:
            self.stop()
        has_room = len(self._flying) < self.in_flight
        if has_room:
            parcel = self._next_to_send(now)
            if parcel is not None:
                return Send(parcel)
            is_full = len(self._waiting) + len(self._flying) >= _OPEN_PER_FLIGHT * self.in_flight
            if self.wants_input and not is_full:
                return Take()
        if self._flying:
            return Collect(self._until_due(now) if has_room else None)
        if self._waiting:
            return Rest(self._until_due(now) or 0.0)
        return None

    def answer(self, parcel: Parcel, left: Sequence[Entry], now: float) -> float | None:
        """Learn which entries of a parcel an answer has left over.

        Returns:
            The seconds after which they are sent again; None if they are not, or none is left.
        """
        self._flying.remove(parcel)
        progress = len(parcel.entries) - len(left)
        if progress:
            kept = {id(entry) for entry in left}
            self.done += progress
            self._given_up_in_a_row = 0
            self._release(parcel, (entry for entry in parcel.entries if id(entry) not in kept))
            parcel.entries, parcel.attempts, parcel.since = left, 1, now
        return self._again(parcel, now) if left else None

    def fail(self, parcel: Parcel, now: float, *, is_ambiguous: bool) -> float | None:
        """Learn that a parcel met something that may pass.

        Args:
            parcel: The parcel.
            now: The time.
            is_ambiguous: Whether any of it may have been done all the same.

        Returns:
            The seconds after which it is sent again; None if it is not.
        """
        self._flying.remove(parcel)
        parcel.is_in_doubt = parcel.is_in_doubt or is_ambiguous
        return self._again(parcel, now)

    def refuse(self, parcel: Parcel) -> None:
        """Learn that a parcel was refused for good. Nothing is sent any more."""
        self._flying.remove(parcel)
        self._give_up(parcel)
        self.stop()

    def abandon(self) -> None:
        """Count what is in flight as unknown, because nobody will tell, and stop."""
        flying, self._flying = self._flying, []
        for parcel in flying:
            parcel.is_in_doubt = True
            self._give_up(parcel)
        self.stop()

    def _next_to_send(self, now: float) -> Parcel | None:
        for parcel in tuple(self._waiting):
            if parcel.due > now or not self._is_first(parcel):
                continue
            self._waiting.remove(parcel)
            if not self._keep_unblocked(parcel):
                continue
            if not parcel.attempts:
                parcel.since = now
            parcel.attempts += 1
            self.requests += 1
            self.retries += parcel.attempts > 1
            self._flying.append(parcel)
            return parcel
        return None

    def _is_first(self, parcel: Parcel) -> bool:
        """Whether nothing is left of the earlier entries for the same items."""
        return all(self._claims[entry.target][0] is parcel for entry in parcel.entries)

    def _keep_unblocked(self, parcel: Parcel) -> bool:
        """Leave out what follows on something that was given up; say whether anything is left."""
        blocked = [entry for entry in parcel.entries if entry.target in self._blocked]
        if blocked:
            self._release(parcel, blocked)
            self.undone += blocked
            kept = {id(entry) for entry in blocked}
            parcel.entries = [entry for entry in parcel.entries if id(entry) not in kept]
        return bool(parcel.entries)

    def _until_due(self, now: float) -> float | None:
        """Return the seconds until the next parcel may be sent; None if that is not known."""
        times = [parcel.due for parcel in self._waiting if self._is_first(parcel)]
        return max(min(times) - now, 0.0) if times else None

    def _again(self, parcel: Parcel, now: float) -> float | None:
        delay = self.policy.delay(parcel.attempts, self.random())
        is_over = self.ends is not None and now + delay >= self.ends
        has_time = now - parcel.since + delay < self.policy.timeout and not is_over
        if self.is_stopped or parcel.attempts >= self.policy.max_attempts or not has_time:
            self._give_up(parcel)
            self._given_up_in_a_row += 1
            if self._given_up_in_a_row >= _HOPELESS:
                self.stop()
            return None
        parcel.due = now + delay
        self._waiting.append(parcel)
        return delay

    def _give_up(self, parcel: Parcel) -> None:
        """Count what is left of a parcel among what was not done, or is not known to be."""
        (self.unknown if parcel.is_in_doubt else self.undone).extend(parcel.entries)
        self._blocked.update(entry.target for entry in parcel.entries)
        self._release(parcel, parcel.entries)

    def _release(self, parcel: Parcel, entries: Iterable[Entry]) -> None:
        for entry in entries:
            claims = self._claims[entry.target]
            claims.remove(parcel)
            if not claims:
                del self._claims[entry.target]


def in_order(*lists: Iterable[Entry]) -> Iterator[Entry]:
    """Give the entries of several lists in the order of the input."""
    yield from sorted((entry for each in lists for entry in each), key=lambda entry: entry.number)
