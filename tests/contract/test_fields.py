"""Times that the library writes, time to live, names of attributes, and kinds in one table."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

import pytest
from attrs import define, evolve, field, frozen

from tests.contract.entities import Account
from tests.shells import Database, TransactScope
from transactscope import Attr, KeyTemplate, ScopeState, entity, if_not_exists, path, to_item
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    InvalidRequestError,
    StaleReadError,
    TransactionCanceledError,
)
from transactscope.fields import TTL, Alias, CreatedAt, OmitIfDefault, OmitIfNone, UpdatedAt
from transactscope.testing import conflict, lost_answer

TX = "TransactWriteItems"
START = 1_800_000_000.25
FIRST = datetime.fromtimestamp(START, UTC)


def _text(moment):
    return {"S": moment.isoformat(timespec="microseconds").replace("+00:00", "Z")}


def _after(seconds):
    return FIRST + timedelta(seconds=seconds)


@define
class Place:
    """A nested class with names of its own."""

    city: Annotated[str, Alias("c")]
    street: Annotated[str | None, OmitIfNone] = "none"


@entity("Account", partition_key="number", naming=str.upper)
@define
class Customer:
    """An entity with every marker."""

    number: Annotated[str, Alias("number")]
    name: str = ""
    points: Annotated[int, OmitIfDefault] = 5
    place: Place | None = None
    created: Annotated[datetime | None, CreatedAt] = None
    updated: Annotated[datetime | None, UpdatedAt, Alias("u")] = None
    expires: Annotated[datetime, TTL] | None = None


@entity("Account", partition_key="number", version="version")
@frozen
class Paper:
    """An entity that cannot be changed, with a version."""

    number: str
    text: str = ""
    version: int | None = None
    created: Annotated[datetime | None, CreatedAt] = None
    updated: Annotated[datetime | None, UpdatedAt] = None


@dataclasses.dataclass(frozen=True)
class Note:
    """Somebody else's dataclass, whose times `__init__` does not take."""

    number: str
    text: str = ""
    created: datetime | None = dataclasses.field(default=None, init=False)
    updated: datetime | None = None


entity("Account", partition_key="number", fields={"created": CreatedAt, "updated": (UpdatedAt,)})(
    Note
)


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{number}"),
    discriminator=("kind", "order"),
)
@define
class Order:
    """One kind of item of a table."""

    user_id: str
    number: int
    total: int = 0


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{number}"),
    discriminator=("kind", "gift"),
)
@define
class Gift:
    """Another kind, under the same keys."""

    user_id: str
    number: int
    wish: str = field(default="")


@pytest.fixture
def clock():
    """The wall clock of `db`: a list with the seconds since 1970."""
    return [START]


@pytest.fixture
def db(client, shell, table_names, tokens, clock):
    """A database whose time is what `clock` says, and that never waits."""
    return Database(
        client,
        table_names=table_names,
        new_token=tokens,
        sleep=lambda _seconds: None,
        wall_clock=lambda: clock[0],
    )


@pytest.mark.parametrize("verb", ["put", "insert"])
def test_a_new_object_gets_both_times(db, stored, verb):
    """Creation and last write are the time of the call, in the item and in the object."""
    customer = Customer("A-1")
    getattr(db, verb)(customer)

    assert (_text(FIRST), _text(FIRST)) == (stored("A-1")["CREATED"], stored("A-1")["u"])
    assert (FIRST, FIRST) == (customer.created, customer.updated)
    assert customer == db.get(Customer, "A-1")


@pytest.mark.parametrize("verb", ["put", "replace"])
def test_a_time_of_creation_that_an_object_has_is_kept(db, clock, verb):
    """Whole items are written again and again, and were created once."""
    customer = Customer("A-1")
    db.insert(customer)
    clock[0] += 60
    getattr(db, verb)(customer)

    assert (FIRST, _after(60)) == (customer.created, customer.updated)
    assert customer == db.get(Customer, "A-1")


def test_a_kept_time_stays_the_object_that_it_was(db):
    """A value that is equal is not exchanged for one in another time zone."""
    created = FIRST.astimezone(timezone(timedelta(hours=2)))
    customer = Customer("A-1", created=created)
    db.put(customer)

    assert created is customer.created


