"""One write on its own: PutItem, UpdateItem or DeleteItem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transactscope.core.actions import StagedAction
from transactscope.core.folding import Fold
from transactscope.core.freeze import plain_request
from transactscope.core.outcome import Judgement, judge_write
from transactscope.core.result import result_of
from transactscope.core.retries import Budget
from transactscope.core.states import Event
from transactscope.core.versions import written_entities
from transactscope.flows.effects import Flow, Pause
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from cattrs import Converter


def write(action: StagedAction, converter: Converter, budget: Budget) -> Flow[CommitResult]:
    """Send one write; again only where that cannot change what it does."""
    fold = Fold.of(action)
    request = plain_request(fold.to_send)
    while True:
        budget.spend()
        try:
            answer = yield request
        except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
            judgement = judge_write(error, request, fold, converter)
            pause = budget.pause(judgement.error) if _may_be_resent(judgement, fold) else None
            if pause is None:
                raise judgement.raised(error)  # noqa: B904 - chained
        except BaseException as interruption:
            what = fold.action.describe()
            interruption.add_note(f"transactscope: this was sent and may be applied: {what}")
            raise
        else:
            written = tuple(written_entities((fold,)))
            return result_of(answer, None, attempts=budget.attempts, written=written)
        yield Pause(pause)


def _may_be_resent(judgement: Judgement, fold: Fold) -> bool:
    """Whether the same write may be sent again.

    After an answer that does not decide, only a write that does the same whether or not it has
    been applied: a put or delete without a condition.
    """
    if judgement.event is not Event.LOSE:
        return judgement.is_transient
    return fold.action.kind in ("Put", "Delete") and fold.to_send.condition is None
