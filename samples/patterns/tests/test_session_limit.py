"""Nobody has more sessions than they may, and what is in use does not end."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from samples.patterns.session_limit import (
    LIMIT,
    Session,
    SessionExistsError,
    SessionsOfUser,
    SignedOutError,
    log_in,
    log_out,
    touch,
)
from samples.patterns.tests.crowds import at_once, failures
from transactscope import Attr, TransactScope
from transactscope.errors import StaleReadError


def _at(minute):
    return datetime(2027, 1, 1, 9, tzinfo=UTC) + timedelta(minutes=minute)


@pytest.fixture
def db(deployment):
    """A database with an empty table."""
    made = deployment.database
    made.create_table(Session)
    return made


@pytest.fixture
def full(db):
    """A database in which ann has as many sessions as she may: s-1, the oldest, to s-5."""
    for number in range(1, LIMIT + 1):
        log_in(db, "ann", f"s-{number}", _at(number))
    return db


@pytest.fixture
def sessions(rows):
    """Read the ids of all sessions that are stored."""
    return lambda: sorted(row["session_id"] for row in rows("Logins") if row["SK"] != "META")


@pytest.fixture
def known(db):
    """Read the ids of all sessions that ann's own row has."""
    return lambda: sorted(db.get(SessionsOfUser, "ann").session_ids)


def test_below_the_limit_a_login_writes_two_rows(db, sessions, known, sent):
    """The session, and the row that has its id; no other session is read."""
    sent.clear()
    log_in(db, "ann", "s-1", _at(1))

    assert ["GetItem", "TransactWriteItems with 2 actions"] == sent
    assert ["s-1"] == sessions() == known()


def test_at_the_limit_the_oldest_session_ends(full, sessions, known, sent):
    """All are found by key, one ends, and only that one is demanded to be as it was read."""
    sent.clear()
    ended = log_in(full, "ann", "s-6", _at(6))

    assert ["s-1"] == ended
    assert [
        "GetItem",
        "TransactGetItems with 5 actions",
        "TransactWriteItems with 3 actions",
    ] == sent
    assert ["s-2", "s-3", "s-4", "s-5", "s-6"] == sessions() == known()


def test_the_oldest_is_the_one_that_was_not_used_for_longest(full, sessions):
    """Not the one that was opened first."""
    touch(full, "ann", "s-1", _at(6))
    log_in(full, "ann", "s-6", _at(7))

    assert ["s-1", "s-3", "s-4", "s-5", "s-6"] == sessions()


def test_a_session_that_is_used_meanwhile_does_not_end(full, sessions, known):
    """The login had chosen it, is refused, and chooses again."""
    ended = []
    for attempt in full.attempts():
        with attempt as tx:
            ended.append(log_in(tx, "ann", "s-6", _at(6)))
            if attempt.number == 1:
                touch(full, "ann", "s-1", _at(7))

    assert [["s-1"], ["s-2"]] == ended
    assert ["s-1", "s-3", "s-4", "s-5", "s-6"] == sessions() == known()


def test_using_another_session_does_not_disturb_a_login(full, sessions):
    """Only the session that is to end must stay as it was read."""
    with TransactScope(full) as tx:
        log_in(tx, "ann", "s-6", _at(6))
        touch(full, "ann", "s-3", _at(7))

    assert ["s-2", "s-3", "s-4", "s-5", "s-6"] == sessions()


def test_of_two_logins_that_have_seen_the_same_one_is_refused(full, sessions, known):
    """Both would end the same session; the second one has to look again."""
    with pytest.raises(StaleReadError), TransactScope(full) as slow:
        log_in(slow, "ann", "s-6", _at(6))
        log_in(full, "ann", "s-7", _at(7))

    assert ["s-2", "s-3", "s-4", "s-5", "s-7"] == sessions() == known()


def test_a_login_that_was_overtaken_looks_again(full, sessions, known):
    """It counts what is there by then, and ends the session that is the oldest by then."""
    ended = []
    for attempt in full.attempts():
        with attempt as tx:
            ended.append(log_in(tx, "ann", "s-6", _at(6)))
            if attempt.number == 1:
                log_in(full, "ann", "s-7", _at(7))

    assert [["s-1"], ["s-2"]] == ended
    assert ["s-3", "s-4", "s-5", "s-6", "s-7"] == sessions() == known()


def test_of_two_first_logins_one_is_refused(db, sessions, known):
    """A row that was not there when it was read must still not be there."""
    with pytest.raises(StaleReadError), TransactScope(db) as slow:
        log_in(slow, "ann", "s-1", _at(1))
        log_in(db, "ann", "s-2", _at(2))

    assert ["s-2"] == sessions() == known()


