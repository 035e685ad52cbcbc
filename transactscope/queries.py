"""Iterators over what a query finds, for plain and for asynchronous code.

Where a query stands is written once, in `core.queries.cursor`; what is sent, in `flows.query`.
Loaded when the first query comes.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from transactscope.arguments import reading
from transactscope.core.queries.cursor import Cursor
from transactscope.core.queries.kinds import kinds_of
from transactscope.core.queries.plan import QueryPlan, query_plan
from transactscope.errors import InvalidRequestError
from transactscope.flows.query import fill

if TYPE_CHECKING:
    from transactscope.core.terms import QueryTerms
    from transactscope.environment import Environment
    from transactscope.flows.effects import Flow
    from transactscope.types import Item

T = TypeVar("T")


def planned(
    environment: Environment, target: Any, key: tuple[object, ...], terms: QueryTerms
) -> QueryPlan:
    """Return what a query asks for; bad arguments are refused here."""
    with reading("query()"):
        kinds = kinds_of(target, environment.builder.table)
        for mapping in kinds.mappings:
            if mapping.encrypted:
                environment.builder.required_keyring(mapping)
        return query_plan(kinds, key, terms, environment.converter)


class BaseQuery(Generic[T]):
    """What both kinds of iterators have."""

    def __init__(self, environment: Environment, plan: QueryPlan) -> None:
        self._environment = environment
        self._cursor = Cursor(plan, environment.converter)
        self._in_use = threading.Lock()
        observers = environment.observers
        self._watch = None if observers is None else observers.watch()

    @property
    def last_evaluated_key(self) -> Item | None:
        """DynamoDB's LastEvaluatedKey behind the last item that was handed out. Nothing is sent.

        Given to another query as `start_after=`, it goes on with the next item. None before the
        first item of a query from the beginning, and when everything was handed out.
        """
        key = self._cursor.last_evaluated_key
        return None if key is None else {name: dict(value) for name, value in key.items()}

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that tell what is asked for from everything else. Nothing is sent.

        Classes, table, index, key, filter, order and fields are in it, and the values of the
        conditions; `limit=`, `page_size=` and `start_after=` are not. It is the same in every
        process.
        """
        return self._cursor.plan.fingerprint

    def _filling(self) -> Flow[None]:
        """Read what is needed for one more item, while nobody else does."""
        if not self._in_use.acquire(blocking=False):
            msg = (
                "this query is being read by another thread or task: each needs a query of its own"
            )
            raise InvalidRequestError(msg)
        try:
            flow = fill(self._cursor, self._environment.budget, self._environment.keyring)
            yield from (flow if self._watch is None else self._watch.reading("query", flow))
        finally:
            self._in_use.release()


class Query(BaseQuery[T], Iterator[T]):
    """The items of one query, read page by page as they are asked for.

    Made by `Database.query`, which says what is sent and what is raised. It can be gone through
    once, by one thread at a time.
    """

    def __next__(self) -> T:
        if self._cursor.needs_page:
            self._environment.run(self._filling())
        if self._cursor.is_finished:
            raise StopIteration
        return self._cursor.take()  # type: ignore[no-any-return]

    def pages(self) -> Iterator[list[T]]:
        """Return the same items in lists, one for each page that has any.

        Example:
            >>> from transactscope import Database
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> list(db.query(Account, "A-1").pages())
            [[Account(number='A-1', balance=10)]]
        """
        while not self._cursor.is_finished:
            self._environment.run(self._filling())
            page: list[Any] = self._cursor.take_page()
            if page:
                yield page


class AsyncQuery(BaseQuery[T], AsyncIterator[T]):
    """`Query` for asynchronous code, gone through with `async for`.

    Made by `AsyncDatabase.query`.
    """

    async def __anext__(self) -> T:
        if self._cursor.needs_page:
            await self._environment.run_async(self._filling())
        if self._cursor.is_finished:
            raise StopAsyncIteration
        return self._cursor.take()  # type: ignore[no-any-return]

    async def pages(self) -> AsyncIterator[list[T]]:
        """Return the same items in lists, for `async for`.

        Example:
            >>> import asyncio
            >>> from transactscope import AsyncDatabase, in_threads
            >>> async def main():
            ...     db = AsyncDatabase(in_threads(client))
            ...     await db.put(Account("A-1", 10))
            ...     return [page async for page in db.query(Account, "A-1").pages()]
            >>> asyncio.run(main())
            [[Account(number='A-1', balance=10)]]
        """
        while not self._cursor.is_finished:
            await self._environment.run_async(self._filling())
            page: list[Any] = self._cursor.take_page()
            if page:
                yield page
