"""What is sent is what botocore would send."""

import json
import os
import re
import types
import warnings

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials, RefreshableCredentials
from hypothesis import given
from hypothesis import strategies as st

from tests import engines
from tests.releases import needs_account_endpoints
from tests.unit.transports.direct.conftest import Spy, plain, write
from tests.unit.transports.direct.servers import answer
from transactscope.transports.direct import head, identifiers, probe, signing
from transactscope.transports.direct.exchange import parts_of
from transactscope.transports.direct.http import BLOCK
from transactscope.transports.direct.transport import DirectTransport
from transactscope.types import FrozenRequest

CHANGING = ("amz-sdk-invocation-id", "authorization", "content-length", "x-amz-date")
KEY = {"id": {"S": "1"}}
PARAMETERS = {
    "TransactWriteItems": {
        "TransactItems": [{"Delete": {"TableName": "T", "Key": KEY}}],
        "ClientRequestToken": "token-1",
    },
    "TransactGetItems": {"TransactItems": [{"Get": {"TableName": "T", "Key": KEY}}]},
    "PutItem": {"TableName": "T", "Item": {**KEY, "blob": {"B": b"\0\xff"}}},
    "UpdateItem": {"TableName": "T", "Key": KEY},
    "DeleteItem": {"TableName": "T", "Key": KEY},
    "GetItem": {"TableName": "T", "Key": KEY},
    "Query": {"TableName": "T", "Limit": 3},
    "BatchGetItem": {"RequestItems": {"T": {"Keys": [KEY]}}},
    "BatchWriteItem": {"RequestItems": {"T": [{"DeleteRequest": {"Key": KEY}}]}},
}
words = st.text("abcXYZ019/+=._-", min_size=1, max_size=60)


def ready(operation):
    """Make a request of parameters."""
    parameters = PARAMETERS[operation]
    return FrozenRequest(operation, parameters, parameters.get("ClientRequestToken"), ("T",))


def constant(request):
    """Return the headers that have to be the same."""
    return {name: value for name, value in request.headers.items() if name not in CHANGING}


@pytest.mark.parametrize("operation", sorted(probe.PROBES))
def test_headers_and_body_are_those_of_botocore(serve, connect, both, operation):
    """The same line, headers and parameters; only what must differ differs."""
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    client._make_api_call(operation, PARAMETERS[operation])
    transport(ready(operation))

    by_botocore, by_us = server.requests
    assert [] == spy.requests
    assert by_botocore.line == by_us.line
    assert constant(by_botocore) == constant(by_us)
    assert set(by_botocore.headers) == set(by_us.headers)
    assert json.loads(by_botocore.body) == json.loads(by_us.body)
    assert by_us.headers["content-length"] == str(len(by_us.body))


def test_only_requests_of_the_librarys_own_json_are_written():
    """Once the parameters were asked for, they may be anything again."""
    made = write()
    before = made.is_written
    _ = made.body

    assert (True, False, False) == (before, made.is_written, ready("GetItem").is_written)


def test_parameters_are_written_by_botocore(serve, connect, both):
    """A text below `B` is encoded, as botocore does it with what users write."""
    server = serve()
    transport, spy = both(connect(server))
    item = {"id": {"S": "é\ud83d\ude00"}, "b": {"B": "text"}}
    transport(FrozenRequest("PutItem", {"TableName": "T", "Item": item}, None, ("T",)))

    assert [] == spy.requests
    assert json.loads(server.requests[0].body)["Item"]["b"] == {"B": "dGV4dA=="}


def test_parameters_that_botocore_refuses_are_refused_by_it(serve, connect, ordinary):
    """A mistake in parameters is never sent; the ordinary transport says what it is."""
    server = serve()
    request = FrozenRequest("PutItem", {"TableName": "T", "Itm": {}}, None, ("T",))
    DirectTransport(connect(server), ordinary)(request)

    assert ([request], []) == (ordinary.requests, server.requests)


def test_each_request_has_an_identifier_of_its_own(serve, connect, both):
    """Random UUIDs of version 4, as botocore makes them."""
    server = serve()
    transport, _ = both(connect(server))
    for _ in range(70):  # more than are made at once
        transport(write())
    sent = {request.headers["amz-sdk-invocation-id"] for request in server.requests}

    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert len(sent) == 70
    assert all(uuid.fullmatch(identifier) for identifier in sent)


