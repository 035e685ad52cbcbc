"""Leases on an engine: who holds one, until when, and what a late commit comes to."""

import asyncio
import contextlib
import logging
import pickle
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from attrs import define

import transactscope
from tests.contract.entities import Account
from tests.crowds import together
from tests.leases import Leases
from tests.shells import TransactScope, transactional
from transactscope import EntityKey, KeyTemplate, entity, errors, from_item
from transactscope.errors import CommitOutcomeUnknownError, InvalidRequestError
from transactscope.ext.lease import (
    AsyncLease,
    Lease,
    LeaseFields,
    LeaseItem,
    LeaseLostError,
    LeaseTakenError,
)
from transactscope.fields import Alias
from transactscope.testing import (
    Faults,
    answer,
    calling,
    error,
    lost_answer,
    lost_request,
    no_connection,
    throttled,
)

TX = "TransactWriteItems"
START = 1_700_000_000.0  # of the wall clock
LOGGER = "transactscope.ext.lease"


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "{site}#{path}"),
    sort_key=KeyTemplate("SK", "LOCK"),
    fields={"token": Alias("lease_token"), "expires_at": Alias("lease_expires_at")},
)
@define
class PageLock(LeaseFields):
    """A lease in a table of several kinds, under a key of two parts."""

    site: str
    path: str
    note: str = ""


@pytest.fixture
def table_names(table_names, fresh_table):
    """The tables of the entities, and one for leases."""
    return table_names | {"Lease": fresh_table("name")}


@pytest.fixture
def leases(client, shell, table_names):
    """Make leases: `leases("job")`."""
    return Leases(client, table_names)


@pytest.fixture
def lease(leases):
    """A lease that nobody has."""
    return leases("job", owner="the first")


@pytest.fixture
def rival(leases):
    """The same lease, wanted by another process."""
    return leases("job", owner="the second")


@pytest.fixture
def stored_lease(client, table_names):
    """Read the lease that is stored, with a client call of its own."""

    def read():
        key = {"name": {"S": "job"}}
        answer = client.get_item(TableName=table_names["Lease"], Key=key, ConsistentRead=True)
        return from_item(LeaseItem, answer["Item"]) if "Item" in answer else None

    return read


@pytest.fixture
def taken_over(leases, lease, rival):
    """A lease whose first holder was too late; the second one has it."""
    lease.acquire()
    leases.pass_time(10)
    rival.acquire()
    return lease


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


def test_a_missing_table_is_told(leases, client, table_names):
    """With the error of the database, which names it."""
    table_names["Lease"] += "-gone"
    with pytest.raises(errors.TableNotFoundError, match="-gone"):
        leases("job").acquire()


# Items of one's own.


@pytest.fixture
def page(leases):
    """A lease in a table of several kinds."""
    return leases(EntityKey(PageLock, "blog", "/start"))


@pytest.fixture
def stored_page(client, table_names):
    """Read that lease as it is stored."""

    def read():
        key = {"PK": {"S": "blog#/start"}, "SK": {"S": "LOCK"}}
        table = table_names["Shop"]
        return client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    return read


def test_a_lease_may_be_an_item_of_ones_own(page, leases, stored_page):
    """With a key of several parts, and attributes of other names."""
    page.acquire()
    item = stored_page()

    assert ({"S": page.token}, {"N": "1700000010"}) == (
        item["lease_token"],
        item["lease_expires_at"],
    )
    with pytest.raises(LeaseTakenError):
        leases(EntityKey(PageLock, "blog", "/start")).acquire()
    leases(EntityKey(PageLock, "blog", "/other")).acquire()
    page.release()
    assert stored_page() is None


def test_other_attributes_of_the_item_stay(db, page, stored_page):
    """Acquiring and refreshing write what is about the lease."""
    db.put(PageLock("blog", "/start", note="ours"))
    page.acquire()
    page.refresh()

    assert {"S": "ours"} == stored_page()["note"]


def test_an_item_that_does_not_fit_the_class_is_taken(client, table_names, lease):
    """Who has it cannot be said."""
    item = {"name": {"S": "job"}, "token": {"N": "5"}}
    client.put_item(TableName=table_names["Lease"], Item=item)
    with pytest.raises(LeaseTakenError) as taken:
        lease.acquire()

    assert (None, None) == (taken.value.owner, taken.value.expires_at)


# What they look like.


def test_a_lease_shows_its_key_and_state(lease, page):
    """In a debugger; the token is a secret among holders."""
    kind = type(lease).__name__
    assert f"<{kind} lease LeaseItem 'job': not held>" == repr(lease)
    page.acquire()

    assert f"<{kind} lease PageLock 'blog', '/start': held>" == repr(page)


def test_errors_pickle():
    """Task queues send them to other processes."""
    taken = LeaseTakenError("it is taken", owner="x", expires_at=5.0)
    copied = pickle.loads(pickle.dumps(taken))  # noqa: S301 - it is our own
    lost = pickle.loads(pickle.dumps(LeaseLostError("it is lost")))  # noqa: S301 - the same

    assert ("it is taken", "x", 5.0) == (str(copied), copied.owner, copied.expires_at)
    assert "it is lost" == str(lost)


# Many at once.


@pytest.mark.only_sync("threads of the test's own")
@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_of_a_crowd_one_at_a_time_works(db):
    """Each of them gets it in the end, and never two at the same moment."""
    within, most, done = [], [], []

    def work(number):
        with Lease(db, "job", timeout=600, poll=0.1, sleep=lambda _: None) as lease:
            within.append(number)
            most.append(len(within))
            with TransactScope(db) as tx:
                lease.check(tx)
                tx.update(Account, "A-1", add={"balance": 1})
            within.remove(number)
        done.append(number)

    together(8, work)

    assert list(range(8)) == sorted(done)
    assert [1] * 8 == most
    assert 8 == db.get(Account, "A-1").balance


# What only asynchronous code can do: a task is canceled.


@pytest.mark.needs("threads")
def test_a_canceled_block_releases_its_lease(client, table_names):
    """Others need not wait for what nobody works on."""
    db = transactscope.AsyncDatabase(transactscope.in_threads(client), table_names=table_names)

    async def main():
        entered = asyncio.Event()

        async def work():
            async with AsyncLease(db, "job"):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await entered.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return task.cancelled(), await db.get(LeaseItem, "job")

    assert (True, None) == asyncio.run(main())


@pytest.mark.needs("threads")
def test_a_task_that_is_canceled_while_it_acquires_holds_nothing(client, table_names):
    """What may be stored is nobody's until it expires, and `CancelledError` stays what it is."""
    db = transactscope.AsyncDatabase(transactscope.in_threads(client), table_names=table_names)
    under_way, go_on = threading.Event(), threading.Event()

    def hang():
        under_way.set()
        go_on.wait(60)

    async def main():
        lease = AsyncLease(db, "job")
        with Faults(client) as faults:
            faults.next("UpdateItem", calling(hang))
            task = asyncio.create_task(lease.acquire())
            await asyncio.to_thread(under_way.wait, 10)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            go_on.set()
        return task.cancelled(), lease.is_held, lease.token

    assert (True, False, None) == asyncio.run(main())
