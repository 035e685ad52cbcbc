"""Sends one request over one connection, once, and says in botocore's words what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
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


def parts_of(head: Head, content: Sequence[bytes]) -> Sequence[bytes]:
    """Return what is to be written for a request, in as few parts as is worth while."""
    size = sum(map(len, content))
    if size <= BLOCK:
        body = b"".join(content)
        hashed = _UNUSED.copy()  # cheaper than a new one
        hashed.update(body)
        return (head.with_hash(hashed.hexdigest(), size) + body,)
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
        socket = connection.sock
        for part in parts:
            socket.sendall(part)
        came = read_answer(socket.recv)
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


def _in_words_of_botocore(error: Exception, url: str) -> Exception:
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, OSError | ConnectionEndedError):
        return ConnectionClosedError(endpoint_url=url, error=error)
    if isinstance(error, GarbledAnswerError):
        return ResponseParserError(f"the answer is no HTTP: {error}")
    return HTTPClientError(error=error)
