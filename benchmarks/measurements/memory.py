"""The most memory that Python allocates during one commit."""

from __future__ import annotations

import gc
import tracemalloc

from benchmarks.measurements.opened import opened
from benchmarks.peers import Peer
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.workloads import Workload

SIZE = 100
_MOST_COMMITS = 5
_KILOBYTE = 1024


def measure(settings: Settings) -> list[Sample]:
    """Let boto3 and ours commit. What a core in Rust allocates cannot be seen from here."""
    entries = settings.only("serializer", "pynamodb", "ordinary", "direct")
    with serving() as server, opened(entries, server.url) as peers:
        commits = min(settings.rounds, _MOST_COMMITS)
        return [
            Sample("memory", "puts", SIZE, title, "KB", _peaks(peer, commits))
            for title, peer in peers.items()
        ]


def _peaks(peer: Peer, commits: int) -> list[float]:
    workload = Workload("puts", SIZE)
    peer.run(peer.prepare(workload.commits(2)))  # connections, caches
    tracemalloc.start()
    try:
        return [_peak(peer, workload) for _ in range(commits)]
    finally:
        tracemalloc.stop()


def _peak(peer: Peer, workload: Workload) -> float:
    prepared = peer.prepare(workload.commits(1))
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    peer.run(prepared)
    _, peak = tracemalloc.get_traced_memory()
    return (peak - before) / _KILOBYTE
