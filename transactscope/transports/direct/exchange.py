"""Sends one request over one connection, once, and says in botocore's words what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from socket import socket
from typing import Any, Final

from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from transactscope.transports.direct.connections import Connections
from transactscope.transports.direct.head import Head
from transactscope.transports.direct.http import (
    BLOCK,
    ConnectionEndedError,
    GarbledAnswerError,
    HttpAnswer,
    blocks,
    read_answer,
)

_UNUSED: Final = sha256()
_COPIED: Final = 16 * 1024  # bytes of a body that is copied behind its head to be sent with it
_CAN_GATHER: Final = hasattr(socket, "sendmsg")  # not on every system


def parts_of(head: Head, content: Sequence[bytes]) -> Sequence[bytes]:
    """Return what is to be written for a request, in as few parts as is worth while."""
    size = sum(map(len, content))
    if size <= BLOCK:
        body = b"".join(content)
        hashed = _UNUSED.copy()  # cheaper than a new one
        hashed.update(body)
        written = head.with_hash(hashed.hexdigest(), size)
        return (written + body,) if size <= _COPIED else (written, body)
    joined = list(blocks(content))
    hashed = sha256()
    for block in joined:
        hashed.update(block)
    return (head.with_hash(hashed.hexdigest(), size), *joined)


def exchange(connections: Connections, connection: Any, parts: Sequence[bytes]) -> HttpAnswer:
    """Write a request and read its answer; the connection is given back or closed.

    Raises:
        ReadTimeoutError: No answer came in time. As with all others, the request may have arrived.
        ConnectionClosedError: The connection ended before the answer was complete.
        ResponseParserError: What came is no answer of HTTP.
        HTTPClientError: Anything else.
    """
    try:
        plain_or_tls = connection.sock
        _write(plain_or_tls, parts)
        came = read_answer(plain_or_tls.recv)
    except BaseException as error:
        connections.discard(connection)
        if isinstance(error, Exception):
            raise _in_words_of_botocore(error, connections.url) from error
        raise
    if came.is_last:
        connections.discard(connection)
    else:
        connections.give_back(connection)
    return came


def _write(connection: Any, parts: Sequence[bytes]) -> None:
    """Write parts one behind the other, at once where that can be."""
    left: Sequence[bytes | memoryview] = parts
    if len(parts) > 1 and type(connection) is socket and _CAN_GATHER:
        left = _behind(parts, connection.sendmsg(parts))
    for part in left:
        connection.sendall(part)


def _behind(parts: Sequence[bytes], sent: int) -> Sequence[memoryview]:
    """Return what is left of parts when so many bytes of them are sent."""
    left = []
    for part in parts:
        if sent < len(part):
            left.append(memoryview(part)[sent:])
        sent = max(0, sent - len(part))
    return left


def _in_words_of_botocore(error: Exception, url: str) -> Exception:
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, OSError | ConnectionEndedError):
        return ConnectionClosedError(endpoint_url=url, error=error)
    if isinstance(error, GarbledAnswerError):
        return ResponseParserError(f"the answer is no HTTP: {error}")
    return HTTPClientError(error=error)
