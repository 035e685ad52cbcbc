"""COMMIT: one TransactWriteItems request, or none if nothing is staged."""

from __future__ import annotations

from transactscope.core.transaction import Transaction
from transactscope.flows.effects import Flow
from transactscope.types import CommitResult


def commit(transaction: Transaction) -> Flow[CommitResult]:
    """Send what is staged, once, and end committed, canceled or in doubt."""
    request = transaction.start_commit()
    if request is None:
        return transaction.succeed(None)
    try:
        answer = yield request
    except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
        raise transaction.fail(error)  # noqa: B904 - fail() has chained the cause
    except BaseException as interruption:
        transaction.interrupt(interruption)
        raise
    return transaction.succeed(answer)
