"""Handlers of others: none of them sees a skeleton, and what they change or answer holds."""

import itertools
import json

import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import ANY, Stubber

from tests.contract.handover.ready import TX, is_handed_over, item, parsed, put, whole
from transactscope.transports.botocore import transport_for

# Every level at which botocore asks for one event, and every order of asking at one of them.
LEVELS = ("", ".dynamodb", ".*.*", f".dynamodb.{TX}")
ORDERS = ("register_first", "register", "register_last")
PLACES = list(itertools.product(ORDERS, LEVELS))


@pytest.fixture
def wire(events, bodies):
    """Where to listen, and what is sent."""
    return events, bodies


@pytest.mark.parametrize("event", ["provide-client-params", "before-parameter-build"])
@pytest.mark.parametrize("place", PLACES, ids="".join)
def test_who_listens_to_parameters_sees_and_changes_them(send, wire, table, event, place):
    """A skeleton would be no news, and what is changed in it would be lost."""
    (events, bodies), (order, level), seen = wire, place, []

    def listener(params, **_):
        put_item = params["TransactItems"][0]["Put"]["Item"]
        seen.append(dict(put_item))
        put_item["id"] = {"S": "changed"}

    getattr(events, order)(f"{event}{level}", listener)

    send(put(table))

    assert [item()] == seen
    written = [json.loads(body)["TransactItems"][0]["Put"]["Item"] for body in bodies]
    assert [{"S": "changed"}] == [each["id"] for each in written]


def test_who_listens_to_endpoints_sees_all_parameters(send, events, ids, table):
    """That event shows them, too."""
    seen = []
    events.register("before-endpoint-resolution", lambda params, **_: seen.append(dict(params)))

    send(put(table))

    assert [item()] == [each["TransactItems"][0]["Put"]["Item"] for each in seen]
    assert ["one"] == ids()


def test_a_listener_that_goes_lets_requests_be_handed_over_again(send, events, table):
    """What was seen of a client is looked at again whenever its handlers change."""
    first, second, third = (put(table, name) for name in ("one", "two", "three"))

    send(first)
    events.register("before-parameter-build", _listener)
    send(second)
    events.unregister("before-parameter-build", _listener)
    send(third)

    assert [True, False, True] == [is_handed_over(each) for each in (first, second, third)]


def _listener(**_):
    """Listen to anything."""


@pytest.mark.parametrize("place", PLACES, ids="".join)
def test_who_listens_before_the_call_sees_the_whole_body(transport, events, table, place):
    """At no level and in no order does the skeleton show."""
    frozen, seen, (order, level) = put(table), [], place

    def listener(params, **_):
        seen.append(json.loads(params["body"]))

    getattr(events, order)(f"before-call{level}", listener)

    transport(frozen)

    assert [parsed(frozen)] == seen
    assert is_handed_over(frozen)


def test_who_was_first_before_the_call_stays_first(send, events, ids, table):
    """It would be asked before ours and see the skeleton, so the request is not handed over."""
    frozen, seen = put(table), []
    events.register_first(
        "before-call.*.*", lambda params, **_: seen.append(json.loads(params["body"]))
    )

    send(frozen)

    assert [["ClientRequestToken", "TransactItems"]] == [sorted(body) for body in seen]
    assert ["Put"] == list(seen[0]["TransactItems"][0])
    assert not is_handed_over(frozen)
    assert ["one"] == ids()


def test_a_body_that_is_changed_before_the_call_is_sent_as_changed(send, events, ids, table):
    """Handlers of others have the last word, as always."""

    def change(params, **_):
        params["body"] = params["body"].replace(b'"S":"one"', b'"S":"two"')

    events.register("before-call.dynamodb", change)
    frozen = put(table)

    send(frozen)

    assert is_handed_over(frozen)
    assert ["two"] == ids()


def test_an_answer_before_the_call_is_taken(send, events, ids, table):
    """Who answers in place of the service is asked as in any call."""
    answered = AWSResponse("", 200, {}, None), {"Answered": "here"}
    events.register(f"before-call.*.{TX}", lambda **_: answered)

    assert {"Answered": "here"} == send(put(table))
    assert [] == ids()


@pytest.mark.parametrize("event", ["request-created", "before-sign", "before-send", "needs-retry"])
def test_who_listens_later_finds_the_whole_body(send, events, ids, table, event):
    """What comes after the body was made is botocore's and everybody's."""
    frozen, seen = put(table), []
    name = f"{event}.dynamodb.{TX}"
    events.register(name, lambda **arguments: seen.append(_body_of(arguments)))

    send(frozen)

    assert [whole(frozen)] == seen
    assert is_handed_over(frozen)
    assert ["one"] == ids()


def _body_of(arguments):
    if "request_dict" in arguments:
        return arguments["request_dict"]["body"]
    request = arguments["request"]
    return request.data if hasattr(request, "data") else request.body


def test_who_listens_after_the_call_finds_nothing_of_ours(send, events, table):
    """The context of a call belongs to all handlers, and is as botocore made it."""
    contexts = []
    events.register(f"after-call.dynamodb.{TX}", lambda context, **_: contexts.append(context))
    frozen = put(table)

    send(frozen)

    assert is_handed_over(frozen)
    assert [[]] == [[name for name in each if "Parcel" in name] for each in contexts]


@pytest.mark.only_sync("a stubber cannot answer aiobotocore")
@pytest.mark.parametrize("expected", ["none", "whole", "any"])
def test_a_stubber_answers_and_compares_parameters(client, table, expected):
    """Tests of users know parameters, not bytes."""
    frozen, transport = put(table), transport_for(client)
    puts = [{"Put": {"TableName": table, "Item": item()}}]
    parameters = {
        "none": None,
        "whole": {"TransactItems": puts, "ClientRequestToken": frozen.token},
        "any": {"TransactItems": ANY, "ClientRequestToken": frozen.token},
    }
    with Stubber(client) as stubber:
        stubber.add_response("transact_write_items", {}, parameters[expected])
        assert {} == transport(frozen)

    stubber.assert_no_pending_responses()


@pytest.mark.only_sync("a stubber cannot answer aiobotocore")
def test_a_stubber_refuses_other_parameters(client, table):
    """The comparison is real."""
    with Stubber(client) as stubber:
        stubber.add_response("transact_write_items", {}, {"TransactItems": []})
        with pytest.raises(AssertionError, match="TransactItems"):
            transport_for(client)(put(table))


@pytest.mark.only_sync("a handler of aiobotocore's cannot wait for its own loop")
@pytest.mark.parametrize("event", ["before-call", "request-created", "before-send", "after-call"])
def test_calls_that_handlers_make_meanwhile_are_their_own(client, events, ids, table, event):
    """A handler that uses the same client is not given the bytes of another call."""
    transport, calls = transport_for(client), ["inner", "innermost"]

    def call_again(**_):
        if calls:
            transport(put(table, calls.pop(0)))
            client.put_item(TableName=table, Item={"id": {"S": "plain"}})

    events.register(f"{event}.dynamodb.{TX}", call_again)

    transport(put(table, "outer"))

    assert ["inner", "innermost", "outer", "plain"] == ids()
