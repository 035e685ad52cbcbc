"""What the client itself would send for an operation, taken from it without sending.

A stand-in of the client makes an ordinary call and is stopped in the place of its HTTP session.
So endpoints, user agents and headers are always those of the botocore that is installed.
"""

from __future__ import annotations

import contextvars
import copy
import json
from typing import Any, Final

import attrs

_TABLE: Final = "TransactScopeProbe"  # never sent; any name without a colon does
_KEY: Final[dict[str, Any]] = {}
_ITEM: Final = {"TableName": _TABLE, "Key": _KEY}

# The least that botocore's parameter validation accepts.
PROBES: Final[dict[str, dict[str, Any]]] = {
    "TransactWriteItems": {"TransactItems": [{"Delete": _ITEM}], "ClientRequestToken": "probe"},
    "TransactGetItems": {"TransactItems": [{"Get": _ITEM}]},
    "PutItem": {"TableName": _TABLE, "Item": {}},
    "UpdateItem": _ITEM,
    "DeleteItem": _ITEM,
    "GetItem": _ITEM,
    "Query": {"TableName": _TABLE},
    "BatchGetItem": {"RequestItems": {_TABLE: {"Keys": [_KEY]}}},
    "BatchWriteItem": {"RequestItems": {_TABLE: [{"DeleteRequest": {"Key": _KEY}}]}},
}


@attrs.frozen
class Prepared:
    """One request as botocore hands it to its HTTP session."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class _Caught(BaseException):
    """Carries a request past everything that would have handled its answer."""

    def __init__(self, request: Any) -> None:
        super().__init__()
        self.request = request


class _Catcher:
    """Stands in the place of an HTTP session."""

    def send(self, request: Any) -> Any:
        """Raise the request to whoever asked for it."""
        raise _Caught(request)


def prepared(client: Any, operation: str) -> Prepared | None:
    """Return what a client would send for an operation, or None. Nothing is sent.

    None means that it did not come so far, or that it changes what it is given.
    """
    probe = copy.deepcopy(PROBES[operation])
    try:
        # In an empty context: marks of a call that is under way around this one stay out of it.
        contextvars.Context().run(_stand_in(client)._make_api_call, operation, probe)
    except _Caught as caught:
        return _read(caught.request, PROBES[operation])
    return None


def _stand_in(client: Any) -> Any:
    """Return a client that shares everything with another one but its HTTP session."""
    stand_in = object.__new__(type(client))  # botocore's clients cannot be copied by `copy`
    vars(stand_in).update(vars(client))
    stand_in._endpoint = copy.copy(client._endpoint)
    stand_in._endpoint.http_session = _Catcher()
    return stand_in


def _read(request: Any, probe: dict[str, Any]) -> Prepared | None:
    if not isinstance(request.body, bytes) or json.loads(request.body) != probe:
        return None
    headers = {str(name): _text(value) for name, value in request.headers.items()}
    return Prepared(request.method, request.url, headers, request.body)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
