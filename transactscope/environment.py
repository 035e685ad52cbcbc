"""What one client and its settings are to everything that sends through them.

A `Database` owns one; a scope that is given a bare client makes its own. It is
shared by threads and never changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random as random_number
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from transactscope.core.building import ActionBuilder, TableNames
from transactscope.core.retries import Budget, RetryPolicy
from transactscope.core.tokens import random_token
from transactscope.driver import drive
from transactscope.errors import InvalidRequestError
from transactscope.flows.effects import Flow
from transactscope.transports.botocore import transport_for
from transactscope.transports.clients import checked_client
from transactscope.types import Transport
from transactscope.values import checked_converter, default_converter

if TYPE_CHECKING:
    from cattrs import Converter

R = TypeVar("R")


@attrs.frozen
class Environment:
    """A client, the way to send through it, and the settings of a database."""

    client: Any
    transport: Transport
    builder: ActionBuilder
    retry: RetryPolicy
    clock: Callable[[], float]
    sleep: Callable[[float], Any]
    random: Callable[[], float]
    new_token: Callable[[], str]

    @property
    def converter(self) -> Converter:
        """The converter of entities and values."""
        return self.builder.converter

    def budget(self, timeout: float | None = None, *, reruns: bool = False) -> Budget:
        """Return a new budget for one piece of work that begins now."""
        span = self.retry.timeout if timeout is None else timeout
        return Budget(self.retry, self.clock, self.random, span, reruns)

    def run(self, flow: Flow[R]) -> R:
        """Perform a flow through this client."""
        return drive(flow, self.transport, self.sleep)


def environment_of(database_or_client: Any) -> Environment:
    """Return a database's environment, or a new one for a bare client."""
    if isinstance(database_or_client, Environment):
        return database_or_client
    environment = getattr(database_or_client, "_environment", None)
    if isinstance(environment, Environment):
        return environment
    return make_environment(database_or_client)


def make_environment(
    client: Any,
    *,
    retry: RetryPolicy | None = None,
    converter: Converter | None = None,
    table_names: TableNames = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Any] = time.sleep,
    random: Callable[[], float] = random_number,
    new_token: Callable[[], str] = random_token,
) -> Environment:
    """Check a client and its settings and put them together. Nothing is sent."""
    usable = checked_client(client)
    used = default_converter() if converter is None else checked_converter(converter)
    return Environment(
        client=usable,
        transport=transport_for(usable),
        builder=ActionBuilder(used, _checked_table_names(table_names)),
        retry=_checked_retry(retry),
        clock=_checked_function("clock", clock),
        sleep=_checked_function("sleep", sleep),
        random=_checked_function("random", random),
        new_token=_checked_function("new_token", new_token),
    )


def checked_timeout(timeout: Any) -> float | None:
    """Return a timeout in seconds, or None for that of the policy.

    Raises:
        InvalidRequestError: It is no number from 0 on. Not sent.
    """
    if timeout is None:
        return None
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not is_number or not timeout >= 0:
        msg = "timeout= must be seconds, a number from 0 on, or None"
        raise InvalidRequestError(msg, code="INVALID_POLICY")
    return float(timeout)


def _checked_function(name: str, function: Any) -> Callable[..., Any]:
    if callable(function):
        return function  # type: ignore[no-any-return]
    msg = f"{name}= must be a function, not {type(function).__name__}"
    raise InvalidRequestError(msg)


def _checked_retry(retry: Any) -> RetryPolicy:
    if retry is None:
        return RetryPolicy()
    if isinstance(retry, RetryPolicy):
        return retry
    msg = f"retry= must be a RetryPolicy, not {type(retry).__name__}"
    raise InvalidRequestError(msg, code="INVALID_POLICY")


def _checked_table_names(table_names: Any) -> TableNames:
    if table_names is None or callable(table_names) or hasattr(table_names, "get"):
        return table_names  # type: ignore[no-any-return]
    msg = f"table_names= must be a mapping or a function, not {type(table_names).__name__}"
    raise InvalidRequestError(msg)
