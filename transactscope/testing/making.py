"""Faults of any kind: functions that check what they are told and return frozen data.

May import `arguments`, `errors`, `faults`, `replies` and `showing`. Must not know where faults are
hooked in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.testing.faults import Answered, Calling, Fault, Raised
from transactscope.testing.replies import Reply, canceled_reply, error_reply, json_reply
from transactscope.testing.showing import shown

_REFUSED: Final = 400  # HTTP status
_STATUSES: Final = range(100, 600)
_CHECKSUMS: Final = range(2**32)


@exported_from("transactscope.testing")
def canceled(*reasons: str | Mapping[str, Any], message: str | None = None) -> Fault:
    """Make a fault: the transaction is canceled for these reasons. Nothing is sent or applied.

    Args:
        reasons: One per action, in order: a code, or the whole reason as DynamoDB sends it,
            `{"Code": str, "Message": str, "Item": {...}}`. `None` is the code, in
            quotes, of an action without an error of its own.
        message: The text of the error; None means the one that DynamoDB writes.

    Raises:
        InvalidRequestError: There is no reason, or one of them has no code. Not sent.

    Example:
        >>> from transactscope.testing import Faults, canceled
        >>> put = {"TableName": "Account", "Item": {"number": {"S": "A-1"}}}
        >>> with Faults(client) as faults:
        ...     faults.next("TransactWriteItems", canceled("ValidationError"))
        ...     try:
        ...         client.transact_write_items(TransactItems=[{"Put": put}])
        ...     except client.exceptions.TransactionCanceledException as canceled:
        ...         canceled.response["CancellationReasons"]
        [{'Code': 'ValidationError'}]

    .. versionadded:: 0.1.0
    """
    if not reasons:
        msg = 'name a reason; for none at all there is error("TransactionCanceledException")'
        raise InvalidRequestError(msg)
    with reading("canceled()"):
        made = [_reason(reason) for reason in reasons]
        call = f"canceled({', '.join(repr(reason['Code']) for reason in made)})"
        reply = canceled_reply(made, message)
    return Answered(arrives=False, reply=reply, call=call)


@exported_from("transactscope.testing")
def error(
    code: str, *, status: int = _REFUSED, message: str | None = None, **members: Any
) -> Fault:
    """Make a fault: DynamoDB answers with an error. Nothing is sent or applied.

    Args:
        code: The error's name, for example `InternalServerError`.
        status: The HTTP status; from 500 on it is a fault of the server's.
        message: The text; None means that there is none.
        members: What else the error has, as DynamoDB sends it, for example `Item`.

    Raises:
        InvalidRequestError: The code or the status cannot be sent. Not sent.

    Example:
        >>> from transactscope.testing import Faults, error
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", error("AccessDeniedException", message="not for you"))
        ...     client.list_tables()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        botocore.exceptions.ClientError: An error occurred (AccessDeniedException) ... not for you

    .. versionadded:: 0.1.0
    """
    with reading("error()"):
        reply = error_reply(_code(code), message, _status(status), members)
        told = "" if status == _REFUSED else f", status={status}"
        call = f"error({code!r}{told})"
    return Answered(arrives=False, reply=reply, call=call)


@exported_from("transactscope.testing")
def answer(status: int, body: bytes | Mapping[str, Any], *, crc32: int | None = None) -> Fault:
    """Make a fault: this is the answer, whatever was asked. Nothing is sent or applied.

    Args:
        status: The HTTP status.
        body: The body: bytes as they are, which need not be JSON; a mapping as JSON.
        crc32: The checksum that is sent along, right or wrong; None means none.

    Raises:
        InvalidRequestError: The status, the body or the checksum cannot be sent. Not sent.

    Example:
        >>> from transactscope.testing import Faults, answer
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", answer(200, {"TableNames": ["Elsewhere"]}))
        ...     client.list_tables()["TableNames"]
        ['Elsewhere']

    .. versionadded:: 0.1.0
    """
    with reading("answer()"):
        checksum = _checksum(crc32)
        if isinstance(body, bytes):
            reply = Reply(_status(status), body, checksum)
        elif isinstance(body, Mapping):
            reply = json_reply(_status(status), body, checksum)
        else:
            raise InvalidRequestError(f"body={shown(body)}: expected bytes or a mapping")
        call = f"answer({status})"
    return Answered(arrives=False, reply=reply, call=call)


@exported_from("transactscope.testing")
def raised(exception: BaseException | type[BaseException]) -> Fault:
    """Make a fault: the send raises this. Nothing is sent or applied.

    Args:
        exception: What is raised, as it is: a `KeyboardInterrupt`, an
            `asyncio.CancelledError` as of a task that is canceled, or what a proxy or a
            credential provider of yours may raise.

    Raises:
        InvalidRequestError: It is no exception. Not sent.

    Example:
        >>> from transactscope.testing import Faults, raised
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", raised(ConnectionResetError("gone")))
        ...     client.list_tables()
        Traceback (most recent call last):
        ConnectionResetError: gone

    .. versionadded:: 0.1.0
    """
    with reading("raised()"):
        kind = exception if isinstance(exception, type) else type(exception)
        if not issubclass(kind, BaseException):
            raise InvalidRequestError(f"{shown(exception)}: expected an exception")
        call = f"raised({kind.__name__})"
    return Raised(exception, call=call)


@exported_from("transactscope.testing")
def calling(function: Callable[[], object]) -> Fault:
    """Make a fault: a function is called first, and then the request is sent normally.

    Args:
        function: Called without arguments while the send is under way, in its thread. What
            it raises, the send raises. What it returns is awaited first by an aiobotocore
            client if it can be, and does not matter otherwise. A coroutine function cannot be
            called by a boto3 client, whose send raises `InvalidRequestError`.

    Raises:
        InvalidRequestError: It cannot be called. Not sent.

    Example:
        >>> from transactscope.testing import Faults, calling
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", calling(lambda: print("under way")))
        ...     client.list_tables()["TableNames"]
        under way
        ['Account']

    .. versionadded:: 0.1.0
    """
    with reading("calling()"):
        if not callable(function):
            raise InvalidRequestError(f"{shown(function)}: expected a function")
        call = f"calling({getattr(function, '__qualname__', type(function).__name__)})"
    return Calling(function, call=call)


def _reason(reason: Any) -> Mapping[str, Any]:
    if isinstance(reason, Mapping):
        _code(reason.get("Code"))
        return reason
    return {"Code": _code(reason)}


def _code(code: Any) -> str:
    if not isinstance(code, str) or not code:
        raise InvalidRequestError(f"{shown(code)}: expected the code of an error, as text")
    return code


def _status(status: Any) -> int:
    if not isinstance(status, int) or status not in _STATUSES:
        raise InvalidRequestError(f"status={shown(status)}: expected an HTTP status")
    return status


def _checksum(crc32: Any) -> int | None:
    if crc32 is None or (type(crc32) is int and crc32 in _CHECKSUMS):
        return crc32
    raise InvalidRequestError(f"crc32={shown(crc32)}: expected a number of 32 bits")
