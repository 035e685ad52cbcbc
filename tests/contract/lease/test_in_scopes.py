"""Leases in a scope: what a late commit comes to."""

import sys

import pytest

from tests.contract.entities import Account
from tests.leases import START
from tests.shells import TransactScope, transactional
from transactscope import errors
from transactscope.errors import CommitOutcomeUnknownError, InvalidRequestError
from transactscope.ext.lease import Lease, LeaseLostError
from transactscope.testing import Faults, lost_answer, lost_request

TX = "TransactWriteItems"


# In a scope.


def test_a_commit_demands_that_the_lease_is_held(db, lease, sent):
    """In the same request, as an action of its own."""
    with lease:
        sent.clear()
        with TransactScope(db) as tx:
            lease.check(tx)
            tx.insert(Account("A-1"))
        assert ["TransactWriteItems"] == sent.operations
        assert 2 == len(sent.requests[0].body["TransactItems"])

    assert db.get(Account, "A-1") is not None


LATE = {
    "check": lambda lease, tx: lease.check(tx),
    "refresh_in": lambda lease, tx: lease.refresh_in(tx),
    "release_in": lambda lease, tx: lease.release_in(tx),
}

THEFTS = {
    "taken over": lambda leases, rival: (leases.pass_time(10), rival.acquire()),
    "taken over and released": lambda leases, rival: (
        leases.pass_time(10),
        rival.acquire(),
        rival.release(),
    ),
}


@pytest.fixture(params=THEFTS)
def steal(request, leases, rival):
    """Let another process take the lease, and perhaps release it."""
    return lambda: THEFTS[request.param](leases, rival)


@pytest.mark.parametrize("verb", LATE)
def test_a_late_commit_is_refused(db, lease, steal, stored_lease, verb):
    """Nothing of it is applied, and nothing of the lease is changed."""
    lease.acquire()
    tx = TransactScope(db).begin()
    LATE[verb](lease, tx)
    tx.insert(Account("A-1"))
    steal()
    before = stored_lease()
    with pytest.raises(LeaseLostError) as lost:
        tx.commit()

    assert db.get(Account, "A-1") is None
    assert before == stored_lease()
    assert errors.ConditionFailedError is type(lost.value.__cause__)
    assert before == lost.value.__cause__.failures[0].item
    assert not lost.value.retryable


@pytest.mark.parametrize("verb", LATE)
def test_who_is_late_by_their_own_clock_stages_nothing(db, leases, lease, sent, verb):
    """Within the margin the lease is not trusted in any more, and nobody has to be asked."""
    lease.acquire()
    leases.pass_time(9)
    sent.clear()
    with (
        pytest.raises(LeaseLostError, match="by the clock of this process"),
        TransactScope(db) as tx,
    ):
        LATE[verb](lease, tx)

    assert () == tx.staged
    assert [] == sent.operations


def test_a_lease_that_somebody_has_ended_is_lost(db, client, table_names, lease, stored):
    """An operator sets its time to nothing; the token alone would still be the same."""
    lease.acquire()
    client.update_item(
        TableName=table_names["Lease"],
        Key={"name": {"S": "job"}},
        UpdateExpression="SET expires_at = :zero",
        ExpressionAttributeValues={":zero": {"N": "0"}},
    )
    with pytest.raises(LeaseLostError), TransactScope(db) as tx:
        lease.check(tx)
        tx.insert(Account("A-1"))

    assert stored("A-1") is None


def test_releasing_in_a_scope_is_one_request_with_the_work(db, lease, stored_lease, sent):
    """A check that was staged before folds into the same action."""
    with lease:
        sent.clear()
        with TransactScope(db) as tx:
            lease.check(tx)
            tx.insert(Account("A-1"))
            lease.release_in(tx)
        assert not lease.is_held

    assert ["TransactWriteItems"] == sent.operations
    first, second = sent.requests[0].body["TransactItems"]
    assert ({"Delete"}, {"Put"}) == (set(first), set(second))
    assert stored_lease() is None


