"""Databases that do not wait: their pauses are written down, and their clocks go on."""

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope, transactional
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ThrottledError,
    TransactionConflictError,
)
from transactscope.testing import (
    Faults,
    calling,
    conflict,
    in_progress,
    lost_answer,
    throttled,
)

TX = "TransactWriteItems"


def test_every_pause_is_written_down_and_passes(db, faults, waiting):
    """A test knows how long its code would have waited."""
    faults.next(TX, *[throttled()] * 6)

    with pytest.raises(ThrottledError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert [0.025, 0.05, 0.1, 0.2, 0.4] == waiting.pauses
    assert pytest.approx(0.775) == waiting.clock()


def test_pauses_between_attempts_of_a_function_are_written_down(db, faults, waiting):
    """What begins anew waits in the same way as what is sent again."""
    db.put(Account("A-1", 1))
    faults.next(TX, conflict(), conflict())

    @transactional
    def double(tx):
        account = tx.get(Account, "A-1")
        account.balance *= 2
        tx.update(account)

    double(db)

    assert [0.025, 0.05] == waiting.pauses
    assert 2 == db.get(Account, "A-1").balance


def test_a_loop_of_attempts_does_not_wait(db, waiting, always):
    """The plain loop is one of the places where a database waits."""
    always(conflict(), TX)

    with pytest.raises(TransactionConflictError):
        for attempt in db.attempts():
            with attempt as tx:
                tx.put(Account("A-1"))

    assert [0.025, 0.05, 0.1, 0.2, 0.4] == waiting.pauses


def test_a_time_out_is_reached_without_waiting(db, faults, waiting, always):
    """What goes on until its time is up ends at once, and not before its time."""
    always(in_progress(), TX)

    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert len(waiting.pauses) > 6
    assert 7.5 < waiting.clock() < 8.0


def test_time_may_pass_while_a_request_is_under_way(db, client, shell, waiting):
    """A slow refusal leaves no time for another attempt."""
    with Faults(shell.events_of(client)) as slow, Faults(shell.events_of(client)) as refusing:
        slow.next(TX, calling(lambda: waiting.advance(9)))
        refusing.next(TX, throttled())
        with pytest.raises(ThrottledError), TransactScope(db) as tx:
            tx.put(Account("A-1"))

    assert ([], 9) == (waiting.pauses, waiting.clock())


def test_a_token_expires_without_waiting(db, always, faults, waiting, sent):
    """What must not be sent again after ten minutes can be tested in no time."""
    always(lost_answer(), TX)
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))
    sent.clear()
    waiting.advance(600)

    with pytest.raises(CommitOutcomeUnknownError):
        tx.resolve()

    assert 0 == sent.count(TX)
