"""The tables: creating them, and reading what is in them, as a whole or page by page."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from samples.catalog.provider import one_table
from samples.catalog.provider.layouts import THREE_TABLES, Layout, plain
from samples.catalog.provider.products import PRODUCT_CLASSES, P
from transactscope import Database, from_item, to_key
from transactscope.types import Item, Observer

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class ListingError(Exception):
    """A table could not be read."""


@attrs.frozen
class Page(Generic[P]):
    """Some products of one kind, in the order in which DynamoDB keeps them.

    Attributes:
        products: The products, as they are stored at this moment.
        next: Where the page after this one begins; None if there was nothing more.
    """

    products: tuple[P, ...]
    next: Item | None = None


class ProductTables:
    """The tables of albums, books and movies behind one client.

    May be shared by any number of sessions.

    Args:
        client: A boto3 DynamoDB client.
        prefix: What the tables' names begin with in this deployment.
        layout: Which product is in which table.
        sleep: Called with seconds wherever the library waits.
        observers: Are told of everything that the library does here.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        prefix: str = "",
        layout: Layout = THREE_TABLES,
        sleep: Callable[[float], object] = time.sleep,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.client = client
        self.layout = layout
        self.sleep = sleep
        self.database = Database(
            client, table_names=lambda table: prefix + table, sleep=sleep, observers=observers
        )
        self._prefix = prefix

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables in this deployment, once each."""
        return tuple(dict.fromkeys(self.name_of(cls) for cls in PRODUCT_CLASSES))

    def name_of(self, cls: type[P]) -> str:
        """Name the table of one class of products in this deployment."""
        return self._prefix + (cls.__name__ if self.layout.index is None else one_table.TABLE)

    def seen_through(
        self,
        client: DynamoDBClient,
        sleep: Callable[[float], object],
        observers: Sequence[Observer] = (),
    ) -> ProductTables:
        """Return the same tables, with a client, pauses and observers of their own."""
        return ProductTables(
            client, prefix=self._prefix, layout=self.layout, sleep=sleep, observers=observers
        )

    def create(self) -> None:
        """Create the tables that are missing, and wait until all of them can be used."""
        classes = [self.layout.stored_class(cls) for cls in PRODUCT_CLASSES]
        if self.layout.index is not None:
            self.database.create_table(*classes)
            return
        for cls in classes:
            self.database.create_table(cls)

    def stored(self, cls: type[P]) -> list[P]:
        """Read every product of one class, as it is stored at this moment.

        Raises:
            ListingError: A table could not be read.
            transactscope.errors.TransactScopeError: The index could not be read, or a stored
                item is no such product.
        """
        return [plain(stored) for stored, _ in self._from(cls, None, None)]

    def page(self, cls: type[P], size: int, *, start: Item | None = None) -> Page[P]:
        """Read some products of one class, and no product of another one.

        Others may write between two pages: a page shows what is stored behind its beginning.

        Args:
            cls: The class.
            size: How many products a page has.
            start: Where it begins, the `next` of the page before; None for the first one.

        Raises:
            ListingError: A table could not be read.
            transactscope.errors.TransactScopeError: The index could not be read, or a stored
                item is no such product.
        """
        found = list(itertools.islice(self._from(cls, start, size + 1), size + 1))
        shown = found[:size]
        products = tuple(plain(stored) for stored, _ in shown)
        return Page(products, shown[-1][1] if len(found) > size else None)

    def _from(
        self, cls: type[P], start: Item | None, limit: int | None
    ) -> Iterator[tuple[P, Item | None]]:
        """Yield the stored products behind a place, each with the place behind it.

        Args:
            cls: The class.
            start: The place; None for the beginning.
            limit: How many of them DynamoDB reads at once; None for as many as it can.
        """
        stored_class = self.layout.stored_class(cls)
        if self.layout.index is None:
            return self._scanned(stored_class, start, limit)
        return self._queried(stored_class, self.layout.index, start, limit)

    def _queried(
        self, cls: type[P], index: str, start: Item | None, limit: int | None
    ) -> Iterator[tuple[P, Item | None]]:
        query = self.database.query(cls, index=index, page_size=limit, start_after=start)
        for stored in query:
            yield stored, query.last_evaluated_key

    def _scanned(
        self, cls: type[P], start: Item | None, limit: int | None
    ) -> Iterator[tuple[P, Item | None]]:
        """Read a table through the client itself: a scan is no part of a transaction."""
        name = self.name_of(cls)
        parts = {"Limit": limit, "ExclusiveStartKey": start}
        given: dict[str, Any] = {part: value for part, value in parts.items() if value is not None}
        try:
            pages = self.client.get_paginator("scan").paginate(
                TableName=name, ConsistentRead=True, **given
            )
            for page in pages:
                for item in page["Items"]:
                    stored = from_item(cls, item)
                    yield stored, to_key(stored)
        except (BotoCoreError, ClientError) as error:
            raise ListingError(f"table {name} could not be read: {error}") from error
