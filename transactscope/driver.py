"""Runs a flow to its end: sends what it asks to send, pauses where it pauses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from transactscope.flows.effects import Flow, Pause
from transactscope.types import Transport

R = TypeVar("R")


def drive(flow: Flow[R], transport: Transport, sleep: Callable[[float], Any]) -> R:
    """Perform a flow's effects one after the other and return what it returns."""
    step, outcome = flow.send, None
    while True:
        try:
            effect = step(outcome)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        try:
            outcome = sleep(effect.seconds) if isinstance(effect, Pause) else transport(effect)
            step = flow.send
        except BaseException as error:  # noqa: BLE001 - the flow decides what every one means
            step, outcome = flow.throw, error
