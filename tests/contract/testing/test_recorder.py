"""The record of what left a client."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from transactscope import in_threads
from transactscope.errors import InvalidRequestError
from transactscope.testing import (
    Faults,
    RecordedRequest,
    RequestRecorder,
    answer,
    conflict,
    no_connection,
    raised,
)

TX = "TransactWriteItems"


class Interruption(BaseException):
    """Stands for what ends a program: an event loop lets it pass and goes on."""


def test_a_recorder_has_names_and_bodies(shell_client, table):
    """What was sent is read from the request itself."""
    recorder = RequestRecorder(shell_client, shell_client)

    table.put("1")
    table.stored()
    put, scan = recorder.requests

    assert RecordedRequest("PutItem", {"TableName": table.name, "Item": {"id": {"S": "1"}}}) == put
    assert ["PutItem", "Scan"] == recorder.operations == [put.operation, scan.operation]
    assert (2, 1, 0) == (recorder.count(), recorder.count("Scan"), recorder.count(TX))


def test_a_recorder_counts_what_meets_a_fault(shell_client, table):
    """Whichever was made first: a request that was lost had left."""
    faults = Faults(shell_client)
    recorder = RequestRecorder(shell_client)
    faults.next("PutItem", conflict(), no_connection(), raised(Interruption))

    for kind in (ClientError, EndpointConnectionError, Interruption):
        with pytest.raises(kind):
            table.put()

    assert 3 == recorder.count("PutItem")


def test_a_recorder_forgets_and_begins_anew(shell_client, table):
    """Preparations do not count."""
    recorder = RequestRecorder(shell_client)
    table.put()
    recorder.clear()
    table.stored()
    recorder.remove()
    table.put()
    assert shell_client is recorder.watch(shell_client)
    table.transact("2")

    assert ["Scan", TX] == recorder.operations


def test_one_recorder_watches_several_clients(engine):
    """Requests of all of them stand in the order in which they left."""
    first, second = engine.client(), engine.client()

    with RequestRecorder(first, second) as recorder:
        first.list_tables()
        with contextlib.suppress(ClientError):
            second.delete_table(TableName="nobody")

    assert ["ListTables", "DeleteTable"] == recorder.operations


def test_requests_of_threads_are_all_recorded(client):
    """A count of a busy client is exact."""
    barrier = threading.Barrier(8)

    def send(_):
        barrier.wait(60)
        client.list_tables()

    with (
        Faults(client) as faults,
        RequestRecorder(client) as recorder,
        ThreadPoolExecutor(8) as pool,
    ):
        faults.at_random("ListTables", answer(200, {}), probability=1, seed=1)
        list(pool.map(send, range(64)))

    assert 64 == recorder.count("ListTables") == faults.happened


def test_a_client_in_threads_is_the_client_in_them(client):
    """A request is one request, whichever of the two is listened to."""
    threaded = in_threads(client)
    recorder = RequestRecorder(client)
    assert threaded is recorder.watch(threaded)

    with Faults(threaded) as faults:
        faults.next("ListTables", answer(200, {"TableNames": ["injected"]}))
        told = client.list_tables()["TableNames"]

    assert ["injected"] == told
    assert 1 == recorder.count("ListTables") == faults.happened


def test_a_recorder_knows_the_operations_that_it_can_count(client):
    """A misspelt name is not counted as zero."""
    with pytest.raises(InvalidRequestError, match="'put_item'"):
        RequestRecorder(client).count("put_item")


def test_only_the_name_of_an_operation_can_be_counted(client):
    """A list was a TypeError."""
    with RequestRecorder(client) as recorder, pytest.raises(InvalidRequestError, match="operation"):
        recorder.count([])
