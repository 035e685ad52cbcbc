"""Who holds a lease, and until when."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from tests.leases import START
from tests.shells import TransactScope
from transactscope import errors
from transactscope.errors import InvalidRequestError
from transactscope.ext.lease import LeaseItem, LeaseLostError, LeaseTakenError


def test_acquiring_writes_whose_it_is_and_until_when(lease, stored_lease, sent):
    """The expiry is for conditions, and a day later DynamoDB may clear up."""
    lease.acquire()

    assert ["UpdateItem"] == sent.operations
    day_later = datetime.fromtimestamp(START + 10, UTC) + timedelta(days=1)
    assert (
        LeaseItem(
            "job",
            token="token-1",
            expires_at=START + 10,
            owner="the first",
            delete_after=day_later,
        )
        == stored_lease()
    )
    assert ("token-1", START + 10, 9.0, True) == (
        lease.token,
        lease.expires_at,
        lease.seconds_left,
        lease.is_held,
    )


def test_releasing_deletes_it(lease, stored_lease, sent):
    """Nobody has to wait for its time to be over."""
    lease.acquire()
    lease.release()

    assert ["UpdateItem", "DeleteItem"] == sent.operations
    assert stored_lease() is None
    assert (None, None, 0.0, False) == (
        lease.token,
        lease.expires_at,
        lease.seconds_left,
        lease.is_held,
    )


def test_a_lease_that_others_have_is_not_acquired(lease, rival, stored_lease):
    """The error knows who has it and until when; its text does not say it."""
    lease.acquire()
    with pytest.raises(LeaseTakenError) as refused:
        rival.acquire()

    assert ("the first", START + 10, True) == (
        refused.value.owner,
        refused.value.expires_at,
        refused.value.retryable,
    )
    assert "lease LeaseItem 'job' is held by somebody else; given up after 0 seconds" == str(
        refused.value
    )
    assert not rival.is_held
    assert lease.token == stored_lease().token


@pytest.mark.parametrize(("seconds", "is_free"), [(0, False), (9.999, False), (10, True)])
def test_a_lease_may_be_taken_when_its_time_is_over(leases, lease, rival, seconds, is_free):
    """To the moment that is stored, by the clock of the one who takes it."""
    lease.acquire()
    leases.pass_time(seconds)
    with contextlib.suppress(LeaseTakenError):
        rival.acquire()

    assert is_free == rival.is_held


def test_whoever_takes_it_over_says_nothing_of_the_one_before(leases, lease, stored_lease):
    """An owner that is left over would be asked what it is doing."""
    lease.acquire()
    leases.pass_time(10)
    leases("job").acquire()

    assert stored_lease().owner is None
    assert "token-2" == stored_lease().token


def test_of_two_leases_with_other_names_each_is_its_own(leases, lease):
    """They are items of their own."""
    lease.acquire()
    other = leases("another job")
    other.acquire()

    assert lease.is_held
    assert other.is_held


def test_refreshing_lets_it_last_longer(leases, lease, rival, stored_lease, sent):
    """From the moment of the call on, for its holder and for everybody else."""
    lease.acquire()
    leases.pass_time(8)
    sent.clear()
    lease.refresh()

    assert ["UpdateItem"] == sent.operations
    assert START + 18 == stored_lease().expires_at == lease.expires_at
    assert 9.0 == lease.seconds_left
    assert timedelta(days=1) == stored_lease().delete_after - datetime.fromtimestamp(
        START + 18, UTC
    )
    leases.pass_time(9.5)
    with pytest.raises(LeaseTakenError):
        rival.acquire()


def test_a_lease_that_nobody_has_taken_can_be_refreshed_late(leases, lease, rival):
    """Nobody else has worked meanwhile, so nothing was lost."""
    lease.acquire()
    leases.pass_time(60)
    assert not lease.is_held
    lease.refresh()

    assert lease.is_held
    with pytest.raises(LeaseTakenError):
        rival.acquire()


def test_a_refresh_never_shortens_a_lease(leases, lease, stored_lease):
    """A request that is late, or a clock that was set back, finds what lasts longer, and stays."""
    lease.acquire()
    leases.clocks.wall -= 5
    lease.refresh()

    assert START + 10 == lease.expires_at == stored_lease().expires_at


@pytest.mark.parametrize("verb", ["refresh", "release"])
def test_what_others_have_taken_is_left_alone(taken_over, rival, stored_lease, verb):
    """Neither lengthened nor deleted: it is theirs."""
    before = stored_lease()
    with pytest.raises(LeaseLostError) as lost:
        getattr(taken_over, verb)()

    assert before == stored_lease()
    assert (False, None, False) == (taken_over.is_held, taken_over.token, lost.value.retryable)
    assert errors.ConditionFailedError is type(lost.value.__cause__)
    assert rival.is_held


def test_what_others_have_taken_and_released_is_lost_too(taken_over, rival, stored_lease):
    """That nobody has it now does not tell that nobody had it."""
    rival.release()
    with pytest.raises(LeaseLostError):
        taken_over.refresh()

    assert stored_lease() is None


def test_a_lease_is_trusted_in_for_less_than_it_lasts(leases, lease, rival):
    """Its holder stops before others begin, where their clocks differ by less than the margin."""
    lease.acquire()
    leases.pass_time(9)
    with pytest.raises(LeaseTakenError):
        rival.acquire()

    assert (False, 0.0, "token-1") == (lease.is_held, lease.seconds_left, lease.token)


@pytest.mark.parametrize("name", ["wall", "monotonic"])
def test_of_two_clocks_the_one_counts_that_says_less(leases, lease, name):
    """A clock that is set back, or stands still while the machine sleeps, keeps nothing alive."""
    lease.acquire()
    setattr(leases.clocks, name, getattr(leases.clocks, name) + 100)

    assert not lease.is_held


def test_a_lease_is_acquired_once(lease, sent):
    """A second holder in one object could not be told from the first."""
    lease.acquire()
    sent.clear()
    with pytest.raises(InvalidRequestError, match="is held here already") as refused:
        lease.acquire()

    assert "LEASE_HELD" == refused.value.code
    assert [] == sent.operations


def test_a_lease_may_be_acquired_again(leases, lease, rival):
    """After a release, after a loss, and when its time is over; each time with a new token."""
    tokens = []
    for end in (lease.release, lambda: leases.pass_time(10), lambda: None):
        lease.acquire()
        tokens.append(lease.token)
        end()
    leases.pass_time(10)
    rival.acquire()
    with pytest.raises(LeaseLostError):
        lease.refresh()
    rival.release()
    lease.acquire()

    assert ["token-1", "token-2", "token-3"] == tokens
    assert "token-5" == lease.token


UNHELD = {
    "refresh": lambda lease, _: lease.refresh(),
    "release": lambda lease, _: lease.release(),
    "check": lambda lease, tx: lease.check(tx),
    "refresh_in": lambda lease, tx: lease.refresh_in(tx),
    "release_in": lambda lease, tx: lease.release_in(tx),
}


@pytest.mark.parametrize("verb", UNHELD)
def test_what_was_not_acquired_cannot_be_used(db, lease, sent, verb):
    """It is a mistake of the program, and no loss."""
    with TransactScope(db) as tx:
        with pytest.raises(InvalidRequestError, match=r"acquire\(\) comes first") as refused:
            UNHELD[verb](lease, tx)
        assert () == tx.staged

    assert "LEASE_NOT_HELD" == refused.value.code
    assert [] == sent.operations
