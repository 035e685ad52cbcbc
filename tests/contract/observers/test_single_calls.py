"""What observers are told of single writes, reads, queries, tables and batches."""

import threading

import pytest

from tests.contract.entities import Account, Order
from tests.shells import Database, TransactScope
from transactscope import EntityKey
from transactscope.errors import CommitOutcomeUnknownError, ConditionFailedError, ThrottledError
from transactscope.testing import lost_answer, throttled, unprocessed
from transactscope.types import EventKind


def test_a_single_write_ends_like_a_commit(db, recorder, table_names):
    """It is a work of its own, and says what it did."""
    db.put(Account("A-1", 1))
    db.update(Account, "A-1", add={"balance": 1})
    with pytest.raises(ConditionFailedError) as caught:
        db.insert(Account("A-1"))
    db.delete(Account, "A-1")

    events = list(recorder.events)
    ends = [event for event in events if event.kind is not EventKind.ATTEMPT]
    told = [
        *("ATTEMPT put", "COMMIT put"),
        *("ATTEMPT update", "COMMIT update"),
        *("ATTEMPT insert", "CANCEL insert"),
        *("ATTEMPT delete", "COMMIT delete"),
    ]
    assert told == recorder.take()
    assert 4 == len({event.work for event in events})
    assert {(None, False)} == {(event.client_request_token, event.is_scope) for event in events}
    assert ["PutItem", "UpdateItem", "PutItem", "DeleteItem"] == [e.operation for e in ends]
    assert caught.value is ends[2].error
    assert ["put", "update", "insert", "delete"] == [e.actions[0].verb for e in ends]
    assert {(table_names["Account"],)} == {event.tables for event in events}


def test_a_single_write_can_be_in_doubt(watched, recorder, faults):
    """What was sent and not answered may have been applied."""
    faults.next("UpdateItem", lost_answer())
    with pytest.raises(CommitOutcomeUnknownError) as caught:
        watched().update(Account, "A-1", add={"balance": 1})

    assert caught.value is recorder.only(EventKind.IN_DOUBT).error
    assert ["ATTEMPT update", "IN_DOUBT update"] == recorder.take()


def test_reads_are_told_by_their_attempts(db, recorder, account, faults):
    """What a read costs is told; it has no outcome that anybody has to know."""
    faults.next("GetItem", throttled())
    db.get(Account, "A-1")
    assert ["ATTEMPT get", "RETRY get", "ATTEMPT get"] == recorder.take()
    db.transact_get(EntityKey(Account, "A-1"))
    db.transact_get(EntityKey(Account, "A-1").only("balance"))
    assert ["ATTEMPT transact_get"] * 2 == recorder.take()
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.get(Account, "A-1")
        tx.get_many(EntityKey(Account, "A-2"))

    read = recorder.events[1]
    assert tx.client_request_token == read.client_request_token
    told = ["BEGIN begin", "ATTEMPT get", "ATTEMPT get_many", "COMMIT commit"]
    assert told == recorder.take()


def test_all_pages_of_a_query_are_one_work(db, recorder):
    """Each page is a request, and a query is as expensive as its pages together."""
    db.batch_write([Order("ada", number) for number in range(3)])
    recorder.take()
    assert 3 == len(list(db.query(Order, "ada", page_size=2)))
    db.query(Order, "ada")  # nothing is asked of it

    events = list(recorder.events)
    assert ["ATTEMPT query"] * 2 == recorder.take()
    assert 1 == len({event.work for event in events})
    assert [1, 1] == [event.attempts for event in events]


def test_a_table_is_told_by_its_requests(client, shell, recorder, table_name):
    """Also what no entity is in."""
    Database(client, table_names={"Account": table_name}, observers=[recorder]).create_table(
        Account
    )

    operations = [event.operation for event in recorder.events]
    assert ["CreateTable", "DescribeTable"] == operations[:2]
    assert {"ATTEMPT create_table"} == set(recorder.take())


@pytest.mark.parametrize("in_flight", [1, 4])
def test_every_request_of_a_batch_is_told(db, recorder, faults, in_flight):
    """What DynamoDB leaves over, and what it refuses for the moment, is a repetition."""
    faults.next("BatchWriteItem", unprocessed(0, 1), throttled())
    db.batch_write([Account(f"A-{number}") for number in range(60)], in_flight=in_flight)

    events, retries = list(recorder.events), recorder.all(EventKind.RETRY)
    kinds = sorted(recorder.take())
    assert ["ATTEMPT batch_write"] * 5 + ["RETRY batch_write"] * 2 == kinds
    assert 1 == len({event.work for event in events})
    assert {False} == {event.is_scope for event in events}
    assert {None, ThrottledError} == {
        None if event.error is None else ThrottledError for event in retries
    }
    assert 2 == [event.attempts for event in events].count(2)
    assert {threading.get_ident()} == recorder.threads or len(recorder.threads) == 1


def test_a_batch_that_reads_is_told(db, recorder, account):
    """By the verb that the program called."""
    db.batch_get([EntityKey(Account, "A-1")])

    assert ["ATTEMPT batch_get"] == recorder.take()
