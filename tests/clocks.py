"""Clocks that only a test moves."""


class Clock:
    """One clock: `clock.now += 5` lets time pass."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        """Tell the time."""
        return self.now


class Clocks:
    """Two clocks that a test sets."""

    def __init__(self):
        self.monotonic, self.wall = 1000.0, 1_700_000_000.0

    def sleep(self, seconds):
        """Let time pass instead of waiting."""
        self.monotonic += seconds
        self.wall += seconds
