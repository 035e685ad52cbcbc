"""What we want to reach, row by row, and whether it is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from benchmarks.peers import ENTRIES, OURS, UNIT
from benchmarks.results import Results, Sample, ratio

_PUTS: Final = ("puts",)
_BOTH: Final = ("puts", "mixed")


@frozen
class Target:
    """One row: one of ours against somebody else, with a bound for each size.

    Args:
        title: What the row says.
        measurement: Which measurement it is about.
        cases: Which of its cases; each has to reach the bounds.
        ours: The title of the one that has to.
        against: The title of the one that it is compared with; empty where the figure itself
            has a bound.
        bounds: The bound for each size.
        is_least: Whether more is better.
        is_strict: Whether the bound itself is too much.
    """

    title: str
    measurement: str
    cases: tuple[str, ...]
    ours: str
    against: str
    bounds: Mapping[int, float]
    is_least: bool = False
    is_strict: bool = False

    def is_met(self, figure: float, bound: float) -> bool:
        """Say whether a figure will do."""
        if self.is_least:
            return figure >= bound
        return figure < bound if self.is_strict else figure <= bound

    @property
    def sign(self) -> str:
        """What stands between a figure that will do and its bound."""
        if self.is_least:
            return ">="
        return "<" if self.is_strict else "<="


@frozen
class Verdict:
    """A target that was held against what was measured.

    Args:
        target: The target.
        case: Which of its cases.
        size: Which of its sizes.
        bound: What is wanted.
        figure: What was measured; None where it was not.
    """

    target: Target
    case: str
    size: int
    bound: float
    figure: float | None

    @property
    def word(self) -> str:
        """Say `met`, `not met` or `not measured`."""
        if self.figure is None:
            return "not measured"
        return "met" if self.target.is_met(self.figure, self.bound) else "not met"


def _title(key: str) -> str:
    return ENTRIES[key].title if key in ENTRIES else key


def _cpu(title: str, ours: str, against: str, *bounds: float, is_strict: bool = False) -> Target:
    return Target(
        title,
        "commits",
        _BOTH,
        _title(ours),
        _title(against),
        dict(zip((1, 10, 25, 100), bounds, strict=True)),
        is_strict=is_strict,
    )


_BY_HAND: Final = "boto3 + TypeDeserializer + cattrs"

TARGETS: Final = (
    _cpu("direct, against boto3 with dicts built beforehand", OURS, UNIT, 0.07, 0.05, 0.05, 0.045),
    _cpu("direct, against boto3 + TypeSerializer", OURS, "serializer", 0.065, 0.042, 0.04, 0.035),
    _cpu("direct, against pydynox models", OURS, "pydynox", 0.33, 0.20, 0.18, 0.15),
    _cpu(
        "direct, against pydynox with plain dicts",
        OURS,
        "pydynox-dicts",
        *(1.0, 1.0, 1.0, 1.0),
        is_strict=True,
    ),
    _cpu("ordinary, against boto3", "ordinary", UNIT, 0.90, 0.45, 0.28, 0.12),
    Target(
        "a server that takes 2 ms, against boto3",
        "slow",
        ("puts, client CPU",),
        _title(OURS),
        _title(UNIT),
        {1: 0.18, 10: 0.12, 100: 0.07},
    ),
    Target(
        "32 threads, commits per second, against boto3",
        "threads",
        _PUTS,
        _title(OURS),
        _title(UNIT),
        {10: 8.0},
        is_least=True,
    ),
    Target(
        "32 threads, commits per second, against pydynox models",
        "threads",
        _PUTS,
        _title(OURS),
        _title("pydynox"),
        {10: 2.5},
        is_least=True,
    ),
    Target(
        "reading 100 entities, against boto3 + TypeDeserializer + cattrs",
        "reads",
        ("TransactGetItems",),
        _title(OURS),
        _BY_HAND,
        {100: 0.10},
    ),
    Target(
        "import, against that of boto3",
        "imports",
        ("wall",),
        "import transactscope",
        "import boto3",
        {1: 1.2},
    ),
    Target("most memory of a commit, KB", "memory", _PUTS, _title(OURS), "", {100: 200.0}),
)


def verdicts(results: Results) -> list[Verdict]:
    """Hold every target against what was measured."""
    return [verdict for target in TARGETS for verdict in _of(target, results)]


def _of(target: Target, results: Results) -> Iterator[Verdict]:
    for case in target.cases:
        for size, bound in target.bounds.items():
            ours = results.find(target.measurement, case, size, target.ours)
            other = results.find(target.measurement, case, size, target.against)
            yield Verdict(target, case, size, bound, _figure(target, ours, other))


def _figure(target: Target, ours: Sample | None, other: Sample | None) -> float | None:
    if ours is None:
        return None
    if not target.against:
        return ours.median
    return None if other is None else ratio(ours, other).median
