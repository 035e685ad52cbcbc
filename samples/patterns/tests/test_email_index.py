"""An address belongs to one user, and every user's address is theirs."""

import contextlib
import functools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples.patterns.email_index import (
    AddressTakenError,
    Email,
    Profile,
    Settings,
    UnknownUserError,
    UserExistsError,
    change_address,
    normalised,
    register,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import TransactScope
from transactscope.errors import ConditionFailedError

USERS = ["ann", "ben", "cleo"]
ADDRESSES = ["a@example.org", "B@example.org", "b@example.org", "c@example.org", "d@example.org"]
RULES = (AddressTakenError, UserExistsError, UnknownUserError)


@pytest.fixture
def db(deployment):
    """A database with an empty table."""
    made = deployment.database
    made.create_table(Profile)
    return made


def _profiles(rows):
    return {(row["email"], row["user_id"]) for row in rows if row["SK"] == "PROFILE"}


def _addresses(rows):
    return {(row["address"], row["user_id"]) for row in rows if row["SK"] == "USER"}


def _act(db, verb, user, address):
    with contextlib.suppress(*RULES):
        verb(db, user, address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        (" ann@example.org\n", "ann@example.org"),
        ("\uff41\uff4e\uff4e@example.org", "ann@example.org"),  # wide letters
        ("jose\u0301@example.org", "jos\u00e9@example.org"),  # a letter and its accent
        ("\u0130da@example.org", "i\u0307da@example.org"),  # folding takes this letter apart
        ("\u0390@example.org", "\u0390@example.org"),  # and this one, which is put together again
        ("\u00a8a@example.org", "\u0308a@example.org"),  # a space and an accent
        ("stra\u00dfe@example.org", "strasse@example.org"),
    ],
)
def test_an_address_has_one_spelling(address, expected):
    """However it is typed, it is the same key."""
    assert expected == normalised(address)
    assert expected == normalised(expected)


def test_a_spelling_that_was_made_one_stays_it():
    """Whatever letter is in it, wherever it stands."""
    letters = (chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    addresses = (f"{letter}a{letter}@b{letter}c" for letter in letters)
    changing = [one for one in map(normalised, addresses) if one != normalised(one)]

    assert [] == changing


@pytest.mark.parametrize("address", ["", "ann", "@example.org", "ann@", " @ "])
def test_what_is_no_address_is_never_sent(db, sent, address):
    """A mistake is found before it could become a key."""
    sent.clear()
    for verb in (register, change_address):
        with pytest.raises(ValueError, match="a name, @ and a domain"):
            verb(db, "ann", address)

    assert [] == sent


def test_registering_is_one_request_of_two_actions(db, rows, sent):
    """A user and their address are there together."""
    sent.clear()
    register(db, "ann", "Ann@example.org")

    assert ["TransactWriteItems with 2 actions"] == sent
    assert {("ann@example.org", "ann")} == _profiles(rows("Users")) == _addresses(rows("Users"))


def test_a_second_user_does_not_get_an_address(db):
    """Whoever has it keeps it, and nothing of the other one is stored."""
    register(db, "ann", "ann@example.org")
    with pytest.raises(AddressTakenError):
        register(db, "ben", "ANN@example.org")

    assert db.get(Profile, "ben") is None
    assert Email("ann@example.org", "ann") == db.get(Email, "ann@example.org")


def test_a_user_registers_once(db):
    """A second address is not left behind without a user."""
    register(db, "ann", "ann@example.org")
    with pytest.raises(UserExistsError):
        register(db, "ann", "other@example.org")

    assert db.get(Email, "other@example.org") is None


def test_a_change_moves_profile_settings_and_address_together(db, rows, sent):
    """One read and one request of four actions; the old address is free."""
    register(db, "ann", "ann@example.org")
    sent.clear()
    change_address(db, "ann", "ann@new.example")

    assert ["GetItem", "TransactWriteItems with 4 actions"] == sent
    assert {("ann@new.example", "ann")} == _profiles(rows("Users")) == _addresses(rows("Users"))
    assert Settings("ann", "ann@new.example") == db.get(Settings, "ann")


def test_a_change_to_a_taken_address_changes_nothing(db):
    """The rule speaks, and the user keeps what they had."""
    register(db, "ann", "ann@example.org")
    register(db, "ben", "ben@example.org")
    with pytest.raises(AddressTakenError):
        change_address(db, "ben", "ann@example.org")

    assert Profile("ben", "ben@example.org") == db.get(Profile, "ben")
    assert Email("ben@example.org", "ben") == db.get(Email, "ben@example.org")
    assert db.get(Settings, "ben") is None


def test_the_same_address_again_writes_nothing(db, sent):
    """Another spelling is no change; inserting and deleting one row would be refused."""
    register(db, "ann", "ann@example.org")
    sent.clear()
    change_address(db, "ann", "ANN@example.org")

    assert ["GetItem"] == sent


def test_an_address_that_is_somebody_elses_by_now_is_not_freed(db, rows):
    """Somebody has given it away by hand. What is wrong is told, and nothing is written."""
    register(db, "ann", "ann@example.org")
    db.put(Email("ann@example.org", "ben"))
    before = rows("Users")
    with pytest.raises(ConditionFailedError):
        change_address(db, "ann", "ann@new.example")

    assert before == rows("Users")


def test_nobody_has_no_address_to_change(db, rows):
    """No settings and no address appear for a user who is not there."""
    with pytest.raises(UnknownUserError):
        change_address(db, "ann", "ann@example.org")

    assert [] == rows("Users")


def test_of_two_open_registrations_one_gets_the_address(db):
    """Both have seen nothing of each other; the second commit is refused."""
    with pytest.raises(AddressTakenError), TransactScope(db) as slow:
        register(slow, "ann", "same@example.org")
        register(db, "ben", "same@example.org")

    assert db.get(Profile, "ann") is None
    assert Email("same@example.org", "ben") == db.get(Email, "same@example.org")


def test_a_change_that_was_overtaken_runs_again(db, rows):
    """It frees the address that the user has by then, not the one that was read first."""
    register(db, "ann", "first@example.org")
    for attempt in db.attempts():
        with attempt as tx:
            change_address(tx, "ann", "third@example.org")
            if attempt.number == 1:
                change_address(db, "ann", "second@example.org")

    assert 2 == attempt.number
    assert {("third@example.org", "ann")} == _profiles(rows("Users")) == _addresses(rows("Users"))


def test_an_insert_beside_a_delete_of_one_address_is_refused_by_dynamodb(deployment, db):
    """Why the same address again is left alone."""
    register(db, "ann", "ann@example.org")
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.put(Email("ann@example.org", "ann")),
        lambda tx: tx.delete(Email, "ann@example.org"),
    )

    assert TWICE in words
    assert Email("ann@example.org", "ann") == db.get(Email, "ann@example.org")


