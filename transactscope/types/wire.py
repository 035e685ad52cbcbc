"""The words of the wire: values, items, requests, answers, and who sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from transactscope.exporting import exported_from
from transactscope.types.json_text import from_json, json_bytes

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


@exported_from("transactscope.types")
class FrozenRequest:
    """One request, ready to be sent any number of times with the same content.

    It is made of the operation's parameters or of their JSON. The other form is made of the one
    that was given when it is first asked for, and kept. Never changed once it exists.

    Args:
        operation: The API's name of the operation, for example `TransactWriteItems`.
        body: The operation's parameters, as a boto3 client takes them.
        token: The client request token inside the body, or None for an operation
            that has none.
        tables: Every table that the request names, once each, in order of appearance.

    Attributes:
        operation: As given.
        token: As given.
        tables: As given.

    Example:
        >>> from transactscope.types import FrozenRequest
        >>> request = FrozenRequest("DeleteItem", {"TableName": "T", "Key": {"id": {"N": "1"}}})
        >>> b"".join(request.content)
        b'{"TableName":"T","Key":{"id":{"N":"1"}}}'

    .. versionadded:: 0.1.0
    """

    __slots__ = ("__weakref__", "_body", "_content", "operation", "tables", "token")

    def __init__(
        self,
        operation: str,
        body: Mapping[str, Any],
        token: str | None = None,
        tables: tuple[str, ...] = (),
    ) -> None:
        self.operation: str = operation
        self.token: str | None = token
        self.tables: tuple[str, ...] = tables
        self._body: Mapping[str, Any] | None = body
        self._content: Sequence[bytes] | None = None

    @classmethod
    def of_content(
        cls,
        operation: str,
        content: Sequence[bytes],
        token: str | None,
        tables: tuple[str, ...],
    ) -> FrozenRequest:
        """Make a request of its JSON, in pieces that follow each other. Nothing is sent."""
        request = cls(operation, {}, token, tables)
        request._body, request._content = None, content
        return request

    @property
    def body(self) -> Mapping[str, Any]:
        """The operation's parameters, as a boto3 client takes them. Do not change it."""
        body = self._body
        if body is None:
            body = self._body = from_json(b"".join(self._content or ()))
        return body

    @property
    def content(self) -> Sequence[bytes]:
        """The JSON of the parameters in UTF-8, in pieces that follow each other."""
        if self._content is None:
            self._content = (json_bytes(self._body),)
        return self._content

    @property
    def is_written(self) -> bool:
        """Whether there is nothing of it but its JSON, which the library wrote itself."""
        return self._body is None

    def __repr__(self) -> str:
        shown = (self.operation, self.token, self.tables)
        return "FrozenRequest(operation={!r}, token={!r}, tables={!r})".format(*shown)


@exported_from("transactscope.types")
class Transport(Protocol):
    """Sends one frozen request once and returns DynamoDB's answer, or raises.

    .. versionadded:: 0.1.0
    """

    def __call__(self, request: FrozenRequest) -> Answer:
        """Send the request and return the answer."""
        ...


@exported_from("transactscope.types")
class AsyncTransport(Protocol):
    """Sends one frozen request once; its answer is awaited.

    .. versionadded:: 0.1.0
    """

    def __call__(self, request: FrozenRequest) -> Awaitable[Answer]:
        """Send the request and return the answer."""
        ...


@exported_from("transactscope.types")
class DynamoDBClient(Protocol):
    """What TransactScope needs of a client: boto3's low-level DynamoDB client has it.

    .. versionadded:: 0.1.0
    """

    def transact_write_items(self, *args: Any, **kwargs: Any) -> Any:
        """Send one TransactWriteItems request."""
        ...
