"""What observers are told of a scope."""

import pytest
from botocore.exceptions import NoCredentialsError

from tests.contract.entities import Account
from tests.contract.observers.given import TX
from tests.shells import TransactScope
from transactscope import Attr
from transactscope.errors import (
    CircuitOpenError,
    CommitOutcomeUnknownError,
    ConditionFailedError,
    NotSentError,
    ScopeStateError,
    StaleReadError,
    ThrottledError,
    TransactionConflictError,
    TransactScopeError,
)
from transactscope.ext.breaker import Breaker
from transactscope.testing import (
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)
from transactscope.types import EventKind


def test_a_commit_is_told_from_its_beginning_to_its_end(db, recorder, table_names):
    """One number and one token hold together what belongs together, whatever else goes on."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
        tx.update(Account, "A-2", add={"balance": 1})
        tx.check(Account, "A-3", condition=Attr("number").not_exists())
        tx.once(Account("M-1"))
        tx.client.delete_item(TableName=table_names["Account"], Key={"number": {"S": "A-4"}})

    events = list(recorder.events)
    staged = ["STAGE put", "STAGE update", "STAGE check", "STAGE once", "STAGE delete"]
    assert ["BEGIN begin", *staged, "ATTEMPT commit", "COMMIT commit"] == recorder.take()
    assert {(events[0].work, True)} == {(event.work, event.is_scope) for event in events}
    assert {tx.client_request_token} == {event.client_request_token for event in events}
    assert list(tx.staged) == [event.action for event in events if event.action is not None]
    assert [TX] * 2 == [event.operation for event in events[-2:]]
    assert [(table_names["Account"],)] * 2 == [event.tables for event in events[-2:]]
    assert tx.result.request_id == events[-1].request_id == events[-2].request_id
    assert [1, 1] == [event.attempts for event in events[-2:]]
    assert [row.verb for row in tx.explain().rows] == [a.verb for a in events[-1].actions]
    assert () == events[0].actions


@pytest.mark.needs("capacity")
def test_consumed_units_are_told_by_table_and_kind(db, recorder, table_names):
    """Two units for each item of up to 1 KB; the same again is charged as a read."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
    again = TransactScope(db, client_request_token=tx.client_request_token).begin()
    again.put(Account("A-1", 1))
    again.commit()

    table = table_names["Account"]
    first, second = recorder.all(EventKind.COMMIT)
    assert ({}, {table: 2.0}, False) == (first.read_units, first.write_units, first.replayed)
    assert ({table: 2.0}, {}, True) == (second.read_units, second.write_units, second.replayed)
    attempts = recorder.all(EventKind.ATTEMPT)
    assert [{table: 2.0}, {}] == [event.write_units for event in attempts]


def test_a_false_condition_is_a_cancellation(db, recorder, account):
    """The attempt has what the client raised, the end what the program gets."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.insert(Account("A-1"))

    attempt, end = recorder.only(EventKind.ATTEMPT), recorder.only(EventKind.CANCEL)
    assert ["BEGIN begin", "STAGE insert", "ATTEMPT commit", "CANCEL commit"] == recorder.take()
    assert caught.value is end.error
    assert "TransactionCanceledException" == attempt.error_code
    assert "ConditionFailedError" == end.error_code
    assert caught.value.request_id == attempt.request_id == end.request_id
    assert ["insert"] == [action.verb for action in end.actions]


NAMES = {
    "rejected": (error("AccessDeniedException"), "AccessDeniedException", "AccessDeniedException"),
    "no table": (
        error("ResourceNotFoundException"),
        "TableNotFoundError",
        "ResourceNotFoundException",
    ),
    "not sent": (no_connection(), "NotSentError", None),
}


@pytest.mark.parametrize("case", NAMES)
def test_an_error_has_a_name_that_tells(watched, recorder, faults, case):
    """A rejection is told from others by its code; what has no code of DynamoDB's has none."""
    fault, name, code = NAMES[case]
    faults.next(TX, fault)
    with pytest.raises(TransactScopeError), TransactScope(watched(max_attempts=1)) as tx:
        tx.put(Account("A-1"))

    end = recorder.only(EventKind.CANCEL)
    assert (name, code) == (end.error_code, end.as_extra()["transactscope_code"])
    assert end.error is recorder.only(EventKind.ATTEMPT).meaning


