"""The table of states, walked in full."""

import itertools

import pytest

from transactscope import Rollback, ScopeState
from transactscope.core.leaving import Ending, ending, swallows
from transactscope.core.states import TRANSITIONS, Event, misuse, next_state
from transactscope.errors import ScopeStateError

PAIRS = list(itertools.product(ScopeState, Event))


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_what_is_not_in_the_table_is_refused_by_name(state, event):
    """Every misuse says what was tried and in which state."""
    if (state, event) in TRANSITIONS:
        assert TRANSITIONS[state, event] is next_state(state, event)
        return

    with pytest.raises(ScopeStateError) as caught:
        next_state(state, event)

    assert event.value in str(caught.value)
    assert state.name in str(caught.value)


def test_nothing_leaves_a_final_state_but_an_answer_to_a_doubt():
    """A scope is used once, and only what is not known can be found out."""
    answers = {Event.SUCCEED, Event.REFUSE, Event.LOSE}
    assert {(state, event) for state, event in TRANSITIONS if state.is_final} == {
        (ScopeState.IN_DOUBT, event) for event in answers
    }
    assert {"COMMITTED", "CANCELED", "IN_DOUBT", "ROLLED_BACK"} == {
        state.name for state in ScopeState if state.is_final
    }


@pytest.mark.parametrize("state", ScopeState)
def test_every_state_has_a_way_out_in_its_error(state):
    """An error that only says no helps nobody."""
    assert str(misuse("x()", state)).partition(";")[2].strip()


def test_a_block_ends_by_what_happened_in_it():
    """Only an active scope has something left to do."""
    assert Ending.COMMIT is ending(ScopeState.ACTIVE, None)
    assert Ending.ROLLBACK is ending(ScopeState.ACTIVE, KeyError())
    for state in set(ScopeState) - {ScopeState.ACTIVE}:
        assert Ending.NOTHING is ending(state, None) is ending(state, KeyError())


def test_only_a_rollback_that_is_meant_for_the_block_is_swallowed():
    """No other exception is ever kept from the caller."""
    scope, other = object(), object()
    state = ScopeState.ROLLED_BACK

    assert swallows(scope, state, Rollback())
    assert swallows(scope, state, Rollback(scope))
    assert not swallows(scope, state, Rollback(other))
    assert not swallows(scope, state, KeyError())
    assert not swallows(scope, state, None)


@pytest.mark.parametrize("state", [ScopeState.COMMITTED, ScopeState.IN_DOUBT])
def test_a_rollback_that_comes_too_late_is_not_swallowed(state):
    """Nobody may believe that something was undone."""
    with pytest.raises(ScopeStateError, match="Rollback"):
        swallows(None, state, Rollback())