def test_a_child_process_has_identifiers_of_its_own():
    """What was made in stock is used once, on one side of a fork."""
    identifiers.new_identifier()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks in a process with threads
        child = os.fork()
    if child == 0:
        os.write(writing, identifiers.new_identifier())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 100)
    os.close(reading)
    os.close(writing)

    assert theirs not in [identifiers.new_identifier() for _ in range(identifiers._AT_ONCE)]


def test_the_trace_of_lambda_is_passed_on(serve, connect, both, monkeypatch):
    """As botocore does it, and with the value of the moment."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    transport(write())
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2;Parent=é\r\nX-Evil: 1")
    transport(write())
    client.transact_write_items(**PARAMETERS["TransactWriteItems"])

    traces = [request.headers.get("x-amzn-trace-id") for request in server.requests]
    assert [] == spy.requests
    assert [None, "Root=1-2;Parent=%C3%A9%0D%0AX-Evil:%201"] == traces[:2]
    assert traces[1] == traces[2]
    assert "x-evil" not in server.requests[1].headers


@pytest.mark.parametrize(
    "settings", [{"user_agent_extra": "100%/more"}, {"user_agent_appid": "app"}], ids=str
)
def test_the_user_agent_is_that_of_the_client(serve, connect, both, settings):
    """A service sees who calls, also with signs that mean something to a format."""
    server = serve()
    client = connect(server, **settings)
    transport, spy = both(client)
    client.transact_write_items(**PARAMETERS["TransactWriteItems"])
    transport(write())

    by_botocore, by_us = server.requests
    assert [] == spy.requests
    assert by_botocore.headers["user-agent"] == by_us.headers["user-agent"]


def test_a_path_of_the_endpoint_is_kept(serve, connect, both):
    """Engines behind a gateway have one; it is a part of what is signed."""
    server = serve()
    client = plain(engines.new_client(f"{server.url}/a~b/c%20d"))
    transport, spy = both(client)
    client.transact_write_items(**PARAMETERS["TransactWriteItems"])
    transport(write())
    client.close()

    assert [] == spy.requests
    assert ["POST /a~b/c%20d HTTP/1.1"] * 2 == [request.line for request in server.requests]


@pytest.mark.parametrize("size", [0, 1, BLOCK - 200, BLOCK, 3 * BLOCK, 1_000_000])
def test_content_of_any_size_arrives(serve, connect, both, size):
    """Small content is joined, large content sent in parts: it is the same for the server."""
    server = serve()
    transport, spy = both(connect(server))
    pieces = [b'{"a":"', *[b"x" * 1000] * (size // 1000), b"y" * (size % 1000), b'"}']
    transport(FrozenRequest.of_content("GetItem", pieces, None, ("T",)))

    assert [] == spy.requests
    assert b"".join(pieces) == server.requests[0].body


def test_many_pieces_are_written_in_few_parts(serve, connect):
    """A call of the system for each piece would cost more than the copy."""
    client = connect(serve())
    credentials = client._request_signer._credentials.get_frozen_credentials()
    made = head.head_for(probe.prepared(client, "GetItem"), credentials, engines.REGION, "dynamodb")
    parts = parts_of(made, [b"x" * 100] * 10_000)

    assert sum(map(len, parts[1:])) == 1_000_000
    assert len(parts) < 20


@pytest.mark.slow
@given(
    st.binary(max_size=300),
    st.tuples(words, words, st.none() | words),
    st.sampled_from(["eu-west-1", "us-gov-east-1", "cn-north-1"]),
    st.integers(0, 4_000_000_000),
)
def test_signatures_equal_those_of_botocore(body, credentials, region, second):
    """For any body, credentials, region and time."""
    access_key, secret_key, token = credentials
    timestamp = signing.timestamp_of(second)
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.TransactWriteItems",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Date": timestamp,
    }
    if token is not None:
        headers["X-Amz-Security-Token"] = token
    url = "https://dynamodb.eu-west-1.amazonaws.com/"
    request = AWSRequest("POST", url, headers=headers, data=body)
    request.context["timestamp"] = timestamp
    auth = SigV4Auth(Credentials(access_key, secret_key, token), "dynamodb", region)
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(to_sign, request))

    prepared = probe.Prepared(
        "POST",
        url,
        {
            **dict(request.headers.items()),
            "User-Agent": "u",
            "amz-sdk-invocation-id": "i",
            "amz-sdk-request": "attempt=1",
            "Content-Length": str(len(body)),
        },
        body,
    )
    frozen = ReadOnlyCredentials(access_key, secret_key, token)
    made = head.head_for(prepared, frozen, region, "dynamodb", clock=lambda: second)
    (sent,) = parts_of(made, [body])
    assert f"\r\nAuthorization: {request.headers['Authorization']}\r\n".encode() in sent


def test_time_goes_on(serve, connect):
    """The date of a signature is that of its request, also past midnight."""
    client = connect(serve())
    credentials = client._request_signer._credentials.get_frozen_credentials()
    now = [86_399.5]
    made = head.head_for(
        probe.prepared(client, "GetItem"),
        credentials,
        engines.REGION,
        "dynamodb",
        clock=lambda: now[0],
    )
    before = made.with_hash("0" * 64, 1)
    now[0] += 1
    after = made.with_hash("0" * 64, 1)

    assert b"X-Amz-Date: 19700101T235959Z" in before
    assert b"/19700101/" in before
    assert b"X-Amz-Date: 19700102T000000Z" in after
    assert b"/19700102/" in after


def prepared_with(client, **changes):
    """Return what a client would send, changed."""
    made = probe.prepared(client, "GetItem")
    fields = {"method": made.method, "url": made.url, "body": made.body, "headers": made.headers}
    return probe.Prepared(**(fields | changes))


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {"method": "PUT"},
        lambda made: {"url": made.url + "?x=1"},
        lambda made: {"url": made.url.replace("://", "://user:secret@")},
        lambda made: {"url": made.url.replace("127.0.0.1", "127.0.0.2")},
        lambda made: {"url": made.url.replace("http://", "ftp://")},
        lambda _: {"body": b"{}"},
        lambda made: {"headers": made.headers | {"X-New": "1"}},
        lambda made: {"headers": made.headers | {"User-Agent": "a\r\nX-Evil: 1"}},
        lambda made: {"headers": made.headers | {"User-Agent": "\u20ac"}},
        lambda made: {"headers": made.headers | {"Authorization": "Bearer x"}},
        lambda made: {
            "headers": made.headers
            | {"Authorization": made.headers["Authorization"].replace("host;", "")}
        },
        lambda made: {
            "headers": {name: each for name, each in made.headers.items() if name != "User-Agent"}
        },
        lambda made: {"headers": made.headers | {"X-Amz-Target": "Other"}},
    ],
    ids=[
        "method",
        "query",
        "user",
        "host",
        "scheme",
        "body",
        "header",
        "injection",
        "unicode",
        "bearer",
        "unsigned",
        "missing",
        "target",
    ],
)
def test_what_is_not_understood_is_left_to_botocore(serve, connect, change):
    """Nothing is sent of which we do not get the client's own signature."""
    client = connect(serve())
    credentials = client._request_signer._credentials.get_frozen_credentials()
    changed = prepared_with(client, **change(probe.prepared(client, "GetItem")))
    arguments = (credentials, engines.REGION, "dynamodb")

    assert head.head_for(prepared_with(client), *arguments) is not None
    assert head.head_for(changed, *arguments) is None


