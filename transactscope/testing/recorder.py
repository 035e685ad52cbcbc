"""What really left: every request of the clients that are watched.

May import `arguments`, `errors`, `sending` and `showing`. Must not know of faults: sends that meet
one are recorded, too.
"""

import threading
from types import TracebackType
from typing import Any, Self, TypeVar

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.sending import SeenSend, forget, listen, operations_of, sender_of
from transactscope.testing.showing import shown

ClientT = TypeVar("ClientT")


@exported_from("transactscope.testing")
@attrs.frozen
class RecordedRequest:
    """One request as it left its client.

    Attributes:
        operation: The API's name of the operation, for example `TransactWriteItems`.
        body: The request as it is written on the wire; binary values are in Base64.

    Example:
        >>> from transactscope.testing import RecordedRequest
        >>> RecordedRequest("ListTables", {})
        RecordedRequest(operation='ListTables', body={})

    .. versionadded:: 0.1.0
    """

    operation: str
    body: dict[str, Any]


@exported_from("transactscope.testing")
class RequestRecorder:
    """Records every request that clients send, repetitions included. It sends nothing.

    It listens where botocore sends, so that a call that is sent three times counts three
    times, and a send that meets a fault counts, too. In a with-block, it is taken away
    at the end; what it recorded stays.

    Threads and tasks: may be shared, and its clients may be used by any number of them.
    Re-use: after `remove()`, `watch` begins anew. A client may have several recorders.

    Args:
        clients: DynamoDB clients to watch: boto3's, also in `in_threads(...)`, or
            aiobotocore's.

    Attributes:
        requests: The requests that were sent, in order, each a `RecordedRequest`.
        operations: The names of their operations, in order.

    Raises:
        InvalidRequestError: One of them is no such client. Not sent.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.testing import RequestRecorder
        >>> with RequestRecorder(client) as recorder, TransactScope(client) as tx:
        ...     first = tx.insert(Account("A-1", 10))
        ...     second = tx.insert(Account("A-2", 20))
        >>> recorder.operations
        ['TransactWriteItems']
        >>> len(recorder.requests[0].body["TransactItems"])
        2

    .. versionadded:: 0.1.0
    """

    def __init__(self, *clients: Any) -> None:
        self._lock = threading.Lock()
        self._clients: list[Any] = []
        self._operations: set[str] = set()
        self._requests: list[RecordedRequest] = []
        for client in clients:
            operations_of(client)  # a wrong one leaves none of the others watched
        for client in clients:
            self.watch(client)

    def watch(self, client: ClientT) -> ClientT:
        """Record what a client sends from now on, and return the client. Nothing is sent.

        A client that is watched already is not recorded twice, also if it is there once
        as it is and once in `in_threads(...)`.

        Args:
            client: A DynamoDB client, as for `RequestRecorder`.

        Raises:
            InvalidRequestError: It is no such client. Not sent.
        """
        operations, sender = operations_of(client), sender_of(client)
        with self._lock:
            if not any(sender is watched for watched in self._clients):
                listen(sender, self._record, first=True)
                self._clients.append(sender)
            self._operations |= operations
        return client

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests that were sent so far, in order. Nothing is sent."""
        with self._lock:
            return list(self._requests)

    @property
    def operations(self) -> list[str]:
        """The names of the operations that were sent so far, in order. Nothing is sent."""
        return [request.operation for request in self.requests]

    def count(self, operation: str | None = None) -> int:
        """Count what was sent so far. Nothing is sent.

        Args:
            operation: The API's name of the operation to count; None means all.

        Raises:
            InvalidRequestError: No client that was watched has such an operation. Not sent.
        """
        if operation is None:
            return len(self.requests)
        with reading("count()"):
            is_known = isinstance(operation, str) and operation in self._operations
        if not is_known:
            raise InvalidRequestError(f"no watched client has an operation {shown(operation)}")
        return self.operations.count(operation)

    def clear(self) -> None:
        """Forget what was sent so far, for example to fill a table. Nothing is sent."""
        with self._lock:
            self._requests.clear()

    def remove(self) -> None:
        """Watch nobody any more; what was recorded stays. Nothing is sent."""
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            forget(client, self._record)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    def _record(self, request: Any, event_name: str, **_: Any) -> None:
        send = SeenSend(request, event_name)
        if send.is_being_delivered:
            return
        recorded = RecordedRequest(send.operation, send.body)
        with self._lock:
            self._requests.append(recorded)
