"""One send per call: what botocore may make of one of our requests, and what it may not.

Two habits of botocore would make an answer wrong or a budget a lie. It sends again by
itself, as often as the client is configured to: for a write that may already have been
applied, the second answer hides what the first send did, and what is retried below the
library is counted nowhere. And it reads a body that is no JSON as an empty success. So
every send of ours is the last one that botocore makes of it, whatever it was answered,
and a body that nobody can read is no answer. Calls that are not ours are left alone.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import zlib
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from typing import Any, Final

from botocore.exceptions import ChecksumError, ClientError
from botocore.parsers import ResponseParserError

_HANDLER_ID: Final = "transactscope-single-send"
_FIRST_ERROR: Final = 300  # HTTP status

# The call of ours that is under way in this context, as its client's events and its operation:
# botocore's events do not say whose call they belong to, and a handler may make calls meanwhile.
_ours: ContextVar[tuple[Any, str] | None] = ContextVar("transactscope_ours", default=None)


def watch(client: Any) -> None:
    """Register with a botocore client, once; a stand-in without events is left alone."""
    events = _events_of(client)
    if events is not None and hasattr(events, "register_first"):
        judge = _judge_with(events, _exceptions_of(client))
        events.register_first("needs-retry.dynamodb", judge, unique_id=_HANDLER_ID)


@contextlib.contextmanager
def ours(client: Any, operation: str) -> Generator[None, None, None]:
    """Mark the client's call inside as one of ours."""
    token = _ours.set((_events_of(client), operation))
    try:
        yield
    finally:
        _ours.reset(token)


def _events_of(client: Any) -> Any:
    return getattr(getattr(client, "meta", None), "events", None)


def _exceptions_of(client: Any) -> Callable[[str], type[ClientError]]:
    """Return what finds the class that the client raises for an error code.

    It is looked up when it is needed: a client makes its exceptions at their first use.
    """

    def from_code(code: str) -> type[ClientError]:
        exceptions = getattr(client, "exceptions", None)
        return ClientError if exceptions is None else exceptions.from_code(code)

    return from_code


def _judge_with(
    events: Any, exception_class: Callable[[str], type[ClientError]]
) -> Callable[..., Awaitable[None] | None]:
    def judge(
        response: tuple[Any, Any] | None = None,
        caught_exception: Exception | None = None,
        operation: Any = None,
        **_: Any,
    ) -> Awaitable[None] | None:
        """Raise what botocore would raise after its last attempt, before it makes another."""
        call = _ours.get()
        if call is None or call[0] is not events or call[1] != operation.name:
            return None
        if caught_exception is not None:
            raise caught_exception
        if response is None:
            return None
        http, parsed = response
        if http.status_code < _FIRST_ERROR:
            return _stop_on_damage(http.content, http.headers)
        parsed.setdefault("ResponseMetadata", {}).setdefault("RetryAttempts", 0)
        code = parsed.get("Error", {}).get("Code", "")
        raise exception_class(code)(parsed, operation.name)

    return judge


def _stop_on_damage(content: Any, headers: Any) -> Awaitable[None] | None:
    """Refuse a success that does not match its checksum, or is no JSON object.

    An asynchronous client's content has to be awaited, and so has what is returned then.
    """
    if inspect.isawaitable(content):
        return _stop_on_damage_later(content, headers)
    expected = headers.get("x-amz-crc32")
    actual = zlib.crc32(content)
    if expected is not None and actual != int(expected):
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(actual)
        )
    if not _is_json_object(content):
        msg = "the answer's body is no JSON object"
        raise ResponseParserError(msg)
    return None


async def _stop_on_damage_later(content: Awaitable[bytes], headers: Any) -> None:
    _stop_on_damage(await content, headers)


def _is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
