"""A savepoint as users hold it: a with-block, or `release()` and `rollback()`.

It sends nothing and decides nothing; the marks and the log are the transaction's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from transactscope.core.leaving import Rollback, swallows
from transactscope.core.transaction import Transaction
from transactscope.errors import ScopeStateError
from transactscope.users import current_user


class OpenSavepoint:
    """A mark in a scope's log. As in SQL, `rollback()` leaves it open and `release()` closes it.

    Closing an outer savepoint closes those inside it, and a commit closes all.

    Args:
        transaction: The scope's transaction.
        exclusively: Lets one caller at a time into the scope.

    Example:
        >>> from transactscope import TransactScope
        >>> with TransactScope(client) as tx:
        ...     savepoint = tx.savepoint()
        ...     _ = tx.insert(Account("A-1"))
        ...     savepoint.rollback()
        ...     _ = tx.insert(Account("A-2"))
        ...     savepoint.release()
        >>> [action.key for action in tx.staged]
        [{'number': {'S': 'A-2'}}]
    """

    def __init__(
        self,
        transaction: Transaction,
        exclusively: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._transaction = transaction
        self._exclusively = exclusively
        self._mark = transaction.mark()

    @property
    def is_open(self) -> bool:
        """Whether it can still be rolled back or released."""
        return self._transaction.is_open(self._mark)

    def release(self) -> None:
        """Close the savepoint and keep what was staged since. Nothing is sent.

        Raises:
            ScopeStateError: It is closed, or the scope is not active. Not sent.
        """
        with self._exclusively("release()"):
            self._transaction.release_to(self._mark)

    def rollback(self) -> None:
        """Drop what was staged since; the savepoint stays open. Nothing is sent.

        Raises:
            ScopeStateError: It is closed, or the scope is not active. Not sent.
        """
        with self._exclusively("rollback()"):
            self._transaction.rollback_to(self._mark)

    def __enter__(self) -> Self:
        with self._exclusively("entering the block of a savepoint"):
            self._transaction.enter(self._mark, current_user())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if self.is_open:
            self._leave(error)
        elif isinstance(error, Rollback) and error.is_for(self):
            self._transaction.refuse_late_rollback(error)
        return swallows(self, self._transaction.state, error)

    def _leave(self, error: BaseException | None) -> None:
        """Close it; an exception that leaves the block must stay the one that is seen."""
        try:
            with self._exclusively("leaving the block of a savepoint"):
                self._transaction.leave(self._mark, keep=error is None)
        except ScopeStateError as problem:
            if error is None:
                raise
            error.add_note(f"transactscope: the savepoint could not be rolled back: {problem}")
