"""What one client and its settings are to everything that sends through them.

A `Database` owns one; a scope that is given a bare client makes its own. It is
shared by threads and never changes.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterable
from random import random as random_number
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from botocore.client import BaseClient

from transactscope.arguments import reading
from transactscope.core.building import ActionBuilder, TableNames
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.core.retries import Budget, RetryPolicy, is_number
from transactscope.core.tokens import random_token
from transactscope.core.window import TokenWindow
from transactscope.driver import drive, drive_async
from transactscope.errors import InvalidRequestError
from transactscope.flows.breaking import breaking
from transactscope.flows.effects import Flow
from transactscope.transports.choice import transport_for
from transactscope.transports.clients import checked_client, seconds_to_arrive
from transactscope.types import CircuitBreaker, FrozenRequest, Keyring, Observer
from transactscope.values import checked_converter, default_converter

if TYPE_CHECKING:
    from cattrs import Converter

    from transactscope.observing import Observers

R = TypeVar("R")

_KEPT: Final = "_transactscope_environment"  # on a client, where no database was made of it


@attrs.frozen
class Environment:
    """A client, the way to send through it, and the settings of a database."""

    client: Any
    transport: Callable[[FrozenRequest], Any]
    is_async: bool
    builder: ActionBuilder
    compiled: CompiledBuilder
    retry: RetryPolicy
    clock: Callable[[], float]
    sleep: Callable[[float], Any]
    random: Callable[[], float]
    new_token: Callable[[], str]
    seconds_to_arrive: float
    breaker: CircuitBreaker | None = None
    observers: Observers | None = None

    @property
    def keyring(self) -> Keyring | None:
        """What seals and opens encrypted fields, or None."""
        return self.builder.keyring

    @property
    def converter(self) -> Converter:
        """The converter of entities and values."""
        return self.builder.converter

    def budget(self, timeout: float | None = None, *, reruns: bool = False) -> Budget:
        """Return a new budget for one piece of work that begins now."""
        span = self.retry.timeout if timeout is None else timeout
        return Budget(self.retry, self.clock, self.random, span, reruns)

    def token_window(self) -> TokenWindow:
        """Return a new account of how long a token may be relied on."""
        return TokenWindow(self.clock, self.builder.wall_clock, self.seconds_to_arrive)

    def run(self, flow: Flow[R]) -> R:
        """Perform a flow through this client."""
        return drive(self._with_breaker(flow), self.transport, self.sleep)

    async def run_async(self, flow: Flow[R]) -> R:
        """Perform a flow through this client, awaiting its answers."""
        return await drive_async(self._with_breaker(flow), self.transport, self.sleep)

    def _with_breaker(self, flow: Flow[R]) -> Flow[R]:
        return flow if self.breaker is None else breaking(flow, self.breaker)

    async def wait(self, seconds: float) -> None:
        """Wait as this environment waits, awaiting it where that can be."""
        waiting = self.sleep(seconds)
        if inspect.isawaitable(waiting):
            await waiting


@attrs.frozen
class Connector:
    """How clients of one kind are taken: checked, and with what to send through them.

    Attributes:
        check: Returns a client that can be used, or refuses it.
        transport: Returns what sends through a client, directly or not.
        is_async: Whether answers have to be awaited.
        sleep: Waits, where no other way was given.
        refusal: What is said of a database of the other kind.
    """

    check: Callable[[Any], Any]
    transport: Callable[[Any, bool], Callable[[FrozenRequest], Any]]
    is_async: bool
    sleep: Callable[[float], Any]
    refusal: str


SYNCHRONOUS: Final = Connector(
    check=checked_client,
    transport=transport_for,
    is_async=False,
    sleep=time.sleep,
    refusal=(
        "this database is asynchronous: it takes an AsyncTransactScope and coroutine functions"
    ),
)


def environment_of(database_or_client: Any, connector: Connector = SYNCHRONOUS) -> Environment:
    """Return a database's environment, or a new one for a bare client.

    Raises:
        InvalidRequestError: It is of the other kind, or no client. Not sent.
    """
    environment = getattr(type(database_or_client), "_is_database", None) is True and getattr(
        database_or_client, "_environment", None
    )
    if type(environment) is Environment and environment.is_async is connector.is_async:
        return environment  # as nearly always; the rest is about other objects
    with reading("a scope's database or client"):
        return _environment_of(database_or_client, connector)


def _environment_of(database_or_client: Any, connector: Connector) -> Environment:
    if isinstance(database_or_client, Environment):
        return database_or_client
    if not getattr(database_or_client, "_is_database", False):
        return _environment_of_client(database_or_client, connector)
    environment: Environment = database_or_client._environment  # noqa: SLF001 - one package
    if environment.is_async is not connector.is_async:
        raise InvalidRequestError(connector.refusal, code="WRONG_CLIENT")
    return environment


def _environment_of_client(client: Any, connector: Connector) -> Environment:
    """Return the environment of a bare client, made once: many programs have no database.

    It is kept on the client, so that it goes when the client goes. A copy of a client has it too,
    and is told by that.
    """
    known = getattr(client, _KEPT, None)
    if (
        type(known) is Environment
        and known.client is client
        and known.is_async is connector.is_async
    ):
        return known
    made = make_environment(client, connector)
    if isinstance(client, BaseClient):
        setattr(client, _KEPT, made)
    return made


def make_environment(
    client: Any,
    connector: Connector = SYNCHRONOUS,
    *,
    retry: RetryPolicy | None = None,
    converter: Converter | None = None,
    table_names: TableNames = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Any] | None = None,
    random: Callable[[], float] = random_number,
    new_token: Callable[[], str] = random_token,
    wall_clock: Callable[[], float] = time.time,
    breaker: CircuitBreaker | None = None,
    direct: bool = True,
    keyring: Keyring | None = None,
    observers: Iterable[Observer] = (),
) -> Environment:
    """Check a client and its settings and put them together. Nothing is sent."""
    usable = connector.check(client)
    checked_clock = _checked_function("clock", clock)
    used = default_converter() if converter is None else checked_converter(converter)
    told_time = _checked_function("wall_clock", wall_clock)
    builder = _builder(
        used,
        told_time,
        _checked_table_names(table_names),
        _checked_keyring(keyring, is_async=connector.is_async),
    )
    return Environment(
        client=usable,
        transport=connector.transport(usable, _checked_direct(direct)),
        is_async=connector.is_async,
        builder=builder.plain,
        compiled=builder,
        retry=_checked_retry(retry),
        clock=checked_clock,
        sleep=_checked_function("sleep", connector.sleep if sleep is None else sleep),
        random=_checked_function("random", random),
        new_token=_checked_function("new_token", new_token),
        seconds_to_arrive=seconds_to_arrive(usable),
        breaker=_checked_breaker(breaker, is_async=connector.is_async),
        observers=_checked_observers(observers, checked_clock),
    )


def checked_timeout(timeout: Any) -> float | None:
    """Return a timeout in seconds, or None for that of the policy.

    Raises:
        InvalidRequestError: It is no number from 0 on. Not sent.
    """
    if timeout is None:
        return None
    with reading("timeout="):
        if is_number(timeout) and timeout >= 0:
            return float(timeout)
    msg = "timeout= must be seconds, a number from 0 on, or None"
    raise InvalidRequestError(msg, code="INVALID_POLICY")


def _builder(
    converter: Converter,
    wall_clock: Callable[[], float],
    table_names: TableNames,
    keyring: Keyring | None,
) -> CompiledBuilder:
    has_defaults = table_names is None and keyring is None and wall_clock is time.time
    if has_defaults and converter is default_converter():
        return _default_builder()
    return CompiledBuilder(ActionBuilder(converter, wall_clock, table_names, keyring))


@functools.cache
def _default_builder() -> CompiledBuilder:
    """Return what all bare clients share: what was made for a class is not made again."""
    return CompiledBuilder(ActionBuilder(default_converter(), time.time))


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


def _checked_breaker(breaker: Any, *, is_async: bool) -> CircuitBreaker | None:
    if breaker is None:
        return None
    methods = [getattr(breaker, name, None) for name in ("admit", "report")]
    if isinstance(breaker, type) or not all(callable(method) for method in methods):
        shown = breaker.__name__ if isinstance(breaker, type) else type(breaker).__name__
        msg = f"breaker= must be an object with admit() and report(), not {shown}"
        raise InvalidRequestError(msg)
    if not is_async and any(inspect.iscoroutinefunction(method) for method in methods):
        msg = (
            f"breaker= {type(breaker).__name__} has to be awaited, which only an AsyncDatabase does"
        )
        raise InvalidRequestError(msg)
    return breaker  # type: ignore[no-any-return]


def _checked_keyring(keyring: Any, *, is_async: bool) -> Keyring | None:
    if keyring is None:
        return None
    methods = [getattr(keyring, name, None) for name in ("seal", "open")]
    overhead, blocks = (getattr(keyring, name, None) for name in ("overhead", "blocks"))
    is_right = type(overhead) is int and overhead >= 0 and isinstance(blocks, bool)
    if isinstance(keyring, type) or not is_right or not all(map(callable, methods)):
        shown = keyring.__name__ if isinstance(keyring, type) else type(keyring).__name__
        msg = f"keyring= must be an object with seal(), open(), overhead and blocks, not {shown}"
        raise InvalidRequestError(msg)
    if not is_async and any(map(inspect.iscoroutinefunction, methods)):
        msg = (
            f"keyring= {type(keyring).__name__} has to be awaited, which only an AsyncDatabase does"
        )
        raise InvalidRequestError(msg)
    if not (is_async and blocks):
        return keyring  # type: ignore[no-any-return]
    from transactscope.transports.threads import ThreadedKeyring  # noqa: PLC0415 - imports asyncio

    return ThreadedKeyring(keyring)


def _checked_observers(observers: Any, clock: Callable[[], float]) -> Observers | None:
    if type(observers) is tuple and not observers:
        return None
    from transactscope.observing import checked_observers  # noqa: PLC0415 - most have none

    return checked_observers(observers, clock)


def _checked_direct(direct: Any) -> bool:
    if direct is True or direct is False:
        return direct
    msg = f"direct= must be True or False, not {type(direct).__name__}"
    raise InvalidRequestError(msg)


def _checked_table_names(table_names: Any) -> TableNames:
    if table_names is None or callable(table_names) or hasattr(table_names, "get"):
        return table_names  # type: ignore[no-any-return]
    msg = f"table_names= must be a mapping or a function, not {type(table_names).__name__}"
    raise InvalidRequestError(msg)
