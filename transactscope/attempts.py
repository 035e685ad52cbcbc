"""Attempts at one transaction: a loop that begins anew where others were faster."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from transactscope.base_scope import BaseScope
from transactscope.core.states import ScopeState
from transactscope.environment import checked_timeout
from transactscope.errors import ScopeStateError, StaleReadError, TransactionConflictError
from transactscope.flows.retrying import log_rerun
from transactscope.loops import Place, comes_back
from transactscope.scope import TransactScope

if TYPE_CHECKING:
    from transactscope.core.retries import Budget
    from transactscope.environment import Environment
    from transactscope.flows.effects import Flow

_NO_LOOP: Final = (
    "transactscope: not tried again, because the attempt's block does not always lead back to its "
    "loop: a return or a break, in the block or behind it, would have gone on as if the commit had "
    "succeeded. Let the loop end by itself, or use @transactional"
)


S = TypeVar("S", bound=BaseScope)
A = TypeVar("A", bound="BaseAttempt[Any]")


class BaseAttempts(Generic[S]):
    """The attempts at one transaction: they share one budget of attempts and time.

    Args:
        environment: That of the database.
        timeout: Seconds after which no further attempt begins.
        is_trusted: Whether the loop over them is known to be a right one.
    """

    def __init__(
        self, environment: Environment, timeout: float | None = None, *, is_trusted: bool = False
    ) -> None:
        self._environment = environment
        self._is_trusted = is_trusted
        self._timeout = checked_timeout(timeout)
        self._budget: Budget | None = None
        self._last: BaseAttempt[S] | None = None

    def _pause(self) -> float | None:
        """Return the seconds to wait before the next attempt; None if there is none."""
        return 0.0 if self._last is None else self._last.pause_before_next()

    def _follow(self, attempt: A) -> A:
        """Make an attempt the last one, which knows which one it follows."""
        if self._last is not None:
            attempt.follow(self._last)
        self._last = attempt
        return attempt

    def _parts_of_next(self, caller: FrameType) -> tuple[Budget, int, Place | None]:
        """Return what the next attempt is made of."""
        if self._budget is None:
            self._budget = self._environment.budget(self._timeout, reruns=True)
            self._budget.start()
        number = 1 if self._last is None else self._last.number + 1
        return self._budget, number, None if self._is_trusted else Place.of(caller)


class BaseAttempt(Generic[S]):
    """One attempt: a scope, and whether another one follows it."""

    def __init__(self, scope: S, budget: Budget, number: int, loop: Place | None) -> None:
        self._scope = scope
        self._scope._budget = budget  # noqa: SLF001 - no user has to know of budgets
        self._budget = budget
        self._number = number
        self._loop = loop
        self._pause: float | None = None

    @property
    def number(self) -> int:
        """Which attempt it is; the first one is 1."""
        return self._number

    def follow(self, other: BaseAttempt[S]) -> None:
        """Let observers know whose work begins anew here."""
        watch, watch_before = self._scope._watch, other._scope._watch  # noqa: SLF001 - their own
        if watch is not None and watch_before is not None:
            watch.rerun_of = watch_before.work

    def pause_before_next(self) -> float | None:
        """Return the seconds to wait before the next attempt; None if this one was the last.

        Raises:
            ScopeStateError: This one was never entered.
        """
        if self._scope.state is ScopeState.NOT_STARTED:
            msg = "an attempt was passed over: enter its block in every round"
            raise ScopeStateError(msg, state=self._scope.state)
        return self._pause

    def _leaving(self, error: BaseException | None, here: Place) -> Flow[bool]:
        """Return the flow of leaving the block; a failure that is followed is kept in."""
        try:
            swallowed = yield from self._scope._leaving(error)  # noqa: SLF001 - its own scope
        except (StaleReadError, TransactionConflictError) as failure:
            if self._is_followed_by_another(failure, here):
                return True
            raise
        return swallowed or self._is_followed_by_another(error, here)

    def _is_followed_by_another(self, failure: Any, here: Place) -> bool:
        """Whether the loop goes on; if so, this failure is not seen by anybody."""
        is_ours = self._scope.state is ScopeState.CANCELED
        is_known = isinstance(failure, StaleReadError | TransactionConflictError)
        if not (is_ours and is_known and failure.retryable):
            return False
        if self._loop is not None and not comes_back(here, self._loop):
            failure.add_note(_NO_LOOP)
            return False
        self._pause = self._budget.pause(failure)
        if self._pause is not None:
            log_rerun(failure, self._number, self._pause)
            watch = self._scope._watch  # noqa: SLF001 - its own scope
            if watch is not None:
                watch.begins_anew(self._number, self._pause, failure)
        return self._pause is not None


class Attempts(BaseAttempts[TransactScope], Iterator["Attempt"]):
    """Attempts at one transaction, one after the other, until one is committed.

    Made by `Database.attempts()`. All of them share one budget of attempts and time.
    """

    def __next__(self) -> Attempt:
        parts = self._parts_of_next(sys._getframe(1))  # noqa: SLF001 - see `loops`
        pause = self._pause()
        if pause is None:
            raise StopIteration
        if self._last is not None:
            self._environment.sleep(pause)
        return self._follow(Attempt(TransactScope(cast("Any", self._environment)), *parts))


class Attempt(BaseAttempt[TransactScope]):
    """One attempt: a with-block whose scope commits at its end.

    Where the commit finds that something else has changed what was read, or another
    transaction is at work, the block ends quietly and the loop goes on. Everything else
    propagates and ends the loop.
    """

    def __enter__(self) -> TransactScope:
        return self._scope.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        here = Place.of(sys._getframe(1))  # noqa: SLF001 - see `loops`
        return self._scope._environment.run(self._leaving(error, here))  # noqa: SLF001
