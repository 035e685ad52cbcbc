"""A server of bytes: answers each request with the next thing of a script, and keeps them all."""

import collections
import contextlib
import socket
import threading
import zlib

import attrs

OK = b"HTTP/1.1 200 OK\r\n"


def answer(body=b"{}", *fields, status=b"200 OK", length=True, checksum=True):
    """Make an answer as DynamoDB makes it; `fields` are further lines of its head."""
    lines = [b"HTTP/1.1 " + status, b"x-amzn-RequestId: R", *fields]
    if checksum:
        lines.append(b"x-amz-crc32: %d" % zlib.crc32(body))
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join((*lines, b"", body))


@attrs.frozen
class Request:
    """One request as it came: `line`, `headers` with names in small letters, `body`."""

    connection: int
    line: str
    headers: dict
    body: bytes


class Server:
    """Listens on this machine until the end of its block.

    A step of the script is bytes, or a function of the connection. A connection is closed after a
    step that returns `CLOSE` or is a pair of bytes and `CLOSE`. When the script has ended, every
    request is answered with an empty success.
    """

    CLOSE = "close"

    def __init__(self, *script, context=None):
        self.script = collections.deque(script)
        self.requests = []
        self.connections = 0
        self.over = threading.Event()
        self._context = context
        self._threads = []
        self._open = []

    def __enter__(self):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self.over.set()
        for each in (self._listening, *self._open):
            _shut(each)
        for thread in self._threads:
            thread.join()

    @property
    def url(self):
        """Where it is."""
        scheme = "http" if self._context is None else "https"
        host = "127.0.0.1" if self._context is None else "localhost"
        return f"{scheme}://{host}:{self.port}"

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self.over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connections += 1
            self._start(self._serve, connection, self.connections)

    def _serve(self, connection, number):
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            received = connection.makefile("rb")
            while (request := _read(received, number)) is not None:
                self.requests.append(request)
                if self._perform(connection) == self.CLOSE:
                    break
        except (OSError, ValueError):
            pass
        finally:
            _shut(connection)

    def _perform(self, connection):
        step = self.script.popleft() if self.script else answer()
        if callable(step):
            return step(connection)
        content, end = step if isinstance(step, tuple) else (step, None)
        connection.sendall(content)
        return end


def _shut(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read(received, number):
    line = received.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    while field := received.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = field.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    body = received.read(int(headers.get("content-length", ["0"])[0]))
    return Request(number, line, {name: ", ".join(value) for name, value in headers.items()}, body)
