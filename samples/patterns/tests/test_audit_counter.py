"""The counter is the number of events, whatever fails."""

import contextlib
import functools
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import attrs
import pytest

from samples.patterns.audit_counter import Counter, Event, SuspendedError, Tenant, append, record
from samples.patterns.tests.crowds import at_once, failures
from transactscope import TransactScope
from transactscope.errors import (
    CommitOutcomeUnknownError,
    IdempotencyMismatchError,
    TransactScopeError,
)
from transactscope.testing import every_fault, lost_answer, lost_request

AT = datetime(2027, 1, 1, 9, tzinfo=UTC)


@pytest.fixture
def db(deployment):
    """A database with a tenant that has no event."""
    made = deployment.database
    made.create_table(Tenant)
    made.insert(Tenant("acme"))
    return made


@pytest.fixture
def event():
    """An event whose id no other test has: an engine knows its token for ten minutes."""
    return Event("acme", AT, uuid4(), "signed in")


@pytest.fixture
def events(rows):
    """Read the ids of all events, in the order of their keys."""
    return lambda: [
        UUID(row["event_id"])
        for row in sorted(rows("Audit"), key=lambda row: row["SK"])
        if row["SK"].startswith("EVENT#")
    ]


def _count(db):
    counter = db.get(Counter, "acme")
    return counter.events if counter else 0


def _many(count):
    return [Event("acme", AT + timedelta(seconds=n), uuid4(), "signed in") for n in range(count)]


def test_an_event_and_its_count_are_one_request(db, events, sent, event):
    """With the state of the tenant, and nothing is read."""
    sent.clear()

    assert append(db, event)
    assert ["TransactWriteItems with 3 actions"] == sent
    assert ([event.event_id], 1) == (events(), _count(db))
    assert event == db.get(Event, "acme", AT, event.event_id)


def test_a_tenant_that_is_suspended_meanwhile_has_neither(db, events, event):
    """No event, and none that was counted: it is checked in the request itself."""
    with pytest.raises(SuspendedError), TransactScope(db) as tx:
        record(tx, event)
        db.put(Tenant("acme", "suspended"))

    assert ([], 0) == (events(), _count(db))


def test_a_tenant_that_is_not_there_has_neither(db, events, event):
    """Nothing is recorded for whom nobody knows."""
    db.delete(Tenant, "acme")
    with pytest.raises(SuspendedError):
        append(db, event)

    assert ([], 0) == (events(), _count(db))


def test_an_event_that_is_delivered_again_is_known(db, events, event):
    """Also where the tenant would not be given a new one by then."""
    append(db, event)
    db.put(Tenant("acme", "suspended"))

    assert not append(db, event)
    assert ([event.event_id], 1) == (events(), _count(db))


@pytest.mark.needs("idempotency")
def test_for_ten_minutes_the_token_knows_an_event(db, events, event):
    """It is known before any item is looked at: here its row is gone, and stays so."""
    append(db, event)
    db.delete(event)

    assert not append(db, event)
    assert ([], 1) == (events(), _count(db))


def test_days_later_the_row_knows_what_the_token_does_not(db, events, event):
    """Another token is what the same one is after ten minutes."""
    for number in range(3):
        with TransactScope(db, client_request_token=f"day-{number}") as tx:
            record(tx, event)

    assert ([event.event_id], 1) == (events(), _count(db))


def test_another_event_under_the_same_id_is_a_mistake(db, event):
    """By its token, and by its row."""
    append(db, event)
    with pytest.raises(IdempotencyMismatchError):
        append(db, attrs.evolve(event, text="signed out"))

    assert event == db.get(Event, "acme", AT, event.event_id)
    assert 1 == _count(db)


def test_a_lost_answer_counts_once(db, deployment, events, faults, event):
    """The library sends the same again, whether or not the request had arrived."""
    faults.next("TransactWriteItems", lost_answer(), lost_request(), lost_answer())
    append(deployment.unwaiting(), event)

    assert {} == faults.pending
    assert ([event.event_id], 1) == (events(), _count(db))


def test_after_a_doubt_it_is_appended_again(db, deployment, events, faults, event):
    """By a program that has forgotten everything but the event."""
    impatient = deployment.unwaiting(max_attempts=1)
    faults.next("TransactWriteItems", lost_answer())
    with pytest.raises(CommitOutcomeUnknownError):
        append(impatient, event)

    assert not append(db, event)
    assert ([event.event_id], 1) == (events(), _count(db))


@pytest.mark.slow
def test_after_any_mixture_of_failures_the_count_is_right(db, deployment, events, faults):
    """Some are refused, some in doubt, some recorded; delivered again, each is there once."""
    faults.at_random("TransactWriteItems", *every_fault(), probability=0.7, seed="mixture")
    impatient = deployment.unwaiting(max_attempts=2)
    delivered, failed = _many(15), 0
    for each in delivered:
        try:
            append(impatient, each)
        except TransactScopeError:
            failed += 1
    faults.remove()

    assert 0 < failed < 15
    assert len(events()) == _count(db)
    for each in delivered:
        append(db, each)
    assert ([each.event_id for each in delivered], 15) == (events(), _count(db))


def test_one_after_the_other_counts_twice(db, events, faults, event):
    """What the transaction is for: who does both again counts what was counted."""
    faults.next("UpdateItem", lost_answer())
    for _ in range(2):
        with contextlib.suppress(CommitOutcomeUnknownError):
            db.put(event)
            db.update(Counter, "acme", add={"events": 1})

    assert ([event.event_id], 2) == (events(), _count(db))


def test_without_the_marker_a_second_delivery_counts_twice(db, events, event):
    """What `once` is for: the tokens differ, and a put of the same event is no mistake."""
    for token in ("today", "tomorrow"):
        with TransactScope(db, client_request_token=token) as tx:
            tx.put(event)
            tx.update(Counter, "acme", add={"events": 1})

    assert ([event.event_id], 2) == (events(), _count(db))


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_a_crowd_that_delivers_everything_twice_counts_once(db, events):
    """However they meet at the one counter: as many are new as there are."""
    delivered = [functools.partial(append, db, event) for event in _many(12)] * 2

    outcomes = at_once(*delivered)

    assert [] == failures(outcomes)
    assert 12 == len(events()) == _count(db)
    assert [False] * 12 + [True] * 12 == sorted(outcomes)
