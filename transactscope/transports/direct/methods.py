"""Is a method still botocore's own? Tools that trace, record or replay wrap some of them."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from types import FunctionType
from typing import Any, Final

import botocore.awsrequest
import botocore.client
import botocore.endpoint
import botocore.hooks
import botocore.httpsession
import botocore.parsers
import botocore.signers
import urllib3
from botocore.auth import SigV4Auth

from transactscope.transports.botocore import METHODS
from transactscope.transports.direct.parts import ForeignError, Parts, Seen, same

# The methods between an operation and the socket that somebody may wrap, as tools that trace,
# record or stand in for a network do.
_WATCHED: Final[tuple[tuple[type, tuple[str, ...]], ...]] = (
    (botocore.client.BaseClient, ("_make_api_call", "_make_request", "_convert_to_request_dict")),
    (
        botocore.endpoint.Endpoint,
        ("make_request", "_send_request", "create_request", "prepare_request", "_send"),
    ),
    (botocore.hooks.HierarchicalEmitter, ("_emit",)),
    (botocore.signers.RequestSigner, ("sign",)),
    (SigV4Auth, ("add_auth",)),
    (botocore.httpsession.URLLib3Session, ("send",)),
    (botocore.parsers.ResponseParser, ("parse",)),
    (http.client.HTTPConnection, ("_send_request", "getresponse")),
)
_WATCHED_OF_POOL: Final = ("urlopen", "_make_request")
_WATCHED_OF_CONNECTION: Final = ("request", "getresponse", "connect")

# What has to be there besides, as it is used or as an answer is read with it.
_NEEDED: Final[tuple[tuple[type, tuple[str, ...]], ...]] = (
    (botocore.endpoint.Endpoint, ("_add_modeled_error_fields", "_get_response")),
    (botocore.hooks.EventAliaser, ("emit", "emit_until_response")),
    (botocore.hooks.HierarchicalEmitter, ("emit", "emit_until_response")),
    (botocore.httpsession.URLLib3Session, ("_setup_ssl_cert",)),
    (urllib3.PoolManager, ("connection_from_url",)),
)
_NEEDED_OF_POOL: Final = ("_get_conn", "_new_conn", "_put_conn")

_OWN_CONNECTIONS: Final[dict[str, tuple[type, type]]] = {
    "http": (botocore.awsrequest.AWSHTTPConnectionPool, botocore.awsrequest.AWSHTTPConnection),
    "https": (botocore.awsrequest.AWSHTTPSConnectionPool, botocore.awsrequest.AWSHTTPSConnection),
}
_OWN_PACKAGES: Final = frozenset({"botocore", "urllib3", "http"})


def own_methods(parts: Parts, operation: str) -> Iterator[Seen]:
    """List the methods that a request goes through.

    Raises:
        ForeignError: One of them is wrapped or replaced.
    """
    kind = type(parts.client)
    if kind.__mro__[1:] != (botocore.client.BaseClient, object):
        msg = "the client's class has other bases"
        raise ForeignError(msg)
    pool, connection = _OWN_CONNECTIONS[parts.scheme]
    for owner, name in _named(*_NEEDED, (pool, _NEEDED_OF_POOL)):
        _own_function(getattr(owner, name))
    of_this = (
        (kind, (METHODS[operation],)),
        (pool, _WATCHED_OF_POOL),
        (connection, _WATCHED_OF_CONNECTION),
    )
    for owner, name in _named(*_WATCHED, *of_this):
        yield owner, name, _own_function(getattr(owner, name))
    yield pool, "ConnectionCls", connection
    # Who sets it wants to see what http.client sends.
    yield http.client.HTTPConnection, "debuglevel", same(http.client.HTTPConnection.debuglevel, 0)


def _named(*listed: tuple[type, tuple[str, ...]]) -> Iterator[tuple[type, str]]:
    return ((owner, name) for owner, names in listed for name in names)


def _own_function(function: Any) -> Any:
    """Return a function if it is of one of our packages, and so is all that it wraps."""
    inner = function
    while inner is not None:
        if type(inner) is not FunctionType or _package(inner) not in _OWN_PACKAGES:
            msg = "a method is wrapped or replaced"
            raise ForeignError(msg)
        inner = inner.__dict__.get("__wrapped__")
    return function


def _package(function: FunctionType) -> str:
    """Return whose function it is; a wrapper can take over a name, but not the globals."""
    return str(function.__globals__.get("__name__", "")).partition(".")[0]


def refuse_other_connections(classes: Any) -> None:
    """Refuse pools or connections that are not of botocore's classes.

    Raises:
        ForeignError: They are not.
    """
    for scheme, (pool, connection) in _OWN_CONNECTIONS.items():
        if classes[scheme] is not pool or pool.ConnectionCls is not connection:
            msg = "connections are made otherwise"
            raise ForeignError(msg)
