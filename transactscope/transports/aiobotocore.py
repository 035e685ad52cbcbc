"""The transport of asynchronous clients: a plain call, awaited.

Knows aiobotocore by its form only and does not import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from transactscope.transports import handover, single_send
from transactscope.transports.botocore import method_for
from transactscope.transports.handover import Handover, handover_to
from transactscope.transports.threads import ThreadedClient
from transactscope.types import Answer, AsyncTransport, FrozenRequest


def async_transport_for(client: Any, direct: bool = True) -> AsyncTransport:  # noqa: FBT001, FBT002
    """Return the transport that sends through a client, awaited or in threads."""
    if isinstance(client, ThreadedClient):
        single_send.watch(client.wrapped)
        return client.transport(direct)
    single_send.watch(client)
    return AiobotocoreTransport(client)


def _own_handover(transport: AiobotocoreTransport) -> Handover | None:
    return handover_to(transport.client)


@attrs.frozen
class AiobotocoreTransport:
    """Sends through the public methods of a client whose answers are awaited."""

    client: Any
    _handover: Handover | None = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_own_handover, takes_self=True)
    )

    async def __call__(self, request: FrozenRequest) -> Answer:
        """Send one request and return the answer, or raise the client's exception."""
        call = method_for(self.client, request.operation)
        with single_send.ours(self.client, request.operation):
            answer = await handover.call_async(self._handover, call, request)
        return answer if isinstance(answer, Mapping) else {}
