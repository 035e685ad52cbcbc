"""Mistakes of other libraries with batches, each under its name: this one does not make them.

DDB is a TypeScript client for DynamoDB, TT a Python one.
"""

import pytest

from tests.contract.entities import Account
from tests.shells import Database
from transactscope import EntityKey
from transactscope.errors import BatchIncompleteError, InvalidRequestError
from transactscope.testing import unprocessed

WRITE, GET = "BatchWriteItem", "BatchGetItem"


@pytest.mark.parametrize("wrong", ["update", "put", "delete", "unknown"])
def test_ddb_2_what_is_no_put_does_not_become_a_delete(db, sent, account, wrong):
    """An operation of type `update` deleted the row, and the call succeeded."""
    operation = {"type": wrong, "item": account, "key": EntityKey(Account, "A-1")}
    sent.clear()
    for arguments in ({"puts": [operation]}, {"deletes": [operation]}):
        with pytest.raises(InvalidRequestError):
            db.batch_write(**arguments)

    assert [] == sent.operations
    assert account == db.get(Account, "A-1")


def test_ddb_3_what_was_not_written_is_an_error(db, always, stored):
    """After three attempts leftovers were a line on the console, and lost."""
    always(unprocessed(where=lambda item: item["number"]["S"] == "A-2"), WRITE)
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write([Account("A-1"), Account("A-2")])

    assert (Account("A-2"),) == caught.value.result.puts_left
    assert stored("A-1")
    assert not stored("A-2")


def test_ddb_3_what_was_not_read_is_an_error(db, always, account):
    """Keys that were left over looked like items that are absent."""
    always(unprocessed(), GET)
    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_get([EntityKey(Account, "A-1")])

    assert () == caught.value.result.missing
    assert (EntityKey(Account, "A-1"),) == caught.value.result.unprocessed


def test_tt_18_pauses_are_random_and_grow(client, table_names, shell, always):
    """All clients that were throttled together came back together."""
    pauses, numbers = [], iter([0.0, 0.5, 1.0, 0.25, 0.75, 0.0])
    db = Database(
        client,
        table_names=table_names,
        clock=lambda: 0.0,
        sleep=pauses.append,
        random=lambda: next(numbers),
    )
    always(unprocessed(), WRITE)
    db.batch_write([Account("A-1")], raises=False)

    assert [0.025, 0.1, 0.05, 0.3] == pytest.approx(pauses)


def test_tt_18_the_error_says_which_keys(db, always):
    """An exception without the keys left nothing to do but everything again."""
    always(unprocessed(where=lambda key: key["number"]["S"] == "A-2"), GET)
    keys = [EntityKey(Account, number) for number in ("A-1", "A-2", "A-3")]
    with pytest.raises(BatchIncompleteError, match="Account A-2") as caught:
        db.batch_get(keys)

    assert (keys[1],) == caught.value.result.unprocessed


def test_tt_18_duplicates_are_no_error_of_dynamodbs(db, sent, account):
    """One key twice made the whole request invalid."""
    key = EntityKey(Account, "A-1")

    assert [account] == db.batch_get([key, key]).found
