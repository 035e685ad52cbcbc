"""Where botocore sends: the one place that knows how its clients are hooked into.

May import `errors` and `replies`, and botocore. `before-send` comes for every attempt, with a real
endpoint and with moto, which answers there; `before-call` comes once for several attempts.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

import attrs
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from transactscope.errors import InvalidRequestError
from transactscope.testing.replies import Reply

Handler = Callable[..., Any]

_SERVICE: Final = "dynamodb"
_NOWHERE: Final = "http://answered.invalid/"

# The request that `Send.deliver` asks the other handlers about: to us it is not a send of its own.
_delivered: ContextVar[Any] = ContextVar("transactscope_delivered", default=None)


def operations_of(client: Any) -> frozenset[str]:
    """Name the operations of a client, if its sends can be listened to. Nothing is sent.

    Raises:
        InvalidRequestError: It is no DynamoDB client of botocore's.
    """
    try:
        model, _ = client.meta.service_model, client.meta.events.register_first
        service, names = model.service_name, frozenset(model.operation_names)
    except (AttributeError, TypeError):
        raise _wrong_client(f"{type(client).__name__} has no botocore events") from None
    if service != _SERVICE:
        raise _wrong_client(f"{type(client).__name__} is a client of {service}")
    return names


def listen(client: Any, handler: Handler, *, first: bool = False) -> None:
    """Let a handler see every send of a client; `first` goes before those that answer.

    By operation, because botocore asks the handlers of the longest event name first: any
    other place could come after a handler that raises.
    """
    events = client.meta.events
    register = events.register_first if first else events.register
    for operation in sorted(operations_of(client)):
        register(f"before-send.{_SERVICE}.{operation}", handler)


def forget(client: Any, handler: Handler) -> None:
    """Take away what `listen` registered."""
    for operation in sorted(operations_of(client)):
        client.meta.events.unregister(f"before-send.{_SERVICE}.{operation}", handler)


@attrs.frozen
class BotocoreSend:
    """One send of a client, seen from a `before-send` handler."""

    client: Any
    request: Any
    event_name: str

    @property
    def operation(self) -> str:
        """The API's name of the operation."""
        return self.event_name.rpartition(".")[2]

    @property
    def body(self) -> dict[str, Any]:
        """The request as it is written on the wire."""
        body: dict[str, Any] = json.loads(self.request.body)
        return body

    @property
    def endpoint_url(self) -> str:
        """Where it goes."""
        url: str = self.request.url
        return url

    @property
    def is_being_delivered(self) -> bool:
        """Whether this is no new send, but one whose answer another handler is asked for."""
        return _delivered.get() is self.request

    @property
    def is_answered(self) -> bool:
        """Whether a fault has answered it already."""
        return self.endpoint_url == _NOWHERE

    def deliver(self) -> None:
        """Do what botocore does after this event: take an answer in process, else send."""
        token = _delivered.set(self.request)
        try:
            answers = self.client.meta.events.emit(self.event_name, request=self.request)
            if all(answer is None for _, answer in answers):
                # Only the client's own session knows its proxies and certificates.
                self.client._endpoint.http_session.send(self.request)  # noqa: SLF001
        finally:
            _delivered.reset(token)

    def answer(self, reply: Reply) -> AWSResponse:
        """Make botocore's form of an answer, and keep the request from everybody else.

        botocore calls the other handlers all the same. moto, which is one of them, would
        apply the request; it takes only what goes to AWS. A repetition is a new request.
        """
        url, self.request.url = self.request.url, _NOWHERE
        headers = HTTPHeaders()
        for name, value in reply.headers.items():
            headers[name] = value
        return AWSResponse(url, reply.status, headers, _Raw(reply.content))


class _Raw(io.BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _wrong_client(problem: str) -> InvalidRequestError:
    expected = 'expected a boto3 client, as of boto3.client("dynamodb")'
    return InvalidRequestError(f"{problem}; {expected}", code="WRONG_CLIENT")
