"""How asynchronous clients are taken: checked, sent through, and waited with."""

from __future__ import annotations

import asyncio
from typing import Final

from transactscope.environment import Connector
from transactscope.transports.aiobotocore import async_transport_for
from transactscope.transports.clients import checked_async_client

ASYNCHRONOUS: Final = Connector(
    check=checked_async_client,
    transport=async_transport_for,
    is_async=True,
    sleep=asyncio.sleep,
    refusal=(
        "this database is synchronous: it takes a TransactScope and plain functions; or make an "
        "AsyncDatabase, as of in_threads(client)"
    ),
)
