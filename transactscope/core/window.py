"""How long a client request token is sure to make a repeated request apply once.

Handed its clocks; a machine that slept is told by the one, a clock that was set by the other.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from transactscope.limits import TOKEN_SECONDS


@attrs.define(eq=False)
class TokenWindow:
    """The time in which the same request may be sent again.

    DynamoDB knows a token for ten minutes after its request has finished [Developer Guide,
    "DynamoDB transactions: how it works", 2026-11]. When that was is not known here; when it was
    first sent is, so time counts from then.

    Attributes:
        clock: Tells seconds from any point on, and never goes back.
        wall_clock: Tells seconds since 1970.
        seconds_to_arrive: How long a request may be under way before it arrives.
    """

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    seconds_to_arrive: float
    _first: tuple[float, float] | None = None

    def start(self) -> None:
        """Let time count from now on, if it does not yet."""
        if self._first is None:
            self._first = self.clock(), self.wall_clock()

    def is_open(self, pause: float = 0.0) -> bool:
        """Whether a request that is sent after a pause arrives in time, whatever happens to it."""
        return self._elapsed() + pause + self.seconds_to_arrive < TOKEN_SECONDS

    def _elapsed(self) -> float:
        started, wall_started = self._first or (self.clock(), self.wall_clock())
        return max(self.clock() - started, self.wall_clock() - wall_started)
