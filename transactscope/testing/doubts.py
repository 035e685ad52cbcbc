"""Faults that do not decide: the request may have been applied, and its sender cannot tell.

May import `arguments`, `errors`, `faults`, `replies` and `showing`. Must not know where faults are
hooked in.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.faults import Answered, Fault, Lost
from transactscope.testing.replies import Reply, error_reply
from transactscope.testing.showing import shown

_OK: Final = 200  # HTTP status
_SERVER_FAULTS: Final = range(500, 600)

# Codes and texts: botocore's service model; Developer Guide, "Error handling with DynamoDB";
# both read 2026-11.
_IN_PROGRESS: Final = "The transaction with the given request token is already in progress."
_INTERNAL: Final = ("InternalServerError", "Internal server error")
_BY_STATUS: Final = {503: ("ServiceUnavailable", "Service is temporarily unavailable")}

# Bodies that no client can read, each with the checksum that is sent along.
GARBAGE: Final[dict[str, tuple[bytes, int | None]]] = {
    "truncated": (b'{"ConsumedCapacity":[{"TableName":"Acc', None),
    "html": (b"<html><body><h1>502 Bad Gateway</h1></body></html>", None),
    "empty": (b"", None),
    "checksum": (b"{}", zlib.crc32(b"{}") ^ 1),
}


@exported_from("transactscope.testing")
def in_progress() -> Fault:
    """Make a fault: a request with the same token is under way. Nothing is sent or applied.

    The answer is a `TransactionInProgressException`, which DynamoDB gives to
    TransactWriteItems and ExecuteTransaction when they are sent again too soon
    [TransactWriteItems, API Reference, 2026-11]. What becomes of the first one is open.

    Example:
        >>> from transactscope import TransactScope
        >>> from transactscope.testing import Faults, in_progress
        >>> with Faults(client) as faults:
        ...     faults.next("TransactWriteItems", in_progress())
        ...     with TransactScope(client) as tx:
        ...         _ = tx.put(Account("A-1"))
        >>> tx.result.attempts
        2

    .. versionadded:: 0.1.0
    """
    return _answered(error_reply("TransactionInProgressException", _IN_PROGRESS), "in_progress()")


@exported_from("transactscope.testing")
def server_error(status: int = 500, *, applied: bool = False) -> Fault:
    """Make a fault: DynamoDB fails, before or after it has applied the request.

    The answer is an `InternalServerError`, or `ServiceUnavailable` with the status 503, and
    looks the same in both cases: nobody can tell from it whether a write was applied.

    Args:
        status: The HTTP status, from 500 to 599.
        applied: Whether the request is sent first, and applied unless it is refused.

    Raises:
        InvalidRequestError: The status is none of a server's fault. Not sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.testing import Faults, server_error
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", server_error(applied=True))
        ...     Database(client).insert(Account("A-1"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        transactscope.errors.CommitOutcomeUnknownError: ...
        >>> Database(client).get(Account, "A-1")
        Account(number='A-1', balance=0)

    .. versionadded:: 0.1.0
    """
    with reading("server_error()"):
        if not isinstance(status, int) or status not in _SERVER_FAULTS:
            msg = f"status={shown(status)}: expected an HTTP status from 500 to 599"
            raise InvalidRequestError(msg)
        code, message = _BY_STATUS.get(status, _INTERNAL)
        told = [] if status == _SERVER_FAULTS.start else [str(status)]
    call = _call("server_error", told, applied=checked_flag(applied))
    return _answered(error_reply(code, message, status), call, arrives=applied)


@exported_from("transactscope.testing")
def lost_request() -> Fault:
    """Make a fault: the request never arrives. Nothing is sent or applied.

    The client raises botocore's `ReadTimeoutError`, as after `lost_answer`, because it
    cannot tell one from the other. What is sent again meets the next fault.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.testing import Faults, lost_request
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", lost_request())
        ...     Database(client).insert(Account("A-1"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        transactscope.errors.CommitOutcomeUnknownError: ...
        >>> Database(client).get(Account, "A-1") is None
        True

    .. versionadded:: 0.1.0
    """
    return Lost(arrives=False, call="lost_request()")


@exported_from("transactscope.testing")
def lost_answer() -> Fault:
    """Make a fault: the request is sent and applied, and its answer gets lost.

    The client raises botocore's `ReadTimeoutError`. What is sent again meets the next fault.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.testing import Faults, lost_answer
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", lost_answer())
        ...     Database(client).insert(Account("A-1"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        transactscope.errors.CommitOutcomeUnknownError: ...
        >>> Database(client).get(Account, "A-1")
        Account(number='A-1', balance=0)

    .. versionadded:: 0.1.0
    """
    return Lost(arrives=True, call="lost_answer()")


@exported_from("transactscope.testing")
def timed_out(*, applied: bool = False) -> Fault:
    """Make a fault: the client waits in vain. The same as `lost_request` or `lost_answer`.

    Nobody waits: the client raises botocore's `ReadTimeoutError` at once.

    Args:
        applied: Whether the request is sent first, and applied unless it is refused, so
            that only its answer is late.

    Raises:
        InvalidRequestError: `applied` is neither True nor False. Not sent.

    Example:
        >>> from transactscope.testing import lost_answer, lost_request, timed_out
        >>> timed_out() == lost_request(), timed_out(applied=True) == lost_answer()
        (True, True)

    .. versionadded:: 0.1.0
    """
    return Lost(arrives=checked_flag(applied), call=_call("timed_out", [], applied=applied))


@exported_from("transactscope.testing")
def garbage(kind: str = "truncated", *, applied: bool = False) -> Fault:
    """Make a fault: the answer says success (200), and its body cannot be read.

    botocore reads most such bodies as an empty success. This library does not: a write
    that is answered so may or may not have been applied.

    Args:
        kind: `truncated` is JSON that breaks off, `html` the page of a proxy, `empty` no body
            at all, `checksum` JSON that does not match the checksum sent along.
        applied: Whether the request is sent first, and applied unless it is refused.

    Raises:
        InvalidRequestError: It is no such kind, or `applied` is neither True nor False. Not
            sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.testing import Faults, garbage
        >>> with Faults(client) as faults:
        ...     faults.next("PutItem", garbage("html"))
        ...     Database(client).insert(Account("A-1"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        transactscope.errors.CommitOutcomeUnknownError: ...

    .. versionadded:: 0.1.0
    """
    with reading("garbage()"):
        if not isinstance(kind, str) or kind not in GARBAGE:
            raise InvalidRequestError(f"kind={shown(kind)}: expected one of {', '.join(GARBAGE)}")
        content, crc32 = GARBAGE[kind]
        told = [] if kind == "truncated" else [repr(kind)]
    call = _call("garbage", told, applied=checked_flag(applied))
    return _answered(Reply(_OK, content, crc32), call, arrives=applied)


def _answered(reply: Reply, call: str, *, arrives: bool = False) -> Fault:
    return Answered(arrives=arrives, reply=reply, call=call)


def checked_flag(applied: Any) -> bool:
    """Return whether a request is to be applied, if it is said with True or False."""
    with reading("applied="):
        if isinstance(applied, bool):
            return applied
    raise InvalidRequestError(f"applied={shown(applied)}: expected True or False")


def _call(name: str, told: list[str], *, applied: bool) -> str:
    return f"{name}({', '.join([*told, 'applied=True'] if applied else told)})"
