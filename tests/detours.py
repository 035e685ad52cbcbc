"""The way of the shell `direct`: a client that nobody listens to, and a server before the engine.

`Faults` and `RequestRecorder` hook into a client, which then sends everything over botocore. Here
they stay with the test's own client, the origin. What is under test sends through another
client, on whatever way it likes, to a `Detour`: that asks the origin's handlers about each
request as botocore does, and then sends it over the origin, or answers what they said, or nothing.

What no server can do is done at this end of the connection: refuse it, and be out of time at once.
"""

import contextlib
import copy
import importlib.util
import itertools
import socket
import threading
from unittest import mock
from weakref import WeakSet

import attrs
import urllib3.util.connection
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto.core import models

from tests import engines
from tests.lending import Lender
from transactscope.testing import Faults
from transactscope.testing.faults import Raised, Unreachable

_FOLDER = "transactscope.transports.direct"
_HOST = "127.0.0.1"
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError)
_SETTINGS = ("connect_timeout", "read_timeout", "retries", "max_pool_connections")
# Those that the framing of the answer replaces.
_FRAMING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})

_STAGED = "decided before anything is sent"

# What proves nothing more here than in the other shells, of tests/contract.
LEFT_OUT = {
    "breaker": "a breaker decides before and after a send, whatever sends",
    "handover": "about the ordinary transport",
    "lease": "made of verbs that are tested there",
    "test_fields": _STAGED,
    "test_guards": _STAGED,
    "test_indexes": _STAGED,
    "test_kinds": _STAGED,
    "test_limits": _STAGED,
    "test_limits_of_expressions": _STAGED,
    "test_savepoints": _STAGED,
    "test_several_writes": _STAGED,
    "test_tables": "requests about tables are sent by the ordinary transport",
    "test_update_of_entity": _STAGED,
    "test_versions": _STAGED,
    "testing": "faults and records of a client itself keep it from being served directly",
}


def leaves_out(module_name):
    """Whether a module's tests are left out, by its full name or that of its folder."""
    return any(part in LEFT_OUT for part in module_name.split("."))


def problem():
    """Say why the direct transport cannot be tested here, or return None if it can."""
    return None if importlib.util.find_spec(_FOLDER) is not None else "its folder was deleted"


class Detours:
    """The detours of a shell, one for each client of the tests."""

    def __init__(self):
        self._of_origins = {}
        self._doors = {}  # by settings of the clients that come through them
        self._installed = contextlib.ExitStack()

    def of(self, origin):
        """Return the detour before a client: always the same one, until the test has ended."""
        if not self._of_origins:
            self._install()
        if id(origin) not in self._of_origins:
            door = self._door_for(origin)
            self._of_origins[id(origin)] = Detour(origin, door)  # which keeps it, and so its id
        return self._of_origins[id(origin)]

    def close(self):
        """End all detours, and return what they found to object to; there may be others later."""
        detours = list(self._of_origins.values())
        self._of_origins.clear()
        self._installed.close()
        for detour in detours:
            detour.close()
            self._doors[detour.door.key].append(detour.door)
        return [problem for detour in detours for problem in detour.problems]

    def end(self):
        """Close everything, for good."""
        self.close()
        for door in itertools.chain.from_iterable(self._doors.values()):
            door.close()
        self._doors.clear()

    def _door_for(self, origin):
        settings = {name: getattr(origin.meta.config, name) for name in _SETTINGS}
        free = self._doors.setdefault(str(settings), [])
        return free.pop() if free else Door(settings)

    def _install(self):
        from transactscope.transports.direct import transport

        self._make = transport.direct_transport_for
        self._connect = urllib3.util.connection.create_connection
        connections = urllib3.util.connection
        for place, name, ours in (
            (transport, "direct_transport_for", self._transport_for),
            (connections, "create_connection", self._connection_to),
        ):
            self._installed.enter_context(mock.patch.object(place, name, ours))

    def _transport_for(self, client, ordinary):
        for detour in self._of_origins.values():
            if detour.client is client:
                return Announcing(detour, self._make(client, Ordinary(detour, ordinary)))
        return self._make(client, ordinary)

    def _connection_to(self, address, *arguments, **more):
        for detour in self._of_origins.values():
            if detour.door.port == address[1]:
                return detour.connection(lambda: self._connect(address, *arguments, **more))
        return self._connect(address, *arguments, **more)


