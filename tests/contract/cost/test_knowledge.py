"""What is known of the stored item decides whether a cost is exact."""

import pytest

from tests.contract.cost.given import alone, course, only_sync, sized
from tests.contract.entities import Account, Loose, Sheet
from tests.shells import TransactScope
from transactscope import Attr, path

pytestmark = pytest.mark.needs("capacity")


@pytest.mark.parametrize("verb", ["put", "replace"])
def test_what_is_written_over_is_not_known(db, large, verb):
    """The stored item is larger, and nobody has read it: the figure is marked as the least."""
    tx = TransactScope(db).begin()
    getattr(tx, verb)(Account(large))

    assert (2, False, 10) == course(tx)


@only_sync
def test_what_a_single_write_writes_over_is_not_known(db, client, large):
    """The same outside a transaction."""
    with TransactScope(db) as tx:
        action = tx.put(Account(large))
        tx.rollback()

    assert (1, False, 5) == alone(client, action)


CHANGES = {
    "put": lambda tx, found: tx.put(Account(found.number)),
    "put more": lambda tx, _: tx.put(sized(6000)),
    "update": lambda tx, _: tx.update(Account, "A-1", set={"note": "short"}),
    "update more": lambda tx, _: tx.update(
        Account, "A-1", set={"address": {"a": "x" * 200}, "either": path("note")}
    ),
    "update the entity": lambda tx, found: (setattr(found, "note", "y" * 7000), tx.update(found)),
    "delete": lambda tx, _: tx.delete(Account, "A-1"),
    "check": lambda tx, _: tx.check(Account, "A-1", condition=Attr("balance").eq(0)),
    "nothing": lambda tx, _: tx.put(Account("A-2"), condition=Attr("number").not_exists()),
    "put again": lambda tx, _: (tx.delete(Account, "A-1"), tx.put(sized(5500))),
}

UNITS = {
    "put": 10,
    "put more": 12,
    "update": 10,
    "update more": 20,
    "update the entity": 14,
    "delete": 10,
    "check": 10,
    "nothing": 12,
    "put again": 12,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_read_is_known(db, large, change):
    """A guard demands that the item is as it was read, so both of its sizes are known."""
    tx = TransactScope(db).begin()
    CHANGES[change](tx, tx.get(Account, large))

    assert (UNITS[change], True, UNITS[change]) == course(tx)


def test_without_a_guard_what_was_read_is_not_known(db, large):
    """Somebody may have made the item smaller or larger meanwhile."""
    tx = TransactScope(db).begin()
    tx.get(Account, large, guard=False)
    tx.delete(Account, large)

    assert (2, False, 10) == course(tx)


def test_a_version_stands_for_the_whole_item(db):
    """Every writer raises it, so what it guards is known, and no value is compared."""
    db.put(Sheet("A-1", note="x" * 3000))
    tx = TransactScope(db).begin()
    found = tx.get(Sheet, "A-1")
    found.note = "y" * 4000
    tx.update(found)

    assert 0 == tx.explain().rows[0].guarded_values
    assert (8, True, 8) == course(tx)


def test_attributes_that_no_class_maps_are_not_guarded(db):
    """The guard of values says nothing of them, so the item may be larger than it was."""
    db.put(Account("A-1", note="x" * 3000))
    tx = TransactScope(db).begin()
    tx.get(Loose, "A-1")
    tx.delete(Loose, "A-1")

    assert (2, False, 6) == course(tx)


@pytest.mark.parametrize("verb", ["put", "delete", "update", "check"])
def test_an_item_that_was_not_there_is_known(db, verb):
    """The guard demands that there is still none, and so the least is charged for nothing."""
    tx = TransactScope(db).begin()
    tx.get(Account, "A-9")
    if verb == "put":
        tx.put(sized(2000, "A-9"))
    elif verb == "delete":
        tx.delete(Account, "A-9")
    elif verb == "update":
        tx.update(Account, "A-9", set={"note": "x" * 2000})
    units = 2 if verb in ("delete", "check") else 4
    if verb == "check":
        tx.insert(Account("A-8"))
        units += 2

    assert (units, True, units) == course(tx)


def test_a_check_costs_as_much_as_a_write(db, large):
    """The item that it looks at is charged, by its size, and nobody has read it here."""
    tx = TransactScope(db).begin()
    tx.check(Account, large, condition=Attr("number").exists())

    assert (2, False, 10) == course(tx)


@pytest.mark.parametrize("verb", ["delete", "check", "update"])
def test_a_condition_that_finds_no_item_is_known(db, verb):
    """Whoever demands that nothing is stored says what is stored."""
    absent = Attr("number").not_exists() & Attr("balance").not_exists()
    tx = TransactScope(db).begin()
    if verb == "delete":
        tx.delete(Account, "A-9", condition=absent)
    elif verb == "check":
        tx.check(Account, "A-9", condition=absent)
    else:
        tx.update(Account, "A-9", set={"note": "x" * 1100}, condition=absent)
    units = 4 if verb == "update" else 2

    assert (units, True, units) == course(tx)


def test_an_item_that_must_be_there_has_at_least_its_key(db):
    """A long key alone costs more than the least that there is."""
    number = "A" * 1500
    db.put(Account(number))
    tx = TransactScope(db).begin()
    tx.delete(Account, number, condition=Attr("number").exists())

    assert (4, False, 4) == course(tx)


def test_a_long_key_of_nothing_costs_the_least(db):
    """What may not be there is not charged for its key."""
    tx = TransactScope(db).begin()
    tx.delete(Account, "A" * 1500)

    assert (2, False, 2) == course(tx)


def test_what_boto3_was_told_is_known_as_far_as_it_can_be(db, table_names, large):
    """A condition in text is not read here, so nothing is known of the stored item."""
    tx = TransactScope(db).begin()
    tx.client.put_item(
        TableName=table_names["Account"],
        Item={"number": {"S": "A-2"}, "note": {"S": "x" * 1100}},
        ConditionExpression="attribute_not_exists(#n)",
        ExpressionAttributeNames={"#n": "number"},
    )
    tx.client.update_item(
        TableName=table_names["Account"], Key={"number": {"S": large}}, UpdateExpression="REMOVE a"
    )

    assert (6, False, 14) == course(tx)


def test_what_text_will_store_is_not_known(db, table_names, large):
    """What was read is known, and what an update in text makes of it is not."""
    tx = TransactScope(db).begin()
    tx.get(Account, large)
    tx.client.update_item(
        TableName=table_names["Account"],
        Key={"number": {"S": large}},
        UpdateExpression="SET extra = :e",
        ExpressionAttributeValues={":e": {"S": "x" * 2000}},
    )

    assert (10, False, 14) == course(tx)
