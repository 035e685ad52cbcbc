"""The ordinary transport: a plain call of the user's own client."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from transactscope.errors import InvalidRequestError
from transactscope.transports import handover, single_send
from transactscope.transports.clients import ASYNCHRONOUS
from transactscope.transports.handover import Handover, handover_to
from transactscope.types import Answer, FrozenRequest, Transport

METHODS: Final = {
    "TransactWriteItems": "transact_write_items",
    "TransactGetItems": "transact_get_items",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "GetItem": "get_item",
    "Query": "query",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "CreateTable": "create_table",
    "DescribeTable": "describe_table",
    "DescribeTimeToLive": "describe_time_to_live",
    "UpdateTimeToLive": "update_time_to_live",
}
"""The client's method for each operation that this library sends."""


def transport_for(client: Any) -> Transport:
    """Return the transport that sends through a client."""
    single_send.watch(client)
    return BotocoreTransport(client)


def _own_handover(transport: BotocoreTransport) -> Handover | None:
    return handover_to(transport.client)


@attrs.frozen
class BotocoreTransport:
    """Sends through the client's public methods, so all that listens to them still works."""

    client: Any
    _handover: Handover | None = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_own_handover, takes_self=True)
    )

    def __call__(self, request: FrozenRequest) -> Answer:
        """Send one request and return the answer, or raise the client's exception."""
        call = method_for(self.client, request.operation)
        with single_send.ours(self.client, request.operation):
            return _checked(handover.call(self._handover, call, request))


def method_for(client: Any, operation: str) -> Callable[..., Any]:
    """Return the client's method for an operation.

    Raises:
        InvalidRequestError: A stand-in has none. Not sent.
    """
    method: Callable[..., Any] | None = getattr(client, METHODS[operation], None)
    if method is None:
        msg = f"this client has no {METHODS[operation]}()"
        raise InvalidRequestError(msg, code="WRONG_CLIENT")
    return method


def _checked(answer: Any) -> Answer:
    """Refuse what is no answer: an asynchronous client hides behind ordinary methods."""
    if inspect.iscoroutine(answer):
        answer.close()  # it has not started, so nothing was sent
        raise InvalidRequestError(ASYNCHRONOUS, code="WRONG_CLIENT")
    if inspect.isawaitable(answer):  # a task may be under way: its outcome is not known
        raise TypeError(ASYNCHRONOUS)
    return answer if isinstance(answer, Mapping) else {}
