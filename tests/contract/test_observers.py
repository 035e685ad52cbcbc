"""Observers: what they are told of every outcome, in which order, and that they change none."""

import logging
import random
import re
import threading

import attrs
import pytest
from botocore.exceptions import NoCredentialsError

from tests.contract.entities import Account, Order
from tests.shells import Database, TransactScope
from transactscope import Attr, EntityKey, RetryPolicy, ScopeState
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
from transactscope.ext.logs import EventLog
from transactscope.testing import (
    calling,
    canceled,
    conflict,
    lost_answer,
    lost_request,
    raised,
    throttled,
    unprocessed,
)
from transactscope.types import EventKind

TX = "TransactWriteItems"
LOGGER = "transactscope.observers"
BELOW_FOUR = Attr("balance").not_exists() | Attr("balance").lt(4)
SECRET = "an-eleven-word-secret"


class StopError(BaseException):
    """What Ctrl-C raises, but for the event loop of the tests, which would end."""


@attrs.define(eq=False)
class Recorder:
    """An observer that keeps everything, and does at some kinds of events what it is told."""

    events: list = attrs.field(factory=list)
    at: dict = attrs.field(factory=dict)
    threads: set = attrs.field(factory=set)

    def __call__(self, event):
        """Keep it; raise what was told, once."""
        self.events.append(event)
        self.threads.add(threading.get_ident())
        told = self.at.pop(event.kind, None)
        if told is not None:
            raise told

    def take(self):
        """Return what was told since, as texts, and forget it."""
        events, self.events = self.events, []
        return [f"{event.kind.name} {event.verb}" for event in events]

    def only(self, kind):
        """Return the one event of a kind."""
        (event,) = self.all(kind)
        return event

    def all(self, kind):
        """Return the events of a kind."""
        return [event for event in self.events if event.kind is kind]


@pytest.fixture
def recorder():
    """What has observed the databases of the test."""
    return Recorder()


@pytest.fixture
def settings(table_names, tokens, pauses):
    """What a database needs that never waits, and whose pauses are the longest."""
    return {
        "table_names": table_names,
        "new_token": tokens,
        "clock": lambda: sum(pauses),
        "sleep": pauses.append,
        "random": lambda: 1.0,
    }


@pytest.fixture
def watched(client, shell, settings, recorder):
    """Make a database whose observers are the recorder and those that are given."""

    def make(*observers, breaker=None, **policy):
        return Database(
            client,
            retry=RetryPolicy(**policy),
            breaker=breaker,
            observers=[recorder, *observers],
            **settings,
        )

    return make


@pytest.fixture
def db(watched):
    """A database that is observed; it never waits."""
    return watched()


@pytest.fixture
def account(db, recorder):
    """An account that is stored, of which nothing was told."""
    stored = Account("A-1", 10)
    db.put(stored)
    recorder.events.clear()
    return stored


# Scopes.


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


# Single calls.


def test_a_single_write_ends_like_a_commit(db, recorder, table_names):
    """It is a work of its own, and says what it did."""
    db.put(Account("A-1", 1))
    db.update(Account, "A-1", add={"balance": 1})
    with pytest.raises(ConditionFailedError) as caught:
        db.insert(Account("A-1"))
    db.delete(Account, "A-1")

    events = list(recorder.events)
    ends = [event for event in events if event.kind is not EventKind.ATTEMPT]
    told = [
        *("ATTEMPT put", "COMMIT put"),
        *("ATTEMPT update", "COMMIT update"),
        *("ATTEMPT insert", "CANCEL insert"),
        *("ATTEMPT delete", "COMMIT delete"),
    ]
    assert told == recorder.take()
    assert 4 == len({event.work for event in events})
    assert {(None, False)} == {(event.client_request_token, event.is_scope) for event in events}
    assert ["PutItem", "UpdateItem", "PutItem", "DeleteItem"] == [e.operation for e in ends]
    assert caught.value is ends[2].error
    assert ["put", "update", "insert", "delete"] == [e.actions[0].verb for e in ends]
    assert {(table_names["Account"],)} == {event.tables for event in events}


