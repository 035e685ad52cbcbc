"""Held money is paid once, and only if everything allows it."""

import functools

import attrs
import pytest

from samples.patterns.escrow_release import (
    Contract,
    Escrow,
    Milestone,
    Release,
    ReleaseRefusedError,
    Wallet,
    release,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import Attr, TransactScope
from transactscope.errors import CommitOutcomeUnknownError, IdempotencyMismatchError
from transactscope.testing import lost_answer, lost_request

WANTED = Release("r-1", "e-1", "w-1", "m-1", "c-1", 80, "ann")


@pytest.fixture
def db(deployment):
    """A database where 100 are held, for work that was submitted under an active contract."""
    made = deployment.database
    made.create_table(Escrow)
    made.batch_write([Escrow("e-1", 100), Wallet("w-1", 5), Milestone("m-1"), Contract("c-1")])
    return made


@pytest.fixture
def table(rows):
    """Read the whole table, by key."""
    return lambda: {row["PK"]: row for row in rows("Escrows")}


def _money(db):
    return db.get(Escrow, "e-1").held, db.get(Wallet, "w-1").balance


def test_a_release_is_one_request_of_five_actions(db, table, sent):
    """Everything changes together, and nothing is read before."""
    sent.clear()
    release(db, WANTED)

    assert ["TransactWriteItems with 5 actions"] == sent
    assert Escrow("e-1", 20, "released") == db.get(Escrow, "e-1")
    assert Wallet("w-1", 85) == db.get(Wallet, "w-1")
    assert Milestone("m-1", "approved") == db.get(Milestone, "m-1")
    assert WANTED == db.get(Release, "r-1")
    assert 5 == len(table())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda db: db.put(Contract("c-1", "suspended")), "the contract is not active"),
        (lambda db: db.put(Escrow("e-1", 100, "released")), "the escrow is not funded"),
        (lambda db: db.delete(Escrow, "e-1"), "the escrow is not funded"),
        (lambda db: db.put(Escrow("e-1", 79)), "the escrow holds less than that"),
        (lambda db: db.put(Milestone("m-1", "approved")), "the milestone is not submitted"),
        (lambda db: db.delete(Wallet, "w-1"), "there is no such wallet"),
    ],
    ids=[
        "suspended contract",
        "released escrow",
        "no escrow",
        "too little",
        "approved milestone",
        "no wallet",
    ],
)
def test_a_refused_release_changes_nothing(db, table, change, words):
    """The rule that failed is named; nothing is paid, and nothing noted."""
    change(db)
    before = table()
    with pytest.raises(ReleaseRefusedError, match=words):
        release(db, WANTED)

    assert before == table()


def test_a_contract_that_is_suspended_meanwhile_pays_nothing(db):
    """Between staging and commit is time enough for somebody else."""
    with pytest.raises(ReleaseRefusedError, match="not active"), TransactScope(db) as tx:
        release(tx, WANTED)
        db.put(Contract("c-1", "suspended"))

    assert (100, 5) == _money(db)
    assert db.get(Release, "r-1") is None


def test_a_release_of_nothing_is_never_sent(deployment, sent):
    """A negative amount would be taken out of the wallet."""
    for amount in (0, -5):
        with pytest.raises(ReleaseRefusedError, match="more than nothing"):
            release(deployment.database, attrs.evolve(WANTED, amount=amount))

    assert [] == sent


def test_the_same_release_again_is_the_success_that_it_was(db, table):
    """Also after everything has moved on: it would be refused if it were a new one."""
    release(db, WANTED)
    db.put(Contract("c-1", "suspended"))
    before = table()
    release(db, WANTED)

    assert before == table()


def test_another_release_under_the_same_id_is_a_mistake(db):
    """Nobody believes that it was paid."""
    release(db, WANTED)
    with pytest.raises(IdempotencyMismatchError):
        release(db, attrs.evolve(WANTED, amount=20))

    assert (20, 85) == _money(db)


def test_an_answer_that_gets_lost_pays_once(db, deployment, faults):
    """The library sends the same again, whether or not the request had arrived."""
    faults.next("TransactWriteItems", lost_answer(), lost_request(), lost_answer())
    release(deployment.unwaiting(), WANTED)

    assert {} == faults.pending
    assert (20, 85) == _money(db)


def test_a_program_that_died_in_doubt_does_it_again(db, deployment, faults):
    """Another process, under another token: the audit row knows that it was paid."""
    impatient = deployment.unwaiting(max_attempts=1)
    faults.next("TransactWriteItems", lost_answer())
    with pytest.raises(CommitOutcomeUnknownError):
        release(impatient, WANTED)
    release(db, WANTED)

    assert (20, 85) == _money(db)


def test_tctf_1_a_check_beside_the_debit_is_refused_by_dynamodb(db, deployment):
    """Published so: the status is verified in an action of its own, and the escrow debited."""
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.check(Escrow, "e-1", condition=Attr("status").eq("funded")),
        lambda tx: tx.update(Escrow, "e-1", add={"held": -80}),
    )

    assert TWICE in words
    assert (100, 5) == _money(db)


def test_looking_first_pays_twice(db):
    """What the conditions are for: both have seen a funded escrow that holds enough."""
    seen = [db.get(Escrow, "e-1") for _ in range(2)]
    for escrow in seen:
        assert "funded" == escrow.status
        with TransactScope(db) as tx:
            tx.update(Escrow, "e-1", set={"status": "released", "held": escrow.held - 80})
            tx.update(Wallet, "w-1", add={"balance": 80})

    assert (20, 165) == _money(db)


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_releases_that_race_one_is_paid(db, table):
    """However they meet: one audit row, and the money is what it was."""
    race = [
        functools.partial(release, db, attrs.evolve(WANTED, release_id=f"r-{number}", amount=40))
        for number in range(12)
    ]

    refused = failures(at_once(*race))

    assert [ReleaseRefusedError] * 11 == [type(error) for error in refused]
    assert (60, 45) == _money(db)
    assert 1 == sum(key.startswith("RELEASE#") for key in table())


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_one_release_by_a_crowd_is_paid_once(db, table):
    """A message that is delivered to twelve workers at once: nobody is told of a failure."""
    outcomes = at_once(*[functools.partial(release, db, WANTED)] * 12)

    assert [] == failures(outcomes)
    assert (20, 85) == _money(db)
    assert 5 == len(table())
