"""Clocks that only a test moves."""


class Clock:
    """One clock: `clock.now += 5` lets time pass."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        """Tell the time."""
        return self.now
