"""What the answer to a commit says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from transactscope.core.versions import Written
from transactscope.errors import InvalidRequestError
from transactscope.types import Answer, CommitResult


def result_of(
    answer: Answer | None,
    token: str | None,
    *,
    attempts: int = 0,
    written: Sequence[Written] = (),
) -> CommitResult:
    """Read a successful answer; None means that nothing was staged and nothing was sent."""
    received = answer or {}
    consumed = _entries(received.get("ConsumedCapacity") or ())
    metadata = received.get("ResponseMetadata") or {}
    return CommitResult(
        sent=answer is not None,
        client_request_token=token,
        request_id=metadata.get("RequestId"),
        capacity=_by_table(consumed),
        replayed=_is_replay(consumed),
        attempts=attempts,
        find=_Find(tuple(written)),
    )


def result_of_replay(token: str, *, request_id: str | None, attempts: int) -> CommitResult:
    """Say that a marker was found as it was to be written: all of this was committed before."""
    return CommitResult(
        sent=True,
        client_request_token=token,
        request_id=request_id,
        replayed=True,
        attempts=attempts,
        find=_Find(()),
    )


@attrs.frozen
class _Find:
    """Finds what a commit has made of an entity; a class, so that results can be pickled."""

    written: tuple[Written, ...]

    def __call__(self, entity: Any) -> Any:
        for each in self.written:
            if each.is_of(entity):
                return each.current
        msg = f"no {type(entity).__name__} of this key was written by this commit"
        raise InvalidRequestError(msg, code="NOT_WRITTEN")


def _entries(consumed: Any) -> Sequence[Mapping[str, Any]]:
    """Return what was consumed, one entry per table; a single write is answered with one."""
    return (consumed,) if isinstance(consumed, Mapping) else tuple(consumed)


def _by_table(consumed: Sequence[Mapping[str, Any]]) -> Mapping[str, float]:
    units: defaultdict[str, float] = defaultdict(float)
    for entry in consumed:
        units[entry["TableName"]] += entry.get("CapacityUnits", 0.0)
    return dict(units)


def _is_replay(consumed: Sequence[Mapping[str, Any]]) -> bool:
    """Tell a token that was committed before: it is charged as a read of the same items.

    [Developer Guide, "DynamoDB transactions: how it works", idempotency, 2026-11]
    """
    reads = any(entry.get("ReadCapacityUnits") for entry in consumed)
    return reads and not any(entry.get("WriteCapacityUnits") for entry in consumed)
