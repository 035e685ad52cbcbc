"""COMMIT: one TransactWriteItems request, or none if nothing is staged.

Every attempt sends the same request with the same token, so that it is applied once whichever
of them arrives. Once an attempt may have been applied, only a 2xx decides, or a cancellation that
is about the data.
"""

from __future__ import annotations

from transactscope.core.outcome import Judgement, too_late
from transactscope.core.retries import Budget
from transactscope.core.states import Event
from transactscope.core.transaction import Transaction
from transactscope.core.window import TokenWindow
from transactscope.flows.effects import Flow
from transactscope.flows.retrying import log_doubt, pause_before_resend
from transactscope.flows.sealing import sealed_actions, with_shown_items
from transactscope.types import Answer, CommitResult, FrozenRequest


def commit(transaction: Transaction, budget: Budget, window: TokenWindow) -> Flow[CommitResult]:
    """Send what is staged, and end committed, canceled or in doubt."""
    if transaction.has_secrets:
        request: FrozenRequest | None = yield from _sealed(transaction)
    else:
        request = transaction.start_commit()
    if request is None:
        return transaction.succeed(None)
    return (yield from _settled(transaction, request, budget, window, in_doubt=False))


def _sealed(transaction: Transaction) -> Flow[FrozenRequest]:
    """Seal what is staged and freeze the request, once: every attempt sends the same bytes."""
    actions = transaction.start_sealing()
    try:
        return transaction.freeze_sealed((yield from sealed_actions(actions, transaction.keyring)))
    except BaseException as error:
        transaction.give_up(error)
        raise


def resolve(transaction: Transaction, budget: Budget, window: TokenWindow) -> Flow[CommitResult]:
    """Send the request of a commit in doubt again, and end committed, canceled or as before."""
    request = transaction.resume()
    if not (transaction.is_marked or window.is_open()):
        raise too_late(request)
    return (yield from _settled(transaction, request, budget, window, in_doubt=True))


def _settled(
    transaction: Transaction,
    request: FrozenRequest,
    budget: Budget,
    window: TokenWindow,
    *,
    in_doubt: bool,
) -> Flow[CommitResult]:
    while True:
        budget.spend()
        window.start()
        transaction.attempts += 1
        try:
            answer: Answer = yield request
        except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
            judgement = transaction.judge(error, in_doubt=in_doubt)
            if judgement.event is Event.SUCCEED:
                return transaction.succeed_before(judgement)
            in_doubt = judgement.event is Event.LOSE
            pause = _pause(transaction, judgement, budget, window)
            if pause is None:
                if in_doubt:
                    log_doubt(request, judgement, budget)
                raised = transaction.fail(judgement, error)
                yield from with_shown_items(
                    judgement.error, transaction.keyring, transaction.converter
                )
                raise raised  # noqa: B904 - fail() chains the cause
        except BaseException as interruption:
            transaction.interrupt(interruption)
            raise
        else:
            return transaction.succeed(answer)
        try:
            yield from pause_before_resend(request, judgement, budget, pause)
        except BaseException as interruption:
            cut_off = transaction.interrupt if in_doubt else transaction.give_up
            cut_off(interruption)
            raise


def _pause(
    transaction: Transaction, judgement: Judgement, budget: Budget, window: TokenWindow
) -> float | None:
    """Return how long to wait before the same is sent again; None if it is not."""
    if not judgement.may_pass:
        return None
    if judgement.event is Event.REFUSE and judgement.is_conflict and budget.reruns:
        return None  # who can begin anew has to: what was read may have changed
    pause = budget.pause(judgement.error, until_timeout=judgement.is_in_progress)
    depends_on_token = judgement.event is Event.LOSE and not transaction.is_marked
    if pause is None or (depends_on_token and not window.is_open(pause)):
        return None
    return pause
