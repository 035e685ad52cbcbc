"""A form is saved as a whole or not at all, and says what was wrong."""

import contextlib
import functools
import random

import attrs
import pytest

from samples.patterns.profile_form import (
    Change,
    Email,
    Form,
    NotSavedError,
    Profile,
    Settings,
    fill_in,
    move,
    rename,
    save,
    speak,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import TransactScope
from transactscope.errors import ConditionFailedError

FORM = Form("h-1", "ann", "Ann B.", "de", "ann@example.org", "ann@new.example")


@pytest.fixture
def db(deployment):
    """A database with ann and ben."""
    made = deployment.database
    made.create_table(Profile)
    made.batch_write(row for user_id in ("ann", "ben") for row in _user(user_id))
    return made


@pytest.fixture
def table(rows):
    """Read the whole table, by key."""
    return lambda: {(row["PK"], row["SK"]): row for row in rows("Members")}


def _user(user_id):
    address = f"{user_id}@example.org"
    return Profile(user_id, user_id, address), Settings(user_id, address), Email(address, user_id)


def test_seven_calls_are_one_request_of_five_actions(db, sent):
    """Two functions write to the profile and two to the settings, and none knows of another."""
    with TransactScope(db) as tx:
        fill_in(tx, FORM)
        calls = len(tx.staged)

    assert (7, "TransactWriteItems with 5 actions") == (calls, sent[-1])
    assert Profile("ann", "Ann B.", "ann@new.example") == db.get(Profile, "ann")
    assert Settings("ann", "ann@new.example", "de") == db.get(Settings, "ann")
    assert Email("ann@new.example", "ann") == db.get(Email, "ann@new.example")
    assert db.get(Email, "ann@example.org") is None
    assert Change("ann", "h-1", ("name", "email", "language")) == db.get(Change, "ann", "h-1")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda db: db.delete(Profile, "ann"), (0, "Profile")),
        (lambda db: db.update(Profile, "ann", set={"email": "ann@third.example"}), (0, "Profile")),
        (lambda db: db.delete(Settings, "ann"), (1, "Settings")),
        (lambda db: db.put(Email("ann@new.example", "ben")), (2, "Email")),
        (lambda db: db.put(Email("ann@example.org", "ben")), (3, "Email")),
        (lambda db: db.put(Change("ann", "h-1", ("name",))), (4, "Change")),
    ],
    ids=["no profile", "other address", "no settings", "taken", "not hers", "saved before"],
)
def test_each_action_that_fails_is_named_and_keeps_all_others_back(db, table, change, place):
    """The index is that of the action, in the order of the first calls."""
    change(db)
    before = table()
    with pytest.raises(NotSavedError, match=f"{place[1]} at {place[0]}") as refused:
        save(db, FORM)

    assert (place,) == refused.value.places
    assert before == table()


def test_all_that_is_wrong_is_named_at_once(db):
    """With what is stored, so that the page need not ask again."""
    db.put(Email("ann@new.example", "ben"))
    db.delete(Settings, "ann")
    with pytest.raises(NotSavedError) as refused:
        save(db, FORM)

    assert ((1, "Settings"), (2, "Email")) == refused.value.places
    assert [None, Email("ann@new.example", "ben")] == [
        failure.item for failure in refused.value.failures
    ]


def test_a_form_is_saved_once(db, table):
    """A page that is sent a second time changes nothing."""
    save(db, FORM)
    before = table()
    with pytest.raises(NotSavedError):
        save(db, FORM)

    assert before == table()


@pytest.mark.parametrize(
    "part",
    [lambda tx: rename(tx, "nobody", "No Body"), lambda tx: speak(tx, "nobody", "de")],
    ids=["rename", "speak"],
)
def test_no_part_of_the_form_makes_a_row(db, table, part):
    """An update of what is not there would: each part demands by itself that its row is there."""
    before = table()
    with pytest.raises(ConditionFailedError):
        part(db)

    assert before == table()


def test_the_same_address_again_is_no_change_of_it(db, sent):
    """The row of the address stays, and the rest is saved."""
    sent.clear()
    save(db, attrs.evolve(FORM, new_email=FORM.old_email))

    assert ["TransactWriteItems with 3 actions"] == sent
    assert Profile("ann", "Ann B.", "ann@example.org") == db.get(Profile, "ann")
    assert Email("ann@example.org", "ann") == db.get(Email, "ann@example.org")


def test_calls_on_one_item_as_two_actions_are_refused_by_dynamodb(db, deployment, table):
    """What folding is for: two functions that write to one row cannot just be put together."""
    before = table()
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.update(Profile, "ann", set={"name": "Ann B."}),
        lambda tx: tx.update(Profile, "ann", set={"email": "ann@new.example"}),
    )

    assert TWICE in words
    assert before == table()


def test_one_after_the_other_leaves_an_address_that_is_somebody_elses(db):
    """What the transaction is for: the third write is refused, and two were done."""
    db.put(Email("ann@new.example", "ben"))
    with pytest.raises(ConditionFailedError):
        for write in (
            lambda: db.update(Profile, "ann", set={"email": "ann@new.example"}),
            lambda: db.update(Settings, "ann", set={"notify": "ann@new.example"}),
            lambda: db.insert(Email("ann@new.example", "ann")),
        ):
            write()

    assert "ann@new.example" == db.get(Profile, "ann").email
    assert "ben" == db.get(Email, "ann@new.example").user_id


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_after_a_crowd_all_rows_agree(db, table):
    """Two users in four windows each, who want the same few addresses."""
    addresses = [f"{name}@example.org" for name in ("ann", "ben", "cleo", "dora")]

    def live(seed):
        chance = random.Random(seed)
        user_id = "ann" if seed % 2 else "ben"
        for _ in range(6):
            old = db.get(Profile, user_id).email
            with contextlib.suppress(ConditionFailedError):
                move(db, user_id, old, chance.choice(addresses))

    outcomes = at_once(*(functools.partial(live, seed) for seed in range(8)))
    stored = table().values()

    assert [] == failures(outcomes)
    profiles = {(row["user_id"], row["email"]) for row in stored if row["SK"] == "PROFILE"}
    assert profiles == {
        (row["user_id"], row["notify"]) for row in stored if row["SK"] == "SETTINGS"
    }
    assert profiles == {(row["user_id"], row["address"]) for row in stored if row["SK"] == "USER"}
    assert {"ann", "ben"} == {user_id for user_id, _ in profiles}
