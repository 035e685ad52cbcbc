"""The pauses between the attempts of one session, which it can tell afterwards."""

from __future__ import annotations

from collections.abc import Callable

import attrs


@attrs.define
class Pauses:
    """Waits as it is told to, and remembers for how long.

    Attributes:
        seconds: The pauses since it was cleared, in order.
    """

    _sleep: Callable[[float], object]
    seconds: list[float] = attrs.field(factory=list, init=False)

    def __call__(self, seconds: float) -> None:
        """Wait."""
        self.seconds.append(seconds)
        self._sleep(seconds)

    def clear(self) -> None:
        """Forget the pauses so far."""
        self.seconds.clear()
