"""What stands in a client's place or around it is called with parameters, as by any program."""

import functools
from unittest import mock

import botocore.client
import botocore.endpoint
import pytest
from botocore.history import get_global_history_recorder
from botocore.hooks import EventAliaser, HierarchicalEmitter

from tests import shells
from tests.contract.handover.ready import TX, is_handed_over, item, put, whole
from transactscope.transports.botocore import transport_for
from transactscope.transports.handover import handover_to


class _Proxy:
    """What tracing tools put in the place of a function, as wrapt's FunctionWrapper."""

    def __init__(self, wrapped, seen):
        self.__wrapped__, self._seen = wrapped, seen
        functools.update_wrapper(self, wrapped)

    def __get__(self, instance, owner):
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, client, operation, parameters):
        self._seen.append(parameters)
        return self.__wrapped__(client, operation, parameters)


def _wrapper(wrapped, seen):
    """Wrap a function as `functools` does, under its name."""

    @functools.wraps(wrapped)
    def call(client, operation, parameters):
        seen.append(parameters)
        return wrapped(client, operation, parameters)

    return call


WRAPPINGS = [pytest.param(_Proxy, id="object"), pytest.param(_wrapper, id="function")]


@pytest.mark.only_sync("the asynchronous client has a method of its own: below")
@pytest.mark.parametrize("wrap", WRAPPINGS)
def test_tools_that_wrap_calls_see_all_parameters(monkeypatch, client, table, wrap):
    """OpenTelemetry's and X-Ray's instrumentation wrap botocore's one method for all calls."""
    kind, seen = botocore.client.BaseClient, []
    transport, earlier, later = transport_for(client), put(table, "earlier"), put(table)
    transport(earlier)
    monkeypatch.setattr(kind, "_make_api_call", wrap(kind._make_api_call, seen))

    transport(later)

    assert [later.body] == seen
    assert is_handed_over(earlier)


@pytest.mark.aiobotocore
@pytest.mark.parametrize("wrap", WRAPPINGS)
def test_tools_that_wrap_asynchronous_calls_see_all_parameters(
    monkeypatch, send, shell, table, wrap
):
    """aiobotocore's one method for all calls is another, and is wrapped as well."""
    from aiobotocore.client import AioBaseClient

    frozen, seen = put(table), []
    wrapped = wrap(AioBaseClient._make_api_call, seen)
    monkeypatch.setattr(AioBaseClient, "_make_api_call", wrapped)

    send(frozen)

    assert ([frozen.body] if shell.name == shells.AIOBOTOCORE else []) == seen


@pytest.mark.only_sync("the same in every shell")
def test_tools_that_wrap_what_is_prepared_see_the_whole_body(monkeypatch, client, ids, table):
    """They add headers there, and find the body beside them."""
    kind, seen, frozen = botocore.endpoint.Endpoint, [], put(table)
    prepare = kind.prepare_request

    @functools.wraps(prepare)
    def wrapped(endpoint, request):
        seen.append(request.data)
        return prepare(endpoint, request)

    monkeypatch.setattr(kind, "prepare_request", wrapped)

    transport_for(client)(frozen)

    assert [whole(frozen)] == seen
    assert is_handed_over(frozen)
    assert ["one"] == ids()


@pytest.mark.only_sync("the same in every shell")
@pytest.mark.parametrize("step", ["_emit_api_params", "_convert_to_request_dict"])
def test_steps_that_are_replaced_on_one_client_get_parameters(monkeypatch, client, table, step):
    """Whatever is put on the client itself is met as by any call."""
    seen, original, frozen = [], getattr(client, step), put(table)

    def replaced(api_params, *args, **kwargs):
        seen.append(api_params)
        return original(api_params, *args, **kwargs)

    monkeypatch.setattr(client, step, replaced)

    transport_for(client)(frozen)

    assert [item()] == [each["TransactItems"][0]["Put"]["Item"] for each in seen]
    assert not is_handed_over(frozen)


