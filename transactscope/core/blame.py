"""Whose condition failed, where one action came from several calls.

The server says which action failed and shows the stored item; the conditions of the
calls are judged on that item here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transactscope.core.actions import Raises, StagedAction
from transactscope.core.folding import Fold
from transactscope.core.reasons import CONDITION_FAILED
from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.types import CancellationReason


def users_raises(
    reasons: Iterable[CancellationReason],
    folds: Sequence[Fold],
    calls: Iterable[StagedAction],
    *,
    shows_items: bool,
) -> Raises:
    """Return the `raises=` of the first call whose condition failed and that has one.

    Args:
        reasons: What the server said, one per fold.
        folds: What was sent.
        calls: All calls in their order, which decides between several.
        shows_items: Whether the server showed stored items, so that one that is not shown is
            absent. Where it did not, only an action with one condition tells whose it was.
    """
    guilty = {
        id(call)
        for reason, fold in zip(reasons, folds, strict=False)
        if reason.code == CONDITION_FAILED and (shows_items or len(fold.terms) == 1)
        for call in _guilty_calls(reason, fold)
    }
    wanted = (call.raises for call in calls if id(call) in guilty and call.raises is not None)
    return next(wanted, None)


def _guilty_calls(reason: CancellationReason, fold: Fold) -> list[StagedAction]:
    """Return the calls whose conditions are false on the stored item.

    A condition that was given as text cannot be judged here; it is guilty only where no
    other condition can have been.
    """
    if len(fold.terms) == 1:
        return [fold.terms[0].call]
    stored = Known(reason.stored or {}, is_complete=True)
    verdicts = [(term.call, evaluate(term.condition, stored)) for term in fold.terms]
    guilty = [call for call, truth in verdicts if truth is Truth.NO]
    unclear = [call for call, truth in verdicts if truth is Truth.UNKNOWN]
    return guilty or (unclear if len(unclear) == 1 else [])
