"""What a run measures, and how often."""

from __future__ import annotations

import os
from random import Random
from typing import Final

from attrs import frozen

from benchmarks.peers import UNIT, Entry
from benchmarks.races import CPU, Meter, Race

# What one contender commits in one round: about so many actions, in at most so many commits.
_ACTIONS: Final = 200
_COMMITS: Final = 40
_QUICK_ACTIONS: Final = 20
_QUICK_COMMITS: Final = 4


ROUNDS: Final = 30
"""How many rounds each race has, where nobody says otherwise."""


@frozen
class Settings:
    """How to measure.

    Args:
        entries: The peers that take part, the unit first.
        rounds: How many rounds each race has.
        seed: Shuffles the orders of contenders.
        quick: Less work in each round, and fewer sizes.
        pinned: Whether what measures CPU stays on one core, with its server.
    """

    entries: tuple[Entry, ...]
    rounds: int = ROUNDS
    seed: int = 20261121
    quick: bool = False
    pinned: bool = True

    def race(self, meter: Meter = CPU) -> Race:
        """Return how to let contenders run."""
        return Race(self.rounds, Random(self.seed), meter)  # noqa: S311 - an order, no secret

    def commits(self, size: int) -> int:
        """Return how many commits of a size one round has."""
        if self.quick:
            return max(1, min(_QUICK_COMMITS, _QUICK_ACTIONS // size))
        return max(1, min(_COMMITS, _ACTIONS // size))

    def only(self, *keys: str) -> tuple[Entry, ...]:
        """Return those of the peers that a measurement compares."""
        return tuple(entry for entry in self.entries if entry.key in {UNIT, *keys})

    def pin(self) -> None:
        """Stay on one core, and with it all that is started from here on."""
        if self.pinned and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
