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
from transactscope.types import Answer, CommitResult, FrozenRequest, Item

if TYPE_CHECKING:
    from cattrs import Converter


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

    def stage(self, action: StagedAction) -> StagedAction:
        """Add an action to the log; it is refused if one request could not carry it."""
        self.require_active(f"{action.verb}()")
        return self.log.add(action)

    def staged_on(self, table: str, key: Item) -> StagedAction | None:
        """Return the action staged on an item."""
        self.require_active("get()")
        return self.log.find(table, key)

    def rollback(self) -> None:
        """Drop what is staged and end."""
        self._happens(Event.ROLLBACK)
        self.log.clear()

    def frozen(self) -> FrozenRequest:
        """Return the request that a commit sends or has sent."""
        if self.request is not None:
            return self.request
        if self.state is ScopeState.NOT_STARTED:
            raise misuse("to_request()", self.state)
        return transaction_request(self.log, str(self.token))

    def start_commit(self) -> FrozenRequest | None:
        """Freeze the request and return it, or None if nothing is staged."""
        self._happens(Event.COMMIT)
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
        judgement = judge_commit(error, self.frozen(), tuple(self.log), self.converter)
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
