"""One write on its own: PutItem, UpdateItem or DeleteItem."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from transactscope.core.actions import StagedAction
from transactscope.core.folding import Fold
from transactscope.core.freeze import plain_request
from transactscope.core.outcome import Judgement, judge_write, still_in_doubt
from transactscope.core.result import result_of
from transactscope.core.retries import Budget
from transactscope.core.states import Event
from transactscope.core.versions import Written, written_entities
from transactscope.flows.effects import Flow
from transactscope.flows.retrying import log_doubt, pause_before_resend
from transactscope.flows.sealing import sealed_actions, with_shown_items
from transactscope.types import CommitResult, FrozenRequest, Keyring

if TYPE_CHECKING:
    from cattrs import Converter


def write(
    action: StagedAction, converter: Converter, budget: Budget, keyring: Keyring | None = None
) -> Flow[CommitResult]:
    """Send one write; again only where that cannot change what it does.

    Once an attempt may have been applied, a refusal of the next says nothing of it.
    """
    request = yield from _request(action, keyring)
    in_doubt = False
    while True:
        budget.spend()
        try:
            answer = yield request
        except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
            fold = Fold.of(action)
            judgement = judge_write(error, request, fold, converter)
            if in_doubt:
                judgement = still_in_doubt(judgement, error, request)
            in_doubt = judgement.event is Event.LOSE
            pause = budget.pause(judgement.error) if _may_be_resent(judgement, fold) else None
            if pause is None:
                if in_doubt:
                    log_doubt(request, judgement, budget)
                raised = judgement.raised(error)
                yield from with_shown_items(judgement.error, keyring, converter)
                raise raised  # noqa: B904 - chained
        except BaseException as interruption:
            _note(interruption, action)
            raise
        else:
            written = _written(action, converter)
            return result_of(answer, None, attempts=budget.attempts, written=written)
        try:
            yield from pause_before_resend(request, judgement, budget, pause)
        except BaseException as interruption:
            if in_doubt:
                _note(interruption, action)
            raise


def _request(action: StagedAction, keyring: Keyring | None) -> Flow[FrozenRequest]:
    """Freeze the request; where there is something to seal, once for all attempts."""
    if keyring is None:
        return plain_request(action.alone)
    (sealed,) = yield from sealed_actions((action.alone,), keyring)
    return plain_request(sealed)


def _written(action: StagedAction, converter: Converter) -> Callable[[], Iterable[Written]]:
    """Return what lists the entity that was written, after it has learned of it."""
    if action.encoded is not None:  # then there is nothing that it could learn
        return lambda: written_entities((Fold.of(action),), converter)
    written = tuple(written_entities((Fold.of(action),), converter))
    return lambda: written


def _note(interruption: BaseException, action: StagedAction) -> None:
    what = action.describe()
    interruption.add_note(f"transactscope: this was sent and may be applied: {what}")


def _may_be_resent(judgement: Judgement, fold: Fold) -> bool:
    """Whether the same write may be sent again.

    After an answer that does not decide, only a write that does the same whether or not it has
    been applied: a put or delete without a condition.
    """
    if judgement.event is not Event.LOSE:
        return judgement.is_transient
    is_repeatable = fold.action.kind in ("Put", "Delete") and fold.to_send.condition is None
    return is_repeatable and judgement.may_pass
