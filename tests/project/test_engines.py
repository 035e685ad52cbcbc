"""The engines do what tests rely on."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests import engines

KEY = {"id": {"S": "1"}}


def put(table, item):
    """Write one TransactWriteItems action that puts `item`."""
    return {"Put": {"TableName": table, "Item": item}}


def test_a_fresh_table_takes_an_item(client, fresh_table):
    """The fixtures fit together on every engine."""
    table = fresh_table()

    client.put_item(TableName=table, Item=KEY)

    assert client.get_item(TableName=table, Key=KEY)["Item"] == KEY


def test_a_table_has_the_keys_that_were_asked_for(client, fresh_table):
    """Names and types of both keys reach the engine."""
    table = fresh_table("PK", ("SK", "N"))

    description = client.describe_table(TableName=table)["Table"]

    assert [
        {"AttributeName": "PK", "KeyType": "HASH"},
        {"AttributeName": "SK", "KeyType": "RANGE"},
    ] == description["KeySchema"]
    assert {"PK": "S", "SK": "N"} == {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in description["AttributeDefinitions"]
    }


def test_the_request_log_has_names_and_bodies(client, fresh_table, request_log):
    """What was sent is read from the request itself, on moto too."""
    table = fresh_table()
    request_log.clear()

    client.transact_write_items(TransactItems=[put(table, KEY)], ClientRequestToken="t")

    assert ["TransactWriteItems"] == request_log.operations
    assert {
        "TransactItems": [put(table, KEY)],
        "ClientRequestToken": "t",
    } == request_log.requests[0].body


def test_the_request_log_counts_repetitions(request_log, engine):
    """A call that botocore sends three times counts three times, even if no answer comes."""
    client = request_log.watch(engine.client(retries={"total_max_attempts": 3}))

    def lose(**_):
        raise EndpointConnectionError(endpoint_url="lost on the way")

    client.meta.events.register("before-send.dynamodb.ListTables", lose)
    with pytest.raises(EndpointConnectionError):
        client.list_tables()

    assert ["ListTables"] * 3 == request_log.operations


@pytest.mark.needs("idempotency")
def test_a_token_applies_once(client, fresh_table, engine):
    """An engine that claims idempotency has it."""
    table = fresh_table()
    add = {
        "Update": {
            "TableName": table,
            "Key": KEY,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }

    for _ in range(2):
        client.transact_write_items(TransactItems=[add], ClientRequestToken="once")

    assert client.get_item(TableName=table, Key=KEY)["Item"]["n"] == {"N": "1"}
    assert engine.name != "moto"


@pytest.mark.needs("capacity")
def test_capacity_is_reported(client, fresh_table):
    """An engine that claims capacity reports it for transactional writes."""
    table = fresh_table()

    answer = client.transact_write_items(
        TransactItems=[put(table, KEY)], ReturnConsumedCapacity="TOTAL"
    )

    assert [table] == [capacity["TableName"] for capacity in answer["ConsumedCapacity"]]


def test_items_survive_a_crash(durable_engine):
    """A killed engine comes back on the same port with what it had stored."""
    client = durable_engine.client()
    client.create_table(
        TableName="kept",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    client.put_item(TableName="kept", Item=KEY)

    durable_engine.kill()
    durable_engine.restart()

    assert client.get_item(TableName="kept", Key=KEY)["Item"] == KEY


def test_two_engines_do_not_share_tables(durable_engine):
    """Every process has a port and data of its own."""
    with engines.Dynoxide() as other:
        durable_engine.client().create_table(
            TableName="mine",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )

        assert other.port != durable_engine.port
        with pytest.raises(ClientError, match="ResourceNotFound"):
            other.client().describe_table(TableName="mine")


def test_a_capability_that_does_not_exist_is_a_mistake():
    """A typo in a marker must not silently run the test everywhere or nowhere."""
    with pytest.raises(ValueError, match="telepathy"):
        engines.engines_with({"telepathy"})


@pytest.mark.parametrize("capability", sorted(engines.CAPABILITIES))
def test_every_capability_has_an_engine(capability):
    """A capability that no engine has would remove tests instead of running them."""
    assert engines.engines_with({capability})


@pytest.mark.parametrize(
    ("environment", "required"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"CI": "false"}, False),
        ({"TRANSACTSCOPE_REQUIRE_ENGINES": "1"}, True),
        ({"TRANSACTSCOPE_REQUIRE_ENGINES": "0"}, False),
    ],
)
def test_engines_are_required_where_someone_says_so(environment, required):
    """CI fails without an engine; a developer without npm still has moto."""
    assert required == engines.are_required(environment)
