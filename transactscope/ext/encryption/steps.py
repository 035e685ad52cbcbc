"""Doing something that calls a service, at once or awaited, written once.

Steps are a generator that yields calls and receives their answers, or has what they raise thrown
in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

R = TypeVar("R")

Steps: TypeAlias = Generator[Callable[[], Any], Any, R]


def performed(steps: Steps[R]) -> R:
    """Perform steps to their end."""
    step: Any = steps.send
    outcome: Any = None
    while True:
        try:
            call = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            step, outcome = steps.send, call()
        except Exception as error:  # noqa: BLE001 - the steps decide what every one means
            step, outcome = steps.throw, error


async def awaited(steps: Steps[R]) -> R:
    """Do the same, and await every answer."""
    step: Any = steps.send
    outcome: Any = None
    while True:
        try:
            call = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            step, outcome = steps.send, await call()
        except Exception as error:  # noqa: BLE001 - the steps decide what every one means
            step, outcome = steps.throw, error
