"""Whoever has lost the lease publishes nothing, and whoever has it publishes once."""

import functools

import pytest
from botocore.exceptions import ClientError

from samples.patterns.lease_guarded_publish import (
    Lock,
    Page,
    PageChangedError,
    Request,
    RequestSettledError,
    Version,
    hash_of,
    lease_of,
    publish,
    start,
)
from samples.patterns.tests.crowds import at_once, failures
from transactscope import TransactScope, to_key
from transactscope.errors import ConditionFailedError
from transactscope.ext.lease import LeaseLostError, LeaseTakenError

NEW = Page("/start")


@pytest.fixture
def db(deployment):
    """A database where a page is wanted, and nobody makes it."""
    made = deployment.database
    made.create_table(Lock)
    start(made, "/start", "r-1", "Hello")
    return made


@pytest.fixture
def seconds():
    """The time of all workers, which passes where a test says so."""
    return {"now": 1000.0}


@pytest.fixture
def new_lease(db, seconds):
    """Make the lease of one more worker: it lasts 60 seconds."""

    def clock():
        return seconds["now"]

    return functools.partial(lease_of, db, "/start", clock=clock, wall_clock=clock)


@pytest.fixture
def lease(new_lease):
    """The lease of a worker that has it."""
    made = new_lease()
    made.acquire()
    return made


@pytest.fixture
def steal(new_lease, seconds):
    """Let the time of a lease be over, and another worker have it."""

    def take():
        seconds["now"] += 60
        thief = new_lease()
        thief.acquire()
        return thief

    return take


@pytest.fixture
def keys(rows):
    """Read the sort keys of everything that is stored."""
    return lambda: sorted(row["SK"] for row in rows("Pages"))


def test_publishing_is_one_request_of_four_actions(db, lease, keys, sent):
    """The lock is gone, the version is there and shown, and the request is completed."""
    sent.clear()
    assert "v-1" == publish(db, lease, NEW, "r-1", "Hello")

    assert ["TransactWriteItems with 4 actions"] == sent
    assert ["META", "REQ#r-1", "VER#v-1"] == keys()
    assert Page("/start", "v-1", 1) == db.get(Page, "/start")
    assert Version("/start", "v-1", "<h1>Hello</h1>") == db.get(Version, "/start", "v-1")
    assert ("completed", "v-1") == _outcome(db, "r-1")
    assert not lease.is_held


def _outcome(db, key):
    request = db.get(Request, "/start", key)
    return request.status, request.result


def _unpublished(db, keys):
    nothing = {"META", "VER#v-1"}.isdisjoint(keys())
    return nothing and ("started", None) == _outcome(db, "r-1")


def test_one_worker_at_a_time_makes_a_page(lease, new_lease):
    """The others are told, and the lease is where the page is."""
    with pytest.raises(LeaseTakenError, match="'/start'"):
        new_lease().acquire()

    assert lease.is_held


def test_who_is_too_late_by_their_own_clock_publishes_nothing(db, lease, seconds, keys, sent):
    """Nothing is sent."""
    seconds["now"] += 60
    sent.clear()
    with pytest.raises(LeaseLostError):
        publish(db, lease, NEW, "r-1", "Hello")

    assert [] == sent
    assert _unpublished(db, keys)


