"""From what the server said about each action to `CancellationReason`s.

Reasons come by position in the request, and actions are sent in the order of their
first calls, so position in one is position in the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from transactscope.core.answers import (
    CONDITION_CODES,
    CONFLICT_CODES,
    THROTTLING_CODES,
    ErrorAnswer,
)
from transactscope.core.folding import Fold
from transactscope.entities.items import from_item
from transactscope.errors import TransactScopeError
from transactscope.types import NO_ERROR, CancellationReason, Item

if TYPE_CHECKING:
    from cattrs import Converter

CONDITION_FAILED: Final = "ConditionalCheckFailed"
CONFLICT: Final = "TransactionConflict"
THROTTLED: Final = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})

# The codes stand in the message too: "... for specific reasons [None, ConditionalCheckFailed]".
_CODES_IN_MESSAGE: Final = re.compile(r"\[([A-Za-z]+(?:, ?[A-Za-z]+)*)\]\s*$")


def transaction_reasons(
    answer: ErrorAnswer, folds: Sequence[Fold], converter: Converter
) -> tuple[CancellationReason, ...]:
    """Return one reason per action of a canceled transaction; empty if the server gave none."""
    given = answer.response.get("CancellationReasons")
    entries = given if isinstance(given, Sequence) and given else _from_message(answer, len(folds))
    return tuple(
        _reason(index, entry, folds[index] if index < len(folds) else None, converter)
        for index, entry in enumerate(entries)
    )


def single_reason(answer: ErrorAnswer, fold: Fold, converter: Converter) -> CancellationReason:
    """Return the one reason of a refused plain write, in the words of a cancellation."""
    entry = {
        "Code": _cancellation_code(answer.code),
        "Message": answer.message,
        "Item": answer.response.get("Item"),
    }
    return _reason(0, entry, fold, converter)


def _from_message(answer: ErrorAnswer, count: int) -> Iterator[Mapping[str, Any]]:
    """Read the codes from the message where a server sent no list; all of them, or none."""
    match = _CODES_IN_MESSAGE.search(answer.message or "")
    codes = re.split(r", ?", match[1]) if match else []
    return iter([{"Code": code} for code in codes] if len(codes) == count else [])


def _reason(
    index: int, entry: Mapping[str, Any], fold: Fold | None, converter: Converter
) -> CancellationReason:
    code, message = entry.get("Code") or NO_ERROR, entry.get("Message")
    raw = entry.get("Item") or None
    if fold is None:
        return CancellationReason(index, code, message, item=raw, stored=raw)
    action = fold.action
    return CancellationReason(
        index,
        code,
        message,
        verb=action.verb,
        table=action.table,
        key=action.key,
        entity_class=action.entity_class,
        item=_stored_item(raw, action.entity_class, converter),
        calls=tuple(call.call for call in fold.calls),
        stored=raw,
    )


def _stored_item(raw: Item | None, cls: type | None, converter: Converter) -> Any:
    if raw is None or cls is None:
        return raw
    try:
        return from_item(cls, raw, converter=converter)
    except TransactScopeError:  # an unreadable item must not hide why the commit failed
        return raw


def _cancellation_code(code: str) -> str:
    if code in CONDITION_CODES:
        return CONDITION_FAILED
    if code in CONFLICT_CODES:
        return CONFLICT
    if code in THROTTLING_CODES:
        return code.removesuffix("Exception") if "Provisioned" in code else "ThrottlingError"
    return code
