"""Everybody is told once, in as few requests as can be, and who was not is named."""

from typing import Any

import pytest

from samples.patterns.bulk_notification import Notification, NotToldError, members, notify
from transactscope import TransactScope, to_item
from transactscope.errors import InvalidKeyError, TooManyActionsError
from transactscope.testing import lost_answer, lost_request, throttled, unprocessed


@pytest.fixture
def db(deployment):
    """A database where nobody was told anything, and which never waits."""
    made = deployment.unwaiting()
    made.create_table(Notification)
    return made


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


@pytest.mark.parametrize("given", [list, iter], ids=["list", "iterator"])
@pytest.mark.parametrize(
    "fault", [throttled(), unprocessed(), lost_request(), lost_answer()], ids=repr
)
def test_where_nothing_gets_through_everybody_who_was_not_told_is_named(
    db, rows, faults, fault, given
):
    """Also who was not come to: more members than there are ever under way at once."""
    everybody = list(members(1037))
    faults.at_random("BatchWriteItem", fault, probability=1, seed=0)
    with pytest.raises(NotToldError) as refused:
        notify(db, "spring", "hello", given(everybody))
    faults.remove()

    assert everybody == sorted(refused.value.users, key=everybody.index)
    notify(db, "spring", "hello", refused.value.users)
    assert 1037 == len(rows("Notifications"))


@pytest.mark.parametrize("bad", ["", "x" * 3000], ids=["no name", "too long a name"])
def test_who_comes_after_a_member_that_no_row_can_be_about_is_named(db, rows, bad):
    """The run ends there. Who was told and who is named are everybody, and the cause says why."""
    everybody = [*members(60), bad, *(f"w-{number}" for number in range(500))]
    with pytest.raises(NotToldError) as refused:
        notify(db, "spring", "hello", everybody)
    told = {row["user"] for row in rows("Notifications")}
    ended: Any = refused.value.__cause__

    assert 50 == len(told)
    assert isinstance(ended.__cause__, InvalidKeyError)
    assert set(everybody) - told == set(refused.value.users)
    assert len(everybody) == len(told) + len(refused.value.users)


def test_an_error_of_many_names_a_few_in_its_text():
    """It may go to a log; all of them are in `users`."""
    error = NotToldError(members(1037))

    assert str(error).startswith("1037 not told, or not known to be: u-0, u-1, ")
    assert str(error).endswith(" and 1027 more")
    assert 1037 == len(error.users)


@pytest.mark.parametrize("apart", [1, 30, 500])
def test_who_is_named_twice_is_told_once(db, rows, apart):
    """However far apart, a member is one row, and counts as one."""
    everybody = list(members(561))
    assert 561 == notify(
        db, "spring", "hello", [*everybody[: 60 + apart], "u-60", *everybody[60 + apart :]]
    )
    assert 561 == len(rows("Notifications"))


def test_as_a_transaction_it_is_refused_and_nobody_is_told(db, sent, rows):
    """Over a hundred rows no transaction can be one; it is never split in silence."""
    sent.clear()
    with pytest.raises(TooManyActionsError), TransactScope(db) as tx:
        for user in members(101):
            tx.put(Notification(user, "spring", "hello"))

    assert [] == sent
    assert [] == rows("Notifications")


def test_ddb_3_a_success_may_have_left_rows_over(db, deployment, rows, faults):
    """What is behind it all: who does not look at the answer of a batch loses what it lists."""
    puts = [to_item(Notification(user, "spring", "hello")) for user in members(3)]
    faults.next("BatchWriteItem", unprocessed(1))
    table = deployment.name_of("Notifications")
    answer = deployment.client.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": item}} for item in puts]}
    )

    assert 200 == answer["ResponseMetadata"]["HTTPStatusCode"]
    assert 2 == len(rows("Notifications"))


def test_keys_made_by_chance_tell_everybody_twice(db, rows):
    """What the key is made of is what makes a second run harmless."""
    for run in ("a1", "b2"):
        db.batch_write(Notification(user, f"spring-{run}", "hello") for user in members(3))

    assert 6 == len(rows("Notifications"))


def test_a_progress_bar_comes_to_its_end(db):
    """Every row is counted once."""
    told: list[int] = []
    notify(db, "spring", "hello", members(60), told.append)

    assert 60 == sum(told)