def test_an_expired_lease_publishes_nothing(db, lease, client, deployment, keys):
    """What counts is the time that is stored."""
    client.update_item(
        TableName=deployment.name_of("Pages"),
        Key=to_key(Lock, "/start"),
        UpdateExpression="SET lease_expires_at = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    with pytest.raises(LeaseLostError):
        publish(db, lease, NEW, "r-1", "Hello")

    assert _unpublished(db, keys)


@pytest.mark.parametrize("is_released", [False, True], ids=["held", "released"])
def test_a_stolen_lease_publishes_nothing(db, lease, steal, keys, is_released):
    """The worker was paused before its commit; another one has, or had, the lease meanwhile."""
    late = TransactScope(db).begin()
    publish(late, lease, NEW, "r-1", "Hello")
    thief = steal()
    if is_released:
        thief.release()
    with pytest.raises(LeaseLostError):
        late.commit()

    assert _unpublished(db, keys)
    assert is_released != ("LOCK" in keys())


def test_a_late_worker_does_not_undo_what_another_has_published(db, lease, steal):
    """What is shown is what the holder of the lease has made."""
    late = TransactScope(db).begin()
    publish(late, lease, NEW, "r-1", "Hello")
    publish(db, steal(), NEW, "r-1", "Hello")
    with pytest.raises(LeaseLostError):
        late.commit()

    assert Page("/start", "v-1", 1) == db.get(Page, "/start")
    assert ("completed", "v-1") == _outcome(db, "r-1")


def test_a_check_and_a_delete_of_the_lock_are_refused_by_dynamodb(db, lease, client, deployment):
    """Written as two actions on the lock, as guides have it, the request is never accepted."""
    lock = {"TableName": deployment.name_of("Pages"), "Key": to_key(Lock, "/start")}
    held = {
        "ConditionExpression": "lease_token = :t AND lease_expires_at > :now",
        "ExpressionAttributeValues": {":t": {"S": lease.token}, ":now": {"N": "1000"}},
    }
    with pytest.raises(ClientError, match="multiple operations on one item") as refused:
        client.transact_write_items(
            TransactItems=[{"ConditionCheck": lock | held}, {"Delete": lock}]
        )

    assert "ValidationException" == refused.value.response["Error"]["Code"]
    assert db.get(Lock, "/start") is not None


def test_the_same_two_calls_fold_into_one_action(db, lease, keys, sent):
    """In a scope they may be written as guides have it."""
    sent.clear()
    with TransactScope(db) as tx:
        lease.check(tx)
        tx.delete(Lock, "/start")
        tx.insert(Version("/start", "v-1", "x"))
        kinds = [row.kind for row in tx.explain().rows]

    assert ["Delete", "Put"] == kinds
    assert ["TransactWriteItems with 2 actions"] == sent
    assert ["REQ#r-1", "VER#v-1"] == keys()


def test_the_folded_form_is_refused_like_the_other(db, lease, steal, keys):
    """The check is not lost in it."""
    with pytest.raises(LeaseLostError), TransactScope(db) as tx:
        lease.check(tx)
        tx.delete(Lock, "/start")
        tx.insert(Version("/start", "v-1", "x"))
        steal()

    assert ["LOCK", "REQ#r-1"] == keys()


def test_a_request_is_completed_once(db, lease, new_lease):
    """A worker that has the lease, and comes for work that is done, publishes nothing."""
    publish(db, lease, NEW, "r-1", "Hello")
    with pytest.raises(RequestSettledError), new_lease() as other:
        publish(db, other, db.get(Page, "/start"), "r-1", "Hello")

    assert Page("/start", "v-1", 1) == db.get(Page, "/start")
    assert db.get(Lock, "/start") is None


def test_a_request_about_another_source_is_not_completed(db, lease, keys):
    """What was made is not what was wanted."""
    with pytest.raises(RequestSettledError):
        publish(db, lease, NEW, "r-1", "Good bye")

    assert _unpublished(db, keys)
    assert lease.is_held


@pytest.mark.parametrize("current", [None, "by hand"], ids=["empty", "by hand"])
def test_a_page_that_was_stored_otherwise_is_published(db, lease, current):
    """Whoever knows what is shown may show something else, whatever its number is."""
    db.insert(Page("/start", current))
    publish(db, lease, db.get(Page, "/start"), "r-1", "Hello")

    assert Page("/start", "v-1", 1) == db.get(Page, "/start")


def test_a_version_is_never_overwritten(db, lease, keys):
    """An id that is taken is that of another version, whoever has stored it."""
    there = Version("/start", "v-1", "<h1>By hand</h1>")
    db.insert(there)
    with pytest.raises(ConditionFailedError):
        publish(db, lease, NEW, "r-1", "Hello")

    assert there == db.get(Version, "/start", "v-1")
    assert ["LOCK", "REQ#r-1", "VER#v-1"] == keys()


def test_a_page_that_has_changed_is_not_overwritten(db, lease, keys):
    """Somebody has published it without the lease."""
    db.insert(Page("/start", "by hand"))
    with pytest.raises(PageChangedError):
        publish(db, lease, NEW, "r-1", "Hello")

    assert "by hand" == db.get(Page, "/start").current
    assert "VER#v-1" not in keys()


def test_a_page_that_shows_another_version_is_not_overwritten(db, lease):
    """The number alone would not tell: it is what the worker has seen."""
    db.insert(Page("/start", "v-1", 1))
    seen = db.get(Page, "/start")
    db.put(Page("/start", "by hand", 1))
    with pytest.raises(PageChangedError):
        publish(db, lease, seen, "r-1", "Hello")

    assert Page("/start", "by hand", 1) == db.get(Page, "/start")
    assert lease.is_held


def test_to_want_a_page_twice_is_to_want_it_once(db):
    """The request is the same as long as its source is."""
    start(db, "/start", "r-1", "Hello")

    assert Request("/start", "r-1", hash_of("Hello")) == db.get(Request, "/start", "r-1")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_a_crowd_of_workers_publishes_one_after_the_other(db, rows):
    """Every request is completed, by a version of its own, and none was overwritten."""
    for number in range(8):
        start(db, "/start", f"w-{number}", f"source {number}")

    def work(number):
        with lease_of(db, "/start", timeout=600, poll=0.1, sleep=lambda _: None) as lease:
            page = db.get(Page, "/start") or NEW
            return publish(db, lease, page, f"w-{number}", f"source {number}")

    outcomes = at_once(*(functools.partial(work, number) for number in range(8)))

    assert [] == failures(outcomes)
    assert [f"v-{number}" for number in range(1, 9)] == sorted(outcomes)
    assert Page("/start", "v-8", 8) == db.get(Page, "/start")
    assert 8 == sum(row["SK"].startswith("VER#") for row in rows("Pages"))
