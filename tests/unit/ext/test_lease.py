"""Leases before anything is sent: what they take, and what they refuse."""

import threading

import attrs
import pytest
from attrs import define

from tests import engines
from tests.contract.entities import Account
from transactscope import AsyncDatabase, Database, EntityKey, entity, in_threads
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError
from transactscope.ext.lease import AsyncLease, Lease, LeaseFields, LeaseItem
from transactscope.testing import RequestRecorder


@entity("Lease", partition_key="number", extra="forbid")
@define
class Numbered(LeaseFields):
    """A lease that is known by a number."""

    number: int


@define
class Undeclared(LeaseFields):
    """The fields of a lease, stored nowhere."""

    name: str


@pytest.fixture
def client():
    """A client that nobody answers."""
    made = engines.new_client("http://127.0.0.1:9")
    yield made
    made.close()


@pytest.fixture
def db(client):
    """A database from which nothing is sent."""
    with RequestRecorder(client) as sent:
        yield Database(client)
    assert [] == sent.operations


NUMBERS = {
    "duration": [0, -1, True, "60", None, float("nan"), float("inf"), 10**9],
    "margin": [-0.1, 60, 61, None, float("nan"), "1"],
    "timeout": [-1, float("inf"), None, "5"],
    "poll": [0, -1, None, float("inf")],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NUMBERS.items() for value in values]
)
def test_a_number_out_of_its_range_is_refused(db, name, value):
    """When the lease is made, with the name of the argument."""
    with pytest.raises(InvalidRequestError, match=f"{name}= must be ") as refused:
        Lease(db, "job", **{name: value})

    assert "INVALID_POLICY" == refused.value.code


@pytest.mark.parametrize("timeout", [-1, "5", float("nan"), True], ids=str)
def test_a_time_that_nobody_can_wait_for_is_refused(db, timeout):
    """At the call."""
    with pytest.raises(InvalidRequestError, match="timeout= must be seconds"):
        Lease(db, "job").acquire(timeout=timeout)


@pytest.mark.parametrize("name", ["clock", "wall_clock", "sleep", "random", "new_token"])
def test_what_cannot_be_called_is_refused(db, name):
    """`sleep` may be left out."""
    with pytest.raises(InvalidRequestError, match=f"{name}= must be a function, not int"):
        Lease(db, "job", **{name: 5})


WRONG_KEYS = {
    "a class": (LeaseItem, "not type"),
    "an item": (LeaseItem("job"), "not LeaseItem"),
    "nothing": (None, "not NoneType"),
    "the key of something else": (EntityKey(Account, "A-1"), "not one of Account"),
}


@pytest.mark.parametrize("wrong", WRONG_KEYS)
def test_what_is_no_key_of_a_lease_is_refused(db, wrong):
    """It says what it takes."""
    given, words = WRONG_KEYS[wrong]
    with pytest.raises(InvalidRequestError, match=f"derived from LeaseFields, {words}"):
        Lease(db, given)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (lambda: "", InvalidKeyError),
        (lambda: "x" * 2049, InvalidKeyError),
        (lambda: EntityKey(Numbered, "7"), ConversionError),
        (lambda: EntityKey(Undeclared, "job"), InvalidRequestError),
    ],
    ids=["empty", "too long", "wrong type", "no entity"],
)
def test_a_key_that_cannot_be_stored_is_refused_when_the_lease_is_made(db, key, error):
    """And not when it is acquired for the first time."""
    with pytest.raises(error):
        Lease(db, key())


@pytest.mark.parametrize("owner", [5, b"x", ["x"]], ids=repr)
def test_an_owner_is_a_text(db, owner):
    """It is for people."""
    with pytest.raises(InvalidRequestError, match="owner= must be a text or None"):
        Lease(db, "job", owner=owner)


@pytest.mark.parametrize("token", ["", None, 5], ids=repr)
def test_a_token_is_a_text_that_is_not_empty(db, token):
    """An empty one would be everybody's."""
    with pytest.raises(InvalidRequestError, match="new_token= must return a text"):
        Lease(db, "job", new_token=lambda: token).acquire()


def test_each_kind_of_lease_takes_its_kind_of_database(db, client):
    """And names the other kind."""
    async_db = AsyncDatabase(in_threads(client))
    with pytest.raises(InvalidRequestError, match="not of AsyncDatabase; there is also AsyncLease"):
        Lease(async_db, "job")
    with pytest.raises(InvalidRequestError, match="not of Database; there is also Lease"):
        AsyncLease(db, "job")
    with pytest.raises(InvalidRequestError, match="not of DynamoDB"):
        Lease(client, "job")


class Reckless:
    """An argument whose own code fails."""

    @property
    def __class__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize("name", ["db", "key", "owner", "duration"])
def test_an_argument_that_cannot_be_read_is_refused(db, name):
    """With what it raised as the cause."""
    given = {"db": db, "key": "job"} | {name: Reckless()}
    with pytest.raises(InvalidRequestError) as refused:
        Lease(given.pop("db"), given.pop("key"), **given)

    assert "UNREADABLE_ARGUMENT" == refused.value.code
    assert ZeroDivisionError is type(refused.value.__cause__)


def test_tokens_are_random(client):
    """Two leases never have the same one by chance."""
    leases = [Lease(Database(client), "job") for _ in range(2)]
    tokens = [lease._holder.new_token() for lease in leases]

    assert 2 == len(set(tokens))
    assert [32, 32] == [len(token) for token in tokens]


def test_the_fields_of_a_lease_have_room_for_those_of_a_key():
    """They come by keyword, so that others without a default may be first."""
    assert Numbered(7, token="t") == attrs.evolve(Numbered(7), token="t")
    with pytest.raises(TypeError):
        Numbered(7, "t")


def test_a_refresh_that_meets_a_release_does_not_undo_it(db):
    """Of two threads, one has refreshed it, and has not noted that yet."""
    lease = Lease(db, "job")
    holder = lease._holder
    holder.keep(holder.claim("t-1"))
    longer = holder.claim("t-1")
    releasing = threading.Thread(target=holder.forget, args=("t-1",))
    releasing.start()
    releasing.join()
    holder.keep_if_held(longer)

    assert lease.token is None


def test_what_is_noted_late_leaves_another_acquisition_alone(db):
    """Each is known by its token."""
    holder = Lease(db, "job")._holder
    holder.keep(holder.claim("t-2"))
    holder.keep_if_held(holder.claim("t-1"))
    holder.forget("t-1")

    assert "t-2" == holder.holding.token