def test_ddb_7_without_conditions_a_change_takes_what_is_somebody_elses(db):
    """Published so: the new row overwrites an owner, and the old one is deleted, whose ever."""
    register(db, "ann", "ann@example.org")
    register(db, "ben", "ben@example.org")
    with TransactScope(db) as tx:  # cleo's page was shown with an address that is ben's by now
        tx.put(Profile("cleo", "ann@example.org"))
        tx.put(Email("ann@example.org", "cleo"))
        tx.delete(Email, "ben@example.org")

    assert "ann@example.org" == db.get(Profile, "ann").email
    assert Email("ann@example.org", "cleo") == db.get(Email, "ann@example.org")
    assert db.get(Email, "ben@example.org") is None


@pytest.mark.slow
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([register, change_address]),
            st.sampled_from(USERS),
            st.sampled_from(ADDRESSES),
        ),
        max_size=10,
    )
)
def test_after_any_history_addresses_and_profiles_agree(new_deployment, history):
    """No address is lost, kept by nobody, or shared."""
    deployment = new_deployment()
    db = deployment.database
    db.create_table(Profile)
    for verb, user, address in history:
        _act(db, verb, user, address)
    rows = deployment.rows("Users")

    assert _profiles(rows) == _addresses(rows)


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_users_who_race_for_one_address_one_wins(db, rows):
    """However they meet, one profile and one address are stored."""
    race = [functools.partial(register, db, f"u-{n}", "same@example.org") for n in range(12)]

    refused = failures(at_once(*race))

    assert [AddressTakenError] * 11 == [type(error) for error in refused]
    assert _profiles(rows("Users")) == _addresses(rows("Users"))
    assert 2 == len(rows("Users"))


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_after_any_crowd_addresses_and_profiles_agree(db, rows):
    """Users who change their addresses at the same time, also in two places at once, stay whole."""

    def live(seed):
        chance = random.Random(seed)
        for _ in range(15):
            verb = chance.choice([register, change_address])
            _act(db, verb, chance.choice(USERS), chance.choice(ADDRESSES))

    outcomes = at_once(*(functools.partial(live, seed) for seed in range(8)))

    assert [] == failures(outcomes)
    assert set(USERS) == {user for _, user in _profiles(rows("Users"))}
    assert _profiles(rows("Users")) == _addresses(rows("Users"))
