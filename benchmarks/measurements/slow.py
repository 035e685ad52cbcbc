"""What a commit costs, and how long it takes, where the server takes its time.

A processor that has waited has other things in its caches, so the same work costs more than where
one request follows the other.
"""

from __future__ import annotations

from benchmarks.measurements.opened import Opened, contender, opened, per_commit
from benchmarks.races import CPU, WALL
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.workloads import Workload

PAUSE = 0.002  # seconds
SIZES = (1, 10, 100)
_METERS = {"puts, client CPU": CPU, "puts, time on the wall": WALL}
_MOST_COMMITS = 10  # in each round


def measure(settings: Settings) -> list[Sample]:
    """Let all peers commit puts, once for the CPU and once for the clock on the wall."""
    with serving(PAUSE) as server, opened(settings.entries, server.url) as peers:
        return [
            sample
            for case in _METERS
            for size in (SIZES[:1] if settings.quick else SIZES)
            for sample in _race(settings, peers, case, size)
        ]


def _race(settings: Settings, peers: Opened, case: str, size: int) -> list[Sample]:
    commits = min(_MOST_COMMITS, settings.commits(size))
    contenders = [
        contender(title, peer, Workload("puts", size), commits) for title, peer in peers.items()
    ]
    seconds = settings.race(_METERS[case]).run(contenders)
    return per_commit(("slow", case, size), "µs", seconds, commits)
