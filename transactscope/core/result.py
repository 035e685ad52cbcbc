"""What the answer to a commit says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from transactscope.types import Answer, CommitResult


def result_of(answer: Answer | None, token: str) -> CommitResult:
    """Read a successful answer; None means that nothing was staged and nothing was sent."""
    if answer is None:
        return CommitResult(sent=False, client_request_token=token)
    consumed = answer.get("ConsumedCapacity") or ()
    metadata = answer.get("ResponseMetadata") or {}
    return CommitResult(
        sent=True,
        client_request_token=token,
        request_id=metadata.get("RequestId"),
        capacity=_by_table(consumed),
        replayed=_is_replay(consumed),
    )


def _by_table(consumed: Any) -> Mapping[str, float]:
    units: defaultdict[str, float] = defaultdict(float)
    for entry in consumed:
        units[entry["TableName"]] += entry.get("CapacityUnits", 0.0)
    return dict(units)


def _is_replay(consumed: Any) -> bool:
    """Tell a token that was committed before: it is charged as a read of the same items.

    [Developer Guide, "DynamoDB transactions: how it works", idempotency, 2026-11]
    """
    entries = list(consumed)
    reads = any(entry.get("ReadCapacityUnits") for entry in entries)
    return reads and not any(entry.get("WriteCapacityUnits") for entry in entries)
