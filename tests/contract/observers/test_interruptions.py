"""Observers that are interrupted."""

import re

import pytest

from tests.contract.entities import Account
from tests.contract.observers.given import TX
from tests.shells import TransactScope
from transactscope import ScopeState
from transactscope.testing import calling, lost_request, raised, throttled
from transactscope.types import EventKind


class StopError(BaseException):
    """What Ctrl-C raises, but for the event loop of the tests, which would end."""


def test_an_interruption_at_the_end_of_a_commit_leaves_it_committed(db, recorder, stored):
    """Whoever presses Ctrl-C in an observer must not make of an answer a doubt."""
    recorder.at[EventKind.ATTEMPT] = StopError()
    with pytest.raises(StopError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.on_commit(print)

    assert ScopeState.COMMITTED is tx.state
    assert tx.result.sent
    assert stored("A-1") is not None
    assert ["ATTEMPT commit", "COMMIT commit"] == recorder.take()[-2:]
    note = "transactscope: the transaction is committed; 1 on_commit hook(s) did not run"
    assert [note] == caught.value.__notes__


def test_an_interruption_where_the_commit_is_told_leaves_it_committed(db, recorder):
    """The same at the very last event."""
    recorder.at[EventKind.COMMIT] = StopError()
    with pytest.raises(StopError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.COMMITTED is tx.state
    assert ["transactscope: the transaction is committed"] == caught.value.__notes__


def test_an_interruption_at_the_end_of_a_doubt_leaves_it_in_doubt(watched, recorder, faults):
    """The token is what is needed to find out, so the note has it."""
    recorder.at[EventKind.ATTEMPT] = StopError()
    faults.next(TX, lost_request())
    with pytest.raises(StopError) as caught, TransactScope(watched(max_attempts=1)) as tx:
        tx.put(Account("A-1"))

    assert ScopeState.IN_DOUBT is tx.state
    assert ["ATTEMPT commit", "IN_DOUBT commit"] == recorder.take()[-2:]
    (note,) = caught.value.__notes__
    assert f"in doubt (client request token {tx.client_request_token})" in note


def test_an_interruption_after_a_refusal_leaves_it_canceled(db, recorder, account):
    """What was refused was refused, also for whoever hears of the interruption only."""
    recorder.at[EventKind.ATTEMPT] = StopError()
    with pytest.raises(StopError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    assert ScopeState.CANCELED is tx.state
    assert ["ATTEMPT commit", "CANCEL commit"] == recorder.take()[-2:]
    assert ["transactscope: the transaction is canceled; nothing was applied"] == (
        caught.value.__notes__
    )


@pytest.mark.parametrize("kind", [EventKind.ATTEMPT, EventKind.RETRY], ids=lambda kind: kind.name)
@pytest.mark.parametrize("end", ["CANCEL", "IN_DOUBT"])
def test_an_interruption_before_a_pause_is_one_of_the_pause(db, recorder, faults, kind, end):
    """Nothing more is sent, and how it ends is what the answer before has told."""
    recorder.at[kind] = StopError()
    faults.next(TX, {"CANCEL": throttled(), "IN_DOUBT": lost_request()}[end])
    with pytest.raises(StopError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    last = recorder.events[-1]
    assert {"CANCEL": "CANCELED"}.get(end, end) == tx.state.name
    assert (end, 1) == (last.kind.name, last.attempts)
    assert caught.value is last.error
    assert 1 == len(caught.value.__notes__)


ENDS_OF_WRITES = {
    "applied": ("put", (calling(lambda: None),), "COMMIT", ["this was applied"]),
    "refused": ("insert", (calling(lambda: None),), "CANCEL", ["this was not applied"]),
    "refused for the moment": ("put", (throttled(),), "CANCEL", []),
    "lost": ("insert", (lost_request(),), "IN_DOUBT", ["this was sent and may be applied"]),
    "lost, to be sent again": (
        *("put", (lost_request(),), "IN_DOUBT"),
        ["this was sent and may be applied"],
    ),
}


@pytest.mark.parametrize("case", ENDS_OF_WRITES)
def test_an_interruption_of_a_single_write_says_how_it_has_ended(
    db, recorder, faults, account, case
):
    """A program that is about to end can tell what it has done."""
    verb, met, end, notes = ENDS_OF_WRITES[case]
    faults.next("PutItem", *met)
    recorder.at[EventKind.ATTEMPT] = StopError()
    with pytest.raises(StopError) as caught:
        getattr(db, verb)(Account("A-1", 5))

    assert end == recorder.events[-1].kind.name
    told = [note.split(": ")[1] for note in getattr(caught.value, "__notes__", [])]
    assert notes == told


def test_an_interruption_of_a_read_says_that_it_is_done(db, recorder, account):
    """It changes nothing, so there is nothing more to tell."""
    recorder.at[EventKind.ATTEMPT] = StopError()
    with pytest.raises(StopError) as caught:
        db.get(Account, "A-1")

    assert ["transactscope: get() was answered, and its work is done"] == caught.value.__notes__


@pytest.mark.parametrize("in_flight", [1, 3])
def test_an_interruption_of_a_batch_does_not_forget_what_is_done(
    db, recorder, client, table_names, in_flight
):
    """What was answered is counted as done, and what is under way is waited for."""
    recorder.at[EventKind.ATTEMPT] = StopError()
    with pytest.raises(StopError) as caught:
        db.batch_write([Account(f"A-{number}") for number in range(100)], in_flight=in_flight)

    rows = client.scan(TableName=table_names["Account"], Select="COUNT")["Count"]
    done = int(re.search(r"(\d+) done", caught.value.__notes__[-1])[1])
    assert 25 <= done <= rows
    assert {"ATTEMPT batch_write"} == set(recorder.take())


@pytest.mark.only_sync("a task is canceled, not interrupted")
def test_a_request_of_a_batch_that_was_interrupted_is_told_in_the_end(db, recorder, faults):
    """Nobody will learn what became of it, so it is told as it is."""
    faults.next("BatchWriteItem", raised(StopError()))
    with pytest.raises(StopError) as caught:
        db.batch_write([Account("A-1")], in_flight=1)

    assert caught.value is recorder.only(EventKind.ATTEMPT).error
    recorder.at[EventKind.ATTEMPT] = KeyboardInterrupt()
    faults.next("BatchWriteItem", raised(StopError()))
    with pytest.raises(StopError):
        db.batch_write([Account("A-1")], in_flight=1)


def test_an_interruption_of_the_request_itself_is_an_attempt_in_doubt(db, recorder, faults):
    """What was under way may have arrived."""
    faults.next(TX, raised(StopError()))
    with pytest.raises(StopError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert ["ATTEMPT commit", "IN_DOUBT commit"] == recorder.take()[-2:]
    assert ScopeState.IN_DOUBT is tx.state
    assert caught.value.__notes__
