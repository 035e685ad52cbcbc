"""A second factor is on in session, profile and log, or in none of them."""

import functools
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from samples.patterns.mfa_setup import (
    Profile,
    SecurityEvent,
    Session,
    SessionExpiredError,
    SetUp,
    SetUpBeforeError,
    UnknownUserError,
    begin,
    complete,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import Attr, TransactScope
from transactscope.errors import ConditionFailedError, StaleReadError

NOW = datetime(2027, 1, 1, 9, tzinfo=UTC)
END = NOW + timedelta(hours=1)


@pytest.fixture
def db(deployment):
    """A database with ann, who has no second factor, and twelve sessions of hers."""
    made = deployment.database
    made.create_table(Session)
    made.insert(Profile("ann", "ann@example.org"))
    made.batch_write(Session(f"s-{number}", "ann", END) for number in range(1, 13))
    return made


@pytest.fixture
def table(rows):
    """Read the whole table, by key."""
    return lambda: {(row["PK"], row["SK"]): row for row in rows("Security")}


@pytest.fixture
def setup(db):
    """A set-up that ann has begun in her first session."""
    return begin(db, "f-1", "s-1", "ann")


def test_a_completion_is_one_request_of_three_actions(db, setup, sent):
    """Session, profile and log change together, and nothing is read."""
    sent.clear()
    complete(db, setup, NOW)

    assert ["TransactWriteItems with 3 actions"] == sent
    assert Session("s-1", "ann", END, "f-1", NOW) == db.get(Session, "s-1")
    assert Profile("ann", "ann@example.org", True, 2) == db.get(Profile, "ann")
    assert SecurityEvent("ann", "f-1", "mfa enabled", NOW) == db.get(SecurityEvent, "ann", "f-1")


def test_nobody_cannot_begin(db):
    """There is no profile to switch it on in."""
    with pytest.raises(UnknownUserError):
        begin(db, "f-1", "s-1", "ben")


def test_a_session_that_is_over_completes_nothing(db, setup, table):
    """From its last moment on."""
    before = table()
    with pytest.raises(SessionExpiredError):
        complete(db, setup, END)

    assert before == table()


def test_a_session_of_somebody_else_completes_nothing(db, table):
    """A set-up that comes back in another's window is no set-up of that window."""
    db.insert(Profile("ben", "ben@example.org"))
    before = table()
    with pytest.raises(SessionExpiredError):
        complete(db, begin(db, "f-1", "s-1", "ben"), NOW)

    assert before == table()


def test_a_session_that_is_signed_out_meanwhile_completes_nothing(db, setup, table):
    """And it does not come alive again."""
    with pytest.raises(SessionExpiredError), TransactScope(db) as tx:
        complete(tx, setup, NOW)
        db.delete(Session, "s-1")

    assert ("SESSION#s-1", "SESSION") not in table()
    assert Profile("ann", "ann@example.org", False, 1) == db.get(Profile, "ann")


@pytest.mark.parametrize("session_id", ["s-1", "s-2"], ids=["same session", "another session"])
def test_a_set_up_that_was_begun_before_another_was_completed_is_void(db, setup, table, session_id):
    """A number typed twice, or a second window: the profile is not the one that it was made for."""
    complete(db, setup, NOW)
    before = table()
    with pytest.raises(StaleReadError):
        complete(db, attrs.evolve(setup, session_id=session_id), NOW)

    assert before == table()


def test_where_it_is_on_it_is_not_switched_on(db, setup, sent):
    """Whoever has seen the profile so need not ask DynamoDB."""
    complete(db, setup, NOW)
    again = begin(db, "f-2", "s-2", "ann")
    sent.clear()
    with pytest.raises(SetUpBeforeError):
        complete(db, again, NOW)

    assert [] == sent


def test_a_session_completes_one_set_up(db, setup, table):
    """Also where it was switched off again since."""
    complete(db, setup, NOW)
    db.replace(attrs.evolve(db.get(Profile, "ann"), mfa_enabled=False))
    before = table()
    with pytest.raises(SetUpBeforeError):
        complete(db, begin(db, "f-2", "s-1", "ann"), NOW)

    assert before == table()


def test_a_profile_that_was_written_since_is_not_written_back(db, setup, table):
    """Its new address stays, and the set-up has to begin again."""
    db.replace(attrs.evolve(setup.profile, email="ann@new.example"))
    before = table()
    with pytest.raises(StaleReadError):
        complete(db, setup, NOW)

    assert before == table()
    complete(db, begin(db, "f-1", "s-1", "ann"), NOW)
    assert Profile("ann", "ann@new.example", True, 3) == db.get(Profile, "ann")


def test_an_event_is_never_overwritten(db, setup, table):
    """The id of a set-up is used once."""
    db.insert(SecurityEvent("ann", "f-1", "signed in", NOW))
    before = table()
    with pytest.raises(ConditionFailedError):
        complete(db, setup, NOW)

    assert before == table()


def test_a_check_beside_the_update_is_refused_by_dynamodb(db, deployment):
    """Written as two actions on the session, the request is never accepted."""
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.check(Session, "s-1", condition=Attr("expires_at").gt(NOW)),
        lambda tx: tx.update(Session, "s-1", set={"mfa_setup_id": "f-1"}),
    )

    assert TWICE in words
    assert Session("s-1", "ann", END) == db.get(Session, "s-1")


def test_looking_first_brings_a_signed_out_session_back(db, table):
    """What the condition is for: an update of what is not there makes it."""
    assert db.get(Session, "s-1").expires_at > NOW
    db.delete(Session, "s-1")
    db.update(Session, "s-1", set={"mfa_setup_id": "f-1", "mfa_at": NOW})

    assert ("SESSION#s-1", "SESSION") in table()


def test_one_after_the_other_leaves_a_half(db, setup):
    """What the transaction is for: the session says that it is on, and it is not."""
    db.replace(attrs.evolve(setup.profile, email="ann@new.example"))
    db.update(Session, "s-1", set={"mfa_setup_id": "f-1"})
    with pytest.raises(StaleReadError):
        db.replace(attrs.evolve(setup.profile, mfa_enabled=True))

    assert "f-1" == db.get(Session, "s-1").mfa_setup_id
    assert not db.get(Profile, "ann").mfa_enabled


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
@pytest.mark.parametrize("windows", [1, 12], ids=["one window", "many windows"])
def test_of_a_crowd_one_completes(db, setup, rows, windows):
    """However they meet, one set-up is in one session, the profile and the log."""
    crowd = [
        SetUp(f"f-{number}", f"s-{1 + number % windows}", setup.profile) for number in range(12)
    ]

    refused = failures(at_once(*(functools.partial(complete, db, each, NOW) for each in crowd)))

    assert [StaleReadError] * 11 == [type(error) for error in refused]
    assert Profile("ann", "ann@example.org", True, 2) == db.get(Profile, "ann")
    events = [row["event_id"] for row in rows("Security") if row["SK"].startswith("SECEVENT#")]
    assert events == [row["mfa_setup_id"] for row in rows("Security") if "mfa_setup_id" in row]
    assert 1 == len(events)
