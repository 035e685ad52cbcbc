"""What a program wants done once its transaction is committed."""

from __future__ import annotations

import inspect
from typing import Any

from transactscope.core.hooks import failed_hooks
from transactscope.core.transaction import Transaction
from transactscope.errors import InvalidRequestError
from transactscope.flows.effects import Call, Flow
from transactscope.types import CommitResult


def run_hooks(transaction: Transaction, result: CommitResult) -> Flow[None]:
    """Call every hook once and in order, whatever the others raise.

    Raises:
        ExceptionGroup: Some of them raised; says that the data is committed.
    """
    hooks = transaction.take_hooks()
    errors: list[Exception] = []
    for number, hook in enumerate(hooks, 1):
        try:
            _refuse_unfinished((yield Call(hook, result)))
        except Exception as error:  # noqa: BLE001 - foreign code; the others have to run
            errors.append(error)
        except BaseException as interruption:
            interruption.add_note(
                "transactscope: the transaction is committed; an on_commit hook was interrupted, "
                f"and {len(hooks) - number} more did not run"
            )
            raise
    if errors:
        raise failed_hooks(errors, len(hooks))


def _refuse_unfinished(value: Any) -> None:
    """Refuse what a hook returned to be awaited, where nobody awaits."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = f"an on_commit hook returned {type(value).__name__}, which nobody awaits here"
        raise InvalidRequestError(msg)
