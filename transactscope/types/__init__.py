"""The values and protocols that users annotate with.

May import `descriptions` and `exporting` only. Everything here is data: no other module is needed
to create, compare, print or pickle it.
"""

from __future__ import annotations

from transactscope.types.batches import BatchEntry, BatchGetResult, BatchResult
from transactscope.types.breakers import CircuitBreaker, Health
from transactscope.types.events import Event, EventKind, Observer
from transactscope.types.explanations import ActionSummary, ExplainedAction, Explanation
from transactscope.types.keyrings import Keyring, KeyringEntry
from transactscope.types.outcomes import NO_ERROR, CancellationReason, CommitResult
from transactscope.types.queries import AsyncQuery, Query
from transactscope.types.scopes import Action, AsyncAttempt, Attempt, Savepoint
from transactscope.types.wire import (
    Answer,
    AsyncTransport,
    AttributeValue,
    DynamoDBClient,
    FrozenRequest,
    Item,
    StoredItem,
    Transport,
)

__all__ = [
    "NO_ERROR",
    "Action",
    "ActionSummary",
    "Answer",
    "AsyncAttempt",
    "AsyncQuery",
    "AsyncTransport",
    "Attempt",
    "AttributeValue",
    "BatchEntry",
    "BatchGetResult",
    "BatchResult",
    "CancellationReason",
    "CircuitBreaker",
    "CommitResult",
    "DynamoDBClient",
    "Event",
    "EventKind",
    "ExplainedAction",
    "Explanation",
    "FrozenRequest",
    "Health",
    "Item",
    "Keyring",
    "KeyringEntry",
    "Observer",
    "Query",
    "Savepoint",
    "StoredItem",
    "Transport",
]
