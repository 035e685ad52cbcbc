"""All names or none, and everything that is taken is named."""

import functools

import pytest

from samples.patterns.claim_names import Name, TakenError, claim, insert_all, names_of
from samples.patterns.tests.crowds import at_once, failures
from transactscope import TransactScope
from transactscope.errors import ConditionFailedError, DuplicateTargetError


@pytest.fixture
def db(deployment):
    """A database where no name is taken."""
    made = deployment.database
    made.create_table(Name)
    return made


def test_all_names_are_claimed_in_one_request(db, sent, rows):
    """Nothing is read before, so nothing can happen in between."""
    sent.clear()
    claim(db, names_of("c-1", "acme"))

    assert ["TransactWriteItems with 3 actions"] == sent
    assert {("host#acme", "c-1"), ("user#acme", "c-1"), ("mail#acme", "c-1")} == {
        (row["PK"], row["owner"]) for row in rows("Names")
    }


@pytest.mark.parametrize("taken", [["host"], ["mail"], ["user", "mail"], ["host", "user", "mail"]])
def test_one_taken_name_is_enough_and_all_taken_ones_are_named(db, rows, taken):
    """The answer tells everything at once, with the owners."""
    for kind in taken:
        db.insert(Name(kind, "acme", "c-1"))

    with pytest.raises(TakenError) as refused:
        claim(db, names_of("c-2", "acme"))

    assert tuple(Name(kind, "acme", "c-1") for kind in taken) == refused.value.names
    assert {"c-1"} == {row["owner"] for row in rows("Names")}
    assert len(taken) == len(rows("Names"))


def test_a_name_that_is_claimed_twice_at_once_is_a_mistake(db, sent):
    """It would be its own rival."""
    sent.clear()
    with pytest.raises(DuplicateTargetError):
        claim(db, [Name("host", "acme", "c-1")] * 2)

    assert [] == sent


def test_nothing_is_never_claimed(db, sent):
    """A success that wrote nothing would be believed."""
    sent.clear()
    with pytest.raises(ValueError, match="no name"):
        claim(db, [])

    assert [] == sent


def test_names_are_claimed_with_everything_else_of_a_scope(db):
    """As part of a larger transaction, which is refused as a whole."""
    db.insert(Name("host", "globex", "c-1"))
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        insert_all(tx, names_of("c-2", "acme"))
        insert_all(tx, names_of("c-2", "globex"))

    assert db.get(Name, "host", "acme") is None


def test_asking_first_leaves_two_names_of_three(db, rows):
    """What the transaction is for: one by one, somebody comes in between."""
    wanted = names_of("c-2", "acme")
    assert all(db.get(Name, each.kind, each.name) is None for each in wanted)
    db.insert(Name("mail", "acme", "c-1"))

    with pytest.raises(ConditionFailedError):
        for each in wanted:
            db.insert(each)

    assert 2 == sum(row["owner"] == "c-2" for row in rows("Names"))


def test_a_put_takes_what_is_somebodys(db):
    """What `insert` is for: in other libraries `create` is a put, which overwrites."""
    db.insert(Name("host", "acme", "c-1"))
    with TransactScope(db) as tx:
        for name in names_of("c-2", "acme"):
            tx.put(name)

    assert Name("host", "acme", "c-2") == db.get(Name, "host", "acme")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_a_crowd_one_gets_everything(db, rows):
    """Never a mixture, whatever the order of their names."""
    claims = [
        functools.partial(claim, db, names_of(f"c-{number}", "acme")[:: 1 if number % 2 else -1])
        for number in range(12)
    ]

    refused = failures(at_once(*claims))

    assert [TakenError] * 11 == [type(error) for error in refused]
    assert 1 == len({row["owner"] for row in rows("Names")})
    assert 3 == len(rows("Names"))