def test_what_the_user_wants_raised_is_the_error_of_the_end(db, recorder, account):
    """The program gets that, and so does who watches it."""
    wanted = KeyError("taken")
    with pytest.raises(KeyError), TransactScope(db) as tx:
        tx.insert(Account("A-1"), raises=wanted)

    assert wanted is recorder.only(EventKind.CANCEL).error


def test_every_repetition_is_told_with_its_reason_and_pause(db, recorder, faults):
    """A slow commit shows where its time went."""
    faults.next(TX, conflict(), throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))

    retries, end = recorder.all(EventKind.RETRY), recorder.only(EventKind.COMMIT)
    assert [1, 2, 3] == [event.attempts for event in recorder.all(EventKind.ATTEMPT)]
    assert [(1, 0.025), (2, 0.05)] == [(event.attempts, event.seconds) for event in retries]
    kinds = [TransactionConflictError, ThrottledError]
    assert kinds == [type(event.error) for event in retries]
    assert not any(event.is_rerun for event in retries)
    assert (3, pytest.approx(0.075)) == (end.attempts, end.seconds)
    once = ["ATTEMPT commit", "RETRY commit"]
    told = ["BEGIN begin", "STAGE put", *once, *once, "ATTEMPT commit", "COMMIT commit"]
    assert told == recorder.take()


@pytest.mark.needs("idempotency", "capacity")
def test_a_lost_answer_ends_as_a_replay(db, recorder, faults):
    """What was applied at first is found out by the second answer."""
    faults.next(TX, lost_answer())
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert isinstance(recorder.only(EventKind.RETRY).error, CommitOutcomeUnknownError)
    assert recorder.only(EventKind.COMMIT).replayed
    assert 2 == recorder.only(EventKind.COMMIT).attempts


def test_a_doubt_and_how_it_was_resolved(watched, recorder, faults):
    """The number of sends goes on, and the scope stays the same work."""
    faults.next(TX, lost_request())
    with (
        pytest.raises(CommitOutcomeUnknownError) as caught,
        TransactScope(watched(max_attempts=1)) as tx,
    ):
        tx.put(Account("A-1"))

    doubt = recorder.only(EventKind.IN_DOUBT)
    assert (caught.value, TX, 1) == (doubt.error, doubt.operation, doubt.attempts)
    told = ["BEGIN begin", "STAGE put", "ATTEMPT commit", "IN_DOUBT commit"]
    assert told == recorder.take()
    tx.resolve()

    attempt, end = recorder.events
    assert ["ATTEMPT resolve", "COMMIT resolve"] == recorder.take()
    assert (2, 2) == (attempt.attempts, end.attempts)
    assert doubt.work == end.work


def test_a_resolve_that_comes_too_late_tells_of_the_doubt_again(
    watched, settings, clocks, faults, recorder
):
    """Nothing is sent, so there is no attempt; what is in doubt is named."""
    settings["wall_clock"] = lambda: clocks.wall
    db = watched(max_attempts=1)
    faults.next(TX, lost_request())
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        tx.put(Account("A-1"))
    recorder.take()
    clocks.sleep(601)
    with pytest.raises(CommitOutcomeUnknownError):
        tx.resolve()

    (event,) = recorder.events
    assert (EventKind.IN_DOUBT, "resolve", TX, 1) == (
        event.kind,
        event.verb,
        event.operation,
        event.attempts,
    )