class Door:
    """Where one detour after the other listens, and the clients that send there.

    Attributes:
        key: Which settings the clients have.
        port: Where it listens.
        lender: Lends the clients.
    """

    def __init__(self, settings):
        self.key = str(settings)
        self._listening = socket.create_server((_HOST, 0))
        self.port = self._listening.getsockname()[1]
        self.lender = Lender(lambda: _unheard(f"http://{_HOST}:{self.port}", settings))
        self._last = None

    def arrivals(self):
        """Go through the connections that are opened, up to the last call."""
        while True:
            connection, address = self._listening.accept()
            if address == self._last:
                connection.close()
                return
            yield connection

    @contextlib.contextmanager
    def last_call(self):
        """Let no connection arrive any more, nor be left for who listens next."""
        with socket.socket() as caller:
            caller.bind((_HOST, 0))
            self._last = caller.getsockname()
            caller.connect((_HOST, self.port))
            yield

    def close(self):
        """Listen no more."""
        self._listening.close()


class Detour:
    """A client without listeners, and the server that it sends to.

    Attributes:
        client: What the shell sends through.
        door: Where the server listens.
        problems: What a test must not have done: an operation that was not sent directly at once.
    """

    def __init__(self, origin, door):
        self.door = door
        self.problems = []
        self._origin = origin
        self._ends = {}
        self._under_way = []
        self._sent = WeakSet()
        self._refusal = threading.local()
        self._open = []  # connections
        self._lent = contextlib.ExitStack()
        self.client = self._lent.enter_context(door.lender.lent())
        self._accepting = threading.Thread(target=self._accept, name="detour", daemon=True)
        self._accepting.start()

    @property
    def connections(self):
        """How many connections there were."""
        return len(self._open)

    def close(self):
        """Close everything but the door."""
        self._lent.close()
        with self.door.last_call():
            self._accepting.join()
        for each in self._open:
            _shut(each)

    @contextlib.contextmanager
    def announced(self, request):
        """Know of a request before it is sent, and refuse it a connection if it is to have none."""
        self._under_way.append(request.operation)
        try:
            with self._refused(request) if self._has_no_connection(request) else _as_ever():
                yield
        finally:
            self._under_way.remove(request.operation)
            self._sent.add(request)

    def goes_around(self, request):
        """Write down that a request is sent by the ordinary transport, unless it met trouble."""
        from transactscope.transports.direct.probe import PROBES

        if request.operation in PROBES and request not in self._sent:
            self.problems.append(f"{request.operation} was not sent directly")

    def connection(self, connect):
        """Open a connection to the server, or fail as this thread is to fail."""
        error = getattr(self._refusal, "error", None)
        if error is not None:
            raise TimeoutError if isinstance(error, ConnectTimeoutError) else ConnectionRefusedError
        plain = connect()
        timeout = plain.gettimeout()
        line = Line(plain.family, plain.type, plain.proto, plain.detach())
        line.settimeout(timeout)
        line.ends = self._ends
        return line

    def _has_no_connection(self, request):
        fault = _next_fault(self._origin, request.operation)
        return isinstance(fault, Unreachable) or (
            isinstance(fault, Raised) and isinstance(fault.exception, _NEVER_SENT)
        )

    @contextlib.contextmanager
    def _refused(self, request):
        """Let this thread find no connection; it has its request counted, and the fault met."""
        prepared = self._prepared(request.operation, {}, b"".join(request.content))
        try:
            self._ask_handlers(request.operation, prepared)
        except _NEVER_SENT as error:
            self._refusal.error = error
        self._forget_connections()
        try:
            yield
        finally:
            self._refusal.error = None

    def _forget_connections(self):
        """Take the client's open connections away. Whoever is using one can go on."""
        manager = self.client._endpoint.http_session._manager
        for key in manager.pools.keys():  # noqa: SIM118 - it cannot be gone through by itself
            manager.pools[key].close()
        manager.clear()

    def _prepared(self, operation, headers, body):
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}"} | headers
        url = f"{self._origin.meta.endpoint_url}/"
        return AWSPreparedRequest("POST", url, headers, body, stream_output=False)

    def _ask_handlers(self, operation, prepared):
        events = self._origin.meta.events
        answers = events.emit(f"before-send.dynamodb.{operation}", request=prepared)
        return next((answer for _, answer in answers if answer is not None), None)

    def _accept(self):
        for connection in self.door.arrivals():
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, port = connection.getpeername()
        with contextlib.suppress(OSError, ValueError), connection.makefile("rb") as received:
            while (read := _read(received)) is not None:
                try:
                    answer = self._answer(*read)
                except BaseException as error:  # noqa: BLE001 - what a fault raises, too
                    self._ends[port] = error
                    break
                connection.sendall(answer)
        _shut(connection)

    def _answer(self, headers, body):
        operation = headers["X-Amz-Target"].rpartition(".")[2]
        if operation not in self._under_way:
            self.problems.append(f"{operation} was not sent by the library")
        prepared = self._prepared(operation, headers, body)
        answer = self._ask_handlers(operation, prepared)
        if answer is None:
            answer = self._origin._endpoint.http_session.send(prepared)
        content = answer.content
        lines = [f"HTTP/1.1 {answer.status_code} Answer"]
        lines += [f"{name}: {value}" for name, value in _unframed(answer.headers)]
        lines += [f"Content-Length: {len(content)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + content


@attrs.frozen
class Announcing:
    """The transport under test. It tells the detour before it sends."""

    detour: Detour
    send: object

    def __call__(self, request):
        """Send."""
        with self.detour.announced(request):
            return self.send(request)


@attrs.frozen
class Ordinary:
    """The ordinary transport around which it is. It tells the detour, too."""

    detour: Detour
    send: object

    def __call__(self, request):
        """Send."""
        self.detour.goes_around(request)
        return self.send(request)


class Line(socket.socket):
    """A client's end of a connection: it may find that nobody answers, without waiting for it."""

    def recv(self, *arguments):
        """Return what was received."""
        return super().recv(*arguments) or self._end(b"")

    def recv_into(self, *arguments):
        """Return how much was received."""
        return super().recv_into(*arguments) or self._end(0)

    def _end(self, nothing):
        error = self.ends.pop(self.getsockname()[1], None)
        if error is None or isinstance(error, ConnectionClosedError):
            return nothing
        raise TimeoutError if isinstance(error, ReadTimeoutError) else error


def _unheard(address, settings):
    """Make a client without moto's handler, which listens to every client, mocked or not."""
    client = engines.new_client(address, **settings)
    client.meta.events.unregister("before-send", models.botocore_stubber)
    return client


def _next_fault(client, operation):
    """Return what the next send of a client will meet, if anything; it is not used up."""
    handlers = client.meta.events._emitter._handlers.prefix_search(
        f"before-send.dynamodb.{operation}"
    )
    installed = [getattr(handler, "__self__", None) for handler in handlers]
    nexts = (_next_of(each, operation) for each in installed if isinstance(each, Faults))
    return next((fault for fault in nexts if fault is not None), None)


def _next_of(faults, operation):
    if script := faults.pending.get(operation):
        return script[0]
    dice = faults._dice.get(operation, ())
    thrown = (attrs.evolve(each, random=copy.copy(each.random)).throw() for each in dice)
    return next((fault for fault in thrown if fault is not None), None)


def _read(received):
    """Return the headers and the body of a request, or None at the end of the connection."""
    if not received.readline():
        return None
    headers = {}
    while line := received.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(": ")
        headers[name] = value
    headers.pop("Host", None)  # that of the engine is added instead
    return headers, received.read(int(headers["Content-Length"]))


def _unframed(headers):
    return [(name, value) for name, value in headers.items() if name.lower() not in _FRAMING]


def _as_ever():
    return contextlib.nullcontext()


def _shut(each):
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