def test_delete_and_put_alone_break_the_limit(full, sessions):
    """Two actions, as the pattern is often told: both logins delete one session and put two."""
    with TransactScope(full) as slow:
        _log_in_with_two_actions(slow, full, "s-6")
        with TransactScope(full) as fast:
            _log_in_with_two_actions(fast, full, "s-7")

    assert LIMIT + 1 == len(sessions())


def _log_in_with_two_actions(tx, db, session_id):
    known = db.get(SessionsOfUser, "ann").session_ids
    oldest = min((db.get(Session, "ann", one) for one in known), key=lambda one: one.last_seen)
    tx.delete(oldest)
    tx.insert(Session("ann", session_id, _at(6)))


def test_a_condition_on_the_count_alone_ends_a_session_in_use(full, sessions):
    """Why the session that ends is guarded, too: its last use is not in the row of the user."""
    with TransactScope(full) as tx:
        mine: Any = tx.get(SessionsOfUser, "ann")
        tx.delete(Session, "ann", "s-1", condition=Attr("session_id").exists())
        touch(full, "ann", "s-1", _at(6))
        mine.session_ids.remove("s-1")
        tx.update(mine)

    assert "s-1" not in sessions()


def test_a_session_that_has_ended_cannot_be_used(full, sessions):
    """An update would make a session of what is not there."""
    log_in(full, "ann", "s-6", _at(6))
    with pytest.raises(SignedOutError):
        touch(full, "ann", "s-1", _at(7))

    assert "s-1" not in sessions()


@pytest.mark.parametrize("number", range(1, LIMIT + 1))
@pytest.mark.parametrize("minute", [0, 6], ids=["older", "newer"])
def test_a_session_id_is_taken_once(full, rows, number, minute):
    """A second login does not take over what the first one has, be it the one that would end."""
    before = rows("Logins")
    with pytest.raises(SessionExistsError):
        log_in(full, "ann", f"s-{number}", _at(minute))

    assert before == rows("Logins")


def test_a_session_that_nobody_knows_of_is_not_taken_over(db, rows):
    """Its row is there, though it is in no list: the insert itself demands that it is not."""
    db.insert(Session("ann", "s-1", _at(1)))
    before = rows("Logins")
    with pytest.raises(SessionExistsError):
        log_in(db, "ann", "s-1", _at(2))

    assert before == rows("Logins")


def test_sessions_that_have_gone_by_themselves_do_not_count(full, sessions, known):
    """Where the time to live removes rows, nobody takes them out of the list: the login does."""
    for gone in ("s-1", "s-4"):
        full.delete(Session, "ann", gone)

    assert [] == log_in(full, "ann", "s-6", _at(6))
    assert ["s-2", "s-3", "s-5", "s-6"] == sessions() == known()


def test_logging_out_makes_room(full, sessions, known):
    """The next login ends nobody, and logging out twice is no error."""
    log_out(full, "ann", "s-3")
    log_out(full, "ann", "s-3")
    log_out(full, "ben", "s-1")
    log_in(full, "ann", "s-6", _at(6))

    assert ["s-1", "s-2", "s-4", "s-5", "s-6"] == sessions() == known()


def test_a_limit_that_was_lowered_is_reached_at_the_next_login(full, sessions, known, monkeypatch):
    """As many end as are too many."""
    monkeypatch.setattr("samples.patterns.session_limit.LIMIT", 3)
    ended = log_in(full, "ann", "s-6", _at(6))

    assert ["s-1", "s-2", "s-3"] == ended
    assert ["s-4", "s-5", "s-6"] == sessions() == known()


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_twelve_logins_at_once_leave_five_sessions(db, sessions, known):
    """However they meet, the limit holds, and the row of the user has exactly what is stored."""
    crowd = [functools.partial(log_in, db, "ann", f"s-{n:02}", _at(n)) for n in range(12)]

    outcomes = at_once(*crowd)

    assert [] == failures(outcomes)
    assert LIMIT == len(sessions())
    assert sessions() == known()
    assert 12 - LIMIT == sum(map(len, outcomes))


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_a_session_in_use_survives_a_crowd(full, sessions, known):
    """Whoever is at work is not signed out by others who come and go."""
    touch(full, "ann", "s-1", _at(100))

    def work():
        for minute in range(101, 121):
            touch(full, "ann", "s-1", _at(minute))

    def come_and_go(number):
        log_in(full, "ann", f"t-{number}", _at(10 + number))
        log_out(full, "ann", f"t-{number}")

    outcomes = at_once(work, *(functools.partial(come_and_go, number) for number in range(8)))

    assert [] == failures(outcomes)
    assert "s-1" in sessions()
    assert sessions() == known()
