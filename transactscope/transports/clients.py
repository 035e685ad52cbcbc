"""Which objects can serve as a client, and why others cannot.

A wrong kind of client is found when the scope or database is made, where the
way out can be named, and not at the first commit.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any, Final

from transactscope.errors import InvalidRequestError

# boto3's resource layer registers its conversion of native values under this id
# (boto3/dynamodb/transform.py, looked up 2026-11).
_RESOURCE_CONVERSION: Final = "dynamodb-attr-value-input"
_PROBE: Final = "before-parameter-build.dynamodb.TransactScopeProbe"


def checked_client(client: Any) -> Any:
    """Return the client if a synchronous scope can send through it. Nothing is sent.

    Raises:
        InvalidRequestError: It is no DynamoDB client, an asynchronous one, or one that
            belongs to a boto3 resource and speaks native values.
    """
    send = getattr(client, "transact_write_items", None)
    if not callable(send):
        raise _wrong(
            f"a boto3 DynamoDB client was expected, not {type(client).__name__}; "
            'make one with boto3.client("dynamodb")'
        )
    if inspect.iscoroutinefunction(send) or type(client).__module__.startswith("aiobotocore"):
        raise _wrong("this client is asynchronous; a TransactScope needs a boto3 client")
    if _speaks_native_values(client):
        raise _wrong(
            "this client belongs to a boto3 resource and converts native values by itself; "
            'make a plain one with boto3.client("dynamodb")'
        )
    return client


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
