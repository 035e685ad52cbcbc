"""What a program wants done once its transaction is committed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from transactscope.errors import InvalidRequestError
from transactscope.types import CommitResult

Hook: TypeAlias = Callable[[CommitResult], Any]


def checked_hook(hook: object, *, may_be_awaited: bool) -> Hook:
    """Return the hook if it can be called when the data is committed.

    Raises:
        InvalidRequestError: It cannot be called, or calling it would run nothing. Not sent.
    """
    if not callable(hook):
        msg = f"on_commit() takes a function, not {type(hook).__name__}"
        raise InvalidRequestError(msg)
    is_coroutine = inspect.iscoroutinefunction(hook)
    if inspect.isasyncgenfunction(hook) or (is_coroutine and not may_be_awaited):
        msg = "on_commit() takes a plain function here: another one would never be awaited"
        raise InvalidRequestError(msg)
    return hook


def failed_hooks(errors: Sequence[Exception], count: int) -> ExceptionGroup[Exception]:
    """Return the error of a commit whose hooks raised; says that the data is committed."""
    msg = f"the transaction is committed; {len(errors)} of {count} on_commit hooks failed"
    return ExceptionGroup(msg, errors)
