"""One HTTP/1.1 exchange: what is sent as it stands, and what came back, read strictly.

Knows nothing of DynamoDB. What does not keep to the protocol is no answer: there is no guessing
where one ends, and no connection is used again of which that is not known [RFC 9112].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import attrs

Receive: TypeAlias = Callable[[int], bytes]
"""Returns between one and so many bytes, or none where the other side has ended."""

BLOCK: Final = 64 * 1024  # bytes; what is shorter is joined, what is longer sent as it stands
_FIRST_BLOCK: Final = 16 * 1024  # bytes; answers to writes are shorter
_MOST_AT_ONCE: Final = 1024 * 1024  # bytes to ask a socket for
_LONGEST_HEAD: Final = 64 * 1024  # bytes
_LONGEST_LINE: Final = 4 * 1024  # bytes, of a chunk's size or a trailer
_LONGEST_BODY: Final = 64 * 1024 * 1024  # bytes; a batch of 100 items is answered with 16 MB
_MOST_FIELDS: Final = 200
_MOST_HEADS: Final = 10  # interim answers, and the one that counts

_FIRST_FINAL: Final = 200  # HTTP status, as the following
_SWITCHING: Final = 101
_WITHOUT_BODY: Final = frozenset({204, 304})

_SUCCESS: Final = b"HTTP/1.1 200 OK\r\n"
_END_OF_LINE: Final = b"\r\n"
_END_OF_HEAD: Final = b"\r\n\r\n"
_STATUS_LINE: Final = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n\0]*)?")
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LENGTH: Final = re.compile(r"[0-9]{1,12}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n\0]*)?")

_MOST_NAMES: Final = 1000
_NAMES: Final[dict[str, str]] = {}  # of headers that came before, in small letters


class GarbledAnswerError(Exception):
    """What came back does not keep to HTTP, or not to what was asked for."""


class ConnectionEndedError(Exception):
    """The other side ended the connection before its answer was complete."""


@attrs.define(eq=False)
class HttpAnswer:
    """One complete answer.

    Attributes:
        status: The HTTP status.
        headers: Names in small letters; fields of one name joined with a comma.
        body: What it carries, without any framing.
        is_last: Whether the connection cannot be used again.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_last: bool


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces that follow each other until they are worth a call each."""
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(gathered)  # a single piece is not copied
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


def read_answer(receive: Receive) -> HttpAnswer:
    """Read one answer.

    Raises:
        GarbledAnswerError: It is none.
        ConnectionEndedError: It is not complete.
        OSError: Raised by `receive`.
    """
    received = receive(_FIRST_BLOCK)
    head, found, body = received.partition(_END_OF_HEAD)
    if found and head.startswith(_SUCCESS):  # nearly always, and then there is little to do
        headers = _headers(head[len(_SUCCESS) :].decode("latin-1"))
        if (
            headers.get("content-length") == str(len(body))
            and headers.get("connection", "keep-alive") == "keep-alive"
            and "transfer-encoding" not in headers
            and "content-encoding" not in headers
        ):
            return HttpAnswer(200, headers, body, is_last=False)
    return _read_any(_Stream(receive, received))


def _read_any(stream: _Stream) -> HttpAnswer:
    for _ in range(_MOST_HEADS):
        minor, status, headers = _read_head(stream.until(_END_OF_HEAD, _LONGEST_HEAD))
        if status >= _FIRST_FINAL:
            return _with_body(stream, status, headers, is_old=minor == "0")
        if status == _SWITCHING:
            break
    msg = "an interim answer instead of a final one"
    raise GarbledAnswerError(msg)


class _Stream:
    """Reads parts of what is received, and keeps what was received too much."""

    __slots__ = ("_receive", "received")

    def __init__(self, receive: Receive, received: bytes) -> None:
        self._receive = receive
        self.received = received

    def until(self, mark: bytes, limit: int) -> bytes:
        """Return everything up to a mark and with it, if that comes within so many bytes."""
        searched = 0
        while (end := self.received.find(mark, searched)) < 0:
            if len(self.received) > limit:
                msg = "a head or a line without an end"
                raise GarbledAnswerError(msg)
            searched = max(0, len(self.received) - len(mark) + 1)
            self.received += self._more(BLOCK)
        return self._take(end + len(mark))

    def exactly(self, size: int) -> bytes:
        """Return so many bytes."""
        if size <= len(self.received):
            return self._take(size)
        parts = [self.received]
        missing = size - len(self.received)
        self.received = b""
        while missing:
            parts.append(self._more(min(missing, _MOST_AT_ONCE)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def rest(self) -> bytes:
        """Return everything until the connection ends."""
        parts = [self.received]
        size = len(self.received)
        self.received = b""
        while part := self._receive(_MOST_AT_ONCE):
            parts.append(part)
            size = _checked_size(size + len(part))
        return b"".join(parts)

    def _more(self, size: int) -> bytes:
        part = self._receive(size)
        if not part:
            msg = "the connection ended inside the answer"
            raise ConnectionEndedError(msg)
        return part

    def _take(self, size: int) -> bytes:
        taken, self.received = self.received[:size], self.received[size:]
        return taken


def _read_head(head: bytes) -> tuple[str, int, dict[str, str]]:
    """Return the minor version, the status and the headers of a head."""
    text = head[: -len(_END_OF_HEAD)].decode("latin-1")
    first, _, fields = text.partition("\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        msg = "no status line of HTTP/1"
        raise GarbledAnswerError(msg)
    minor, code = status.groups()
    return minor, int(code), _headers(fields) if fields else {}


def _headers(text: str) -> dict[str, str]:
    """Read the lines of headers, at least one."""
    lines = text.split("\r\n")
    ends = len(lines) - 1
    if text.count("\n") != ends or text.count("\r") != ends or "\0" in text:
        msg = "an end of a line where there may be none"
        raise GarbledAnswerError(msg)
    if ends >= _MOST_FIELDS:
        msg = f"more than {_MOST_FIELDS} headers"
        raise GarbledAnswerError(msg)
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        key = _NAMES.get(name) or _key(name, line)
        value = value.strip(" \t")
        headers[key] = value if key not in headers else _merged(key, headers[key], value)
    return headers


def _key(name: str, line: str) -> str:
    """Return a header's name in small letters, and remember it if there are not too many."""
    if name == line or _NAME.fullmatch(name) is None:
        msg = "a header that is none"
        raise GarbledAnswerError(msg)
    key = name.lower()
    if len(_NAMES) < _MOST_NAMES:
        _NAMES[name] = key
    return key


