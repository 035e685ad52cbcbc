"""Blocks that hold a lease, and waiting for one."""

import logging

import pytest

from tests.leases import START
from transactscope.ext.lease import LeaseLostError, LeaseTakenError
from transactscope.testing import error, no_connection, throttled

LOGGER = "transactscope.ext.lease"


# As a block.


def test_a_block_acquires_and_releases(lease, stored_lease, sent):
    """Two requests, and nothing is left."""
    with lease as entered:
        assert entered is lease
        assert stored_lease().token == lease.token

    assert stored_lease() is None
    assert ["UpdateItem", "DeleteItem"] == [name for name in sent.operations if name != "GetItem"]


def test_a_block_that_raises_releases_as_well(lease, stored_lease):
    """The next one need not wait, and the exception is not changed."""
    with pytest.raises(KeyError) as raised, lease:
        raise KeyError("x")

    assert not hasattr(raised.value, "__notes__")
    assert stored_lease() is None


def test_a_block_that_could_not_begin_releases_nothing(lease, rival, stored_lease):
    """The lease is another one's."""
    lease.acquire()
    with pytest.raises(LeaseTakenError), rival:
        raise AssertionError("it was entered")

    assert "token-1" == stored_lease().token


def test_a_block_whose_lease_was_lost_says_so(leases, lease, rival, stored_lease):
    """Somebody else may have worked at the same time."""
    with pytest.raises(LeaseLostError), lease:
        leases.pass_time(10)
        rival.acquire()

    assert rival.token == stored_lease().token


def test_a_loss_does_not_hide_what_left_the_block(leases, lease, rival):
    """It is noted on it."""
    with pytest.raises(KeyError) as raised, lease:
        leases.pass_time(10)
        rival.acquire()
        raise KeyError("x")

    assert ["lease LeaseItem 'job' is lost: it has expired, or is not this holder's any more"] == (
        raised.value.__notes__
    )


def test_a_block_may_release_by_itself(lease, sent):
    """Its end has nothing to do then."""
    with lease:
        lease.release()
        sent.clear()

    assert [] == sent.operations


@pytest.mark.parametrize(
    "fault", [no_connection(), throttled(), error("AccessDeniedException")], ids=repr
)
def test_a_release_that_fails_does_not_look_like_failed_work(lease, always, caplog, fault):
    """The work of the block is done; the lease expires, and the log says it."""
    with caplog.at_level(logging.WARNING, LOGGER), lease:
        always(fault, "DeleteItem")

    (record,) = [record for record in caplog.records if record.name == LOGGER]
    assert record.getMessage().startswith("lease LeaseItem 'job' could not be released (")
    assert "token-1" not in record.getMessage()


# Waiting.


def test_one_who_waits_gets_it_when_it_is_free(leases, lease, rival):
    """By asking again, after pauses of half to all of `poll`."""
    lease.acquire()
    leases("job", timeout=60, random=lambda: 1.0).acquire()

    assert [0.5] * 20 == leases.pauses
    assert not lease.is_held
    with pytest.raises(LeaseTakenError):
        rival.acquire()


def test_one_who_waits_gives_up_in_time(leases, lease, sent):
    """The last try is at the end of the time, and not long before."""
    lease.acquire()
    sent.clear()
    with pytest.raises(LeaseTakenError, match=r"given up after 2\.5 seconds"):
        leases("job").acquire(timeout=2.5)

    assert [1.0, 1.0, 0.5] == leases.pauses
    assert ["UpdateItem"] * 4 == sent.operations


def test_the_time_of_a_call_goes_before_that_of_the_lease(leases, lease):
    """Also where it is nothing."""
    lease.acquire()
    with pytest.raises(LeaseTakenError):
        leases("job", timeout=60).acquire(timeout=0)

    assert [] == leases.pauses


def test_a_clock_that_stands_still_makes_nobody_wait_for_ever(leases, lease):
    """The pauses are counted as well."""
    lease.acquire()
    with pytest.raises(LeaseTakenError):
        leases("job", clock=lambda: 0.0, duration=1000).acquire(timeout=3)

    assert [1.0, 1.0, 1.0] == leases.pauses


def test_the_time_of_waiting_is_not_that_of_the_lease(leases, lease, rival, stored_lease):
    """It lasts from the try that succeeds."""
    lease.acquire()
    rival.acquire(timeout=60)

    assert START + 20 == stored_lease().expires_at
    assert 9.0 == rival.seconds_left
