"""From entities to finished commit: puts and the mixture, by the number of actions."""

from __future__ import annotations

import json

from benchmarks.measurements.opened import Opened, contender, opened, per_commit
from benchmarks.results import Sample
from benchmarks.server import Server, serving
from benchmarks.settings import Settings
from benchmarks.workloads import WORKLOADS, Workload

SIZES = (1, 10, 25, 100)
_SENT_SIZE = 10


def measure(settings: Settings) -> list[Sample]:
    """Let all peers commit."""
    settings.pin()
    with serving() as server, opened(settings.entries, server.url) as peers:
        sent = [sample for name in WORKLOADS for sample in _what_is_sent(server, peers, name)]
        return [
            *(
                sample
                for name in WORKLOADS
                for size in _sizes(settings)
                for sample in _race(settings, peers, name, size)
            ),
            *sent,
        ]


def _sizes(settings: Settings) -> tuple[int, ...]:
    return SIZES[:2] if settings.quick else SIZES


def _race(settings: Settings, peers: Opened, name: str, size: int) -> list[Sample]:
    commits = settings.commits(size)
    contenders = [
        contender(title, peer, Workload(name, size), commits) for title, peer in peers.items()
    ]
    seconds = settings.race().run(contenders)
    return per_commit(("commits", name, size), "µs CPU", seconds, commits)


def _what_is_sent(server: Server, peers: Opened, name: str) -> list[Sample]:
    """Look at what each peer really sends: a figure means nothing if it is not all of it."""
    samples = []
    for title, peer in peers.items():
        peer.run(peer.prepare(Workload(name, _SENT_SIZE).commits(1)))
        body = server.last_body()
        if len(body["TransactItems"]) != _SENT_SIZE:
            msg = f"{title} sent {len(body['TransactItems'])} actions, and not {_SENT_SIZE}"
            raise RuntimeError(msg)
        length = len(json.dumps(body, separators=(",", ":")).encode())
        samples.append(Sample("sent", name, _SENT_SIZE, title, "bytes", [length]))
    return samples
