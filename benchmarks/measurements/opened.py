"""Peers with a server to speak to, as contenders."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence

from benchmarks.peers import Entry, Peer
from benchmarks.races import Contender
from benchmarks.results import Sample
from benchmarks.workloads import Workload

MICROSECONDS = 1_000_000

Opened = dict[str, Peer]


@contextlib.contextmanager
def opened(entries: Sequence[Entry], url: str) -> Iterator[Opened]:
    """Make a client of each peer for the length of a block; they go by their titles."""
    peers = {entry.title: entry.open(url) for entry in entries}
    try:
        yield peers
    finally:
        for peer in peers.values():
            peer.close()


def contender(title: str, peer: Peer, workload: Workload, commits: int) -> Contender:
    """Return a peer that commits fresh things in every round."""
    return Contender(title, functools.partial(_prepared, peer, workload, commits), peer.run)


def _prepared(peer: Peer, workload: Workload, commits: int) -> list[object]:
    return peer.prepare(workload.commits(commits))


def per_commit(
    where: tuple[str, str, int], unit: str, seconds: dict[str, list[float]], commits: int
) -> list[Sample]:
    """Return the samples of a race of which each round had so many commits."""
    return [
        Sample(*where, name, unit, [each / commits * MICROSECONDS for each in rounds])
        for name, rounds in seconds.items()
    ]
