"""Everybody is told once, in as few requests as can be, and who was not is named."""

import pytest

from samples.patterns.bulk_notification import Notification, NotToldError, members, notify
from transactscope import Database
from transactscope.testing import Faults, lost_answer, no_waiting, throttled, unprocessed


@pytest.fixture
def db(deployment):
    """A database where nobody was told anything, and which never waits."""
    settings = no_waiting().settings
    made = Database(deployment.client, table_names=deployment.name_of, **settings)
    made.create_table(Notification)
    return made


@pytest.fixture
def faults(deployment):
    """Faults for the sends of the database."""
    with Faults(deployment.client) as installed:
        yield installed


def test_1037_members_are_told_in_42_requests(db, sent, rows):
    """25 rows in each, but for the last."""
    sent.clear()

    assert 1037 == notify(db, "spring", "hello", members(1037))
    assert 42 == len(sent)
    assert 1037 == len(rows("Notifications"))


def test_a_second_run_tells_nobody_twice(db, rows):
    """The key is made of what the row is about."""
    for _ in range(2):
        notify(db, "spring", "hello", members(60))
    notify(db, "summer", "hello", members(60))

    assert 120 == len(rows("Notifications"))


def test_rows_that_are_left_over_are_written_in_the_end(db, rows, faults):
    """A table that is busy for a moment is no failure, and a lost answer is none."""
    faults.next("BatchWriteItem", unprocessed(0, 3), throttled(), unprocessed(), lost_answer())

    assert 60 == notify(db, "spring", "hello", members(60))
    assert 60 == len(rows("Notifications"))
    assert {} == faults.pending


def test_who_could_not_be_told_is_named(db, rows, faults):
    """All others were, and the next run can be about these two."""
    full = {"USER#u-7", "USER#u-41"}
    never = unprocessed(where=lambda item: item["PK"]["S"] in full)
    faults.at_random("BatchWriteItem", never, probability=1, seed=0)
    with pytest.raises(NotToldError, match="u-7, u-41") as refused:
        notify(db, "spring", "hello", members(60))
    faults.remove()

    assert 58 == len(rows("Notifications"))
    assert 2 == notify(db, "spring", "hello", refused.value.users)
    assert 60 == len(rows("Notifications"))


def test_a_progress_bar_comes_to_its_end(db):
    """Every row is counted once."""
    told: list[int] = []
    notify(db, "spring", "hello", members(60), told.append)

    assert 60 == sum(told)
