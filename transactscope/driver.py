"""Runs a flow to its end: sends what it asks to send, pauses where it pauses.

Two drivers, for plain and for asynchronous code. What is sent, and what follows from
each answer, is written once, in the flows.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from transactscope.flows.effects import Effect, Flow, Pause
from transactscope.types import FrozenRequest

R = TypeVar("R")


def drive(flow: Flow[R], transport: Callable[..., Any], sleep: Callable[[float], Any]) -> R:
    """Perform a flow's effects one after the other and return what it returns."""
    step: Callable[[Any], Effect]
    outcome: Any
    step, outcome = flow.send, None
    while True:
        try:
            effect = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            step, outcome = flow.send, _begun(effect, transport, sleep)
        except BaseException as error:  # noqa: BLE001 - the flow decides what every one means
            step, outcome = flow.throw, error


async def drive_async(
    flow: Flow[R], transport: Callable[..., Any], sleep: Callable[[float], Any]
) -> R:
    """Do the same, and await whatever can be awaited."""
    step: Callable[[Any], Effect]
    outcome: Any
    step, outcome = flow.send, None
    while True:
        try:
            effect = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            begun = _begun(effect, transport, sleep)
            step, outcome = flow.send, (await begun if inspect.isawaitable(begun) else begun)
        except BaseException as error:  # noqa: BLE001 - the flow decides what every one means
            step, outcome = flow.throw, error


def _begun(effect: Effect, transport: Callable[..., Any], sleep: Callable[[float], Any]) -> Any:
    if isinstance(effect, FrozenRequest):
        return transport(effect)
    if isinstance(effect, Pause):
        return sleep(effect.seconds)
    return effect.function(effect.argument)
