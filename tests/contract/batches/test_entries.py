"""What a batch takes, and how it treats an item that comes twice."""

import decimal

import pytest
from attrs import define

from tests.contract.batches.given import WRITE, new_accounts
from tests.contract.entities import Account, Loose, Sheet
from tests.shells import Database
from transactscope import EntityKey, entity
from transactscope.errors import (
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
)
from transactscope.testing import unprocessed


@entity("Numbered", partition_key="number")
@define
class Numbered:
    """An item under a number."""

    number: decimal.Decimal
    note: str = ""


# What is given.


@pytest.mark.parametrize(
    ("puts", "deletes"),
    [([EntityKey(Account, "A-1")], ()), ([{"number": "A-1"}], ()), ((), ["A-1"]), ((), [Account])],
    ids=["key", "dict", "text", "class"],
)
def test_what_is_no_entity_is_refused(db, sent, puts, deletes):
    """A put is an entity, and a delete says which item: there is no third kind."""
    with pytest.raises(InvalidRequestError):
        db.batch_write(puts, deletes)

    assert [] == sent.operations


@pytest.mark.parametrize(
    ("puts", "deletes"), [([Sheet("A-1")], ()), ((), [Sheet("A-1", version=3)])], ids=["put", "del"]
)
def test_a_guard_is_never_dropped(db, sent, puts, deletes):
    """A batch carries no conditions, so it does not take what needs one."""
    with pytest.raises(InvalidRequestError, match=r"Sheet.*'A-1'.*cannot carry") as caught:
        db.batch_write(puts, deletes)

    assert "GUARD_IN_BATCH" == caught.value.code
    assert [] == sent.operations


def test_a_versioned_item_can_be_deleted_by_its_key(db, rows):
    """A key says nothing of a version, in a batch as elsewhere."""
    db.insert(Sheet("A-1"))
    db.batch_write(deletes=[EntityKey(Sheet, "A-1")])

    assert [] == rows()


@pytest.mark.parametrize("chunk", [None, False, 2])
def test_an_item_twice_in_one_request_is_refused(db, sent, chunk):
    """DynamoDB refuses it, too, and does not say which item it is."""
    with pytest.raises(DuplicateTargetError, match=r"'A-1', comes twice \(put, delete\)"):
        db.batch_write([Account("A-1")], [EntityKey(Account, "A-1")], chunk=chunk)

    assert [] == sent.operations


def test_keys_compare_as_dynamodb_compares_them(db, client, fresh_table):
    """1 and 1.0 are one item."""
    numbered = Database(client, table_names={"Numbered": fresh_table(("number", "N"))})
    one, same = Numbered(decimal.Decimal(1), "x"), Numbered(decimal.Decimal("1.0"), "y")
    with pytest.raises(DuplicateTargetError):
        numbered.batch_write([one, same])
    numbered.put(one)
    keys = [EntityKey(Numbered, each.number) for each in (one, same)]

    assert {keys[0]: one} == dict(numbered.batch_get(keys))


def test_an_item_that_comes_again_waits_for_the_first(db, faults, client, table_names):
    """What comes last in the input is what is stored, also where the first was left over."""
    faults.next(WRITE, unprocessed(0))
    accounts = [*new_accounts(25), *new_accounts(24, 100), Account("A-0", 99)]
    result = db.batch_write(accounts, in_flight=1)

    assert 3 == result.requests
    assert 50 == result.done
    assert 99 == db.get(Account, "A-0").balance


def test_a_key_twice_is_read_once_and_answered_for_every_class(db, sent, table_names):
    """DynamoDB refuses duplicates; a program need not care."""
    db.put(Account("A-0", 5))
    keys = [EntityKey(Account, "A-0"), EntityKey(Loose, "A-0"), EntityKey(Account, "A-0")]
    sent.clear()
    read = db.batch_get(keys)

    assert [Account("A-0", 5), Loose("A-0")] == list(read.values())
    assert 1 == len(sent.requests[0].body["RequestItems"][table_names["Account"]]["Keys"])


def test_what_is_no_key_is_refused(db, sent):
    """A class without its key is no item."""
    for wrong in (Account, Account("A-1"), "A-1"):
        with pytest.raises(InvalidKeyError):
            db.batch_get([wrong])

    assert [] == sent.operations


def test_a_stored_item_that_does_not_fit_is_a_conversion_error(db, client, table_names):
    """A read that cannot be understood is no absent item."""
    item = {"number": {"S": "A-1"}, "balance": {"S": "secret"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    with pytest.raises(ConversionError, match=r"Account\.balance"):
        db.batch_get([EntityKey(Account, "A-1")])
