"""A client's settings, its retries, credentials, connections and threads: all its own still."""

import gc
import http.server
import logging
import threading
import weakref

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError

from tests import engines
from tests.contract.handover.ready import TX, is_handed_over, parsed, put, whole
from tests.crowds import together
from tests.releases import needs_account_endpoints
from transactscope.testing import Faults, RequestRecorder, error
from transactscope.transports.botocore import BotocoreTransport, transport_for
from transactscope.transports.handover import handover_to

MODES = ("legacy", "standard", "adaptive")
FAILURE = error("InternalServerError", status=500)


@pytest.mark.only_sync("settings of a boto3 client")
@pytest.mark.parametrize(
    "settings",
    [
        {"parameter_validation": False},
        {"inject_host_prefix": False},
        {"request_min_compression_size_bytes": 1},
        {"disable_request_compression": True},
        {"tcp_keepalive": True},
        {"user_agent_extra": "someone"},
        pytest.param({"account_id_endpoint_mode": "disabled"}, marks=needs_account_endpoints),
        {"retries": {"mode": "adaptive", "total_max_attempts": 3}},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_client_with_settings_is_handed_requests(like, ids, table, settings):
    """The call is the client's own, so its settings hold."""
    frozen = put(table)

    transport_for(like(**settings))(frozen)

    assert is_handed_over(frozen)
    assert ["one"] == ids()


@pytest.mark.only_sync("botocore's own retries")
@pytest.mark.parametrize("mode", MODES)
def test_a_send_of_the_librarys_is_made_once(like, ids, table, mode):
    """botocore's attempts stay one, whatever it is configured to."""
    client = like(retries={"mode": mode, "total_max_attempts": 4})
    with RequestRecorder(client) as recorder, Faults(client) as faults:
        faults.next(TX, FAILURE)
        with pytest.raises(ClientError, match="InternalServerError"):
            transport_for(client)(put(table))

    assert [TX] == recorder.operations
    assert [] == ids()


@pytest.mark.only_sync("botocore's own retries")
@pytest.mark.parametrize("mode", MODES)
def test_what_botocore_repeats_by_itself_is_the_whole(monkeypatch, like, ids, table, mode):
    """A transport that nobody watches leaves retries to botocore, and each has the same body."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    client, frozen = like(retries={"mode": mode, "total_max_attempts": 4}), put(table)
    with RequestRecorder(client) as recorder, Faults(client) as faults:
        faults.next(TX, FAILURE, FAILURE)
        BotocoreTransport(client)(frozen)

    assert [parsed(frozen)] * 3 == [each.body for each in recorder.requests]
    assert is_handed_over(frozen)
    assert ["one"] == ids()


@pytest.mark.only_sync("botocore's own credentials")
def test_credentials_that_rotate_sign_what_comes_after(client, events, table):
    """They are asked for each request, as in any call."""
    made, seen = [], []

    def refresh():
        made.append(f"KEY{len(made)}")
        years = {1: 2000, 2: 2000}  # the first two have expired when they come
        return {
            "access_key": made[-1],
            "secret_key": "secret",
            "token": "token",
            "expiry_time": f"{years.get(len(made), 2999)}-01-01T00:00:00Z",
        }

    client._request_signer._credentials = RefreshableCredentials.create_from_metadata(
        refresh(), _second_of(refresh), "test"
    )
    events.register(
        f"before-send.dynamodb.{TX}",
        lambda request, **_: seen.append(str(request.headers["Authorization"])),
    )

    transport_for(client)(put(table))

    assert [True] == [f"Credential={made[-1]}/" in each for each in seen]
    assert ["KEY0", "KEY1", "KEY2"] == made


def _second_of(refresh):
    """Take what is made the second time: the first is gone already."""

    def twice():
        refresh()
        return refresh()

    return twice


@pytest.mark.only_sync("the same in every shell")
def test_debug_logging_shows_what_is_sent(caplog, client, ids, table):
    """boto3.set_stream_logger("") must not fail, and shows bodies as it always does."""
    caplog.set_level(logging.DEBUG)
    frozen = put(table)

    transport_for(client)(frozen)

    (shown,) = (each for each in caplog.messages if each.startswith("Making request"))
    assert is_handed_over(frozen)
    assert repr(whole(frozen)) in shown
    assert "Parcel" not in shown
    assert "was not handed over" not in caplog.text
    assert ["one"] == ids()


@pytest.mark.only_sync("a thread of the test's own")
@pytest.mark.needs("endpoint")
def test_a_proxy_gets_the_whole(client, like, table):
    """What stands between client and service is botocore's affair, and is used."""
    frozen, seen = put(table), []

    class Recording(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Recording) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        proxies = {"http": f"http://127.0.0.1:{server.server_port}"}
        transport_for(like(proxies=proxies))(frozen)
        thread.join()

    assert [(f"{client.meta.endpoint_url}/", whole(frozen))] == seen
    assert is_handed_over(frozen)


@pytest.mark.only_sync("threads of the test's own")
@pytest.mark.needs("threads")
def test_threads_share_a_client_and_none_gets_anothers_bytes(client, ids, table):
    """What is handed over travels with its call."""
    transport = transport_for(client)
    with RequestRecorder(client) as recorder:
        together(32, lambda number: [transport(put(table, f"{number}-{n}")) for n in range(4)])

    names = sorted(f"{number}-{n}" for number in range(32) for n in range(4))
    puts = [each.body["TransactItems"][0]["Put"] for each in recorder.requests]
    assert names == sorted(each["Item"]["id"]["S"] for each in puts)
    assert names == ids()


@pytest.mark.only_sync("the same in every shell")
def test_a_client_is_registered_with_once(client):
    """Scopes come and go; handlers do not pile up, and cost nothing the second time."""
    transport_for(client)
    first = handover_to(client)
    before = client.meta.events._emitter._lookup_cache

    transport_for(client)
    BotocoreTransport(client)

    assert first is handover_to(client)
    assert before is client.meta.events._emitter._lookup_cache


def test_a_client_that_nobody_uses_goes_away():
    """What is known of a client must not keep it."""
    client = engines.new_client()
    handover_to(client)
    gone = weakref.ref(client)

    del client
    gc.collect()

    assert gone() is None
