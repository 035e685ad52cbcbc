"""What is there in a request's place for a moment is never taken for it."""

import pytest
from botocore.exceptions import ClientError

from tests.contract.handover.ready import (
    OPERATIONS,
    TX,
    is_handed_over,
    parsed,
    put,
    request,
)
from transactscope.testing import Faults, RequestRecorder, answer
from transactscope.transports.handover import Handover, handover_to

HANDLER = "transactscope-handover"


@pytest.fixture
def blind(monkeypatch):
    """Let no client be looked at before a request is handed over to it."""
    monkeypatch.setattr(Handover, "_is_free", lambda *_: True)


def _forget_to_open(events):
    events.unregister("before-parameter-build.dynamodb", unique_id=f"{HANDLER}-opening")


def _forget_to_deliver(events):
    events.unregister("before-call.*.*", unique_id=f"{HANDLER}-delivering")


@pytest.mark.parametrize("forget", [_forget_to_open, _forget_to_deliver])
def test_a_client_that_forgot_its_handlers_gets_parameters(send, events, ids, table, forget):
    """That they are there is looked at before each request."""
    first, second, third = (put(table, name) for name in ("1", "2", "3"))
    send(first)
    forget(events)

    send(second)
    send(third)

    assert [True, False] == [is_handed_over(each) for each in (first, second)]
    assert ["1", "2", "3"] == ids()


@pytest.fixture(params=[True, False], ids=["validates", "does not validate"])
def other(request, like):
    """A client that looks at its parameters, and one that does not."""
    return like(parameter_validation=request.param)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.usefixtures("blind")
def test_a_parcel_that_is_not_opened_is_never_sent(shell, other, transport_to, table, operation):
    """Were the handlers gone behind our back, a client could make nothing of its parameters."""
    sender, transport, frozen = (
        shell.events_of(other),
        transport_to(other),
        request(operation, table),
    )
    _forget_to_open(sender.meta.events)
    _forget_to_deliver(sender.meta.events)
    with RequestRecorder(sender) as recorder:
        transport(frozen)

    assert [parsed(frozen)] == [each.body for each in recorder.requests]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.usefixtures("blind")
def test_a_skeleton_that_was_sent_after_all_is_followed_by_the_whole(
    client, shell, transport_to, table, operation
):
    """Were one of two handlers gone in the middle of a call, every server would refuse."""
    sender, transport = shell.events_of(client), transport_to(client)
    _forget_to_deliver(sender.meta.events)
    frozen, statuses = request(operation, table), []
    sender.meta.events.register(
        f"response-received.dynamodb.{operation}",
        lambda response_dict, **_: statuses.append(response_dict["status_code"]),
    )
    with RequestRecorder(sender) as recorder:
        transport(frozen)

    skeleton, whole = recorder.requests
    assert [True, False] == [status >= 400 for status in statuses]
    assert parsed(frozen) == whole.body != skeleton.body


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.only_sync("the skeleton is the same")
def test_every_server_refuses_a_skeleton(client, ids, table, operation):
    """It has no key, and where there can be an expression, none that can be read."""
    names = {api: name for name, api in client.meta.method_to_api_mapping.items()}
    method = getattr(client, names[operation])
    parcel = handover_to(client).parcel(method, request(operation, table))

    with pytest.raises(ClientError):
        method(**parcel.skeleton)

    assert [] == ids()


@pytest.mark.usefixtures("blind")
def test_an_answer_that_is_not_to_the_bytes_is_no_answer(client, shell, transport_to, ids, table):
    """What somebody took for a success is followed by the whole request."""
    sender, transport = shell.events_of(client), transport_to(client)
    _forget_to_deliver(sender.meta.events)
    with Faults(sender) as faults:
        faults.next(TX, answer(200, {}))
        transport(put(table))

    assert ["one"] == ids()
