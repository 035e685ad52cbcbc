"""What botocore may make of one of our attempts, and what it may not.

Two habits of botocore would make an answer wrong. It sends again by itself after a
time-out, a lost connection or a server fault: for a write that may already have
been applied, the second answer hides what the first send did, and an insert that
succeeded comes back as a failed condition. And it reads a body that is no JSON as
an empty success. So an attempt that does not decide is the last one, and a body that
nobody can read is no answer. What DynamoDB clearly refused, as throttling, botocore
may still repeat as the client is configured to. Calls that are not ours are left alone.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final, Literal

from botocore.exceptions import (
    ChecksumError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
)
from botocore.parsers import ResponseParserError

_HANDLER_ID: Final = "transactscope-attempts"
_FIRST_ERROR: Final = 300  # HTTP status
_FIRST_SERVER_FAULT: Final = 500  # HTTP status

# Of this context, because botocore's events do not say whose call they belong to.
_ours: ContextVar[Literal["read", "write"] | None] = ContextVar("transactscope_ours", default=None)


def watch(client: Any) -> None:
    """Register with a botocore client, once; a stand-in without events is left alone."""
    events = getattr(getattr(client, "meta", None), "events", None)
    if events is not None and hasattr(events, "register_first"):
        events.register_first("needs-retry.dynamodb", _judge, unique_id=_HANDLER_ID)


@contextlib.contextmanager
def ours(kind: Literal["read", "write"]) -> Iterator[None]:
    """Mark the client's call inside as one of ours."""
    token = _ours.set(kind)
    try:
        yield
    finally:
        _ours.reset(token)


def _judge(
    response: tuple[Any, Any] | None = None,
    caught_exception: Exception | None = None,
    operation: Any = None,
    **_: Any,
) -> None:
    """Raise what botocore would raise after its last attempt, before it makes another."""
    kind = _ours.get()
    if kind is None:
        return
    if kind == "write" and caught_exception is not None:
        _stop_unless_never_sent(caught_exception)
    if response is None:
        return
    http, parsed = response
    if kind == "write" and http.status_code >= _FIRST_SERVER_FAULT:
        raise ClientError(parsed, operation.name)
    if http.status_code < _FIRST_ERROR:
        _stop_on_damage(http)


def _stop_unless_never_sent(error: Exception) -> None:
    if not isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        raise error


def _stop_on_damage(http: Any) -> None:
    """Refuse a success that does not match its checksum, or is no JSON object."""
    expected = http.headers.get("x-amz-crc32")
    actual = zlib.crc32(http.content)
    if expected is not None and actual != int(expected):
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(actual)
        )
    if not _is_json_object(http.content):
        msg = "the answer's body is no JSON object"
        raise ResponseParserError(msg)


def _is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
