"""Who sends the requests of a batch in asynchronous code: tasks of the caller's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from transactscope.flows.batch import Ended, Job


class Tasks:
    """Sends each request in a task of its own; none outlives the batch.

    A batch whose task is canceled cancels them, too. What was under way then may have been
    applied, and nobody waits for its answer.
    """

    def __init__(self, perform: Callable[[Any], Awaitable[Any]]) -> None:
        self._perform = perform
        self._under_way: dict[asyncio.Task[Ended], Job] = {}

    def start(self, job: Job) -> None:
        """Let a task begin the job."""
        task = asyncio.get_running_loop().create_task(self._done(job))
        self._under_way[task] = job

    async def collect(self, seconds: float | None) -> list[Ended]:
        """Return what has ended; wait for the first, at most so long."""
        if not self._under_way:
            return []
        first = asyncio.FIRST_COMPLETED
        done, _ = await asyncio.wait(self._under_way, timeout=seconds, return_when=first)
        ended = [task for task in self._under_way if task in done]
        return [_came_of(task, self._under_way.pop(task)) for task in ended]

    async def interrupt(self, _: object) -> None:
        """Cancel what is under way, and wait until it has ended."""
        self.abandon()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def close(self, _: object) -> None:
        """Do nothing: there is no task left."""

    def abandon(self) -> None:
        """Cancel what is under way."""
        for task in self._under_way:
            task.cancel()

    async def _done(self, job: Job) -> Ended:
        try:
            return Ended(job, await self._perform(job.flow()))
        except Exception as error:  # noqa: BLE001 - the batch's flow decides what every one means
            return Ended(job, error=error)


def _came_of(task: asyncio.Task[Ended], job: Job) -> Ended:
    if task.cancelled():
        return Ended(job, error=asyncio.CancelledError())
    error = task.exception()
    return task.result() if error is None else Ended(job, error=error)
