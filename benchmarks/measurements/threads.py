"""How many commits many threads make on one client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from benchmarks.clients import THREADS
from benchmarks.measurements.opened import opened
from benchmarks.peers import Peer
from benchmarks.races import WALL, Contender
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.workloads import Workload

_SIZE = 10
_COMMITS = 4  # of each thread in each round


def measure(settings: Settings) -> list[Sample]:
    """Let boto3, pydynox and ours commit from all threads at once."""
    entries = settings.only("pydynox", "ordinary", "direct")
    commits = 1 if settings.quick else _COMMITS
    with (
        serving() as server,
        opened(entries, server.url) as peers,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        contenders = [_crowd(title, peer, pool, commits) for title, peer in peers.items()]
        seconds = settings.race(WALL).run(contenders)
    return [
        Sample(
            "threads",
            "puts",
            _SIZE,
            title,
            "commits/s",
            [THREADS * commits / each for each in rounds],
        )
        for title, rounds in seconds.items()
    ]


def _crowd(title: str, peer: Peer, pool: ThreadPoolExecutor, commits: int) -> Contender:
    workload = Workload("puts", _SIZE)

    def prepare() -> list[list[object]]:
        return [peer.prepare(workload.commits(commits)) for _ in range(THREADS)]

    def run(prepared: list[list[object]]) -> None:
        for _ in pool.map(peer.run, prepared):
            pass  # what a thread raised is raised here

    return Contender(title, prepare, run)
