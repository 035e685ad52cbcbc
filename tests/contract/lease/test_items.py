"""The items of leases, and their tables."""

import pickle

import pytest
from attrs import define

from transactscope import EntityKey, KeyTemplate, entity, errors
from transactscope.ext.lease import LeaseFields, LeaseLostError, LeaseTakenError
from transactscope.fields import Alias


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
