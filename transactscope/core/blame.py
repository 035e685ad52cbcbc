"""What a failed condition means: a guard or a demand of the user's, and of which call.

The server says which action failed and shows the stored item; guards and conditions of
the calls are judged on that item here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import attrs

from transactscope.core.actions import Raises, StagedAction
from transactscope.core.folding import Fold
from transactscope.core.guards import Guard
from transactscope.core.reasons import CONDITION_FAILED
from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.types import CancellationReason


class Cause(enum.Enum):
    """Why the condition of an action was false."""

    READ = "what was read has changed"
    VERSION = "the entity has another version than the stored item"
    DEMAND = "the user's condition is false"


@attrs.frozen
class Blame:
    """What failed conditions of a transaction come to.

    Attributes:
        reasons: The reasons, those of guards marked as stale.
        causes: Every cause among them.
        raises: The `raises=` of the first call, in call order, whose condition failed.
    """

    reasons: tuple[CancellationReason, ...]
    causes: frozenset[Cause]
    raises: Raises


def blame(
    reasons: Sequence[CancellationReason],
    folds: Sequence[Fold],
    calls: Iterable[StagedAction],
    *,
    shows_items: bool,
) -> Blame:
    """Judge every failed condition.

    Args:
        reasons: What the server said, one per fold.
        folds: What was sent.
        calls: All calls in their order, which decides between several `raises=`.
        shows_items: Whether the server showed stored items, so that one that is not shown is
            absent.
    """
    causes = {
        reason.index: _cause(reason, fold, shows_items=shows_items)
        for reason, fold in zip(reasons, folds, strict=False)
        if reason.code == CONDITION_FAILED
    }
    stale = {index for index, cause in causes.items() if cause is not Cause.DEMAND}
    guilty = {
        call.serial
        for index, cause in causes.items()
        if cause is Cause.DEMAND
        for call in _guilty_calls(reasons[index], folds[index], shows_items=shows_items)
    }
    raises = (call.raises for call in calls if call.serial in guilty and call.raises is not None)
    return Blame(
        reasons=tuple(attrs.evolve(reason, is_stale=reason.index in stale) for reason in reasons),
        causes=frozenset(causes.values()),
        raises=next(raises, None),
    )


def _cause(reason: CancellationReason, fold: Fold, *, shows_items: bool) -> Cause:
    if shows_items:
        broken = [guard for guard in fold.guards if _is_broken(guard, reason)]
    else:
        # Nobody can tell a guard from a demand then. To call a demand false that holds would be
        # a wrong answer; to read again is not.
        broken = list(fold.guards)
    if any(guard.is_read for guard in broken):
        return Cause.READ
    return Cause.VERSION if broken else Cause.DEMAND


def _is_broken(guard: Guard, reason: CancellationReason) -> bool:
    # That the item of a `replace` is gone is its own failed demand before it is a version.
    if reason.stored is None and guard.call.verb == "replace":
        return False
    return evaluate(guard.condition, _stored(reason)) is Truth.NO


def _guilty_calls(
    reason: CancellationReason, fold: Fold, *, shows_items: bool
) -> list[StagedAction]:
    """Return the calls whose conditions are false on the stored item.

    A condition that was given as text cannot be judged here; it is guilty only where no
    other condition can have been.
    """
    if len(fold.terms) == 1:
        return [fold.terms[0].call]
    if not shows_items:
        return []
    verdicts = [(term.call, evaluate(term.condition, _stored(reason))) for term in fold.terms]
    guilty = [call for call, truth in verdicts if truth is Truth.NO]
    unclear = [call for call, truth in verdicts if truth is Truth.UNKNOWN]
    return guilty or (unclear if len(unclear) == 1 else [])


def _stored(reason: CancellationReason) -> Known:
    return Known(reason.stored or {}, is_complete=True)
