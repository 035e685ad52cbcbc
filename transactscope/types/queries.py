"""The iterators that queries return."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Protocol, TypeVar

from transactscope.exporting import exported_from
from transactscope.types.wire import Item

_E = TypeVar("_E")


@exported_from("transactscope.types")
class Query(Protocol[_E]):
    """The items of one query, read as they are asked for; returned by `Database.query`.

    Attributes:
        last_evaluated_key: DynamoDB's LastEvaluatedKey behind the last item that was handed out;
            None before the first one, and when there is nothing more.
        fingerprint: 32 bytes that tell what is asked for from everything else, wherever it begins.

    .. versionadded:: 0.1.0
    """

    @property
    def last_evaluated_key(self) -> Item | None:
        """Where another query can go on."""
        ...

    @property
    def fingerprint(self) -> bytes:
        """What tells the query from others, but for where it begins and how many items it takes."""
        ...

    def pages(self) -> Iterator[list[_E]]:
        """Return the items in lists, one for each page that has any."""
        ...

    def __iter__(self) -> Iterator[_E]: ...

    def __next__(self) -> _E: ...


@exported_from("transactscope.types")
class AsyncQuery(Protocol[_E]):
    """`Query` for asynchronous code; returned by `AsyncDatabase.query`.

    Attributes:
        last_evaluated_key: As in `Query`.
        fingerprint: As in `Query`.

    .. versionadded:: 0.1.0
    """

    @property
    def last_evaluated_key(self) -> Item | None:
        """Where another query can go on."""
        ...

    @property
    def fingerprint(self) -> bytes:
        """What tells the query from others, but for where it begins and how many items it takes."""
        ...

    def pages(self) -> AsyncIterator[list[_E]]:
        """Return the items in lists, one for each page that has any."""
        ...

    def __aiter__(self) -> AsyncIterator[_E]: ...

    async def __anext__(self) -> _E: ...
