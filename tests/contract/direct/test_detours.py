"""The shell `direct` itself: what it lets through, what it injects, and what it objects to."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from tests import detours, engines
from tests.detours import Detours
from transactscope.testing import (
    Faults,
    RequestRecorder,
    calling,
    garbage,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttling_error,
)
from transactscope.transports import choice
from transactscope.types import FrozenRequest

pytestmark = pytest.mark.needs("endpoint")
KEY = {"id": {"S": "a"}}


@pytest.fixture
def opened():
    """Detours that are closed after the test, whatever they object to."""
    made = Detours()
    yield made
    made.end()


@pytest.fixture
def table(fresh_table):
    """An empty table."""
    return fresh_table()


@pytest.fixture
def put(table):
    """Make a put of one item."""
    return lambda number: FrozenRequest(
        "PutItem", {"TableName": table, "Item": {"id": {"S": number}}}, None, (table,)
    )


@pytest.fixture
def numbers(client, table):
    """List what is stored."""
    return lambda: sorted(item["id"]["S"] for item in client.scan(TableName=table)["Items"])


def test_requests_arrive_over_one_connection_and_are_recorded(opened, client, put, numbers):
    """The record is of what is on the wire, and it tells the same as for any other client."""
    detour = opened.of(client)
    send = choice.transport_for(detour.client)
    with RequestRecorder(client) as recorder:
        answers = [send(put(number)) for number in "ab"]
        requests = recorder.requests

    assert (["a", "b"], 1) == (numbers(), detour.connections)
    assert [dict(put(number).body) for number in "ab"] == [each.body for each in requests]
    assert ["PutItem"] * 2 == [each.operation for each in requests]
    assert {200} == {answer["ResponseMetadata"]["HTTPStatusCode"] for answer in answers}
    assert [] == opened.close()


FAULTS = {
    "refused": (no_connection(), EndpointConnectionError, []),
    "no connection in time": (
        raised(ConnectTimeoutError(endpoint_url="")),
        ConnectTimeoutError,
        [],
    ),
    "lost": (lost_request(), ReadTimeoutError, []),
    "answer lost": (lost_answer(), ReadTimeoutError, ["a"]),
    "closed": (raised(ConnectionClosedError(endpoint_url="")), ConnectionClosedError, []),
    "throttled": (throttling_error(), ClientError, []),
    "garbage": (garbage("html"), ResponseParserError, []),
    "garbage after it": (garbage("empty", applied=True), ResponseParserError, ["a"]),
    "interrupted": (raised(KeyboardInterrupt()), KeyboardInterrupt, []),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_what_a_client_meets_itself(opened, client, put, numbers, name):
    """Once for each send, with the exception of the transport's own; the next attempt arrives."""
    fault, kind, stored = FAULTS[name]
    detour = opened.of(client)
    send, request = choice.transport_for(detour.client), put("a")
    with Faults(client) as faults, RequestRecorder(client) as recorder:
        faults.next("PutItem", fault)
        with pytest.raises(kind):
            send(request)
        first = (faults.happened, faults.pending, recorder.operations, numbers())
        send(request)

    assert (1, {}, ["PutItem"], stored) == first
    assert ["a"] == numbers()
    assert [] == opened.close()


def test_faults_at_random_are_those_of_the_seed(opened, client, put):
    """Looking ahead, whether there is to be a connection, uses up no chance."""

    def outcomes(used, send):
        seen = []
        with Faults(used) as faults:
            made = (no_connection(), throttling_error())
            faults.at_random("PutItem", *made, probability=0.5, seed=7)
            for _ in range(20):
                try:
                    send(put("a"))
                except EndpointConnectionError:
                    seen.append("no connection")
                except ClientError as error:
                    seen.append(error.response["Error"]["Code"])
                else:
                    seen.append("sent")
        return seen

    expected = outcomes(client, choice.transport_for(client))
    actual = outcomes(client, choice.transport_for(opened.of(client).client))

    assert {"no connection", "ThrottlingException", "sent"} == set(expected)
    assert expected == actual


def test_what_goes_over_botocore_at_once_is_objected_to(opened, client, table):
    """Or a test of the direct transport would be one of the ordinary."""
    used = opened.of(client).client
    used.meta.events.register("before-send.dynamodb", lambda **_: None)
    send = choice.transport_for(used)
    send(FrozenRequest("DescribeTable", {"TableName": table}, None, (table,)))
    send(FrozenRequest("GetItem", {"TableName": table, "Key": KEY}, None, (table,)))
    used.scan(TableName=table)

    assert ["GetItem was not sent directly", "Scan was not sent by the library"] == opened.close()


def test_a_server_that_is_looked_at_meanwhile(opened, client, put):
    """A function is called while the send is under way, and may use the engine."""
    used = opened.of(client).client
    seen = []
    with Faults(client) as faults:
        faults.next("PutItem", calling(lambda: seen.append(client.list_tables()["TableNames"])))
        choice.transport_for(used)(put("a"))

    assert seen
    assert [] == opened.close()


def test_two_clients_have_faults_of_their_own(engine, opened, client, put, numbers):
    """What one meets does not meet the other."""
    other = engine.client()
    with Faults(client) as faults:
        faults.next("PutItem", no_connection())
        choice.transport_for(opened.of(other).client)(put("b"))
        pending = faults.pending
    other.close()

    assert (["b"], ["PutItem"]) == (numbers(), list(pending))


def test_modules_that_are_left_out_exist():
    """A module that is renamed would come back in silence, or a wrong one stay away."""
    contract = engines.ROOT / "tests/contract"
    found = {path.stem for path in contract.rglob("*")}

    assert [] == [name for name in detours.LEFT_OUT if name not in found]
