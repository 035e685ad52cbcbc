"""What an event says that is worth counting; nothing is counted here.

May import public modules only. Everything is read before a lock is taken.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from transactscope.errors import TransactionCanceledError, TransactionRefusedError
from transactscope.ext.statistics.thresholds import MANY_PUTS, MANY_VALUES
from transactscope.types import ActionSummary, Event, EventKind, Item

# Operations of which every attempt that failed is followed by an event with the reasons.
_JUDGED: Final = frozenset({"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"})
WRITES: Final = _JUDGED | {"BatchWriteItem"}
READS: Final = frozenset({"GetItem", "TransactGetItems", "BatchGetItem", "Query"})

SEVERAL_TABLES: Final = "(one of several)"
"""Stands for the table where a refusal of a request for several does not tell; none has it."""

_LONGEST_CHAIN: Final = 3  # the user's error, ours, the client's


class Trouble(enum.Enum):
    """What kept an item from being read or written."""

    CONFLICT = "conflict"
    STALE_READ = "stale read"
    THROTTLE = "throttle"


# The codes of actions and of whole requests. [API Reference, TransactWriteItems; Developer Guide,
# "Error handling with DynamoDB"; 2026-11]
_TROUBLES: Final = {
    "TransactionConflict": Trouble.CONFLICT,
    "TransactionConflictException": Trouble.CONFLICT,
    "ReplicatedWriteConflictException": Trouble.CONFLICT,
    "ThrottlingError": Trouble.THROTTLE,
    "ThrottlingException": Trouble.THROTTLE,
    "Throttling": Trouble.THROTTLE,
    "ProvisionedThroughputExceeded": Trouble.THROTTLE,
    "ProvisionedThroughputExceededException": Trouble.THROTTLE,
    "RequestLimitExceeded": Trouble.THROTTLE,
}


@attrs.frozen
class Met:
    """Trouble that was met on an item, or on a table where the item is not told."""

    trouble: Trouble
    table: str
    key: Item | None = None


@attrs.frozen
class Commit:
    """What a commit has applied.

    Attributes:
        actions: How many actions.
        bytes: Of all items, at least.
        item_bytes: Of the largest item, at least.
        write_units: What it consumed.
        is_estimated: Whether that was not reported.
        calls: Where its actions were staged.
        is_one_action: Whether it is one action that would be a single write as well.
        is_batchable: Whether it is many puts and deletes without conditions.
        guards: For each guard by many values its class or table, and how many they are.
    """

    actions: int
    bytes: int
    item_bytes: int
    write_units: float
    is_estimated: bool
    calls: tuple[str, ...]
    is_one_action: bool
    is_batchable: bool
    guards: tuple[tuple[str, int], ...]


def met_in(event: Event) -> list[Met]:
    """List the trouble that an event tells of, so that each is listed for one event only.

    What a write met is told by what follows its attempt, with tables and keys; what a read or a
    batch met, by the attempt itself. That a transaction begins anew was told before it.
    """
    error = event.error
    if error is None or not _is_told_by(event):
        return []
    somewhere = event.tables[0] if len(event.tables) == 1 else SEVERAL_TABLES
    return [
        Met(trouble, table or somewhere, key)
        for trouble, table, key in _failures(event.meaning or error)
        if trouble is not None
    ]


def commit_of(event: Event) -> Commit | None:
    """Describe what a commit has applied; None for one of a single write, or of nothing."""
    if not event.is_scope or event.replayed or event.operation is None:
        return None
    actions = event.actions
    if not actions:
        return None
    consumed = sum(event.write_units.values())
    return Commit(
        actions=len(actions),
        bytes=sum(action.bytes for action in actions),
        item_bytes=max(action.bytes for action in actions),
        write_units=consumed or sum(action.write_units for action in actions),
        is_estimated=not consumed,
        calls=tuple(dict.fromkeys(call for action in actions for call in action.calls)),
        is_one_action=_is_one_action(actions),
        is_batchable=_is_batchable(actions),
        guards=tuple(_guards(actions)),
    )


def _is_told_by(event: Event) -> bool:
    if event.kind is EventKind.ATTEMPT:
        return event.operation in READS | WRITES - _JUDGED
    if event.kind is EventKind.RETRY:
        return event.operation in _JUDGED and not event.is_rerun
    return event.kind is EventKind.CANCEL


def _failures(error: BaseException) -> Iterator[tuple[Trouble | None, str | None, Item | None]]:
    """List what failed by the first of an error and its causes that tells, with what it tells."""
    for each in _chain(error):
        if isinstance(each, TransactionCanceledError) and each.reasons:
            for reason in each.failures:
                trouble = Trouble.STALE_READ if reason.is_stale else _TROUBLES.get(reason.code)
                yield trouble, reason.table, reason.key
            return
        if codes := _codes(each):
            yield from ((_TROUBLES.get(code), None, None) for code in codes)
            return


def _chain(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if following is None:
            return
        yield following
        following = following.__cause__


def _codes(error: BaseException) -> list[Any]:
    """List DynamoDB's codes in an error of the library or of a client."""
    if isinstance(error, TransactionRefusedError):
        return [error.code]
    answer = getattr(error, "response", None)
    if not isinstance(answer, Mapping):
        return []
    reasons = answer.get("CancellationReasons") or [answer.get("Error") or {}]
    return [reason.get("Code") for reason in reasons]


def _is_one_action(actions: Sequence[ActionSummary]) -> bool:
    """Whether it is one action that a single write can be: no check, and no marker."""
    only = actions[0]
    return len(actions) == 1 and only.kind != "ConditionCheck" and only.verb != "once"


def _is_batchable(actions: Sequence[ActionSummary]) -> bool:
    return len(actions) >= MANY_PUTS and all(
        action.kind in ("Put", "Delete") and not action.is_conditional for action in actions
    )


def _guards(actions: Sequence[ActionSummary]) -> Iterator[tuple[str, int]]:
    for action in actions:
        if action.guarded_values >= MANY_VALUES:
            cls = action.entity_class
            yield (action.table if cls is None else cls.__qualname__), action.guarded_values
