"""Where botocore sends: the one place that knows how its clients are hooked into.

May import `arguments`, `errors`, `faults`, `replies`, `transports` and botocore. `before-send`
comes for every attempt, with a real endpoint and with moto, which answers there; `before-call`
comes once for several attempts.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Final

import attrs
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.testing.faults import Fault
from transactscope.testing.replies import Reply
from transactscope.transports.clients import is_asynchronous
from transactscope.transports.threads import ThreadedClient

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
    with reading("a client"):
        try:
            model, _ = client.meta.service_model, client.meta.events.register_first
            service, names = model.service_name, frozenset(model.operation_names)
        except (AttributeError, TypeError):
            raise _wrong_client(f"{type(client).__name__} has no botocore events") from None
        if service != _SERVICE:
            raise _wrong_client(f"{type(client).__name__} is a client of {service}")
        return names


def sender_of(client: Any) -> Any:
    """Return the client whose events tell of what a client sends."""
    return client.wrapped if isinstance(client, ThreadedClient) else client


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


def send_of(client: Any, request: Any, event_name: str) -> BotocoreSend:
    """Return the send that a `before-send` handler of a sender is told about."""
    kind = AiobotocoreSend if is_asynchronous(client) else BotocoreSend
    return kind(request, event_name, client)


@attrs.frozen
class SeenSend:
    """One send, as far as its `before-send` event tells."""

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


@attrs.frozen
class BotocoreSend(SeenSend):
    """One send of a client, with what may be done instead of sending."""

    client: Any
    _answers: list[Reply] = attrs.field(factory=list)

    @property
    def answer(self) -> Reply | None:
        """What was answered to the part of it that was delivered."""
        return self._answers[-1] if self._answers else None

    def meet(self, fault: Fault) -> Any:
        """Let the fault happen, and return what the handler of the event has to return."""
        if inspect.iscoroutine(begun := fault.begin(self)):
            begun.close()  # nobody can await it, and it would warn about that
            raise InvalidRequestError(f"{fault!r}: a boto3 client cannot await a coroutine")
        return self._answer(fault.meet(self))

    def deliver(self) -> object:
        """Do what botocore does after this event: take an answer in process, else send."""
        with self._delivery():
            if not _is_any_answer(self._ask_others()):
                self._send()
        return None

    def deliver_part(self, body: Mapping[str, Any]) -> object:
        """Send another body in place of this one, and keep what was answered.

        The signature is that of the whole: engines do not check it.
        """
        with self._replaced(body), self._delivery():
            answer = _first_answer(self._ask_others()) or self._send()
            self._answers.append(Reply(answer.status_code, answer.content))
        return None

    @contextlib.contextmanager
    def _replaced(self, body: Mapping[str, Any]) -> Generator[None, None, None]:
        whole = self.request.body
        try:
            self._write(json.dumps(body).encode())
            yield
        finally:
            self._write(whole)

    def _write(self, content: Any) -> None:
        self.request.body = content
        self.request.headers["Content-Length"] = str(len(content))

    @contextlib.contextmanager
    def _delivery(self) -> Generator[None, None, None]:
        token = _delivered.set(self.request)
        try:
            yield
        finally:
            _delivered.reset(token)

    def _ask_others(self) -> Any:
        return self.client.meta.events.emit(self.event_name, request=self.request)

    def _send(self) -> Any:
        # Only the client's own session knows its proxies and certificates.
        return self.client._endpoint.http_session.send(self.request)  # noqa: SLF001

    def _answer(self, reply: Reply | None) -> Any:
        """Make botocore's form of an answer, and keep the request from everybody else.

        botocore calls the other handlers all the same. moto, which is one of them, would
        apply the request; it takes only what goes to AWS. A repetition is a new request.
        """
        if reply is None:
            return None
        url, self.request.url = self.request.url, _NOWHERE
        headers = HTTPHeaders()
        for name, value in reply.headers.items():
            headers[name] = value
        return self._response(url, reply.status, headers, reply.content)

    def _response(self, url: str, status: int, headers: HTTPHeaders, content: bytes) -> Any:
        return AWSResponse(url, status, headers, _Raw(content))


@attrs.frozen
class AiobotocoreSend(BotocoreSend):
    """The same where handlers, the session and the content of answers are awaited."""

    async def meet(self, fault: Fault) -> Any:
        """Let the fault happen, and return what the handler of the event has to return."""
        if inspect.isawaitable(begun := fault.begin(self)):
            await begun
        return self._answer(fault.meet(self))

    async def deliver(self) -> None:
        """Do what aiobotocore does after this event."""
        with self._delivery():
            if not _is_any_answer(await self._ask_others()):
                await self._send()

    async def deliver_part(self, body: Mapping[str, Any]) -> None:
        """Do the same, and await what was answered."""
        with self._replaced(body), self._delivery():
            answer = _first_answer(await self._ask_others()) or await self._send()
            self._answers.append(Reply(answer.status_code, await answer.content))

    def _response(self, url: str, status: int, headers: HTTPHeaders, content: bytes) -> Any:
        # Whoever has such a client has the package; the library itself does not need it.
        from aiobotocore import awsrequest  # noqa: PLC0415 # pyright: ignore[reportMissingModuleSource]

        return awsrequest.AioAWSResponse(url, status, headers, _AwaitedRaw(content))


class _Raw(io.BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@attrs.frozen
class _AwaitedRaw:
    """What aiobotocore reads an answer's body from."""

    content: bytes

    async def read(self) -> bytes:
        return self.content


def _is_any_answer(answers: Sequence[tuple[Handler, Any]]) -> bool:
    return any(answer is not None for _, answer in answers)


def _first_answer(answers: Sequence[tuple[Handler, Any]]) -> Any:
    return next((answer for _, answer in answers if answer is not None), None)


def _wrong_client(problem: str) -> InvalidRequestError:
    expected = 'expected a client of boto3 or aiobotocore, as of boto3.client("dynamodb")'
    return InvalidRequestError(f"{problem}; {expected}", code="WRONG_CLIENT")
