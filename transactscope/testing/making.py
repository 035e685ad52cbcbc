"""The faults by name: functions that check their arguments and return frozen data.

May import `errors`, `faults` and `replies`. Must not know where faults are hooked in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from transactscope.errors import InvalidRequestError
from transactscope.testing.faults import (
    Answered,
    Calling,
    Fault,
    Lost,
    Raised,
    Refused,
    Unreachable,
)
from transactscope.testing.replies import Reply, canceled_reply, error_reply, json_reply

_REFUSED: Final = 400  # HTTP status
_STATUSES: Final = range(100, 600)

# The texts that DynamoDB sends (TransactionCanceledException and TransactionConflictException in
# botocore's service model, read 2026-11).
_CONFLICT: Final = "Transaction is ongoing for the item."
_THROTTLED: Final = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
    "scaling your table or index so please try again shortly."
)


def conflict(index: int = 0) -> Fault:
    """Make a fault: another transaction holds an item. Nothing is sent or applied.

    A transaction is canceled with `TransactionConflict` at one action and the code `None`
    at the others. Any other operation gets a `TransactionConflictException`.

    Args:
        index: The action that meets the conflict, from 0; a request with fewer actions
            raises `InvalidRequestError` when it is sent.

    Raises:
        InvalidRequestError: The index is no whole number from 0. Not sent.

    Example:
        >>> from transactscope.testing import Faults, conflict
        >>> put = {"TableName": "Account", "Item": {"number": {"S": "A-1"}}}
        >>> with Faults(client) as faults:
        ...     faults.next("TransactWriteItems", conflict())
        ...     try:
        ...         client.transact_write_items(TransactItems=[{"Put": put}])
        ...     except client.exceptions.TransactionCanceledException as canceled:
        ...         [reason["Code"] for reason in canceled.response["CancellationReasons"]]
        ['TransactionConflict']
    """
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise InvalidRequestError(f"index={index!r}: expected a whole number from 0")
    return Refused(
        "conflict", index, "TransactionConflict", "TransactionConflictException", _CONFLICT
    )


def throttled() -> Fault:
    """Make a fault: the table's capacity is used up. Nothing is sent or applied.

    A transaction is canceled with `ThrottlingError` at its first action and the code `None`
    at the others. Any other operation gets a `ThrottlingException`, which botocore
    sends again by itself if the client is configured so.

    Example:
        >>> from transactscope.testing import Faults, throttled
        >>> get = {"TableName": "Account", "Key": {"number": {"S": "A-1"}}}
        >>> with Faults(client) as faults:
        ...     faults.next("TransactGetItems", throttled())
        ...     try:
        ...         client.transact_get_items(TransactItems=[{"Get": get}])
        ...     except client.exceptions.TransactionCanceledException as canceled:
        ...         [reason["Code"] for reason in canceled.response["CancellationReasons"]]
        ['ThrottlingError']
    """
    return Refused("throttled", 0, "ThrottlingError", "ThrottlingException", _THROTTLED)


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
    """
    if not reasons:
        msg = 'name a reason; for none at all there is error("TransactionCanceledException")'
        raise InvalidRequestError(msg)
    return Answered(canceled_reply([_reason(reason) for reason in reasons], message))


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
    """
    return Answered(error_reply(_code(code), message, _status(status), members))


def answer(status: int, body: bytes | Mapping[str, Any], *, crc32: int | None = None) -> Fault:
    """Make a fault: this is the answer, whatever was asked. Nothing is sent or applied.

    Args:
        status: The HTTP status.
        body: The body: bytes as they are, which need not be JSON; a mapping as JSON.
        crc32: The checksum that is sent along, right or wrong; None means none.

    Raises:
        InvalidRequestError: The status or the body cannot be sent. Not sent.

    Example:
        >>> from transactscope.testing import Faults, answer
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", answer(200, {"TableNames": ["Elsewhere"]}))
        ...     client.list_tables()["TableNames"]
        ['Elsewhere']
    """
    if isinstance(body, bytes):
        return Answered(Reply(_status(status), body, crc32))
    if isinstance(body, Mapping):
        return Answered(json_reply(_status(status), body, crc32))
    raise InvalidRequestError(f"body={body!r}: expected bytes or a mapping")


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
    """
    return Lost(arrives=False)


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
    """
    return Lost(arrives=True)


def no_connection() -> Fault:
    """Make a fault: nobody is there. Nothing is sent or applied.

    The client raises botocore's `EndpointConnectionError`. What is sent again meets the next
    fault.

    Example:
        >>> from transactscope.testing import Faults, no_connection
        >>> with Faults(client) as faults:
        ...     faults.next("ListTables", no_connection())
        ...     client.list_tables()["TableNames"]  # the second attempt
        ['Account']
        >>> faults.happened
        1
    """
    return Unreachable()


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
    """
    kind = exception if isinstance(exception, type) else type(exception)
    if not issubclass(kind, BaseException):
        raise InvalidRequestError(f"{exception!r}: expected an exception")
    return Raised(exception)


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
    """
    if not callable(function):
        raise InvalidRequestError(f"{function!r}: expected a function")
    return Calling(function)


def _reason(reason: Any) -> Mapping[str, Any]:
    if isinstance(reason, Mapping):
        _code(reason.get("Code"))
        return reason
    return {"Code": _code(reason)}


def _code(code: Any) -> str:
    if not isinstance(code, str) or not code:
        raise InvalidRequestError(f"{code!r}: expected the code of an error, as text")
    return code


def _status(status: Any) -> int:
    if not isinstance(status, int) or status not in _STATUSES:
        raise InvalidRequestError(f"status={status!r}: expected an HTTP status")
    return status
