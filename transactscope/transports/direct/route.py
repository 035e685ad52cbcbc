"""The way of one operation past botocore: what was seen of the client, and what is ready for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import attrs

from transactscope.transports.direct.answers import is_understood
from transactscope.transports.direct.connections import Connections
from transactscope.transports.direct.exchange import parts_of
from transactscope.transports.direct.guard import Watch
from transactscope.transports.direct.head import Head, head_for
from transactscope.transports.direct.parts import ForeignError, Parts
from transactscope.transports.direct.probe import prepared
from transactscope.types import FrozenRequest

_IN_ARN: Final = ":"  # no name of a table has it; an ARN may ask for another endpoint
_IDEMPOTENT: Final = "TransactWriteItems"  # botocore invents a token where there is none

# The connections, the one that was taken of them, and what is to be written.
Ready: TypeAlias = tuple[Connections, Any, Sequence[bytes]]


@attrs.define(eq=False)
class Line:
    """What requests of one operation with one set of credentials need."""

    head: Head
    connections: Connections


class Route:
    """What one operation needs, as long as the client stays as it is."""

    __slots__ = ("_line", "_operation", "is_open", "parts")

    def __init__(self, watch: Watch, operation: str) -> None:
        self.is_open: Callable[[], bool] = watch.unchanged
        self.parts: Parts = watch.parts
        self._operation = operation
        self._line: tuple[Any, Line | None] | None = None

    def ready(self, request: FrozenRequest) -> Ready | None:
        """Prepare everything for a request, or return None if it cannot be sent from here.

        Credentials are asked for each time, so that the client refreshes them when it is due.
        """
        credentials = self.parts.signer._credentials.get_frozen_credentials()
        known = self._line
        if known is None or known[0] != credentials:
            known = self._line = (credentials, self._new_line(credentials))
        line = known[1]
        if line is None or not self._is_for_us(request):
            return None
        message = parts_of(line.head, self._content_of(request))
        return line.connections, line.connections.take(), message

    def _is_for_us(self, request: FrozenRequest) -> bool:
        """Whether a request has what botocore would add, and its tables are known by name."""
        for table in request.tables:
            if _IN_ARN in table:
                return False
        has_token = request.token is not None or self._operation != _IDEMPOTENT
        return has_token and bool(request.tables)

    def _new_line(self, credentials: Any) -> Line | None:
        parts = self.parts
        example = prepared(parts.client, self._operation)
        if example is None or not is_understood(parts, self._operation):
            return None
        signer = parts.signer
        head = head_for(example, credentials, signer._region_name, signer._signing_name)
        if head is None or urlsplit(head.url).scheme != parts.scheme:
            return None
        return Line(head, Connections(parts.session, head.url))

    def _content_of(self, request: FrozenRequest) -> Sequence[bytes]:
        """Return the JSON of a request.

        What was made of parameters is checked and written by botocore itself: they may be a user's
        own, and botocore refuses and converts some of what a user may write.
        """
        if request.is_written:
            return request.content
        try:
            return (self._written(request.body),)
        except Exception as error:
            msg = "botocore refuses the parameters"
            raise ForeignError(msg) from error

    def _written(self, parameters: Mapping[str, Any]) -> bytes:
        parts = self.parts
        model = parts.model.operation_model(self._operation)
        body = parts.client._serializer.serialize_to_request(dict(parameters), model)["body"]
        return body if isinstance(body, bytes) else str(body).encode()
