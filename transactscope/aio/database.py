"""The asynchronous database: every verb is awaited."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from transactscope.aio.attempts import AsyncAttempts
from transactscope.aio.connector import ASYNCHRONOUS
from transactscope.base_database import BaseDatabase
from transactscope.core.terms import BatchTerms, QueryTerms
from transactscope.exporting import exported_from
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

    from transactscope.entities.keys import EntityKey, ProjectedKey
    from transactscope.flows.batch import Crew
    from transactscope.flows.effects import Flow
    from transactscope.queries import AsyncQuery
    from transactscope.types import BatchGetResult, BatchResult


T = TypeVar("T")


@exported_from("transactscope")
class AsyncDatabase(BaseDatabase[Awaitable[CommitResult]]):
    """`Database` for asynchronous code: every verb is awaited.

    Atomicity: each call is atomic by itself; use an `AsyncTransactScope` for several.
    What is sent: as with `Database`, when the verb is awaited.
    Tasks: may be shared by any number of tasks of one event loop.

    Args:
        client: An aiobotocore DynamoDB client, or a boto3 client in `in_threads(...)`.
        retry: As for `Database`, and so are the others.
        converter: As for `Database`.
        table_names: As for `Database`.
        clock: As for `Database`.
        sleep: Called with seconds wherever the library waits, and awaited; None means
            `asyncio.sleep`.
        random: As for `Database`.
        new_token: As for `Database`.
        wall_clock: As for `Database`.
        breaker: As for `Database`; its methods may be coroutine functions.
        keyring: As for `Database`; its methods may be coroutine functions. One that waits is
            called in a thread.
        observers: As for `Database`; plain functions, called in the event loop.
        direct: As for `Database`, with a client of `in_threads`; an aiobotocore client sends
            everything itself.

    Raises:
        InvalidRequestError: The client or a setting cannot be used. Not sent.

    Example:
        >>> import asyncio
        >>> from transactscope import AsyncDatabase, in_threads
        >>> async def main():
        ...     db = AsyncDatabase(in_threads(client))
        ...     await db.insert(Account("A-1", 10))
        ...     await db.update(Account, "A-1", add={"balance": 5})
        ...     return await db.get(Account, "A-1")
        >>> asyncio.run(main())
        Account(number='A-1', balance=15)

    .. versionadded:: 0.1.0
    """

    _connector = ASYNCHRONOUS

    @overload
    def get(
        self, target: type[T], /, *key: object, guard: bool = True
    ) -> Coroutine[Any, Any, T | None]: ...
    @overload
    def get(
        self, target: EntityKey[T], /, *, guard: bool = True
    ) -> Coroutine[Any, Any, T | None]: ...
    def get(
        self,
        target: Any,
        /,
        *key: object,
        guard: bool = True,  # noqa: ARG002 - see `Database.get`
    ) -> Coroutine[Any, Any, Any]:
        """Read one item, or None, when awaited. Sends one strongly consistent GetItem.

        Takes and raises what `Database.get` does.

        Raises:
            TransactScopeError: What `Database.get` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> asyncio.run(AsyncDatabase(in_threads(client)).get(Account, "A-1")) is None
            True
        """
        return self._run(self._getting(target, key))

    @overload
    def transact_get(self, *keys: EntityKey[T]) -> Coroutine[Any, Any, list[T | None]]: ...
    @overload
    def transact_get(
        self, *keys: ProjectedKey
    ) -> Coroutine[Any, Any, list[Mapping[str, Any] | None]]: ...
    @overload
    def transact_get(
        self, *keys: EntityKey[Any] | ProjectedKey
    ) -> Coroutine[Any, Any, list[Any]]: ...
    def transact_get(self, *keys: EntityKey[Any] | ProjectedKey) -> Coroutine[Any, Any, list[Any]]:
        """Read several items as they are at one moment, when awaited.

        Takes, sends, returns and raises what `Database.transact_get` does.

        Raises:
            TransactScopeError: What `Database.transact_get` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, EntityKey, in_threads
            >>> db = AsyncDatabase(in_threads(client))
            >>> asyncio.run(db.transact_get(EntityKey(Account, "A-1")))
            [None]
        """
        return self._run(self._transact_getting(keys))

    @overload
    def batch_get(
        self,
        keys: Iterable[EntityKey[T]] | AsyncIterable[EntityKey[T]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> Coroutine[Any, Any, BatchGetResult[T]]: ...
    @overload
    def batch_get(
        self,
        keys: Iterable[EntityKey[Any]] | AsyncIterable[EntityKey[Any]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> Coroutine[Any, Any, BatchGetResult[Any]]: ...
    def batch_get(
        self,
        keys: Iterable[EntityKey[Any]] | AsyncIterable[EntityKey[Any]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> Coroutine[Any, Any, BatchGetResult[Any]]:
        """Read any number of items by their keys, not as of one moment, when awaited.

        Takes, sends, returns and raises what `Database.batch_get` does. The keys may come from
        an asynchronous iterable, the requests are sent from tasks, and what `progress` returns
        is awaited if it can be. A task that is canceled cancels its requests.

        Raises:
            TransactScopeError: What `Database.batch_get` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, EntityKey, in_threads
            >>> async def main():
            ...     db = AsyncDatabase(in_threads(client))
            ...     await db.put(Account("A-1", 10))
            ...     read = await db.batch_get([EntityKey(Account, "A-1")])
            ...     return read.found
            >>> asyncio.run(main())
            [Account(number='A-1', balance=10)]
        """
        terms = BatchTerms(
            chunk=chunk, in_flight=in_flight, progress=progress, timeout=timeout, raises=raises
        )
        return self._run(self._batch_getting(keys, terms, consistent=consistent))

    def batch_write(
        self,
        puts: Iterable[object] | AsyncIterable[object] = (),
        deletes: Iterable[object] | AsyncIterable[object] = (),
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        timeout: float | None = None,
        raises: bool = True,
    ) -> Coroutine[Any, Any, BatchResult]:
        """Write and delete any number of items, each for itself, when awaited.

        Takes, sends, returns and raises what `Database.batch_write` does; like that it is no
        transaction. Both inputs may be asynchronous iterables, the requests are sent from tasks,
        and what `progress` returns is awaited if it can be. A task that is canceled cancels its
        requests, and what they carried may be applied or not.

        Raises:
            TransactScopeError: What `Database.batch_write` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> async def main():
            ...     db = AsyncDatabase(in_threads(client))
            ...     return await db.batch_write(Account(f"A-{number}") for number in range(60))
            >>> asyncio.run(main()).requests
            3
        """
        terms = BatchTerms(
            chunk=chunk, in_flight=in_flight, progress=progress, timeout=timeout, raises=raises
        )
        return self._run(self._batch_writing(puts, deletes, terms))

    @overload
    def query(
        self,
        entity_class: type[T],
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> AsyncQuery[T]: ...
    @overload
    def query(
        self,
        entity_class: type[Any],
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: Iterable[str],
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> AsyncQuery[Mapping[str, Any]]: ...
    @overload
    def query(
        self,
        entity_class: UnionType,
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> AsyncQuery[Any]: ...
    def query(
        self,
        entity_class: type[Any] | UnionType,
        /,
        *key: object,
        filter: ConditionBase | str | None = None,  # noqa: A002 - DynamoDB's word
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: Iterable[str] | None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> AsyncQuery[Any]:
        """Return an asynchronous iterator over the items of one partition; nothing is awaited.

        Takes, sends and raises what `Database.query` does; requests are sent as the iterator is
        gone through with `async for`.

        Returns:
            An asynchronous iterator with `last_evaluated_key` and `pages()`.

        Raises:
            TransactScopeError: What `Database.query` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> async def main():
            ...     db = AsyncDatabase(in_threads(client))
            ...     await db.put(Account("A-1", 10))
            ...     return [account async for account in db.query(Account, "A-1")]
            >>> asyncio.run(main())
            [Account(number='A-1', balance=10)]
        """
        terms = QueryTerms(
            filter,
            names,
            values,
            index,
            only,
            reverse,
            limit,
            page_size,
            consistent,
            start_after,
        )
        from transactscope.queries import AsyncQuery, planned  # noqa: PLC0415 - see there

        return AsyncQuery(self._environment, planned(self._environment, entity_class, key, terms))

    def attempts(self, timeout: float | None = None) -> AsyncAttempts:
        """Return attempts at one transaction, to be made until one is committed.

        As `Database.attempts`, with `async for` and `async with`.

        Args:
            timeout: Seconds after which no further attempt begins; None means that of the
                `RetryPolicy`.

        Raises:
            InvalidRequestError: The timeout is no number from 0 on. Not sent.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> async def main():
            ...     db = AsyncDatabase(in_threads(client))
            ...     await db.put(Account("A-1", 10))
            ...     async for attempt in db.attempts():
            ...         async with attempt as tx:
            ...             account = await tx.get(Account, "A-1")
            ...             account.balance += 1
            ...             tx.update(account)
            ...     return account.balance
            >>> asyncio.run(main())
            11
        """
        return AsyncAttempts(self._environment, timeout)

    def create_table(
        self,
        entity_class: type[Any],
        *others: type[Any],
        billing: Literal["PAY_PER_REQUEST", "PROVISIONED"] = "PAY_PER_REQUEST",
        read_units: int | None = None,
        write_units: int | None = None,
        timeout: float = 60.0,
    ) -> Coroutine[Any, Any, None]:
        """Create the table of one or several classes and wait for it, when awaited.

        Takes, sends and raises what `Database.create_table` does.

        Raises:
            TransactScopeError: What `Database.create_table` raises.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> asyncio.run(AsyncDatabase(in_threads(client)).create_table(Account))
        """
        units = billing, read_units, write_units
        return self._run(self._creating_table((entity_class, *others), units, timeout))

    def _run(self, flow: Flow[Any]) -> Coroutine[Any, Any, Any]:
        return self._environment.run_async(flow)

    def _crew(self, in_flight: int) -> Crew:  # noqa: ARG002 - the schedule counts
        from transactscope.tasks import Tasks  # noqa: PLC0415 - of batches only

        return Tasks(self._environment.run_async)
