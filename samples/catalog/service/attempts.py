"""How often the transactions of one session were sent, as the library tells it."""

from __future__ import annotations

from typing import Final

import attrs

from transactscope.types import Event, EventKind

_OF_TRANSACTIONS: Final = frozenset({"commit", "resolve"})


@attrs.define
class Attempts:
    """Observes the commits of one session.

    Attributes:
        made: How often a request was sent since it was cleared.
        in_all: How often that request was ever sent.
    """

    made: int = 0
    in_all: int = 0

    def __call__(self, event: Event) -> None:
        """Count an attempt."""
        if event.kind is EventKind.ATTEMPT and event.verb in _OF_TRANSACTIONS:
            self.made += 1
            self.in_all = event.attempts

    def clear(self) -> None:
        """Forget the attempts so far."""
        self.made = self.in_all = 0