@pytest.mark.parametrize("name", ["access_key", "secret_key", "token"])
def test_credentials_cannot_inject_headers(serve, connect, ordinary, name):
    """A line's end in credentials is botocore's affair, and never sent from here."""
    server = serve()
    client = connect(server)
    setattr(client._request_signer._credentials, name, "a\r\nX-Evil: 1")
    request = write()
    DirectTransport(client, ordinary)(request)

    if name != "secret_key":  # it is not sent
        assert ([request], []) == (ordinary.requests, server.requests)
    assert all("x-evil" not in each.headers for each in server.requests)


def test_credentials_that_change_are_used_at_once(serve, connect, both):
    """Rotation needs no new client."""
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    transport(write())
    credentials = client._request_signer._credentials
    credentials.access_key, credentials.token = "second", "token-of-session"
    transport(write())

    first, second = server.requests
    assert [] == spy.requests
    assert "Credential=testing/" in first.headers["authorization"]
    assert "x-amz-security-token" not in first.headers
    assert "Credential=second/" in second.headers["authorization"]
    assert "token-of-session" == second.headers["x-amz-security-token"]


def test_credentials_are_refreshed_when_it_is_due(serve, connect, both):
    """What the client refreshes before its own calls, it refreshes before these."""
    made = []

    def refresh():
        made.append(f"key-{len(made)}")
        expiry = "2000-01-01T00:00:00Z" if len(made) < 3 else "2999-01-01T00:00:00Z"
        return {
            "access_key": made[-1],
            "secret_key": "secret",
            "token": "session",
            "expiry_time": expiry,
        }

    server = serve()
    client = connect(server)
    client._request_signer._credentials = RefreshableCredentials.create_from_metadata(
        {**refresh(), "expiry_time": "2999-01-01T00:00:00Z"}, refresh, "test"
    )
    transport, spy = both(client)
    transport(write())
    client._request_signer._credentials._expiry_time = (
        client._request_signer._credentials._time_fetcher()
    )
    made.extend(["-", "-"])
    transport(write())

    used = [request.headers["authorization"].split("/")[0] for request in server.requests]
    assert [] == spy.requests
    assert ["AWS4-HMAC-SHA256 Credential=key-0", "AWS4-HMAC-SHA256 Credential=key-3"] == used