@pytest.mark.only_sync("the same in every shell")
def test_a_mock_in_the_place_of_the_method_gets_parameters(client, table):
    """The commonest stand-in of all."""
    frozen, transport = put(table), transport_for(client)
    with mock.patch.object(client, "transact_write_items", return_value={}) as method:
        transport(frozen)

    assert [mock.call(**frozen.body)] == method.mock_calls


@pytest.mark.only_sync("the same in every shell")
def test_a_mock_for_all_calls_gets_parameters(client, table):
    """Tests of users patch botocore itself."""
    frozen, transport = put(table), transport_for(client)
    with mock.patch("botocore.client.BaseClient._make_api_call", return_value={}) as method:
        transport(frozen)

    assert [mock.call(TX, frozen.body)] == method.mock_calls


@pytest.mark.only_sync("the same in every shell")
@pytest.mark.parametrize("becomes", ["before", "after"])
def test_a_subclass_gets_parameters(client, ids, table, becomes):
    """It may do anything with them, also if a client becomes one after it was first used."""
    seen, frozen = [], put(table)
    transport = None if becomes == "before" else transport_for(client)

    class Kind(type(client)):
        def transact_write_items(self, **parameters):
            seen.append(parameters)
            return super().transact_write_items(**parameters)

    client.__class__ = Kind
    (transport or transport_for(client))(frozen)

    assert [frozen.body] == seen
    assert ["one"] == ids()


@pytest.mark.only_sync("the same in every shell")
def test_a_proxy_of_a_client_gets_parameters(client, ids, table):
    """What looks like a client is asked as a client."""

    class Proxy:
        __class__ = type(client)

        def __getattr__(self, name):
            return getattr(client, name)

    frozen = put(table)

    transport_for(Proxy())(frozen)

    assert not is_handed_over(frozen)
    assert ["one"] == ids()


@pytest.mark.only_sync("the same in every shell")
def test_a_twin_that_shares_its_events_is_handed_requests_too(client, ids, table):
    """Handlers that are registered once serve both."""
    twin = object.__new__(type(client))
    vars(twin).update(vars(client))
    requests = {name: put(table, name) for name in ("first", "second", "third")}
    for each, frozen in zip((client, twin, client), requests.values(), strict=True):
        transport_for(each)(frozen)

    assert [True, True, True] == [is_handed_over(frozen) for frozen in requests.values()]
    assert sorted(requests) == ids()


@pytest.mark.only_sync("the same in every shell")
def test_an_event_system_that_was_replaced_gets_parameters(monkeypatch, client, ids, table):
    """Nobody knows what it makes of handlers."""

    class Events:
        def __init__(self, events):
            self._events = events

        def __getattr__(self, name):
            return getattr(self._events, name)

    transport, first, second = transport_for(client), put(table, "1"), put(table, "2")
    transport(first)
    monkeypatch.setattr(client.meta, "events", Events(client.meta.events))

    transport(second)

    assert [True, False] == [is_handed_over(each) for each in (first, second)]
    assert ["1", "2"] == ids()


class _Emitter(HierarchicalEmitter):
    """Emit in another way."""


@pytest.mark.only_sync("nothing is sent")
@pytest.mark.parametrize("emitter", [None, _Emitter()], ids=["none", "another"])
def test_an_emitter_of_somebody_elses_gets_parameters(client, table, emitter):
    """It may call handlers in its own way, or none."""
    handover, method = handover_to(client), client.transact_write_items
    client.meta.__dict__["events"] = EventAliaser(emitter)

    assert handover.parcel(method, put(table)) is None


@pytest.mark.only_sync("the same in every shell")
def test_a_history_that_is_switched_on_is_told_all_parameters(client, ids, table):
    """botocore's recorder, which command-line tools use, shows parameters, too."""
    recorder, told, frozen = get_global_history_recorder(), [], put(table)
    handler = mock.Mock(emit=lambda kind, payload, _: told.append((kind, payload)))
    recorder.add_handler(handler)
    recorder.enable()
    try:
        transport_for(client)(frozen)
    finally:
        recorder.disable()
        recorder._handlers.remove(handler)

    assert [frozen.body] == [payload["params"] for kind, payload in told if kind == "API_CALL"]
    assert ["one"] == ids()