def test_refreshing_in_a_scope_is_one_request_with_the_work(db, leases, lease, stored_lease, sent):
    """The new time counts when it is committed, and not before."""
    lease.acquire()
    leases.pass_time(5)
    sent.clear()
    with TransactScope(db) as tx:
        lease.check(tx)
        lease.refresh_in(tx)
        tx.insert(Account("A-1"))
        assert START + 10 == lease.expires_at

    assert ["TransactWriteItems"] == sent.operations
    assert {"Update"} == set(sent.requests[0].body["TransactItems"][0])
    assert START + 15 == lease.expires_at == stored_lease().expires_at


@pytest.mark.parametrize("verb", ["check", "refresh_in", "release_in"])
def test_an_action_names_the_line_that_asked_for_it(db, lease, verb):
    """Who reads an error looks for a line of the program, not of the library."""
    lease.acquire()
    with TransactScope(db) as tx:
        line = sys._getframe().f_lineno + 1
        action = getattr(lease, verb)(tx)

    assert f"{__file__}:{line}" == action.call


@pytest.mark.parametrize("verb", ["refresh_in", "release_in"])
def test_what_is_taken_back_has_no_effect_on_what_is_known(db, leases, lease, verb):
    """By `unstage`, by a savepoint, and by a rollback."""
    lease.acquire()
    known = lease.token, lease.expires_at
    leases.pass_time(1)
    with TransactScope(db) as tx:
        tx.unstage(getattr(lease, verb)(tx))
    with TransactScope(db) as tx:
        savepoint = tx.savepoint()
        getattr(lease, verb)(tx)
        savepoint.rollback()
    with TransactScope(db) as tx:
        getattr(lease, verb)(tx)
        tx.rollback()

    assert known == (lease.token, lease.expires_at)


def test_what_is_committed_late_says_nothing_of_a_later_acquisition(db, lease, stored_lease):
    """The hook of a commit knows whose token it was about."""
    lease.acquire()
    old = TransactScope(db).begin()
    lease.release_in(old)
    lease.release()
    lease.acquire()
    with pytest.raises(LeaseLostError):
        old.commit()

    assert lease.is_held
    assert lease.token == stored_lease().token


def test_a_check_after_a_release_is_refused(db, lease):
    """It could never be true."""
    lease.acquire()
    with TransactScope(db) as tx:
        lease.release_in(tx)
        with pytest.raises(errors.DuplicateTargetError):
            lease.check(tx)
        tx.rollback()


@pytest.mark.needs("idempotency")
def test_a_commit_in_doubt_is_settled_by_its_scope(lease, stored_lease, hasty, client, shell):
    """Until then the lease counts as held, and afterwards as released."""
    lease.acquire()
    with Faults(shell.events_of(client)) as faults:
        faults.next(TX, lost_answer())
        with pytest.raises(CommitOutcomeUnknownError), TransactScope(hasty) as tx:
            lease.release_in(tx)
            tx.insert(Account("A-1"))
    assert lease.is_held
    tx.resolve()

    assert not lease.is_held
    assert stored_lease() is None


@pytest.mark.needs("idempotency")
def test_a_commit_that_gets_lost_is_not_applied_after_a_release(lease, stored, hasty, faults):
    """Who releases after a doubt has it settled: the request that is late finds no token."""
    with pytest.raises(CommitOutcomeUnknownError), lease, TransactScope(hasty) as tx:
        lease.check(tx)
        tx.insert(Account("A-1"))
        faults.next(TX, lost_request())
    with pytest.raises(LeaseLostError):
        tx.resolve()

    assert stored("A-1") is None


def test_every_attempt_of_a_re_run_checks_anew(db, leases, lease):
    """The lease may be over by then; a loss is no reason to run again."""
    db.put(Account("A-1"))
    numbers = []

    @transactional
    def work(tx):
        numbers.append(1)
        account = tx.get(Account, "A-1")
        if len(numbers) == 1:
            db.update(Account, "A-1", add={"balance": 5})
            leases.pass_time(4)
        lease.check(tx)
        account.balance += 1
        tx.update(account)

    with lease:
        work(db)

    assert 2 == len(numbers)
    assert 6 == db.get(Account, "A-1").balance


@pytest.mark.parametrize("wrong", [None, 3, "tx", TransactScope, Lease], ids=str)
def test_what_is_no_scope_is_refused(lease, wrong):
    """At the call, before anything is made of it."""
    for verb in LATE.values():
        with pytest.raises(InvalidRequestError, match="takes a scope, not"):
            verb(lease, wrong)
