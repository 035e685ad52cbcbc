"""Attempts at one transaction in asynchronous code, one after the other."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar, cast

from transactscope.aio.scope import AsyncTransactScope
from transactscope.attempts import BaseAttempt, BaseAttempts
from transactscope.environment import Environment
from transactscope.loops import Place

T = TypeVar("T")


class AsyncAttempts(BaseAttempts[AsyncTransactScope], AsyncIterator["AsyncAttempt"]):
    """Attempts at one transaction, one after the other, until one is committed.

    Made by `AsyncDatabase.attempts()`. All of them share one budget of attempts and time.
    """

    def __anext__(self) -> Coroutine[Any, Any, AsyncAttempt]:
        # No coroutine function: the loop's place is where this is called, not where it runs.
        parts = self._parts_of_next(sys._getframe(1))  # noqa: SLF001 - see `loops`
        return self._next(*parts)

    async def _next(self, *parts: Any) -> AsyncAttempt:
        pause = self._pause()
        if pause is None:
            raise StopAsyncIteration
        if self._last is not None:
            await self._environment.wait(pause)
        scope = AsyncTransactScope(cast("Any", self._environment))
        return self._follow(AsyncAttempt(scope, *parts))


class AsyncAttempt(BaseAttempt[AsyncTransactScope]):
    """One attempt: an async with-block whose scope commits at its end; see `Attempt`."""

    async def __aenter__(self) -> AsyncTransactScope:
        return await self._scope.__aenter__()

    def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Coroutine[Any, Any, bool]:
        here = Place.of(sys._getframe(1))  # noqa: SLF001 - see `loops`
        environment = self._scope._environment  # noqa: SLF001 - its own scope
        return environment.run_async(self._leaving(error, here))


async def run_until_committed(
    environment: Environment, work: Callable[[AsyncTransactScope], Awaitable[T]]
) -> T:
    """Run a function's body in attempts until one is committed, and return what it returned."""
    result: Any = None  # a function that is left by `Rollback` returns nothing
    async for attempt in AsyncAttempts(environment, is_trusted=True):
        async with attempt as tx:
            result = await work(tx)
    return result  # type: ignore[no-any-return]
