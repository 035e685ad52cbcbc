"""The direct transport against an engine: what it writes is there, and errors are told."""

import asyncio

import pytest
from attrs import define

from tests.unit.transports.direct.conftest import Spy, plain
from transactscope import AsyncDatabase, entity, errors, in_threads
from transactscope.transports import botocore, choice
from transactscope.transports.direct.transport import DirectTransport
from transactscope.types import FrozenRequest
from transactscope.types.json_text import json_text

pytestmark = pytest.mark.needs("endpoint", "idempotency")
BLOB = bytes(range(256))


@entity("Blob", partition_key="id")
@define
class Blob:
    """Something with bytes."""

    id: str
    content: bytes = b""


@pytest.fixture
def spy(client):
    """The ordinary transport, which counts."""
    return Spy(botocore.transport_for(plain(client)))


@pytest.fixture
def transport(client, spy):
    """The direct transport around it."""
    return DirectTransport(client, spy)


def ready(operation, table, token=None, **parameters):
    """Make a request of ready content."""
    return FrozenRequest.of_content(operation, [json_text(parameters).encode()], token, (table,))


def commit(table, *actions, nth=1):
    """Make a request of several writes; engines remember tokens, and no test has that table."""
    token = f"{table}-{nth}"
    parameters = {"TransactItems": list(actions), "ClientRequestToken": token}
    return ready("TransactWriteItems", table, token, **parameters)


def put(table, number, **more):
    """Make a put that demands that there is nothing."""
    return {
        "Put": {
            "TableName": table,
            "Item": {"id": {"S": number}, "content": {"B": BLOB}},
            "ConditionExpression": "attribute_not_exists(id)",
            **more,
        }
    }


def test_a_commit_is_applied_and_read_back(transport, spy, client, fresh_table):
    """All of it, byte by byte, by us and by boto3."""
    table = fresh_table()
    transport(commit(table, put(table, "1"), put(table, "2")))
    key = {"id": {"S": "1"}}
    ours = transport(ready("GetItem", table, TableName=table, Key=key, ConsistentRead=True))
    theirs = client.get_item(TableName=table, Key=key, ConsistentRead=True)

    assert [] == spy.requests
    assert ({"S": "1"}, {"B": BLOB}) == (ours["Item"]["id"], ours["Item"]["content"])
    assert theirs["Item"] == ours["Item"]


def test_a_failed_condition_shows_what_is_stored(transport, spy, client, fresh_table):
    """The exception is the client's own, with its reasons, and the next attempt is ordinary."""
    table = fresh_table()
    transport(commit(table, put(table, "1")))
    again = put(table, "1", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    request = commit(table, again, nth=2)
    with pytest.raises(client.exceptions.TransactionCanceledException) as direct:
        transport(request)
    with pytest.raises(client.exceptions.TransactionCanceledException) as ordinary:
        transport(request)

    reasons = direct.value.response["CancellationReasons"]
    assert [request] == spy.requests
    assert {"id": {"S": "1"}, "content": {"B": BLOB}} == reasons[0]["Item"]
    assert ordinary.value.response["CancellationReasons"] == reasons


def test_a_repeated_commit_is_one_over_both_transports(transport, spy, client, fresh_table):
    """The token and the content are the same, so the engine knows the request again."""
    table = fresh_table()
    add = {
        "Update": {
            "TableName": table,
            "Key": {"id": {"S": "1"}},
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    request = commit(table, add)
    transport(request)
    transport(request)
    botocore.transport_for(client)(request)
    stored = client.get_item(TableName=table, Key={"id": {"S": "1"}}, ConsistentRead=True)

    assert ([], "1") == (spy.requests, stored["Item"]["n"]["N"])


def test_every_operation_that_is_served(transport, spy, client, fresh_table):
    """Each with an answer that looks like boto3's."""
    table = fresh_table()
    key = {"id": {"S": "1"}}
    named = {"TableName": table}
    requests = {
        "PutItem": named | {"Item": key | {"b": {"B": b"x"}}},
        "UpdateItem": named
        | {
            "Key": key,
            "UpdateExpression": "SET a = :a",
            "ExpressionAttributeValues": {":a": {"BS": [b"y"]}},
            "ReturnValues": "ALL_NEW",
        },
        "GetItem": named | {"Key": key},
        "TransactGetItems": {"TransactItems": [{"Get": named | {"Key": key}}]},
        "BatchGetItem": {"RequestItems": {table: {"Keys": [key]}}},
        "Query": named
        | {
            "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": {":id": {"S": "1"}},
        },
        "BatchWriteItem": {"RequestItems": {table: [{"PutRequest": {"Item": {"id": {"S": "2"}}}}]}},
        "DeleteItem": named | {"Key": key, "ReturnValues": "ALL_OLD"},
    }
    item = {"id": {"S": "1"}, "b": {"B": b"x"}, "a": {"BS": [b"y"]}}
    answers = {
        operation: dict(transport(ready(operation, table, **parameters)))
        for operation, parameters in requests.items()
    }
    metadata = [answer.pop("ResponseMetadata") for answer in answers.values()]

    assert [] == spy.requests
    assert {200} == {each["HTTPStatusCode"] for each in metadata}
    assert item == answers["GetItem"]["Item"] == answers["DeleteItem"]["Attributes"]
    assert item == answers["UpdateItem"]["Attributes"]
    assert [{"Item": item}] == answers["TransactGetItems"]["Responses"]
    assert {table: [item]} == answers["BatchGetItem"]["Responses"]
    assert [item] == answers["Query"]["Items"]


def test_a_table_that_is_missing(transport, client):
    """Any error is the client's."""
    request = ready("GetItem", "missing", TableName="missing", Key={"id": {"S": "1"}})

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        transport(request)


def test_a_client_in_threads_is_served_directly(client, fresh_table, monkeypatch):
    """An asynchronous database over a boto3 client uses it, too."""
    original = botocore.transport_for
    spies = []

    def spied(used):
        spies.append(Spy(original(used)))
        return spies[-1]

    monkeypatch.setattr(choice.botocore, "transport_for", spied)
    db = AsyncDatabase(in_threads(plain(client)), table_names={"Blob": fresh_table()})

    async def use():
        await db.insert(Blob("1", BLOB))
        with pytest.raises(errors.ConditionFailedError):
            await db.insert(Blob("1"))
        return await db.get(Blob, "1")

    assert Blob("1", BLOB) == asyncio.run(use())
    assert [] == [request for spy in spies for request in spy.requests]
    assert spies
