"""One transaction of a session: its scope, the calls in it, and the levels around them."""

from __future__ import annotations

import itertools
from typing import Any

import attrs

from samples.catalog.service import asked
from samples.catalog.service.asked import Asked
from samples.catalog.service.plans import PlannedAction, StagedCall, action_of, call_of
from transactscope import ScopeState, TransactScope
from transactscope.errors import ScopeStateError
from transactscope.types import Action, CancellationReason, ExplainedAction, Savepoint


@attrs.frozen(eq=False)
class Call:
    """A call that was staged: what the library knows it by, and what it asks for."""

    number: int
    action: Action
    asked: Asked


@attrs.frozen
class _Level:
    """A level inside the transaction, and the last call that was staged before it."""

    savepoint: Savepoint
    after: int


@attrs.frozen(eq=False)
class ScopedCalls:
    """A scope and the calls that were staged in it. Nothing here is sent.

    Attributes:
        scope: The scope, which is used once.
        numbers: Numbers the transactions of a session, and the calls in all of them.
        number: Tells it from every other transaction of the session.
    """

    scope: TransactScope
    numbers: itertools.count[int]
    number: int = attrs.field(
        default=attrs.Factory(lambda self: next(self.numbers), takes_self=True), init=False
    )
    _calls: list[Call] = attrs.field(factory=list, init=False)
    _levels: list[_Level] = attrs.field(factory=list, init=False)

    @property
    def has_begun(self) -> bool:
        """Whether the scope has begun, and may have ended since."""
        return self.scope.state is not ScopeState.NOT_STARTED

    @property
    def rows(self) -> tuple[ExplainedAction, ...]:
        """The actions that a commit would send, as the library explains them."""
        return self.scope.explain().rows if self.has_begun else ()

    @property
    def staged(self) -> tuple[StagedCall, ...]:
        """The calls that are staged at this moment, in words and in order."""
        return tuple(self.told(call) for call in self._held)

    @property
    def planned(self) -> tuple[PlannedAction, ...]:
        """The actions in words: the calls on one product are one action."""
        return tuple(self._planned(row) for row in self.rows)

    def keep(self, action: Action, what: Asked) -> None:
        """Remember what a call that was staged asks for."""
        self._calls.append(Call(next(self.numbers), action, what))

    def find(self, number: int) -> Call | None:
        """Find the call of a number among those that are staged at this moment."""
        return next((each for each in self._held if each.number == number), None)

    def unstage(self, call: Call) -> None:
        """Take a call back. Errors are the library's."""
        self.scope.unstage(call.action)
        self._calls.remove(call)

    def told(self, call: Call) -> StagedCall:
        """Put a call in words."""
        level = 1 + sum(level.after < call.number for level in self._levels)
        return call_of(call.action, level, call.number)

    def asked_on(self, reason: CancellationReason) -> Asked | None:
        """Find what was asked of the item that a reason is about."""
        return _together(_calls_on(reason, self._held))

    def open_level(self) -> None:
        """Open a level."""
        self._levels.append(_Level(self.scope.savepoint(), next(self.numbers)))

    def end_level(self, *, keep: bool) -> tuple[int, int]:
        """Close the innermost level; return its number, and how many calls it held."""
        if not self._levels:
            why = "no level is open; open one with a savepoint first."
            raise ScopeStateError(why, state=self.scope.state)
        level, number = self._levels[-1], self.scope.depth
        calls = sum(level.after < call.number for call in self._held)
        if not keep:
            level.savepoint.rollback()
        level.savepoint.release()
        self._levels.pop()
        return number, calls

    @property
    def _held(self) -> list[Call]:
        staged = {id(action) for action in self.scope.staged}
        return [call for call in self._calls if id(call.action) in staged]

    def _planned(self, row: ExplainedAction) -> PlannedAction:
        calls = _calls_on(row, self._held)
        return action_of(row, _together(calls), [self.told(call) for call in calls])


def _calls_on(what: Any, calls: list[Call]) -> list[Call]:
    """Find the calls on the item of a planned action or of a reason."""
    target = (what.table, what.key)
    return [call for call in calls if (call.action.table, call.action.key) == target]


def _together(calls: list[Call]) -> Asked | None:
    return asked.together([call.asked for call in calls]) if calls else None