def test_a_transaction_that_begins_anew_is_another_work(db, recorder, account):
    """The first one is canceled, says that it is followed, and the second is told for itself."""
    others = [True]
    for attempt in db.attempts():
        with attempt as tx:
            read = tx.get(Account, "A-1")
            if others and others.pop():
                db.update(Account, "A-1", add={"balance": 100})
            read.balance += 1
            tx.update(read)

    works = [event.work for event in recorder.all(EventKind.BEGIN)]
    first = [event for event in recorder.events if event.work == works[0]]
    second = [event for event in recorder.events if event.work == works[1]]
    assert ["begin", "get", "update", "commit", "commit", "commit"] == [e.verb for e in first]
    assert EventKind.CANCEL is first[-2].kind
    assert (EventKind.RETRY, True, 1) == (first[-1].kind, first[-1].is_rerun, first[-1].attempts)
    assert isinstance(first[-1].error, StaleReadError)
    assert first[-1].error is first[-2].error
    assert EventKind.COMMIT is second[-1].kind
    assert [None, first[0].work] == [events[0].rerun_of for events in (first, second)]
    assert 111 == db.get(Account, "A-1").balance


def test_a_commit_of_nothing_is_a_commit_without_an_operation(db, recorder):
    """Nothing was sent, and the program goes on as after any commit."""
    with TransactScope(db):
        pass

    end = recorder.only(EventKind.COMMIT)
    assert ["BEGIN begin", "COMMIT commit"] == recorder.take()
    assert (None, (), 0, ()) == (end.operation, end.tables, end.attempts, end.actions)


def test_a_rollback_is_told_however_the_block_is_left(db, recorder):
    """By a call, or by an exception."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.rollback()
    with pytest.raises(LookupError), TransactScope(db) as tx:
        raise LookupError

    told = ["BEGIN begin", "STAGE put", "ROLLBACK rollback", "BEGIN begin", "ROLLBACK rollback"]
    assert told == recorder.take()


def test_savepoints_tell_nothing_and_the_end_lists_what_was_sent(db, recorder):
    """What was staged may be dropped again; the truth is in the actions of the end."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        dropped = tx.put(Account("A-2"))
        savepoint = tx.savepoint()
        tx.put(Account("A-3"))
        savepoint.rollback()
        tx.unstage(dropped)

    end = recorder.only(EventKind.COMMIT)
    told = ["BEGIN begin", *["STAGE put"] * 3, "ATTEMPT commit", "COMMIT commit"]
    assert told == recorder.take()
    assert [{"number": {"S": "A-1"}}] == [action.key for action in end.actions]


def test_hooks_run_after_the_commit_was_told(db, recorder):
    """A hook that takes long, or fails, is no part of the commit."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.on_commit(lambda _: recorder.events.append("hook"))

    assert [EventKind.COMMIT, "hook"] == [getattr(e, "kind", e) for e in recorder.events[-2:]]


def test_what_was_refused_is_not_told(db, recorder):
    """A verb in the wrong state has done nothing."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
    recorder.take()
    for verb in (tx.begin, tx.commit, tx.resolve, tx.rollback, lambda: tx.put(Account("A-2"))):
        with pytest.raises(ScopeStateError):
            verb()

    assert [] == recorder.take()


def test_a_commit_that_the_breaker_refuses_is_canceled_without_an_attempt(
    watched, recorder, faults
):
    """Nothing was sent, and so there is no operation and no attempt."""
    db = watched(breaker=Breaker(failures=1), max_attempts=1)
    faults.next("PutItem", throttled())
    with pytest.raises(ThrottledError):
        db.put(Account("A-1"))
    recorder.take()
    with pytest.raises(CircuitOpenError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    end = recorder.only(EventKind.CANCEL)
    assert ["BEGIN begin", "STAGE put", "CANCEL commit"] == recorder.take()
    assert (None, (), 0) == (end.operation, end.tables, end.attempts)
    assert isinstance(end.error, CircuitOpenError)


@pytest.mark.not_direct("no server can take credentials away")
def test_a_client_that_could_not_send_has_tried_to(db, recorder, faults):
    """Only the client knows why nothing left it, so what it raised is told as an attempt."""
    faults.next(TX, raised(NoCredentialsError()))
    with pytest.raises(NotSentError), TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert isinstance(recorder.only(EventKind.ATTEMPT).error, NoCredentialsError)
    assert isinstance(recorder.only(EventKind.CANCEL).error, NotSentError)
