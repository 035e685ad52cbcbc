"""What was measured, and what follows from it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from attrs import asdict, field, frozen

T = TypeVar("T")

# The measurements, in the order in which they are made and shown, with the title of each.
TITLES: Final = {
    "commits": "Client CPU of a commit",
    "slow": "A commit where the server takes 2 ms",
    "threads": "32 threads on one client, commits of 10 puts",
    "reads": "Client CPU of a read",
    "growth": "Client CPU of one put, by the size of the item in KB",
    "batches": "Client CPU of 100 items written in batches",
    "memory": "Most memory that Python allocates during a commit of 100 puts",
    "observers": "Client CPU of a commit, by who observes it",
    "imports": "Time of an import",
    "sent": "Bytes of a request with 10 actions",
}


def _floats(given: Iterable[float]) -> tuple[float, ...]:
    return tuple(float(each) for each in given)


@frozen
class Sample:
    """What one contender took, round by round.

    Args:
        measurement: One of `TITLES`.
        case: Which part of it, as a workload.
        size: How many actions, items or KB.
        contender: Who took part, as tables name it.
        unit: What the figures are.
        rounds: One figure for each round.
    """

    measurement: str
    case: str
    size: int
    contender: str
    unit: str
    rounds: tuple[float, ...] = field(converter=_floats)

    @property
    def median(self) -> float:
        """The figure in the middle."""
        return statistics.median(self.rounds)


@frozen
class Ratio:
    """The median of the rounds' ratios, and the quartiles around it."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """How far apart the quartiles are, as a part of the median."""
        return (self.high - self.low) / self.median


def ratio(one: Sample, other: Sample) -> Ratio:
    """Compare two contenders of the same rounds."""
    ratios = [mine / its for mine, its in zip(one.rounds, other.rounds, strict=True)]
    if len(ratios) == 1:
        return Ratio(ratios[0], ratios[0], ratios[0])
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Ratio(statistics.median(ratios), low, high)


@frozen
class Results:
    """All samples of one run.

    Args:
        samples: What was measured.
        facts: When, where, with what and how.
        left_out: Who could not take part, or what could not be measured, and why.
    """

    samples: tuple[Sample, ...]
    facts: dict[str, Any] = field(factory=dict)
    left_out: dict[str, str] = field(factory=dict)

    def find(self, measurement: str, case: str, size: int, contender: str) -> Sample | None:
        """Return one sample, or None if it was not taken."""
        wanted = (measurement, case, size, contender)
        for sample in self.samples:
            if wanted == (sample.measurement, sample.case, sample.size, sample.contender):
                return sample
        return None

    def cases(self) -> list[tuple[str, str]]:
        """Return each measurement with each of its cases, in the order they were made."""
        return _in_order((sample.measurement, sample.case) for sample in self.samples)

    def of(self, measurement: str, case: str) -> list[Sample]:
        """Return the samples of one case."""
        return [
            sample
            for sample in self.samples
            if (sample.measurement, sample.case) == (measurement, case)
        ]


def sizes_of(samples: Sequence[Sample]) -> list[int]:
    """Return the sizes of some samples, in order."""
    return _in_order(sample.size for sample in samples)


def contenders_of(samples: Sequence[Sample]) -> list[str]:
    """Return the contenders of some samples, in order: the first is what others are held to."""
    return _in_order(sample.contender for sample in samples)


def _in_order(given: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(given))


def as_json(results: Results) -> dict[str, Any]:
    """Return results as what JSON can hold, rounded to what they are worth."""
    shown = asdict(results)
    for sample in shown["samples"]:
        sample["rounds"] = [float(f"{figure:.5g}") for figure in sample["rounds"]]
        sample["median"] = statistics.median(sample["rounds"])
    return shown


def from_json(shown: dict[str, Any]) -> Results:
    """Return results that were written as JSON."""
    samples = [
        Sample(**{name: value for name, value in sample.items() if name != "median"})
        for sample in shown["samples"]
    ]
    return Results(tuple(samples), shown["facts"], shown["left_out"])
