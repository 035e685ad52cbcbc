"""What a program wants done once its transaction is committed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from transactscope.errors import InvalidRequestError
from transactscope.types import CommitResult

Hook: TypeAlias = Callable[[CommitResult], Any]


def checked_hook(hook: object) -> Hook:
    """Return the hook if it can be called when the data is committed.

    Raises:
        InvalidRequestError: It cannot be called, or calling it would run nothing. Not sent.
    """
    if not callable(hook):
        msg = f"on_commit() takes a function, not {type(hook).__name__}"
        raise InvalidRequestError(msg)
    if inspect.iscoroutinefunction(hook) or inspect.isasyncgenfunction(hook):
        msg = "on_commit() takes a plain function: a coroutine function would never be awaited"
        raise InvalidRequestError(msg)
    return hook


def run_all(hooks: Sequence[Hook], result: CommitResult) -> None:
    """Call every hook, whatever the others raise.

    Raises:
        ExceptionGroup: Some of them raised; says that the data is committed.
    """
    errors: list[Exception] = []
    for hook in hooks:
        try:
            hook(result)
        except Exception as error:  # noqa: BLE001 - foreign code; the others have to run
            errors.append(error)
    if errors:
        msg = f"the transaction is committed; {len(errors)} of {len(hooks)} on_commit hooks failed"
        raise ExceptionGroup(msg, errors)
