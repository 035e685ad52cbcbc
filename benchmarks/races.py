"""Lets several contenders run in turn, in another order in every round."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from attrs import define, frozen

Meter = Callable[[], float]

CPU: Final[Meter] = time.process_time  # of this process with all its threads, none of which is ours
WALL: Final[Meter] = time.perf_counter


@frozen
class Contender:
    """One that takes part.

    Args:
        name: As tables name it.
        prepare: Makes what a round needs. It is not measured.
        run: Does the work of a round.
    """

    name: str
    prepare: Callable[[], Any]
    run: Callable[[Any], object]


@define
class Race:
    """How a race is run.

    Args:
        rounds: How often each contender runs.
        random: Shuffles the contenders of each round.
        meter: Reads what is measured, in seconds.
        collect: Collects the garbage of others before each measurement.
    """

    rounds: int
    random: Random
    meter: Meter = CPU
    collect: Callable[[], object] = gc.collect

    def run(self, contenders: Sequence[Contender]) -> dict[str, list[float]]:
        """Return each contender's seconds, round by round, after one that does not count."""
        seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
        for contender in contenders:
            self._measured(contender)  # connections, caches
        for _ in range(self.rounds):
            for contender in self._shuffled(contenders):
                seconds[contender.name].append(self._measured(contender))
        return seconds

    def _shuffled(self, contenders: Sequence[Contender]) -> list[Contender]:
        return self.random.sample(contenders, len(contenders))

    def _measured(self, contender: Contender) -> float:
        """Measure one round. Garbage is collected during it, but only what it makes itself."""
        prepared = contender.prepare()
        self.collect()
        gc.freeze()
        try:
            began = self.meter()
            contender.run(prepared)
            return self.meter() - began
        finally:
            gc.unfreeze()