def test_a_single_write_can_be_in_doubt(watched, recorder, faults):
    """What was sent and not answered may have been applied."""
    faults.next("UpdateItem", lost_answer())
    with pytest.raises(CommitOutcomeUnknownError) as caught:
        watched().update(Account, "A-1", add={"balance": 1})

    assert caught.value is recorder.only(EventKind.IN_DOUBT).error
    assert ["ATTEMPT update", "IN_DOUBT update"] == recorder.take()


def test_reads_are_told_by_their_attempts(db, recorder, account, faults):
    """What a read costs is told; it has no outcome that anybody has to know."""
    faults.next("GetItem", throttled())
    db.get(Account, "A-1")
    assert ["ATTEMPT get", "RETRY get", "ATTEMPT get"] == recorder.take()
    db.transact_get(EntityKey(Account, "A-1"))
    db.transact_get(EntityKey(Account, "A-1").only("balance"))
    assert ["ATTEMPT transact_get"] * 2 == recorder.take()
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.get(Account, "A-1")
        tx.get_many(EntityKey(Account, "A-2"))

    read = recorder.events[1]
    assert tx.client_request_token == read.client_request_token
    told = ["BEGIN begin", "ATTEMPT get", "ATTEMPT get_many", "COMMIT commit"]
    assert told == recorder.take()


def test_all_pages_of_a_query_are_one_work(db, recorder):
    """Each page is a request, and a query is as expensive as its pages together."""
    db.batch_write([Order("ada", number) for number in range(3)])
    recorder.take()
    assert 3 == len(list(db.query(Order, "ada", page_size=2)))
    db.query(Order, "ada")  # nothing is asked of it

    events = list(recorder.events)
    assert ["ATTEMPT query"] * 2 == recorder.take()
    assert 1 == len({event.work for event in events})
    assert [1, 1] == [event.attempts for event in events]


def test_a_table_is_told_by_its_requests(client, shell, recorder, table_name):
    """Also what no entity is in."""
    Database(client, table_names={"Account": table_name}, observers=[recorder]).create_table(
        Account
    )

    operations = [event.operation for event in recorder.events]
    assert ["CreateTable", "DescribeTable"] == operations[:2]
    assert {"ATTEMPT create_table"} == set(recorder.take())


@pytest.mark.parametrize("in_flight", [1, 4])
def test_every_request_of_a_batch_is_told(db, recorder, faults, in_flight):
    """What DynamoDB leaves over, and what it refuses for the moment, is a repetition."""
    faults.next("BatchWriteItem", unprocessed(0, 1), throttled())
    db.batch_write([Account(f"A-{number}") for number in range(60)], in_flight=in_flight)

    events, retries = list(recorder.events), recorder.all(EventKind.RETRY)
    kinds = sorted(recorder.take())
    assert ["ATTEMPT batch_write"] * 5 + ["RETRY batch_write"] * 2 == kinds
    assert 1 == len({event.work for event in events})
    assert {False} == {event.is_scope for event in events}
    assert {None, ThrottledError} == {
        None if event.error is None else ThrottledError for event in retries
    }
    assert 2 == [event.attempts for event in events].count(2)
    assert {threading.get_ident()} == recorder.threads or len(recorder.threads) == 1


def test_a_batch_that_reads_is_told(db, recorder, account):
    """By the verb that the program called."""
    db.batch_get([EntityKey(Account, "A-1")])

    assert ["ATTEMPT batch_get"] == recorder.take()


