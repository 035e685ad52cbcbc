"""A server that takes every request of DynamoDB's protocol and answers at once.

It is a program of its own, so that what it costs is not counted, and needs nothing but the
standard library. It reads one line of JSON from its input, `{"item": {...}, "pause": seconds,
"limit": seconds}`, and prints the port that it listens on, at 127.0.0.1 only. It ends when its
input ends, as it does when the process that started it goes away, after `limit` seconds, and
on SIGTERM. With a pause it answers one request after the other, so it is for one client then.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
import zlib
from collections.abc import Callable
from typing import Any

ADDRESS = "127.0.0.1"
LAST_BODY = "Benchmarks.LastBody"  # asks for the body of the request before
_GREETING = b"HTTP/1.1 100 Continue\r\n\r\n"
_CHUNK = 1 << 20
_END_OF_HEAD = b"\r\n\r\n"


class Answers:
    """Makes the answer to each request, and remembers those that repeat."""

    def __init__(self, item: dict[str, Any]) -> None:
        self._item = item
        self._ready: dict[tuple[str, int], bytes] = {}
        self._last = b"{}"

    def to(self, operation: str, body: bytes) -> bytes:
        """Return the whole answer to a request."""
        if operation == LAST_BODY:
            return _response(self._last)
        self._last = body
        if operation in ("BatchGetItem", "DescribeTable"):
            return _response(json.dumps(self._from_request(operation, body)).encode())
        count = body.count(b'"Key"') if operation == "TransactGetItems" else 0
        ready = self._ready.get((operation, count))
        if ready is None:
            ready = _response(json.dumps(self._constant(operation, count)).encode())
            self._ready[operation, count] = ready
        return ready

    def _constant(self, operation: str, count: int) -> dict[str, Any]:
        if operation == "TransactGetItems":
            return {"Responses": [{"Item": self._item}] * count}
        if operation == "GetItem":
            return {"Item": self._item}
        return {"UnprocessedItems": {}} if operation == "BatchWriteItem" else {}

    def _from_request(self, operation: str, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        if operation == "BatchGetItem":
            found = {
                table: [{**self._item, **key} for key in wanted["Keys"]]
                for table, wanted in request["RequestItems"].items()
            }
            return {"Responses": found, "UnprocessedKeys": {}}
        key = [("artist", "HASH"), ("title", "RANGE")]
        return {
            "Table": {
                "TableName": request["TableName"],
                "TableStatus": "ACTIVE",
                "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in key],
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"} for name, _ in key
                ],
            }
        }


def _response(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Server: Server\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\n"
        f"x-amzn-RequestId: {'BENCHMARK'.ljust(52, '0')}\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


class Connection:
    """What one client has sent so far."""

    def __init__(self, connected: socket.socket, answers: Answers, pause: float) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._answers = answers
        self._pause = pause
        self._received = bytearray()
        self._wanted = 0  # bytes of the request that is on its way, once its head is there
        self._head_length = 0
        self._operation = ""

    def read(self) -> bool:
        """Take what has come and answer what is complete; say whether the client is there."""
        chunk = self._socket.recv(_CHUNK)
        self._received += chunk
        while self._is_complete():
            body = bytes(self._received[self._head_length : self._wanted])
            del self._received[: self._wanted]
            self._wanted = 0
            if self._pause:
                time.sleep(self._pause)
            self._socket.sendall(self._answers.to(self._operation, body))
        return bool(chunk)

    def _is_complete(self) -> bool:
        if not self._wanted:
            end = self._received.find(_END_OF_HEAD)
            if end < 0:
                return False
            self._read_head(bytes(self._received[:end]).decode("latin-1"))
            self._head_length = end + len(_END_OF_HEAD)
            self._wanted += self._head_length
        return len(self._received) >= self._wanted

    def _read_head(self, head: str) -> None:
        fields = dict(line.lower().split(":", 1) for line in head.split("\r\n")[1:])
        names = {line.split(":", 1)[0].lower(): line for line in head.split("\r\n")[1:]}
        target = names.get("x-amz-target", "").partition(":")[2].strip()
        self._operation = target if target == LAST_BODY else target.rpartition(".")[2]
        self._wanted = int(fields.get("content-length", "0"))
        if "expect" in fields:
            self._socket.sendall(_GREETING)


def serve(settings: dict[str, Any], announce: Callable[[int], None]) -> None:
    """Answer until the input ends or the time is over."""
    answers = Answers(settings["item"])
    ends = time.monotonic() + settings["limit"]
    with selectors.DefaultSelector() as selector, socket.create_server((ADDRESS, 0)) as server:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(server, selectors.EVENT_READ)
        announce(server.getsockname()[1])
        while (left := ends - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                if key.fileobj is sys.stdin:
                    return  # nothing is ever written there: it has ended
                if key.fileobj is server:
                    connected, _ = server.accept()
                    connection = Connection(connected, answers, settings["pause"])
                    selector.register(connected, selectors.EVENT_READ, connection)
                elif not _is_there(key.data):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]


def _is_there(connection: Connection) -> bool:
    try:
        return connection.read()
    except OSError:
        return False


def _announce(port: int) -> None:
    print(port, flush=True)


if __name__ == "__main__":
    serve(json.loads(sys.stdin.readline()), _announce)
