"""The asynchronous scope: what sends is awaited, everything else is a plain call."""

from __future__ import annotations

from collections.abc import Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from transactscope.aio.connector import ASYNCHRONOUS
from transactscope.base_scope import BaseScope
from transactscope.environment import environment_of
from transactscope.exporting import exported_from
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from transactscope.aio.database import AsyncDatabase
    from transactscope.entities.keys import EntityKey
    from transactscope.types import DynamoDBClient


T = TypeVar("T")


@exported_from("transactscope")
class AsyncTransactScope(BaseScope):
    """`TransactScope` for asynchronous code.

    What sends is awaited: `get`, `get_many`, `commit`, `resolve` and the end of the block.
    Everything else is a plain call, as it sends nothing.

    Atomicity: everything staged is applied together or not at all, in one Region.
    What is sent: nothing until the commit, then one TransactWriteItems request, or none
    if nothing is staged. An exception in the block sends nothing and propagates.
    Tasks: a scope may be handed from task to task; two using it at once is an error.
    Re-use: a scope is used once; every verb outside its active time raises.
    After an error: as with `TransactScope`. A task that is canceled while its commit is
    under way leaves the scope in doubt, and `CancelledError` propagates unchanged.

    Args:
        database_or_client: An `AsyncDatabase`, an aiobotocore DynamoDB client, or a boto3
            client in `in_threads(...)`.
        client_request_token: As for `TransactScope`.
        timeout: As for `TransactScope`.

    Raises:
        InvalidRequestError: The client, the token or the timeout cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncTransactScope, in_threads
        >>> async def main():
        ...     async with AsyncTransactScope(in_threads(client)) as tx:
        ...         tx.insert(Account("A-1", 10))
        ...         tx.insert(Account("A-2", 20))
        ...     return tx.result
        >>> asyncio.run(main()).sent
        True

    .. versionadded:: 0.1.0
    """

    _is_async = True

    def __init__(
        self,
        database_or_client: AsyncDatabase | DynamoDBClient,
        *,
        client_request_token: str | None = None,
        timeout: float | None = None,
    ) -> None:
        environment = environment_of(database_or_client, ASYNCHRONOUS)
        super().__init__(environment, client_request_token, timeout)

    def commit(self) -> Coroutine[Any, Any, CommitResult]:
        """Send everything that is staged as one TransactWriteItems request, when awaited.

        Returns and raises what `TransactScope.commit` does.

        Raises:
            TransactScopeError: What `TransactScope.commit` raises.
            asyncio.CancelledError: The task was canceled; the scope is in doubt if its
                request was under way.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncTransactScope, in_threads
            >>> async def main():
            ...     tx = AsyncTransactScope(in_threads(client)).begin()
            ...     tx.insert(Account("A-1"))
            ...     return await tx.commit()
            >>> asyncio.run(main()).attempts
            1
        """
        return self._environment.run_async(self._committing())

    def resolve(self) -> Coroutine[Any, Any, CommitResult]:
        """Find out how a commit in doubt has ended, by sending the same again, when awaited.

        Returns and raises what `TransactScope.resolve` does.

        Raises:
            TransactScopeError: What `TransactScope.resolve` raises.
            asyncio.CancelledError: The task was canceled; the scope stays in doubt if its
                request was under way.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, AsyncTransactScope, RetryPolicy
            >>> from transactscope import errors, in_threads
            >>> from transactscope.testing import Faults, lost_request
            >>> db = AsyncDatabase(in_threads(client), retry=RetryPolicy(max_attempts=1))
            >>> async def main():
            ...     with Faults(client) as faults:
            ...         faults.next("TransactWriteItems", lost_request())
            ...         try:
            ...             async with AsyncTransactScope(db) as tx:
            ...                 tx.insert(Account("A-1", 10))
            ...         except errors.CommitOutcomeUnknownError:
            ...             await tx.resolve()
            ...     return tx.state.name
            >>> asyncio.run(main())
            'COMMITTED'
        """
        return self._environment.run_async(self._resolving())

    @overload
    def get(
        self, target: type[T], /, *key: object, guard: bool = True
    ) -> Coroutine[Any, Any, T | None]: ...
    @overload
    def get(
        self, target: EntityKey[T], /, *, guard: bool = True
    ) -> Coroutine[Any, Any, T | None]: ...
    def get(self, target: Any, /, *key: object, guard: bool = True) -> Coroutine[Any, Any, Any]:
        """Read one item as it will be after what is staged here, or None, when awaited.

        Takes, sends and raises what `TransactScope.get` does. Bad arguments are refused at
        the call, before anything is awaited.

        Raises:
            TransactScopeError: What `TransactScope.get` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncTransactScope, in_threads
            >>> async def main():
            ...     async with AsyncTransactScope(in_threads(client)) as tx:
            ...         tx.insert(Account("A-1", 10))
            ...         return await tx.get(Account, "A-1")
            >>> asyncio.run(main())
            Account(number='A-1', balance=10)
        """
        return self._environment.run_async(self._getting(target, key, guard=guard))

    @overload
    def get_many(
        self, *keys: EntityKey[T], guard: bool = True
    ) -> Coroutine[Any, Any, list[T | None]]: ...
    @overload
    def get_many(
        self, *keys: EntityKey[Any], guard: bool = True
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def get_many(self, *keys: EntityKey[Any], guard: bool = True) -> Coroutine[Any, Any, list[Any]]:
        """Read several items at one moment, in the order of their keys, when awaited.

        Takes, sends and raises what `TransactScope.get_many` does.

        Raises:
            TransactScopeError: What `TransactScope.get_many` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncTransactScope, EntityKey, in_threads
            >>> async def main():
            ...     async with AsyncTransactScope(in_threads(client)) as tx:
            ...         return await tx.get_many(EntityKey(Account, "A-1"))
            >>> asyncio.run(main())
            [None]
        """
        return self._environment.run_async(self._getting_many(keys, guard=guard))

    async def __aenter__(self) -> Self:
        return self._enter()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        return await self._environment.run_async(self._leaving(error))