def test_credentials_that_cannot_be_had_are_reported_by_botocore(serve, connect, ordinary):
    """The error is the client's own, and so is how it is judged."""

    def fail():
        raise RuntimeError

    client = connect(serve())
    client._request_signer._credentials.get_frozen_credentials = fail
    transport = DirectTransport(client, ordinary)
    request = write()
    transport(request)

    assert ([request], False) == (ordinary.requests, transport._is_off)


@needs_account_endpoints
def test_an_endpoint_of_the_account_is_used(monkeypatch):
    """Where credentials tell the account, botocore's rules choose the host."""
    client = engines._SESSION.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        aws_account_id="123456789012",
    )
    made = probe.prepared(client, "GetItem")
    credentials = client._request_signer._credentials.get_frozen_credentials()

    assert made.url == "https://123456789012.ddb.eu-west-1.amazonaws.com/"
    assert head.head_for(made, credentials, "eu-west-1", "dynamodb").url == made.url


def test_a_probe_is_no_call(serve, connect):
    """Looking what the client would send sends nothing, and leaves the client as it was."""
    server = serve()
    client = connect(server)
    before = dict(vars(client))
    probe.prepared(client, "GetItem")

    assert before == vars(client)
    assert ([], 0) == (server.requests, server.connections)


def test_a_probe_that_is_answered_early_is_none(serve, connect):
    """A handler may answer before anything is sent: then there is nothing to learn."""
    client = connect(serve())
    answered = (types.SimpleNamespace(status_code=200), {})
    client.meta.events.register("before-call.dynamodb.GetItem", lambda **_: answered)

    assert probe.prepared(client, "GetItem") is None


def test_a_body_that_is_changed_is_none(serve, connect):
    """What would be sent in another form is not for us."""
    client = connect(serve())

    def change(params, **_):
        params["body"] = b"{}"

    client.meta.events.register("before-call.dynamodb.GetItem", change)

    assert probe.prepared(client, "GetItem") is None


def test_answers_are_those_of_a_client(serve, connect):
    """Bytes, numbers and metadata look as in an answer of boto3's; null is left out."""
    body = (
        b'{"Item":{"b":{"B":"AP8="},"s":{"BS":["YQ=="]},"n":{"N":"1"},"z":{"NULL":true}},'
        b'"ConsumedCapacity":%b}'
    )
    with_null, without = body % b"null", body % b'{"TableName":"T","CapacityUnits":1.5}'
    server = serve(*[answer(each) for each in (with_null, with_null, without, without)])
    # After its last attempt botocore notes that it was the last, even for a success.
    client = connect(server, retries={"total_max_attempts": 2})
    transport = DirectTransport(client, Spy())

    for _ in range(2):
        expected = client.get_item(**PARAMETERS["GetItem"])
        assert expected == transport(ready("GetItem"))
