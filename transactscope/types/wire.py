"""The words of the wire: values, items, requests, answers, and who sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeAlias

import attrs

AttributeValue: TypeAlias = dict[str, Any]
"""One typed value as DynamoDB writes it: `{"S": str}`, `{"N": str}`, `{"B": bytes}`,
`{"BOOL": bool}`, `{"NULL": True}`, `{"L": [AttributeValue, ...]}`,
`{"M": {str: AttributeValue}}`, `{"SS": [str, ...]}`, `{"NS": [str, ...]}`, `{"BS": [bytes, ...]}`.
"""


Item: TypeAlias = dict[str, AttributeValue]
"""A whole item, or a key: attribute names to AttributeValues."""


StoredItem: TypeAlias = Mapping[str, Mapping[str, Any]]
"""An item as someone else made it, for example a boto3 client's answer; only read."""


Answer: TypeAlias = Mapping[str, Any]
"""What DynamoDB answered, as a boto3 client returns it."""


@attrs.frozen
class FrozenRequest:
    """One request, ready to be sent any number of times with the same content.

    Attributes:
        operation: The API's name of the operation, for example `TransactWriteItems`.
        body: The operation's parameters, as a boto3 client takes them. Never changed
            once the request exists.
        token: The client request token inside the body, or None for an operation
            that has none.
        tables: Every table that the request names, once each, in order of appearance.
    """

    operation: str
    body: Mapping[str, Any] = attrs.field(repr=False)
    token: str | None = None
    tables: tuple[str, ...] = ()


class Transport(Protocol):
    """Sends one frozen request once and returns DynamoDB's answer, or raises."""

    def __call__(self, request: FrozenRequest) -> Answer:
        """Send the request and return the answer."""
        ...


class AsyncTransport(Protocol):
    """Sends one frozen request once; its answer is awaited."""

    def __call__(self, request: FrozenRequest) -> Awaitable[Answer]:
        """Send the request and return the answer."""
        ...


class DynamoDBClient(Protocol):
    """What TransactScope needs of a client: boto3's low-level DynamoDB client has it."""

    def transact_write_items(self, *args: Any, **kwargs: Any) -> Any:
        """Send one TransactWriteItems request."""
        ...
