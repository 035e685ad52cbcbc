"""The three tables: creating them, and reading one from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from samples.catalog.provider.products import PRODUCT_CLASSES, P
from transactscope import Database, from_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class ListingError(Exception):
    """A table could not be read from end to end."""


class ProductTables:
    """The tables Album, Book and Movie behind one client.

    May be shared by any number of sessions.

    Args:
        client: A boto3 DynamoDB client.
        prefix: What the tables' names begin with in this deployment.
    """

    def __init__(self, client: DynamoDBClient, *, prefix: str = "") -> None:
        self.database = Database(client, table_names=lambda table: prefix + table)
        self._client = client
        self._prefix = prefix

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the three tables in this deployment."""
        return tuple(self.name_of(cls) for cls in PRODUCT_CLASSES)

    def name_of(self, cls: type[P]) -> str:
        """Name the table of one class of products in this deployment."""
        return self._prefix + cls.__name__

    def create(self) -> None:
        """Create the tables that are missing, and wait until all three can be used."""
        for cls in PRODUCT_CLASSES:
            self.database.create_table(cls)

    def stored(self, cls: type[P]) -> list[P]:
        """Read every product of one class, as it is stored at this moment.

        Sends Scan requests through the client itself: a scan is no part of a transaction.

        Raises:
            ListingError: The table could not be read.
            transactscope.errors.ConversionError: A stored item is no such product.
        """
        try:
            pages = self._client.get_paginator("scan").paginate(
                TableName=self.name_of(cls), ConsistentRead=True
            )
            return [from_item(cls, item) for page in pages for item in page["Items"]]
        except (BotoCoreError, ClientError) as error:
            raise ListingError(f"table {self.name_of(cls)} could not be read: {error}") from error