def test_objects_learn_of_their_times_when_the_commit_is_done(db, clock):
    """Before it, and after a failure, they are as they were; staged again they get a new time."""
    db.put(Customer("A-2"))
    customer = Customer("A-1")
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.put(customer)
        assert (None, None) == (customer.created, customer.updated)
        tx.insert(Customer("A-2"))

    assert (None, None) == (customer.created, customer.updated)
    clock[0] += 60
    with TransactScope(db) as tx:
        tx.put(customer)
        clock[0] += 60
    assert (_after(60), _after(60)) == (customer.created, customer.updated)


def test_the_time_is_that_of_the_call_however_often_it_is_sent(db, clock, sent, faults, stored):
    """A request that is sent again is the same request."""
    faults.next(TX, conflict(), lost_answer())
    with TransactScope(db) as tx:
        tx.put(Customer("A-1"))
        clock[0] += 1

    bodies = [request.body["TransactItems"] for request in sent.requests if request.operation == TX]
    assert 3 == len(bodies)
    assert bodies[0] == bodies[1] == bodies[2]
    assert _text(FIRST) == stored("A-1")["u"]


def test_an_update_by_key_creates_with_both_times_and_changes_one_of_them(db, clock):
    """An absent item is created by it; one that is there was created before."""
    for _ in range(2):
        db.update(Customer, "A-1", set={"name": "x"})
        clock[0] += 60

    assert Customer("A-1", "x", created=FIRST, updated=_after(60)) == db.get(Customer, "A-1")


def test_a_difference_is_written_with_the_time_and_nothing_without_one(db, clock, sent):
    """The time alone is no difference, whatever the object says of it."""
    db.put(Customer("A-1"))
    clock[0] += 60
    with TransactScope(db) as tx:
        customer = tx.get(Customer, "A-1", guard=False)
        customer.updated = None
        customer.created = None
        assert tx.update(customer) is None
        customer.name = "x"
        tx.update(customer)

    (action,) = sent.requests[-1].body["TransactItems"]
    assert "SET #n0 = :v0, #n1 = :v1" == action["Update"]["UpdateExpression"]
    assert Customer("A-1", "x", created=FIRST, updated=_after(60)) == db.get(Customer, "A-1")
    assert (None, _after(60)) == (customer.created, customer.updated)


def test_a_time_of_creation_that_was_changed_is_a_difference(db):
    """Somebody moves old items over, and knows better."""
    db.put(Customer("A-1"))
    with TransactScope(db) as tx:
        customer = tx.get(Customer, "A-1")
        customer.created = _after(-60)
        tx.update(customer)

    assert _after(-60) == db.get(Customer, "A-1").created


@pytest.mark.parametrize("name", ["created", "updated"])
@pytest.mark.parametrize("word", ["set", "remove"])
def test_no_update_by_key_writes_the_times(db, name, word):
    """It would be written twice at one place."""
    change = {"set": {name: FIRST}, "remove": name}[word]
    with pytest.raises(InvalidRequestError) as caught:
        db.update(Customer, "A-1", **{word: change})

    assert "WRITTEN_BY_LIBRARY" == caught.value.code


def _put(tx):
    tx.put(Customer("A-1", "put"))


def _update(tx):
    tx.update(Customer, "A-1", set={"name": "update"})


def _write_back(tx):
    customer = tx.get(Customer, "A-1") or Customer("A-1")
    customer.name += "x"
    tx.update(customer)


def _delete(tx):
    tx.delete(Customer, "A-1")


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize(
    "calls",
    [
        (_update, _update),
        (_put, _update),
        (_update, _put),
        (_put, _put),
        (_update, _write_back),
        (_write_back, _update),
        (_delete, _update),
        (_delete, _put),
        (_put, _write_back, _update, _update),
    ],
    ids=lambda calls: " ".join(call.__name__.strip("_") for call in calls),
)
def test_several_writes_fold_and_leave_what_they_leave_one_by_one(
    db, clock, stored, calls, is_there
):
    """One action per item, with the last time of writing, and the right one of creation."""
    if calls[0] is _write_back and not is_there:
        return  # there is nothing to write back
    found = []
    for scopes in (calls, [calls]):
        db.delete(Customer, "A-1")
        clock[0] = START
        if is_there:
            db.put(Customer("A-1", created=_after(-60)))
        for scope in scopes:
            with TransactScope(db) as tx:
                for call in scope if isinstance(scope, tuple) else (scope,):
                    clock[0] += 1
                    call(tx)
        found.append(stored("A-1"))

    assert _text(_after(len(calls))) == found[0]["u"]
    assert found[0] == found[1]


