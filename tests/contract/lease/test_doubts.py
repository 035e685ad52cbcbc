"""Requests of a lease whose answers are lost."""

import pytest

from tests.leases import START
from transactscope import errors
from transactscope.errors import CommitOutcomeUnknownError
from transactscope.ext.lease import LeaseLostError, LeaseTakenError
from transactscope.testing import (
    Faults,
    answer,
    lost_answer,
    lost_request,
    no_connection,
    throttled,
)

# Lost answers. Every request is sent once, so that each loss is a doubt.

DOUBTS = {"lost answer": lost_answer(), "lost request": lost_request()}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_an_acquisition_whose_answer_is_lost_is_looked_after(lease, stored_lease, faults, doubt):
    """It is held, with the time that is stored, whatever became of the first request."""
    faults.next("UpdateItem", DOUBTS[doubt])
    lease.acquire()

    assert lease.is_held
    assert (lease.token, lease.expires_at) == (stored_lease().token, stored_lease().expires_at)


@pytest.mark.parametrize("doubt", DOUBTS)
def test_an_acquisition_in_doubt_may_find_it_taken(lease, rival, faults, doubt):
    """By somebody who was faster, or had it before."""
    rival.acquire()
    faults.next("UpdateItem", DOUBTS[doubt])
    with pytest.raises(LeaseTakenError):
        lease.acquire()

    assert not lease.is_held


def test_an_acquisition_that_arrives_late_is_known_again(lease, client, shell, stored_lease):
    """The second request is refused by the first one's token, and that is ours."""
    with Faults(shell.events_of(client)) as faults:
        faults.next("UpdateItem", lost_answer())
        faults.next("GetItem", answer(200, {}))
        lease.acquire()

    assert lease.is_held
    assert lease.token == stored_lease().token


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_refresh_whose_answer_is_lost_is_looked_after(leases, lease, stored_lease, faults, doubt):
    """The same token is still stored, so it is held; and it does last longer afterwards."""
    lease.acquire()
    leases.pass_time(5)
    faults.next("UpdateItem", DOUBTS[doubt])
    lease.refresh()

    assert START + 15 == lease.expires_at == stored_lease().expires_at


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_refresh_in_doubt_may_find_it_lost(leases, lease, rival, faults, doubt):
    """Somebody else has it."""
    lease.acquire()
    leases.pass_time(10)
    rival.acquire()
    faults.next("UpdateItem", DOUBTS[doubt])
    with pytest.raises(LeaseLostError):
        lease.refresh()

    assert lease.token is None


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_release_whose_answer_is_lost_is_looked_after(lease, stored_lease, faults, doubt):
    """It is gone afterwards, whatever became of the first request."""
    lease.acquire()
    faults.next("DeleteItem", DOUBTS[doubt])
    lease.release()

    assert stored_lease() is None
    assert not lease.is_held


def test_a_release_that_arrives_late_is_known_again(lease, client, faults, table_names):
    """The look was before it arrived; the second request finds nothing, and that is right."""
    lease.acquire()
    gone = {"TableName": table_names["Lease"], "Key": {"name": {"S": "job"}}}
    stored = client.get_item(**gone)["Item"]
    faults.next("DeleteItem", lost_answer())
    faults.next("GetItem", answer(200, {"Item": stored}))
    lease.release()

    assert not lease.is_held


VERBS = {
    "acquire": ("UpdateItem", lambda lease: lease.acquire()),
    "refresh": ("UpdateItem", lambda lease: lease.refresh()),
    "release": ("DeleteItem", lambda lease: lease.release()),
}


def _ready(leases, lease, verb):
    if verb != "acquire":
        lease.acquire()
        leases.pass_time(1)


@pytest.mark.parametrize("verb", VERBS)
def test_what_cannot_be_looked_after_stays_in_doubt(leases, lease, always, faults, verb):
    """That the look was not answered says nothing of the write."""
    _ready(leases, lease, verb)
    operation, call = VERBS[verb]
    known = lease.token, lease.expires_at
    always(no_connection(), "GetItem")
    faults.next(operation, lost_answer())
    with pytest.raises(CommitOutcomeUnknownError) as doubt:
        call(lease)

    assert errors.NotSentError is type(doubt.value.__cause__)
    assert known == (lease.token, lease.expires_at)


@pytest.mark.parametrize("verb", VERBS)
def test_a_second_loss_is_told(leases, lease, always, sent, verb):
    """A write that never arrives is sent twice, and looked after twice."""
    _ready(leases, lease, verb)
    operation, call = VERBS[verb]
    sent.clear()
    always(lost_request(), operation)
    with pytest.raises(CommitOutcomeUnknownError):
        call(lease)

    assert [operation, "GetItem"] * 2 == sent.operations


@pytest.mark.parametrize("verb", VERBS)
def test_a_clear_no_changes_nothing(leases, lease, faults, verb):
    """What is known of the lease stays, and what is raised is what a database raises."""
    _ready(leases, lease, verb)
    operation, call = VERBS[verb]
    known = lease.token, lease.expires_at
    faults.next(operation, throttled())
    with pytest.raises(errors.ThrottledError):
        call(lease)

    assert known == (lease.token, lease.expires_at)
