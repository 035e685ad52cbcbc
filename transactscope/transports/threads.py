"""A boto3 client for asynchronous code: every call runs in a thread.

Needs nothing but boto3. The event loop is never blocked; the number of calls that are
under way at once is that of the executor's threads.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.transports.choice import transport_for
from transactscope.transports.clients import checked_client
from transactscope.types import AsyncTransport, DynamoDBClient, Keyring, KeyringEntry

R = TypeVar("R")


@exported_from("transactscope")
def in_threads(
    client: DynamoDBClient, *, executor: ThreadPoolExecutor | None = None
) -> ThreadedClient:
    """Make a boto3 client usable in asynchronous code. Nothing is sent.

    Args:
        client: A boto3 DynamoDB client. Give it as many connections as there are threads:
            `botocore.config.Config(max_pool_connections=...)`.
        executor: Its threads make the calls; None means those of the event loop.

    Returns:
        What `AsyncTransactScope` and `AsyncDatabase` take. Its operations are the client's,
        awaited: `await in_threads(client).get_item(...)`.

    Raises:
        InvalidRequestError: The client or the executor cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncDatabase, in_threads
        >>> async def main():
        ...     db = AsyncDatabase(in_threads(client))
        ...     await db.insert(Account("A-1", 10))
        ...     return await db.get(Account, "A-1")
        >>> asyncio.run(main())
        Account(number='A-1', balance=10)

    .. versionadded:: 0.1.0
    """
    with reading("in_threads()"):
        if isinstance(client, ThreadedClient):
            msg = "this client runs in threads already"
            raise InvalidRequestError(msg, code="WRONG_CLIENT")
        return ThreadedClient(checked_client(client), _checked_executor(executor))


@attrs.frozen(eq=False, repr=False)
class ThreadedClient:
    """A boto3 client whose operations are awaited; made by `in_threads`."""

    _client: Any
    _executor: ThreadPoolExecutor | None

    def transport(self, direct: bool = True) -> AsyncTransport:  # noqa: FBT001, FBT002 - see choice
        """Return what sends a frozen request in a thread, as `choice.transport_for` says."""
        send = transport_for(self._client, direct)
        return lambda request: self._in_thread(send, request)

    @property
    def wrapped(self) -> Any:
        """The boto3 client."""
        return self._client

    async def transact_write_items(self, *args: Any, **kwargs: Any) -> Any:
        """Call the client's method in a thread."""
        return await self._in_thread(self._client.transact_write_items, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if not callable(attribute) or name in ("exceptions", "meta", "can_paginate"):
            return attribute
        if name in ("get_paginator", "get_waiter"):
            msg = f"{name}() would block the event loop; use it on the boto3 client, in a thread"
            raise InvalidRequestError(msg, code="WRONG_CLIENT")
        return functools.partial(self._in_thread, attribute)

    async def _in_thread(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        # The thread sees the caller's context, as tracing expects it.
        context = contextvars.copy_context()
        call = functools.partial(context.run, _without_stop, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    def __repr__(self) -> str:
        return f"in_threads({self._client!r})"


@attrs.frozen(eq=False)
class ThreadedKeyring:
    """A keyring that may wait for a network, asked in threads of the event loop's executor."""

    _keyring: Keyring

    @property
    def blocks(self) -> bool:
        """False: it is awaited."""
        return False

    @property
    def overhead(self) -> int:
        """That of the keyring."""
        return self._keyring.overhead

    async def seal(self, entries: Sequence[KeyringEntry]) -> Any:
        """Seal in a thread."""
        return await self._asked(self._keyring.seal, entries)

    async def open(self, entries: Sequence[KeyringEntry]) -> Any:
        """Open in a thread."""
        return await self._asked(self._keyring.open, entries)

    async def _asked(self, function: Callable[..., Any], entries: Sequence[KeyringEntry]) -> Any:
        return await asyncio.to_thread(_without_stop, function, entries)


def _checked_executor(executor: Any) -> ThreadPoolExecutor | None:
    if executor is None or isinstance(executor, ThreadPoolExecutor):
        return executor
    msg = f"executor= must be a ThreadPoolExecutor, not {type(executor).__name__}"
    raise InvalidRequestError(msg)


def _without_stop(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Call a function; a `StopIteration` cannot be handed to a task, which would wait for ever."""
    try:
        return function(*args, **kwargs)
    except StopIteration as stop:
        msg = "the call raised StopIteration"
        raise RuntimeError(msg) from stop