def test_a_default_after_a_value_folds(db, stored):
    """It is there by then, so the second call changes nothing of it."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", set={"note": "x"})
        tx.update(Account, "A-1", set={"note": if_not_exists("note", "y")})
        tx.update(Account, "A-1", set={"note": if_not_exists("note", "z")})

    assert {"S": "x"} == stored("A-1")["note"]


def test_frozen_objects_are_handed_back_with_version_and_times(db, clock):
    """They cannot be changed, so the result has the changed ones."""
    paper = Paper("A-1", "x")
    with TransactScope(db) as tx:
        tx.insert(paper)
    first = tx.result.current(paper)
    clock[0] += 60
    with TransactScope(db) as tx:
        tx.get(Paper, "A-1")
        tx.update(evolve(first, text="y"))

    assert Paper("A-1", "x") == paper
    assert Paper("A-1", "x", 1, FIRST, FIRST) == first
    assert Paper("A-1", "y", 2, FIRST, _after(60)) == tx.result.current(first)
    assert tx.result.current(first) == db.get(Paper, "A-1")


def test_classes_of_others_have_times_as_well(db, stored):
    """Markers are given beside the class, and fields that `__init__` does not take are set."""
    note = Note("A-1", "x")
    current = db.put(note).current(note)

    assert (None, None) == (note.created, note.updated)
    assert (FIRST, FIRST) == (current.created, current.updated)
    assert current == db.get(Note, "A-1")
    assert _text(FIRST) == stored("A-1")["created"]


def test_what_is_read_is_guarded_with_its_times(db, clock):
    """Somebody has written the item in between, even if all else is as it was."""
    db.put(Customer("A-1"))
    with pytest.raises(TransactionCanceledError), TransactScope(db) as tx:
        customer = tx.get(Customer, "A-1")
        customer.name = "x"
        clock[0] += 60
        db.put(Customer("A-1", created=FIRST))
        tx.update(customer)

    assert "" == db.get(Customer, "A-1").name


def test_what_will_be_sent_is_explained_with_its_times(db):
    """It is the request, in words."""
    with TransactScope(db) as tx:
        tx.update(Customer, "A-1", set={"name": "x"})
        (row,) = tx.explain().rows
        tx.rollback()

    shown = repr(_text(FIRST)["S"])
    assert (
        "SET NAME = 'x'",
        f"SET u = {shown}",
        f"SET CREATED = if_not_exists(CREATED, {shown})",
    ) == row.changes


def test_a_marker_of_a_transaction_is_compared_without_its_times(db, clock):
    """It comes again later, which is what it is for."""
    for replayed in (False, True):
        with TransactScope(db) as tx:
            tx.once(Customer("A-1", "x", expires=_after(clock[0] - START)))
            tx.put(Account("A-2"))
        assert replayed is tx.result.replayed
        clock[0] += 60

    assert FIRST == db.get(Customer, "A-1").created


def test_a_time_to_live_is_stored_in_whole_seconds(db, stored):
    """DynamoDB compares seconds; what comes back is a moment again."""
    db.put(Customer("A-1", expires=FIRST))

    assert {"N": "1800000000"} == stored("A-1")["EXPIRES"]
    assert datetime(2027, 1, 15, 8, tzinfo=UTC) == db.get(Customer, "A-1").expires


def test_a_time_to_live_is_compared_and_set_as_a_moment(db):
    """Nobody has to know that it is a number."""
    db.update(Customer, "A-1", set={"expires": FIRST})
    db.update(
        Customer,
        "A-1",
        set={"expires": _after(60)},
        condition=Attr("expires").lt(_after(30)) & Attr("expires").between(FIRST, _after(1)),
    )

    assert _after(59.75) == db.get(Customer, "A-1").expires


def test_expressions_speak_of_fields_at_every_level(db, stored):
    """What is stored is called otherwise."""
    db.put(Customer("A-1", "x", place=Place("Bonn", None)))
    db.update(
        Customer,
        "A-1",
        set={"place.city": "Köln", "name": path("place.city")},
        condition=Attr("place.city").eq("Bonn") & Attr("name").eq("x"),
    )

    assert {"M": {"c": {"S": "Köln"}}} == stored("A-1")["PLACE"]
    assert {"S": "Bonn"} == stored("A-1")["NAME"]
    assert Place("Köln", None) == db.get(Customer, "A-1").place


def test_what_is_left_out_is_removed_by_a_difference(db, stored):
    """A value that becomes the default, or None, leaves the item."""
    db.put(Customer("A-1", points=6, place=Place("Bonn", "a street")))
    with TransactScope(db) as tx:
        customer = tx.get(Customer, "A-1")
        customer.points = 5
        customer.place.street = None
        tx.update(customer)

    assert "POINTS" not in stored("A-1")
    assert {"M": {"c": {"S": "Bonn"}}} == stored("A-1")["PLACE"]
    assert customer == db.get(Customer, "A-1")


def test_kinds_are_stored_and_demanded(db):
    """An item of another kind is not taken for this one, whatever its key."""
    db.put(Order("u-1", 7, 10))

    assert Order("u-1", 7, 10) == db.get(Order, "u-1", 7)
    with pytest.raises(ConversionError, match="kind 'order', and Gift is 'gift'"):
        db.get(Gift, "u-1", 7)


def test_an_update_that_creates_an_item_stores_its_kind(db):
    """And it leaves another kind as it is, so that nothing is turned into something else."""
    db.update(Order, "u-1", 7, set={"total": 3})
    db.update(Gift, "u-1", 7, set={"wish": "x"})
    db.update(Order, "u-1", 7, add={"total": 1}, condition=Attr("kind").eq("order"))

    assert Order("u-1", 7, 4) == db.get(Order, "u-1", 7)


def test_updates_of_one_kind_fold(db):
    """The kind is the same for both."""
    with TransactScope(db) as tx:
        tx.update(Order, "u-1", 7, set={"total": 1})
        tx.update(Order, "u-1", 7, set={"total": 2})
        assert Order("u-1", 7, 2) == tx.get(Order, "u-1", 7)
        order = tx.get(Order, "u-1", 7)
        order.total = 5
        tx.update(order)

    assert ScopeState.COMMITTED is tx.state
    assert Order("u-1", 7, 5) == db.get(Order, "u-1", 7)


def test_what_is_read_is_guarded_with_its_kind(db, client, table_names):
    """It has become another thing in between, even if all else is as it was."""
    db.put(Order("u-1", 7))
    other = to_item(Order("u-1", 7)) | {"kind": {"S": "gift"}}
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.get(Order, "u-1", 7)
        client.put_item(TableName=table_names["Shop"], Item=other)
        tx.update(Order, "u-1", 7, add={"total": 1})

    assert ScopeState.CANCELED is tx.state


def test_a_name_that_dynamodb_does_not_take_is_refused(db):
    """A discriminator is an attribute like any other."""

    @entity("Account", partition_key="number", discriminator=("k" * 65_536, "x"))
    @define
    class Long:
        number: str

    with pytest.raises(InvalidRequestError) as caught:
        db.put(Long("A-1"))

    assert "INVALID_ATTRIBUTE_NAME" == caught.value.code


def test_nobody_writes_the_kind_by_hand(db):
    """A change of it would make one thing another."""
    with pytest.raises(InvalidRequestError) as caught:
        db.update(Order, "u-1", 7, set={"kind": "gift"})

    assert "WRITTEN_BY_LIBRARY" == caught.value.code


def test_the_stored_item_of_another_kind_comes_as_it_is(db):
    """A reason shows what is stored, also where it fits no class."""
    gift = Gift("u-1", 7)
    db.put(gift)
    with pytest.raises(ConditionFailedError) as caught:
        db.insert(Order("u-1", 7))

    (reason,) = caught.value.reasons
    assert to_item(gift) == reason.item == reason.stored
