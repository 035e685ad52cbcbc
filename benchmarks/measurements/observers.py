"""What it costs to be observed: a commit of ten puts, by who is told of it.

The first row has no observer, and the others are held against it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Final

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler

from benchmarks.measurements.opened import Opened, contender, per_commit
from benchmarks.peers.of_ours import AsItIs
from benchmarks.results import Sample
from benchmarks.server import serving
from benchmarks.settings import Settings
from benchmarks.workloads import Workload
from transactscope.ext.logs import EventLog
from transactscope.ext.otel import Telemetry
from transactscope.ext.statistics import Statistics
from transactscope.types import Event, Observer

_ACTIONS: Final = 10


def _empty() -> Observer:
    def observe(_: Event) -> None:
        """Do nothing."""

    return observe


def _log_of(level: int) -> Callable[[], Observer]:
    """Return what makes a log that writes to nowhere, at this level."""

    def make() -> Observer:
        logger = logging.Logger(f"benchmark at {level}", level)  # noqa: LOG001 - nobody else has it
        logger.addHandler(logging.NullHandler())
        return EventLog(logger)

    return make


def _telemetry_with(sampler: Sampler) -> Callable[[], Observer]:
    """Return what makes spans and metrics that are not exported, with this sampler."""

    def make() -> Observer:
        return Telemetry(
            tracer_provider=TracerProvider(sampler=sampler),
            meter_provider=MeterProvider([InMemoryMetricReader()]),
        )

    return make


def _sample_of_a_tenth() -> Observer:
    return Statistics(sample=0.1)


OBSERVERS: Final[dict[str, Callable[[], Observer]]] = {
    "an empty function": _empty,
    "EventLog, level off": _log_of(logging.CRITICAL),
    "EventLog, commits only": _log_of(logging.INFO),
    "EventLog, everything": _log_of(logging.DEBUG),
    "Statistics": Statistics,
    "Statistics, a tenth": _sample_of_a_tenth,
    "Telemetry, metrics and no spans": _telemetry_with(ALWAYS_OFF),
    "Telemetry, metrics and spans": _telemetry_with(ALWAYS_ON),
}
"""Titles, and what makes the observer of each row. Each further kind of observer has its own."""


def measure(settings: Settings) -> list[Sample]:
    """Commit with no observer, and with one of each kind."""
    settings.pin()
    commits = settings.commits(_ACTIONS)
    with serving() as server, _opened(server.url) as peers:
        contenders = [
            contender(title, peer, Workload("puts", _ACTIONS), commits)
            for title, peer in peers.items()
        ]
        seconds = settings.race().run(contenders)
    return per_commit(("observers", "puts", _ACTIONS), "µs CPU", seconds, commits)


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Opened]:
    peers: Opened = {"no observer": AsItIs(url)}
    peers |= {title: AsItIs(url, observers=[make()]) for title, make in OBSERVERS.items()}
    try:
        yield peers
    finally:
        for peer in peers.values():
            peer.close()
