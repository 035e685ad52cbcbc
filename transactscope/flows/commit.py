"""COMMIT: one TransactWriteItems request, or none if nothing is staged."""

from __future__ import annotations

from transactscope.core.outcome import Judgement
from transactscope.core.retries import Budget
from transactscope.core.transaction import Transaction
from transactscope.flows.effects import Flow, Pause
from transactscope.types import Answer, CommitResult, FrozenRequest


def commit(transaction: Transaction, budget: Budget) -> Flow[CommitResult]:
    """Send what is staged, and end committed, canceled or in doubt.

    Every attempt sends the same request with the same token.
    """
    request = transaction.start_commit()
    if request is None:
        return transaction.succeed(None)
    before = budget.attempts
    answer = yield from _answered(transaction, request, budget)
    return transaction.succeed(answer, budget.attempts - before)


def _answered(transaction: Transaction, request: FrozenRequest, budget: Budget) -> Flow[Answer]:
    while True:
        budget.spend()
        try:
            answer: Answer = yield request
        except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
            judgement = transaction.judge(error)
            pause = _pause(judgement, budget)
            if pause is None:
                raise transaction.fail(judgement, error)  # noqa: B904 - fail() chains the cause
        except BaseException as interruption:
            transaction.interrupt(interruption)
            raise
        else:
            return answer
        try:
            yield Pause(pause)
        except BaseException as interruption:
            transaction.give_up(interruption)
            raise


def _pause(judgement: Judgement, budget: Budget) -> float | None:
    """Return how long to wait before the same is sent again; None if it is not."""
    if not judgement.is_transient or (budget.reruns and judgement.is_conflict):
        return None  # who can begin anew has to: what was read may have changed
    return budget.pause(judgement.error)
