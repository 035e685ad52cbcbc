"""Data keys that were unwrapped, kept for a while: so many, and so long."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from transactscope.ext.encryption.envelope import WrappedKey


@attrs.define(eq=False)
class KeyCache:
    """Keeps the data keys that were used last. May be shared by threads.

    Attributes:
        most: How many are kept.
        seconds: How long each is kept after it was unwrapped.
        clock: Tells the time in seconds.
    """

    most: int
    seconds: float
    clock: Callable[[], float]
    _known: dict[WrappedKey, tuple[float, bytes]] = attrs.field(factory=dict, repr=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, repr=False)

    def get(self, wrapped: WrappedKey) -> bytes | None:
        """Return a data key, if it is known and was not kept for too long."""
        with self._lock:
            found = self._known.pop(wrapped, None)
            if found is None or self.clock() >= found[0] + self.seconds:
                return None
            self._known[wrapped] = found  # behind the others: it was used last
            return found[1]

    def keep(self, wrapped: WrappedKey, data_key: bytes) -> None:
        """Keep a data key, in the place of the one that was not used for the longest time."""
        if not self.most:
            return
        with self._lock:
            self._known.pop(wrapped, None)
            while len(self._known) >= self.most:
                del self._known[next(iter(self._known))]
            self._known[wrapped] = (self.clock(), data_key)
