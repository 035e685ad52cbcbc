"""The life cycle of a scope: one table of states, events and what follows.

Everything that may change a scope's state is in this table; `docs/` draws the
same table. Nothing here knows what a request is.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from transactscope.errors import ScopeStateError
from transactscope.exporting import exported_from


@exported_from("transactscope")
class ScopeState(enum.Enum):
    """Where a scope is in its life.

    Example:
        >>> from transactscope import ScopeState
        >>> ScopeState.ACTIVE.is_final
        False

    .. versionadded:: 0.1.0
    """

    NOT_STARTED = "not started"
    ACTIVE = "active"
    COMMITTING = "committing"
    COMMITTED = "committed"
    CANCELED = "canceled"
    IN_DOUBT = "in doubt"
    ROLLED_BACK = "rolled back"

    if not TYPE_CHECKING:  # pragma: no branch - to type checkers it is the same as Enum's
        __hash__ = object.__hash__  # members are single; Enum's own takes ten times as long

    @property
    def is_final(self) -> bool:
        """Whether the scope's work is over, as far as anyone can know at this moment."""
        return self not in (ScopeState.NOT_STARTED, ScopeState.ACTIVE, ScopeState.COMMITTING)


class Event(enum.Enum):
    """What can happen to a scope."""

    BEGIN = "begin()"
    COMMIT = "commit()"
    ROLLBACK = "rollback()"
    SUCCEED = "a 2xx answer"
    REFUSE = "refused, or never sent"
    LOSE = "sent, and unknown"

    if not TYPE_CHECKING:  # pragma: no branch
        __hash__ = object.__hash__


TRANSITIONS: Final = {
    (ScopeState.NOT_STARTED, Event.BEGIN): ScopeState.ACTIVE,
    (ScopeState.ACTIVE, Event.COMMIT): ScopeState.COMMITTING,
    (ScopeState.ACTIVE, Event.ROLLBACK): ScopeState.ROLLED_BACK,
    (ScopeState.COMMITTING, Event.SUCCEED): ScopeState.COMMITTED,
    (ScopeState.COMMITTING, Event.REFUSE): ScopeState.CANCELED,
    (ScopeState.COMMITTING, Event.LOSE): ScopeState.IN_DOUBT,
    (ScopeState.IN_DOUBT, Event.SUCCEED): ScopeState.COMMITTED,
    (ScopeState.IN_DOUBT, Event.REFUSE): ScopeState.CANCELED,
    (ScopeState.IN_DOUBT, Event.LOSE): ScopeState.IN_DOUBT,
}

_WAY_OUT: Final = {
    ScopeState.NOT_STARTED: "enter its with-block or call begin() first",
    ScopeState.ACTIVE: "it has begun already; a level inside it is a savepoint: savepoint()",
    ScopeState.COMMITTING: "its commit is under way",
    ScopeState.COMMITTED: "a scope is used once; make a new one",
    ScopeState.CANCELED: "nothing was applied; a scope is used once, make a new one",
    ScopeState.IN_DOUBT: (
        "its request was sent and the answer never came, so it may have been applied; "
        "resolve() asks again"
    ),
    ScopeState.ROLLED_BACK: "a scope is used once; make a new one",
}


def next_state(state: ScopeState, event: Event) -> ScopeState:
    """Return the state that follows, or raise `ScopeStateError` if the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise misuse(event.value, state) from None


def misuse(verb: str, state: ScopeState, way_out: str | None = None) -> ScopeStateError:
    """Return the error that says what was tried, in which state, and the way out.

    Args:
        verb: What was tried.
        state: The state.
        way_out: What to do instead; None is what the state has for most verbs.
    """
    instead = _WAY_OUT[state] if way_out is None else way_out
    return ScopeStateError(
        f"{verb} is not possible: the scope is {state.value} ({state.name}); {instead}",
        state=state,
    )
