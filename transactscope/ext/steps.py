"""What an extension does with a database, written once for plain and for asynchronous code.

Steps are a generator: it yields what a verb of the database has returned, and is sent the answer.
May import nothing of the library.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar, cast

R = TypeVar("R")

Steps: TypeAlias = Generator[Any, Any, R]
"""Yields what verbs have returned, receives their answers, returns R."""


def performed(steps: Steps[R]) -> R:
    """Go through steps whose verbs have returned at once."""
    answer: Any = None
    while True:
        try:
            answer = steps.send(answer)
        except StopIteration as stop:
            return cast("R", stop.value)


async def awaited(steps: Steps[R]) -> R:
    """Go through steps, and await what each verb has returned."""
    step: Callable[[Any], Awaitable[Any]] = steps.send
    answer: Any = None
    while True:
        try:
            begun = step(answer)
        except StopIteration as stop:
            return cast("R", stop.value)
        try:
            step, answer = steps.send, await begun
        except BaseException as error:  # noqa: BLE001 - the steps decide what every one means
            step, answer = steps.throw, error
