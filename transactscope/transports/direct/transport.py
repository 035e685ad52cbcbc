"""The direct transport: sends once, past botocore, where nobody would notice.

Everything else, and every further attempt of a request that met trouble here, is sent by the
ordinary transport: with the same content and the same token.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakSet

from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from transactscope.transports.direct.answers import answer_of
from transactscope.transports.direct.exchange import exchange
from transactscope.transports.direct.guard import Watch
from transactscope.transports.direct.probe import PROBES
from transactscope.transports.direct.route import Route
from transactscope.types import Answer, FrozenRequest, Transport

# A name of botocore's or urllib3's is not there, or is something else than is known here. A client
# that lacks a part looks for it without end.
_UNKNOWN_PARTS: Final = (AttributeError, TypeError, KeyError, RecursionError)


def direct_transport_for(client: Any, ordinary: Transport) -> Transport:
    """Return a transport that sends past botocore where it may. Nothing is sent.

    Args:
        client: What requests are sent through.
        ordinary: Sends everything else.
    """
    return DirectTransport(client, ordinary) if isinstance(client, BaseClient) else ordinary


class DirectTransport:
    """Sends with the client's credentials over the client's connections, once.

    Threads may share it. What it raises is what the client would raise.
    """

    __slots__ = ("_client", "_has_spoiled", "_is_off", "_ordinary", "_routes", "_spoiled")

    def __init__(self, client: Any, ordinary: Transport) -> None:
        self._client = client
        self._ordinary = ordinary
        self._routes: dict[str, Route] = {}
        # What met trouble here. A request is equal to itself only, and forgotten with it.
        self._spoiled: WeakSet[FrozenRequest] = WeakSet()
        self._has_spoiled = False
        self._is_off = False

    def __call__(self, request: FrozenRequest) -> Answer:
        """Send one request and return the answer, or raise the client's exception."""
        if self._has_spoiled and request in self._spoiled:
            return self._ordinary(request)
        operation = request.operation
        try:
            route = self._routes.get(operation)
            if route is None or not route.is_open():
                route = self._new_route(operation)
            ready = None if route is None else route.ready(request)
        except Exception as error:  # noqa: BLE001 - nothing was sent yet
            self._take_note(error, request)
            return self._ordinary(request)
        if route is None or ready is None:
            return self._ordinary(request)
        try:
            return answer_of(exchange(*ready), route.parts, operation)
        except BaseException:
            self._spoil(request)
            raise

    def _spoil(self, request: FrozenRequest) -> None:
        self._spoiled.add(request)
        self._has_spoiled = True

    def _new_route(self, operation: str) -> Route | None:
        """Look at the client, and return a route if it has one now."""
        if self._is_off or operation not in PROBES:
            return None
        self._routes.pop(operation, None)
        route = self._routes[operation] = Route(Watch.over(self._client, operation), operation)
        return route

    def _take_note(self, error: Exception, request: FrozenRequest) -> None:
        """Learn from what happened before anything was sent; botocore says what is wrong."""
        if isinstance(error, ConnectTimeoutError | EndpointConnectionError):
            self._spoil(request)
            raise error
        if isinstance(error, _UNKNOWN_PARTS):
            self._is_off = True
            self._routes.clear()
