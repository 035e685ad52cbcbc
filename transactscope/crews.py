"""Who sends the requests of a batch in plain code: the caller's own thread, or several.

Each request is a flow of its own, performed like any other: with the breaker's consent, in the
caller's context. Nothing else of a batch runs in these threads.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from transactscope.flows.batch import Crew, Ended, Job

Perform = Callable[[Any], Any]


def crew_of(in_flight: int, perform: Perform) -> Crew:
    """Return a crew for so many requests at once.

    Args:
        in_flight: How many, 1 or more; 1 needs no thread.
        perform: Performs a flow and returns what it returns.
    """
    return Alone(perform) if in_flight == 1 else Threads(in_flight, perform)


class Alone:
    """Sends each request where it is started, in the caller's thread."""

    def __init__(self, perform: Perform) -> None:
        self._perform = perform
        self._ended: list[Ended] = []

    def start(self, job: Job) -> None:
        """Do the job."""
        self._ended.append(_done(self._perform, job))

    def collect(self, seconds: float | None) -> list[Ended]:  # noqa: ARG002 - nothing is under way
        """Return what has ended since the last time."""
        ended, self._ended = self._ended, []
        return ended

    def interrupt(self, _: object) -> None:
        """Do nothing: what was under way has been interrupted itself."""

    def close(self, _: object) -> None:
        """Do nothing."""

    def abandon(self) -> None:
        """Do nothing."""


class Threads:
    """Sends requests in threads of its own, which end with the batch."""

    def __init__(self, in_flight: int, perform: Perform) -> None:
        self._perform = perform
        self._pool = ThreadPoolExecutor(in_flight, thread_name_prefix="transactscope-batch")
        self._under_way: dict[Future[Ended], Job] = {}

    def start(self, job: Job) -> None:
        """Hand the job to a thread, which sees the caller's context, as tracing expects it."""
        context = contextvars.copy_context()
        future = self._pool.submit(context.run, _done, self._perform, job)
        self._under_way[future] = job

    def collect(self, seconds: float | None) -> list[Ended]:
        """Return what has ended; wait for the first, at most so long."""
        if not self._under_way:
            return []
        done = wait(self._under_way, seconds, return_when=FIRST_COMPLETED).done
        ended = [future for future in self._under_way if future in done]
        return [_came_of(future, self._under_way.pop(future)) for future in ended]

    def interrupt(self, _: object) -> None:
        """Do nothing: a thread cannot be interrupted, so what it does is waited for."""

    def close(self, _: object) -> None:
        """Wait for the threads' ends."""
        self._pool.shutdown()

    def abandon(self) -> None:
        """Let the threads end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _done(perform: Perform, job: Job) -> Ended:
    try:
        return Ended(job, perform(job.flow()))
    except Exception as error:  # noqa: BLE001 - the flow of the batch decides what every one means
        return Ended(job, error=error)


def _came_of(future: Future[Ended], job: Job) -> Ended:
    error = future.exception()
    return future.result() if error is None else Ended(job, error=error)
