"""One transaction from begin to its end, as pure state.

Rule 1: everything that changes a scope's state is a method here, and goes
through the table in `states`. Rule 2: nothing here sends, waits or reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.freeze import transaction_request
from transactscope.core.log import ActionLog
from transactscope.core.outcome import judge_commit
from transactscope.core.result import result_of
from transactscope.core.states import Event, ScopeState, misuse, next_state
from transactscope.core.tokens import checked_token
from transactscope.errors import ScopeStateError
from transactscope.types import Action, Answer, CommitResult, FrozenRequest, Item

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.define(eq=False)
class Mark:
    """A savepoint: how many calls were staged when it was made, and whether it is a block."""

    length: int
    has_block: bool = False


@attrs.define(eq=False)
class Transaction:
    """State, log, token, frozen request and result of one scope.

    Args:
        converter: Turns the stored items of failed conditions into entities.
        new_token: Makes a token when begin finds none.
        token: The user's own token, 1-36 characters, or None.
    """

    converter: Converter
    new_token: Callable[[], str]
    token: str | None = None
    state: ScopeState = ScopeState.NOT_STARTED
    log: ActionLog = attrs.field(factory=ActionLog)
    marks: list[Mark] = attrs.field(factory=list)
    request: FrozenRequest | None = None
    result: CommitResult | None = None

    def begin(self) -> None:
        """Become active; make the token that every attempt of the commit will carry."""
        self._happens(Event.BEGIN)
        if self.token is None:
            self.token = checked_token(self.new_token())

    def require_active(self, verb: str) -> None:
        """Refuse a verb in every state but `ACTIVE`."""
        if self.state is not ScopeState.ACTIVE:
            raise misuse(verb, self.state)

    def require_begun(self, verb: str) -> None:
        """Refuse a look at what is staged before there is anything that could be."""
        if self.state is ScopeState.NOT_STARTED:
            raise misuse(verb, self.state)

    def stage(self, action: StagedAction) -> StagedAction:
        """Add an action to the log; it is refused if one request could not carry it."""
        self.require_active(f"{action.verb}()")
        return self.log.add(action)

    def staged_on(self, table: str, key: Item) -> StagedAction | None:
        """Return the action staged on an item."""
        self.require_active("get()")
        return self.log.find(table, key)

    def unstage(self, action: Action) -> None:
        """Drop one call; the others on its item have to fold without it."""
        self.require_active("unstage()")
        position = self.log.remove(action)
        for mark in self.marks:  # marks count calls, and one before them is gone
            mark.length -= position < mark.length

    def rollback(self) -> None:
        """Drop what is staged and end."""
        self._happens(Event.ROLLBACK)
        self.log.truncate(0)
        self.marks.clear()

    @property
    def depth(self) -> int:
        """How many levels are open: the transaction itself and its savepoints."""
        return 1 + len(self.marks) if self.state is ScopeState.ACTIVE else 0

    def mark(self) -> Mark:
        """Open a savepoint at the end of the log."""
        self.require_active("savepoint()")
        mark = Mark(len(self.log))
        self.marks.append(mark)
        return mark

    def is_open(self, mark: Mark) -> bool:
        """Whether a savepoint is open: its scope is active, and it was not closed."""
        return self.state is ScopeState.ACTIVE and any(each is mark for each in self.marks)

    def enter(self, mark: Mark) -> None:
        """Let a savepoint be a with-block, which only its own end may close."""
        self._level("entering the block", mark)
        if mark.has_block:
            msg = "this savepoint's block has been entered and not been left yet"
            raise ScopeStateError(msg, state=self.state)
        mark.has_block = True

    def leave(self, mark: Mark, *, keep: bool) -> None:
        """End a savepoint's block: close it, and drop its actions unless they are kept."""
        mark.has_block = False
        if not keep:
            self.rollback_to(mark)
        self.release_to(mark)

    def release_to(self, mark: Mark) -> None:
        """Close a savepoint and those inside it; what was staged stays."""
        del self.marks[self._level("release()", mark) :]

    def rollback_to(self, mark: Mark) -> None:
        """Drop what was staged since a savepoint and close those inside it; it stays open."""
        level = self._level("rollback()", mark)
        self.log.truncate(mark.length)
        del self.marks[level + 1 :]

    def refuse_late_rollback(self, cause: BaseException) -> None:
        """Refuse to drop what a savepoint that is closed no longer holds apart."""
        if self.state is ScopeState.ACTIVE:
            msg = "Rollback is not possible: this savepoint was released, and its actions stay"
            raise ScopeStateError(msg, state=self.state) from cause

    def _level(self, verb: str, mark: Mark) -> int:
        self.require_active(f"{verb} of a savepoint")
        level = next((n for n, each in enumerate(self.marks) if each is mark), None)
        if level is None:
            problem = "it is closed, by itself or by an outer one"
        elif any(inner.has_block for inner in self.marks[level + 1 :]):
            problem = "the block of a savepoint inside it has not been left yet"
        else:
            return level
        msg = f"{verb} of this savepoint is not possible: {problem}"
        raise ScopeStateError(msg, state=self.state)

    def frozen(self) -> FrozenRequest:
        """Return the request that a commit sends or has sent."""
        if self.request is not None:
            return self.request
        self.require_begun("to_request()")
        actions = (fold.action for fold in self.log.folds())
        return transaction_request(actions, str(self.token))

    def start_commit(self) -> FrozenRequest | None:
        """Freeze the request and return it, or None if nothing is staged."""
        self._happens(Event.COMMIT)
        self.marks.clear()  # as in SQL, a commit releases what is open
        if not len(self.log):
            return None
        self.request = self.frozen()
        return self.request

    def succeed(self, answer: Answer | None) -> CommitResult:
        """End committed; no answer means that there was nothing to send."""
        self._happens(Event.SUCCEED)
        self.result = result_of(answer, str(self.token))
        return self.result

    def fail(self, error: Exception) -> Exception:
        """End canceled or in doubt, and return what the user is to see."""
        folds, calls = self.log.folds(), tuple(self.log)
        judgement = judge_commit(error, self.frozen(), folds, calls, self.converter)
        self._happens(judgement.event)
        return judgement.raised(error)

    def interrupt(self, interruption: BaseException) -> None:
        """End in doubt because the wait for the answer was cut off; it is not ours to swallow."""
        self._happens(Event.LOSE)
        interruption.add_note(
            "transactscope: a commit was under way and may have been applied "
            f"(client request token {self.token})"
        )

    def _happens(self, event: Event) -> None:
        self.state = next_state(self.state, event)
