"""`get`: consistent, and aware of what is staged."""

import pytest

from tests.contract.entities import Account, Order
from tests.shells import TransactScope
from transactscope import Attr, EntityKey, if_not_exists, list_append, path
from transactscope.errors import ConversionError, InvalidRequestError


def test_get_is_one_consistent_read(db, sent, account):
    """A read that decides a write must not see yesterday."""
    sent.clear()
    with TransactScope(db) as tx:
        found = tx.get(Account, "A-1", guard=False)

    assert account == found
    assert ["GetItem"] == sent.operations
    assert sent.requests[0].body["ConsistentRead"] is True


def test_get_of_an_absent_item_is_none(db):
    """Absence is an answer."""
    assert db.get(Account, "A-1") is None
    with TransactScope(db) as tx:
        assert tx.get(EntityKey(Account, "A-1"), guard=False) is None


def test_a_database_reads_with_the_same_arguments(db, account):
    """Code that takes a scope or a database calls both alike."""
    assert account == db.get(Account, "A-1", guard=False) == db.get(EntityKey(Account, "A-1"))


def test_get_sees_a_staged_put_without_sending(db, sent):
    """What will be written is known here."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 5, tags=["a"]))

        found = tx.get(Account, "A-1", guard=False)
        tx.rollback()

    assert Account("A-1", 5, tags=["a"]) == found
    assert [] == sent.operations


def test_get_sees_a_staged_delete_without_sending(db, sent, account):
    """What will be gone is gone for the code in the block."""
    sent.clear()
    with TransactScope(db) as tx:
        tx.delete(account)

        assert tx.get(Account, "A-1", guard=False) is None
        tx.rollback()

    assert [] == sent.operations


UPDATES = {
    "set": {"set": {"balance": 1, "note": "x"}},
    "set none": {"set": {"note": None}},
    "default there": {"set": {"balance": if_not_exists("balance", 99)}},
    "default missing": {"set": {"note": if_not_exists("note", "first")}},
    "append": {"set": {"tags": list_append("tags", ["c"])}},
    "prepend": {"set": {"tags": list_append(["z"], path("tags"))}},
    "plus": {"set": {"balance": path("balance") + 5}},
    "minus from a number": {"set": {"balance": 100 - path("balance")}},
    "copy": {"set": {"note": path("status")}},
    "swap": {"set": {"note": path("status"), "status": path("address.city")}},
    "nested": {"set": {"address.city": "Ulm", "address.zip": "89073"}},
    "index": {"set": {"tags[1]": "B"}},
    "past the end": {"set": {"tags[2]": "C"}},
    "add": {"add": {"balance": -3}},
    "add to a set": {"add": {"roles": {"y", "z"}}},
    "delete from a set": {"delete": {"roles": {"x"}}},
    "delete all of a set": {"delete": {"roles": {"x", "y"}}},
    "remove": {"remove": ["note", "address.city", "tags[0]"]},
    "all": {
        "set": {"note": "n"},
        "add": {"balance": 1},
        "remove": "tags",
        "delete": {"roles": {"y"}},
    },
}


@pytest.mark.parametrize("name", UPDATES)
def test_get_sees_a_staged_update_as_the_engine_will_store_it(db, name):
    """What a read shows before the commit is what a read shows after it."""
    before = Account("A-1", 10, tags=["a", "b"], roles={"x", "y"}, address={"city": "Bonn"})
    db.put(before)

    with TransactScope(db) as tx:
        tx.update(Account, "A-1", **UPDATES[name])
        seen = tx.get(Account, "A-1", guard=False)

    assert seen == db.get(Account, "A-1")
    assert name in ("default there", "set none") or seen != before


def test_get_sees_a_staged_update_of_an_absent_item(db):
    """An update that will create the item shows it."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", add={"balance": 5}, set={"status": "new"})
        seen = tx.get(Account, "A-1", guard=False)

    assert Account("A-1", 5, "new") == seen == db.get(Account, "A-1")


def test_a_staged_update_that_cannot_apply_is_an_error(db, account):
    """The commit would fail, and the read says why."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", set={"balance": path("note") + 1})
        with pytest.raises(InvalidRequestError, match="note"):
            tx.get(Account, "A-1", guard=False)
        tx.rollback()


def test_a_raw_update_hides_what_it_will_store(db, table_names, account):
    """What cannot be known is said, not guessed."""
    with TransactScope(db) as tx:
        tx.client.update_item(
            TableName=table_names["Account"],
            Key={"number": {"S": "A-1"}},
            UpdateExpression="REMOVE note",
        )
        with pytest.raises(InvalidRequestError, match="raw update"):
            tx.get(Account, "A-1", guard=False)
        tx.rollback()


def test_get_beside_a_staged_check_reads_what_is_stored(db, account):
    """A check changes nothing."""
    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("balance").eq(10))

        assert account == tx.get(Account, "A-1", guard=False)


def test_an_item_that_does_not_fit_the_class_is_a_conversion_error(db, client, table_names):
    """A wrong type is reported with its path, and no value is shown."""
    item = {"number": {"S": "A-1"}, "balance": {"S": "secret"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    with pytest.raises(ConversionError, match=r"Account\.balance") as caught:
        db.get(Account, "A-1")

    assert "secret" not in str(caught.value)


def test_unknown_attributes_are_tolerated(db, client, table_names):
    """Tomorrow's writer must not break today's reader."""
    item = {"number": {"S": "A-1"}, "new": {"S": "x"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    assert Account("A-1") == db.get(Account, "A-1")


def test_a_stored_key_that_disagrees_with_its_fields_is_refused(db, client, table_names):
    """A reader must not write back to another item than the one it read."""
    item = {
        "PK": {"S": "USER#u-1"},
        "SK": {"S": "ORDER#00000007"},
        "user_id": {"S": "u-1"},
        "number": {"N": "8"},
    }
    client.put_item(TableName=table_names["Shop"], Item=item)

    with pytest.raises(ConversionError, match=r"Order\.SK.*disagree"):
        db.get(Order, "u-1", 7)
