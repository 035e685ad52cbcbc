"""The same for asynchronous code: what sends is awaited, everything else is a plain call.

Only what differs is here: the flows, the verbs and the states are those of the
synchronous shells. Works on asyncio, with an aiobotocore client or with `in_threads`.
"""

from __future__ import annotations

from transactscope.aio.attempts import AsyncAttempt, AsyncAttempts, run_until_committed
from transactscope.aio.connector import ASYNCHRONOUS
from transactscope.aio.database import AsyncDatabase
from transactscope.aio.scope import AsyncTransactScope

__all__ = [
    "ASYNCHRONOUS",
    "AsyncAttempt",
    "AsyncAttempts",
    "AsyncDatabase",
    "AsyncTransactScope",
    "run_until_committed",
]
