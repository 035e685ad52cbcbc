"""A lease and its item: what is asked of the table, and what follows.

Written once for plain and for asynchronous code: steps yield what a verb of the database, or a
pause, has returned, and receive what came of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    TransactScopeError,
)
from transactscope.ext.lease.errors import LeaseLostError
from transactscope.ext.lease.holder import Holder
from transactscope.ext.steps import Steps

logger: Final = logging.getLogger("transactscope.ext.lease")

_FIRST_AND_LAST: Final = (False, True)  # a write in doubt is made twice at most


class TableLease:
    """Acquires, refreshes and releases, each with one conditional write.

    A write that is in doubt is looked after: the stored token tells whose the lease is. A token
    is used by one acquisition only, so that a request that is late can do nothing but that.
    """

    def __init__(
        self,
        db: Any,
        holder: Holder,
        sleep: Callable[[float], Any],
        random: Callable[[], float],
    ) -> None:
        self._db = db
        self._holder = holder
        self._sleep = sleep
        self._random = random

    def acquire(self, timeout: float) -> Steps[None]:
        """Take the lease, and wait for it if others have it.

        Raises:
            LeaseTakenError: Others still had it after so many seconds.
        """
        token, begun, paused = self._holder.new_token(), self._holder.clock(), 0.0
        while True:
            is_ours, stored = yield from self._take(token)
            if is_ours:
                return
            # A clock that stands still must not make anybody wait for ever.
            waited = max(paused, self._holder.clock() - begun)
            if waited >= timeout:
                raise self._holder.taken(stored, timeout)
            pause = min(self._pause(), timeout - waited)
            yield self._sleep(pause)
            paused += pause

    def refresh(self) -> Steps[None]:
        """Let the lease last longer.

        Raises:
            LeaseLostError: Others have it, or had it.
        """
        token = self._holder.held().token
        for is_last in _FIRST_AND_LAST:
            longer = self._holder.claim(token)
            try:
                yield self._db.update(self._holder.key, **self._holder.extending(longer))
            except ConditionFailedError as refusal:
                self._hold_as_stored(refusal.failures[0].item, token, refusal)
                return  # it lasts longer than this by an earlier request, or by another thread's
            except CommitOutcomeUnknownError as doubt:
                stored = yield from self._look(doubt)
                self._hold_as_stored(stored, token, doubt)
                if stored.expires_at >= longer.expires_at:
                    return
                if is_last:
                    raise
            else:
                self._holder.keep_if_held(longer)
                return

    def release(self) -> Steps[None]:
        """Give the lease up, whether or not its time is over.

        Raises:
            LeaseLostError: Others have it, or had it.
        """
        held = self._holder.held()
        for is_last in _FIRST_AND_LAST:
            try:
                yield self._db.delete(self._holder.key, condition=self._holder.ours(held))
            except ConditionFailedError as refusal:
                if not is_last:
                    raise self._lost(held.token) from refusal
                break  # the first one was applied after all
            except CommitOutcomeUnknownError as doubt:
                if not _is_of((yield from self._look(doubt)), held.token):
                    break
                if is_last:
                    raise
            else:
                break
        self._holder.forget(held.token)

    def leave(self, error: BaseException | None) -> Steps[None]:
        """End a block: release what is held still, and hide nothing of what left the block.

        Raises:
            LeaseLostError: Others have the lease, or had it, and no exception left the block.
        """
        if self._holder.holding is None:
            return
        try:
            yield from self.release()
        except LeaseLostError as lost:
            if error is None:
                raise
            error.add_note(str(lost))
        except TransactScopeError as problem:
            # The work of the block is done or not, whatever became of this: it must not
            # look as if it were the work that failed.
            logger.warning(
                "%s could not be released (%s: %s); others may take it when it expires",
                self._holder,
                type(problem).__name__,
                problem,
                extra={"transactscope_error": type(problem).__name__},
            )

    def _take(self, token: str) -> Steps[tuple[bool, Any]]:
        """Try to take the lease; return whether it is ours, and what is stored if not."""
        for is_last in _FIRST_AND_LAST:
            claim = self._holder.claim(token)
            try:
                yield self._db.update(self._holder.key, **self._holder.taking(claim))
            except ConditionFailedError as refusal:
                stored = refusal.failures[0].item
                return self._is_kept(stored, token), stored
            except CommitOutcomeUnknownError as doubt:
                if self._is_kept((yield from self._look(doubt)), token):
                    return True, None
                if is_last:
                    raise
            else:
                self._holder.keep(claim)
                break
        return True, None

    def _is_kept(self, stored: Any, token: str) -> bool:
        """Say whether an item is ours, by a request whose answer was lost, and hold it then."""
        if not _is_of(stored, token):
            return False
        self._holder.keep(self._holder.as_stored(token, stored.expires_at))
        return True

    def _hold_as_stored(self, stored: Any, token: str, cause: TransactScopeError) -> None:
        """Hold the lease until the time that is stored.

        Raises:
            LeaseLostError: It is not ours any more.
        """
        if not _is_of(stored, token):
            raise self._lost(token) from cause
        self._holder.keep_if_held(self._holder.as_stored(token, stored.expires_at))

    def _look(self, doubt: CommitOutcomeUnknownError) -> Steps[Any]:
        """Read the item; if that fails, what is in doubt stays in doubt."""
        try:
            return (yield self._db.get(self._holder.key))
        except TransactScopeError as problem:
            raise doubt from problem

    def _lost(self, token: str) -> LeaseLostError:
        self._holder.forget(token)
        return self._holder.lost()

    def _pause(self) -> float:
        """Return the seconds until the next try; no two who wait shall come at once."""
        return self._holder.settings.poll * (1 - self._random() / 2)


def _is_of(stored: Any, token: str) -> bool:
    return getattr(stored, "token", None) == token
