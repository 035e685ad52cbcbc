"""Doing something that calls a service, at once or awaited, written once.

Steps are a generator that yields calls and receives their answers, or has what they raise thrown
in. A client whose answers have to be awaited makes the whole a coroutine.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar

R = TypeVar("R")

Steps: TypeAlias = Generator[Callable[[], Any], Any, R]


def performed(steps: Steps[R]) -> R | Awaitable[R]:
    """Perform steps to their end, or up to the first answer that has to be awaited."""
    step, outcome = steps.send, None
    while True:
        try:
            call = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - the steps decide what every one means
            step, outcome = steps.throw, error
        else:
            if inspect.isawaitable(answer):
                return _awaited(steps, answer)
            step, outcome = steps.send, answer


async def _awaited(steps: Steps[R], answer: Any) -> R:
    """Go on from an answer that has to be awaited."""
    while True:
        try:
            step, outcome = steps.send, await answer
        except Exception as error:  # noqa: BLE001 - the steps decide what every one means
            step, outcome = steps.throw, error
        try:
            call = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        answer = _begun(call)


def _begun(call: Callable[[], Any]) -> Awaitable[Any]:
    async def begun() -> Any:
        return await call()

    return begun()