# Observers that fail.


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.name)
def test_an_observer_that_fails_changes_nothing_and_is_logged(
    watched, recorder, faults, caplog, kind
):
    """The others are told all the same, and the log says at what it failed."""
    others = Recorder()
    db = watched(others, max_attempts=2)
    recorder.at[kind] = LookupError("a bug")
    faults.next(TX, throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
    with TransactScope(db) as dropped:
        dropped.rollback()
    with pytest.raises(ConditionFailedError), TransactScope(db) as refused:
        refused.insert(Account("A-1", 2))
    faults.next(TX, lost_request(), lost_request())
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as doubtful:
        doubtful.put(Account("A-2", 1))

    states = [scope.state.name for scope in (tx, dropped, refused, doubtful)]
    assert ["COMMITTED", "ROLLED_BACK", "CANCELED", "IN_DOUBT"] == states
    assert 1 == db.get(Account, "A-1").balance
    assert recorder.events == others.events
    failures = [record for record in caplog.records if record.name == LOGGER]
    assert [(logging.ERROR, kind.value)] == [
        (record.levelno, record.transactscope_event) for record in failures
    ]
    assert kind.name in failures[0].getMessage()


def test_an_observer_that_returns_what_has_to_be_awaited_is_logged(watched, caplog):
    """Nobody awaits it; a program that is told nothing of it would wait for ever."""

    async def later(_):
        raise AssertionError

    class Promise:
        def __await__(self):
            raise AssertionError

    watched(later.__call__, lambda _: Promise()).put(Account("A-1"))

    messages = [record.exc_info[1].args[0] for record in caplog.records if record.name == LOGGER]
    told = [
        f"an observer returned {name}, which nobody awaits" for name in ("coroutine", "Promise")
    ]
    assert told * 2 == messages


@pytest.mark.parametrize("returned", [5, "", object(), [None]], ids=["5", "text", "object", "list"])
def test_what_an_observer_returns_does_not_matter(watched, caplog, returned):
    """A lambda returns something, whether it is meant or not."""
    watched(lambda _: returned).put(Account("A-1"))

    assert [] == [record for record in caplog.records if record.name == LOGGER]


@pytest.mark.parametrize("seed", range(4))
def test_observers_that_raise_at_random_change_no_outcome(client, shell, table_names, faults, seed):
    """The same faults, with and without observers: the same states, errors and items."""
    chance = random.Random(seed)

    def moody(_):
        if chance.random() < 0.5:
            raise LookupError("a bug")

    def outcomes(name, **options):
        policy = RetryPolicy(max_attempts=2)
        db = Database(
            client, table_names=table_names, retry=policy, sleep=lambda _: None, **options
        )
        plan = random.Random(seed)
        pool = [throttled(), canceled("TransactionConflict"), lost_request(), lost_answer()]
        for number in range(12):
            if plan.random() < 0.6:
                faults.next(TX, *plan.choices(pool, k=plan.randint(1, 3)))
            yield _outcome(db, f"{name}-{number % 3}")

    plain = list(outcomes("plain"))
    assert plain == list(outcomes("observed", observers=[moody, moody]))
    assert 1 < len(set(plain))


def _outcome(db, number):
    try:
        with TransactScope(db) as tx:
            tx.update(Account, number, add={"balance": 1}, condition=BELOW_FOUR)
    except TransactScopeError as error:
        return type(error).__name__, tx.state.name, _balance(db, number)
    return tx.state.name, tx.result.attempts, _balance(db, number)


def _balance(db, number):
    found = db.get(Account, number)
    return None if found is None else found.balance


# Observers that are interrupted.


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


# Values.


def test_no_event_and_no_log_record_holds_a_value(watched, recorder, faults, caplog):
    """Whoever reads logs may not be allowed to read items."""
    caplog.set_level(logging.DEBUG, logger="transactscope")
    db = watched(EventLog(), max_attempts=3)
    faults.next(TX, conflict(), lost_request())
    faults.next("PutItem", throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", note=SECRET))
        tx.update(Account, "A-2", set={"note": SECRET})
        tx.check(Account, "A-3", condition=Attr("note").ne(SECRET))
    db.put(Account("A-1", note=SECRET))
    db.get(Account, "A-1")
    for condition in (Attr("note").eq("another"), None):
        with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
            verb = tx.put if condition is not None else tx.insert
            verb(Account("A-1", note=SECRET), condition=condition)
    db.batch_write([Account("A-4", note=SECRET)])

    assert {EventKind.COMMIT, EventKind.CANCEL, EventKind.RETRY} < {e.kind for e in recorder.events}
    shown = [f"{event!r} {event} {event.as_extra()} {event.actions}" for event in recorder.events]
    assert [] == [text for text in shown if SECRET in text]
    records = [f"{vars(record)} {record.getMessage()}" for record in caplog.records]
    assert len(records) > len(recorder.events)
    ours = [record for record in caplog.records if record.name.startswith("transactscope")]
    assert all(any(name.startswith("transactscope_") for name in vars(each)) for each in ours)
    assert [] == [text for text in records if SECRET in text]
