"""Faults that decide: nothing was applied, and whoever sent the request knows it.

May import `arguments`, `errors`, `limits`, `faults`, `replies` and `showing`. Must not know where
faults are hooked in.
"""

from __future__ import annotations

from typing import Final

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.limits import MAX_ACTIONS
from transactscope.testing.faults import Answered, Fault, Refused, Unreachable
from transactscope.testing.replies import error_reply
from transactscope.testing.showing import shown

_INDEXES: Final = range(MAX_ACTIONS)

# Codes and texts: botocore's service model; Developer Guide, "Error handling with DynamoDB";
# both read 2026-11.
_CONFLICT: Final = "Transaction is ongoing for the item."
_THROTTLED: Final = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
    "scaling your table or index so please try again shortly."
)
_THROTTLING: Final = {
    "ThrottlingException": "Rate of requests exceeds the allowed throughput.",
    "ProvisionedThroughputExceededException": (
        "The level of configured provisioned throughput for the table was exceeded."
    ),
    "RequestLimitExceeded": "Throughput exceeds the current throughput quota for your account.",
}


@exported_from("transactscope.testing")
def conflict(index: int = 0) -> Fault:
    """Make a fault: another transaction holds an item. Nothing is sent or applied.

    A transaction is canceled with `TransactionConflict` at one action and the code `None`
    at the others. Any other operation gets a `TransactionConflictException`.

    Args:
        index: The action that meets the conflict, from 0; a request with fewer actions
            raises `InvalidRequestError` when it is sent.

    Raises:
        InvalidRequestError: The index is no whole number from 0 to 99. Not sent.

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

    .. versionadded:: 0.1.0
    """
    with reading("conflict()"):
        if not isinstance(index, int) or isinstance(index, bool) or index not in _INDEXES:
            msg = f"index={shown(index)}: expected a whole number from 0 to {_INDEXES[-1]}"
            raise InvalidRequestError(msg)
        call = f"conflict(index={index})" if index else "conflict()"
    return Refused(
        index=index,
        reason="TransactionConflict",
        code="TransactionConflictException",
        message=_CONFLICT,
        call=call,
    )


@exported_from("transactscope.testing")
def throttled() -> Fault:
    """Make a fault: the table's capacity is used up. Nothing is sent or applied.

    A transaction is canceled with `ThrottlingError` at its first action and the code `None`
    at the others. Any other operation gets a `ThrottlingException`, which botocore
    sends again by itself if the client is configured so. A transaction that is
    throttled as a whole meets `throttling_error()`.

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

    .. versionadded:: 0.1.0
    """
    return Refused(
        index=0,
        reason="ThrottlingError",
        code="ThrottlingException",
        message=_THROTTLED,
        call="throttled()",
    )


@exported_from("transactscope.testing")
def throttling_error(code: str = "ThrottlingException") -> Fault:
    """Make a fault: the whole request is throttled. Nothing is sent or applied.

    Every operation, transactions included, gets the error at its top level, without reasons
    [Developer Guide, "Error handling with DynamoDB", 2026-11].

    Args:
        code: `ThrottlingException`, `ProvisionedThroughputExceededException` or
            `RequestLimitExceeded`, which is about the account.

    Raises:
        InvalidRequestError: It is no such code. Not sent.

    Example:
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.testing import Faults, throttling_error
        >>> with Faults(client) as faults:
        ...     faults.next("TransactWriteItems", throttling_error())
        ...     with TransactScope(client) as tx:
        ...         _ = tx.put(Account("A-1"))
        >>> tx.result.attempts
        2

    .. versionadded:: 0.1.0
    """
    with reading("throttling_error()"):
        if not isinstance(code, str) or code not in _THROTTLING:
            raise InvalidRequestError(f"{shown(code)}: expected one of {', '.join(_THROTTLING)}")
        told = "" if code == "ThrottlingException" else repr(code)
        reply = error_reply(code, _THROTTLING[code])
    return Answered(arrives=False, reply=reply, call=f"throttling_error({told})")


@exported_from("transactscope.testing")
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

    .. versionadded:: 0.1.0
    """
    return Unreachable(call="no_connection()")
