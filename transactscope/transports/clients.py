"""Which objects can serve as a client, and why others cannot.

A wrong kind of client is found when the scope or database is made, where the
way out can be named, and not at the first commit.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any, Final

from botocore.client import BaseClient

from transactscope.errors import InvalidRequestError

# boto3's resource layer registers its conversion of native values under this id
# (boto3/dynamodb/transform.py, looked up 2026-11).
_RESOURCE_CONVERSION: Final = "dynamodb-attr-value-input"
ASYNCHRONOUS: Final = (
    "this client is asynchronous: use AsyncTransactScope or AsyncDatabase, or give a boto3 client"
)
_UNKNOWN_SECONDS_TO_ARRIVE: Final = 130.0  # operating systems give up connecting about then
_PROBE: Final = "before-parameter-build.dynamodb.TransactScopeProbe"


def checked_client(client: Any) -> Any:
    """Return the client if a synchronous scope can send through it. Nothing is sent.

    Raises:
        InvalidRequestError: It is no DynamoDB client, an asynchronous one, or one that
            belongs to a boto3 resource and speaks native values.
    """
    _refuse_no_client(client)
    if is_asynchronous(client):
        raise _wrong(ASYNCHRONOUS)
    _refuse_native_values(client)
    return client


def checked_async_client(client: Any) -> Any:
    """Return the client if an asynchronous scope can send through it. Nothing is sent.

    Raises:
        InvalidRequestError: It is no DynamoDB client, a synchronous one of boto3's, or one
            that belongs to a resource and speaks native values.
    """
    _refuse_no_client(client)
    _refuse_native_values(client)
    if not is_asynchronous(client) and isinstance(client, BaseClient):
        raise _wrong(
            "this client is synchronous and would block the event loop; wrap it: in_threads(client)"
        )
    return client


def seconds_to_arrive(client: Any) -> float:
    """Return how many seconds a request of this client may be under way before it arrives.

    Connecting takes the longest; a request that was not written by then is not sent any more.
    """
    config = getattr(getattr(client, "meta", None), "config", None)
    seconds = getattr(config, "connect_timeout", None)
    return float(seconds) if isinstance(seconds, int | float) else _UNKNOWN_SECONDS_TO_ARRIVE


def is_asynchronous(client: Any) -> bool:
    """Whether a client's answers have to be awaited, as far as it can be told beforehand.

    The methods of an aiobotocore client are no coroutine functions: they return coroutines.
    """
    send = client.transact_write_items
    return inspect.iscoroutinefunction(send) or _is_of_aiobotocore(client)


def _is_of_aiobotocore(client: Any) -> bool:
    return any(kind.__module__.startswith("aiobotocore") for kind in type(client).__mro__)


def _refuse_no_client(client: Any) -> None:
    if not callable(getattr(client, "transact_write_items", None)):
        raise _wrong(
            f"a boto3 DynamoDB client was expected, not {type(client).__name__}; "
            'make one with boto3.client("dynamodb")'
        )


def _refuse_native_values(client: Any) -> None:
    if _speaks_native_values(client):
        raise _wrong(
            "this client belongs to a boto3 resource and converts native values by itself; "
            'make a plain one with boto3.client("dynamodb")'
        )


def _speaks_native_values(client: Any) -> bool:
    """Ask a copy of the client's events whether boto3's conversion is registered in it.

    Registering an id again under another counting rule is refused, which tells that it
    is there; the copy keeps the client itself untouched.
    """
    try:
        events = copy.copy(client.meta.events)
        register = events.register
    except AttributeError:  # a stand-in without botocore's events
        return False
    try:
        register(_PROBE, _nothing, unique_id=_RESOURCE_CONVERSION, unique_id_uses_count=True)
    except ValueError:
        return True
    return False


def _nothing(**_: Any) -> None:
    """Stand for a handler."""


def _wrong(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, code="WRONG_CLIENT")