def _merged(key: str, before: str, value: str) -> str:
    """Join the values of a header. A length may be told twice, but not differently."""
    return value if key == "content-length" and value == before else f"{before}, {value}"


def _with_body(
    stream: _Stream, status: int, headers: dict[str, str], *, is_old: bool
) -> HttpAnswer:
    if headers.get("content-encoding", "identity") != "identity":
        msg = "a content encoding that was not asked for"
        raise GarbledAnswerError(msg)
    ends_connection = _ends_connection(headers, is_old=is_old)
    transfer, length = headers.get("transfer-encoding"), headers.get("content-length")
    if status in _WITHOUT_BODY:
        body = b""
    elif transfer is not None:
        body = _chunked_body(stream, transfer, has_length=length is not None, is_old=is_old)
    elif length is not None:
        body = stream.exactly(_length(length))
    else:
        ends_connection, body = True, stream.rest()
    return HttpAnswer(status, headers, body, ends_connection or bool(stream.received))


def _ends_connection(headers: dict[str, str], *, is_old: bool) -> bool:
    words = headers.get("connection", "").lower()
    return "close" in words or (is_old and "keep-alive" not in words)


def _length(text: str) -> int:
    if _LENGTH.fullmatch(text) is None:
        msg = "a content length that is none"
        raise GarbledAnswerError(msg)
    return _checked_size(int(text))


def _checked_size(size: int) -> int:
    if size > _LONGEST_BODY:
        msg = f"a body of {size} bytes, of {_LONGEST_BODY} at most"
        raise GarbledAnswerError(msg)
    return size


def _chunked_body(stream: _Stream, transfer: str, *, has_length: bool, is_old: bool) -> bytes:
    """Read chunks. A length beside them would be somebody's trick to hide a second answer."""
    if transfer.lower() != "chunked" or has_length or is_old:
        msg = "a transfer encoding that was not asked for"
        raise GarbledAnswerError(msg)
    chunks: list[bytes] = []
    size = 0
    while length := _chunk_length(stream):
        size = _checked_size(size + length)
        chunks.append(stream.exactly(length))
        if stream.exactly(len(_END_OF_LINE)) != _END_OF_LINE:
            msg = "a chunk that is longer than its size"
            raise GarbledAnswerError(msg)
    _skip_trailers(stream)
    return b"".join(chunks)


def _chunk_length(stream: _Stream) -> int:
    line = stream.until(_END_OF_LINE, _LONGEST_LINE)
    size = _CHUNK.fullmatch(line[: -len(_END_OF_LINE)])
    if size is None:
        msg = "a chunk without a size"
        raise GarbledAnswerError(msg)
    return int(size[1], 16)


def _skip_trailers(stream: _Stream) -> None:
    for _ in range(_MOST_FIELDS):
        if stream.until(_END_OF_LINE, _LONGEST_LINE) == _END_OF_LINE:
            return
    msg = "trailers without an end"
    raise GarbledAnswerError(msg)
