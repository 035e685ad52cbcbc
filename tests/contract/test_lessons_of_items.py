"""What goes wrong elsewhere when objects become items, one test per lesson."""

from datetime import UTC, datetime
from typing import Annotated

import pytest
from attrs import define

from tests.shells import Database, TransactScope
from transactscope import KeyTemplate, entity
from transactscope.fields import TTL, Alias, CreatedAt, OmitIfDefault, OmitIfNone, UpdatedAt

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)


@entity("Account", partition_key="number", version="version", discriminator=("kind", "session"))
@define
class Session:
    """An entity with all that an item can have beside its plain fields."""

    number: str
    tags: set[str] | None = None
    renamed: Annotated[str, Alias("r")] = "x"
    created_at: Annotated[datetime | None, CreatedAt] = None
    updated_at: Annotated[datetime | None, UpdatedAt] = None
    expires: Annotated[datetime | None, TTL] = None
    version: int | None = None


@entity("Account", partition_key="number")
@define
class Switch:
    """An entity whose defaults are not what is empty."""

    number: str
    balance: int = 5
    active: bool = True
    name: str = "somebody"
    ratio: float = 0.5
    data: bytes = b"x"
    note: str | None = "none"
    left_out: Annotated[int, OmitIfDefault] = 5
    on: Annotated[bool, OmitIfDefault] = True
    title: Annotated[str, OmitIfDefault] = "nobody"
    nothing: Annotated[str | None, OmitIfNone] = "something"


@entity("Shop", partition_key=KeyTemplate("PK", "S#{number}"), sort_key=KeyTemplate("SK", "S"))
@define
class Stored:
    """An entity under a composed key, with times."""

    number: str
    created_at: Annotated[datetime | None, CreatedAt] = None
    updated_at: Annotated[datetime | None, UpdatedAt] = None


@pytest.fixture
def db(client, shell, table_names, tokens):
    """A database whose time stands still."""
    return Database(client, table_names=table_names, new_token=tokens, wall_clock=NOW.timestamp)


@pytest.mark.parametrize("verb", ["put", "insert", "replace"])
def test_tt_6_an_item_is_the_same_inside_and_outside_a_transaction(db, stored, verb):
    """Times were zero, time to live a text, and sets lists, if a transaction wrote them."""
    found = []
    for way in ("outside", "inside"):
        db.delete(Session, "A-1")
        session = Session("A-1", {"a", "b"}, expires=NOW)
        if verb == "replace":
            db.put(session)
        if way == "outside":
            getattr(db, verb)(session)
        else:
            with TransactScope(db) as tx:
                getattr(tx, verb)(session)
        item = stored("A-1")
        item["tags"]["SS"].sort()
        found.append((item, session))

    assert found[0] == found[1]
    assert {
        "number": {"S": "A-1"},
        "kind": {"S": "session"},
        "tags": {"SS": ["a", "b"]},
        "r": {"S": "x"},
        "created_at": {"S": "2027-01-15T08:00:00.000000Z"},
        "updated_at": {"S": "2027-01-15T08:00:00.000000Z"},
        "expires": {"N": "1800000000"},
        "version": {"N": "2" if verb == "replace" else "1"},
    } == found[0][0]


def test_tt_6_an_update_is_the_same_inside_and_outside_a_transaction(db, stored):
    """It creates the item with all that a put would have stored."""
    found = []
    for scope in (False, True):
        db.delete(Session, "A-1")
        if scope:
            with TransactScope(db) as tx:
                tx.update(Session, "A-1", set={"renamed": "y", "expires": NOW})
        else:
            db.update(Session, "A-1", set={"renamed": "y", "expires": NOW})
        found.append(stored("A-1"))

    assert found[0] == found[1]
    assert {"number", "kind", "r", "created_at", "updated_at", "expires", "version"} == set(
        found[0]
    )


def test_tt_6_times_are_stored_under_composed_keys_as_well(db):
    """The way to the key is another one, the way to the item is not."""
    for one in (Stored("outside"), Stored("inside")):
        if one.number == "outside":
            db.put(one)
        else:
            with TransactScope(db) as tx:
                tx.put(one)

    outside, inside = (db.get(Stored, number) for number in ("outside", "inside"))
    assert (NOW, NOW, NOW, NOW) == (
        outside.created_at,
        outside.updated_at,
        inside.created_at,
        inside.updated_at,
    )


@pytest.mark.parametrize("scoped", [False, True], ids=["outside", "inside"])
def test_tt_8_what_is_empty_comes_back_as_it_was(db, stored, scoped):
    """0 and False were left out, and came back as the defaults 5 and True."""
    empty = Switch(
        "A-1",
        balance=0,
        active=False,
        name="",
        ratio=0.0,
        data=b"",
        note=None,
        left_out=0,
        on=False,
        title="",
        nothing=None,
    )
    if scoped:
        with TransactScope(db) as tx:
            tx.put(empty)
    else:
        db.put(empty)

    assert empty == db.get(Switch, "A-1")
    assert {"N": "0"} == stored("A-1")["left_out"]
    assert "nothing" not in stored("A-1")


def test_tt_8_only_what_was_marked_is_left_out(db, stored):
    """A default is stored like any other value, unless the class says otherwise."""
    db.put(Switch("A-1"))

    assert Switch("A-1") == db.get(Switch, "A-1")
    assert {"number", "balance", "active", "name", "ratio", "data", "note", "nothing"} == set(
        stored("A-1")
    )


def test_tt_8_a_difference_to_what_is_empty_is_written(db):
    """An update that sets 0 or False is no removal, and no default."""
    db.put(Switch("A-1"))
    with TransactScope(db) as tx:
        switch = tx.get(Switch, "A-1")
        switch.balance, switch.active, switch.name = 0, False, ""
        switch.left_out, switch.on, switch.title = 0, False, ""
        tx.update(switch)

    assert switch == db.get(Switch, "A-1")
