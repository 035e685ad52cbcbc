"""How the cost of one put grows with its item."""

from __future__ import annotations

from benchmarks.measurements.opened import contender, opened, per_commit
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.things import Things, as_item, bytes_of
from benchmarks.workloads import Workload

KILOBYTES = (1, 4, 16, 64, 256)
_COMMITS = 10  # in each round


def measure(settings: Settings) -> list[Sample]:
    """Let all peers put one item, which has more and more text."""
    settings.pin()
    samples = []
    bare = bytes_of(as_item(Things(0).make()))
    with serving() as server, opened(settings.entries, server.url) as peers:
        for size in KILOBYTES[:2] if settings.quick else KILOBYTES:
            contenders = [
                contender(title, peer, Workload("puts", 1, Things(size * 1024 - bare)), _COMMITS)
                for title, peer in peers.items()
            ]
            seconds = settings.race().run(contenders)
            samples += per_commit(("growth", "one put", size), "µs CPU", seconds, _COMMITS)
    return samples
