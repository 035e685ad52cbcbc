"""Requests that are handed over ready-made: what is sent is what was frozen, to the byte."""

import json

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ParamValidationError

from tests import engines
from tests.contract.handover.ready import (
    OPERATIONS,
    TX,
    is_handed_over,
    item,
    parsed,
    put,
    ready,
    request,
    whole,
)
from tests.releases import needs_account_endpoints
from transactscope.testing import Faults, RequestRecorder, error
from transactscope.transports.botocore import transport_for
from transactscope.types import FrozenRequest


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_bytes_themselves_are_sent_and_answered(send, events, table, operation):
    """What leaves is what was frozen, and nobody builds its parameters."""
    frozen, seen = request(operation, table), []
    events.register(f"before-send.dynamodb.{operation}", lambda request, **_: seen.append(request))

    answered = send(frozen)

    assert [whole(frozen)] == [sent.body for sent in seen]
    assert str(len(whole(frozen))) == _text(seen[0].headers["Content-Length"])
    assert is_handed_over(frozen)
    assert 200 == answered["ResponseMetadata"]["HTTPStatusCode"]


def test_every_character_and_byte_arrives(client, send, table):
    """The bytes are UTF-8 and Base64, as the service takes them."""
    send(put(table))

    stored = client.get_item(TableName=table, Key={"id": {"S": "one"}}, ConsistentRead=True)
    assert item() == stored["Item"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_signature_is_that_of_the_bytes(send, events, table, operation):
    """AWS refuses a request whose body is not the one that was signed; engines do not."""
    frozen, seen = request(operation, table), []
    events.register(f"before-send.dynamodb.{operation}", lambda request, **_: seen.append(request))

    send(frozen)

    (sent,) = seen
    headers = {name: _text(value) for name, value in sent.headers.items()}
    assert headers["Authorization"] == _authorization(sent.url, whole(frozen), headers)


def _authorization(url, body, headers):
    """Sign a body as botocore does, with the headers that were signed, at their time."""
    names = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    signed = AWSRequest("POST", url, data=body)
    for name, value in headers.items():
        if name.lower() in names:
            signed.headers[name] = value
    signed.context["timestamp"] = headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials("testing", "testing"), "dynamodb", engines.REGION)
    text = signer.string_to_sign(signed, signer.canonical_request(signed))
    signature = signer.signature(text, signed)
    named = ";".join(names)
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(signed)}, "
        f"SignedHeaders={named}, Signature={signature}"
    )


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


@pytest.mark.only_sync("compares what a boto3 client does with and without bytes")
def test_headers_are_those_of_an_ordinary_call(client, send, events, table):
    """Whatever botocore says of a request, it says of this one."""
    frozen, heads = put(table), []
    name = f"before-send.dynamodb.{TX}"
    events.register(name, lambda request, **_: heads.append(dict(request.headers)))

    send(frozen)
    client.transact_write_items(**frozen.body)

    own = {"Content-Length", "X-Amz-Date", "Authorization", "amz-sdk-invocation-id"}
    first, second = ({k: v for k, v in head.items() if k not in own} for head in heads)
    assert second == first
    assert heads[1].keys() == heads[0].keys()


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetItem", {"Key": {"id": {"S": "one"}}}),
        ("DeleteItem", {"Key": {"id": {"S": "one"}}}),
        ("DescribeTable", {}),
        (
            "Query",
            {
                "KeyConditionExpression": "id = :id",
                "ExpressionAttributeValues": {":id": {"S": "one"}},
            },
        ),
    ],
)
def test_other_operations_get_their_parameters(send, table, operation, members):
    """Where a skeleton would be as long as the request it saves nothing."""
    frozen = ready(operation, {"TableName": table, **members}, table)

    send(frozen)

    assert not is_handed_over(frozen)


def test_a_request_that_names_no_tables_goes_by_its_parameters(send, ids, table):
    """No endpoint could be found for it."""
    frozen = ready(TX, put(table).body)

    send(frozen)

    assert not is_handed_over(frozen)
    assert ["one"] == ids()


def test_a_transaction_without_a_token_is_given_one_by_botocore(send, bodies, ids, table):
    """Else what botocore repeats by itself could be written twice."""
    frozen = ready(TX, {"TransactItems": put(table).body["TransactItems"]}, table)

    send(frozen)

    assert [["ClientRequestToken", "TransactItems"]] == [sorted(json.loads(b)) for b in bodies]
    assert ["one"] == ids()


@pytest.mark.only_sync("the same in every shell")
def test_what_cannot_be_written_as_bytes_is_left_to_the_client(client, table):
    """botocore says what is wrong with parameters, in its own words."""
    body = {"TableName": table, "Item": {"id": {"S": object()}}}

    with pytest.raises(ParamValidationError, match=r"Item\.id\.S"):
        transport_for(client)(FrozenRequest("PutItem", body, tables=(table,)))


@needs_account_endpoints
@pytest.mark.only_sync("no engine is asked")
def test_tables_choose_the_endpoint(monkeypatch):
    """An account's own endpoint comes of the first table's ARN, in the request's order."""
    monkeypatch.setenv("AWS_ACCOUNT_ID", "000000000000")
    client, addresses = engines.new_client(account_id_endpoint_mode="preferred"), []

    def answered(request, **_):
        addresses.append(request.url)
        return AWSResponse(request.url, 200, {}, _Body())

    client.meta.events.register("before-send.dynamodb", answered)
    arns = [f"arn:aws:dynamodb:eu-west-1:{digit * 12}:table/T" for digit in ("2", "1")]
    puts = [{"Put": {"TableName": arn, "Item": {"id": {"S": "1"}}}} for arn in arns]
    frozen = ready(TX, {"TransactItems": puts, "ClientRequestToken": "token"}, *arns)

    transport_for(client)(frozen)

    assert ["https://222222222222.ddb.eu-west-1.amazonaws.com/"] == addresses
    assert is_handed_over(frozen)


class _Body:
    def stream(self, **_):
        yield b"{}"


def test_recorders_and_faults_meet_what_is_handed_over(client, shell, send, ids, table):
    """What tests of the library and of its users see of a send is the same."""
    sender, frozen = shell.events_of(client), put(table)
    with RequestRecorder(sender) as recorder, Faults(sender) as faults:
        faults.next(TX, error("ThrottlingException"))
        with pytest.raises(ClientError, match="ThrottlingException"):
            send(frozen)
        send(frozen)

    assert [(TX, parsed(frozen))] * 2 == [(each.operation, each.body) for each in recorder.requests]
    assert ["one"] == ids()
    assert is_handed_over(frozen)


def test_ordinary_calls_of_the_same_client_are_left_alone(client, send, ids, table):
    """Users go on to call it, with whatever is wrong with their parameters."""
    send(put(table))

    client.put_item(TableName=table, Item={"id": {"S": "plain"}})
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        client.put_item(TableName=table, Item={"id": {"S": "plain"}}, TransactScopeParcel="mine")

    assert ["one", "plain"] == ids()
