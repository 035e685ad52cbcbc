"""What sends a request back to botocore, each proven by where the request was served."""

import functools
import logging
import logging.config

import botocore
import pytest
import urllib3
from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.history import get_global_history_recorder
from botocore.hooks import HierarchicalEmitter
from botocore.httpsession import URLLib3Session
from botocore.stub import Stubber

from tests import engines
from tests.unit.transports.direct.conftest import write
from transactscope.transports import choice
from transactscope.transports.direct import listeners, methods
from transactscope.transports.direct.transport import DirectTransport, direct_transport_for

EVENTS = sorted(listeners._OWN_HANDLERS)
METHODS = sorted(
    {
        (owner, name)
        for owner, name in methods._named(
            *methods._WATCHED,
            (AWSHTTPConnectionPool, methods._WATCHED_OF_POOL),
            (AWSHTTPConnection, methods._WATCHED_OF_CONNECTION),
        )
    },
    key=lambda each: (each[0].__qualname__, each[1]),
)
NEEDED = sorted(
    methods._named(*methods._NEEDED, (AWSHTTPConnectionPool, methods._NEEDED_OF_POOL)),
    key=lambda each: (each[0].__qualname__, each[1]),
)
ATTRIBUTES = [
    ("_endpoint", "http_session"),
    ("_endpoint", "_event_emitter"),
    ("_endpoint", "host"),
    ("_endpoint.http_session", "_manager"),
    ("_endpoint.http_session", "_proxy_config"),
    ("_endpoint.http_session", "_verify"),
    ("_endpoint.http_session._manager", "pool_classes_by_scheme"),
    ("_endpoint.http_session._proxy_config", "_proxies"),
    ("_request_signer", "_credentials"),
    ("_request_signer", "_region_name"),
    ("_request_signer", "_signature_version"),
    ("_request_signer", "_signing_name"),
    ("meta.events", "_emitter"),
    ("meta.events._emitter", "_handlers"),
    ("meta.events._emitter", "_lookup_cache"),
]
OF_CLIENT = [
    "_client_config",
    "_endpoint",
    "_request_signer",
    "_response_parser",
    "_ruleset_resolver",
    "_serializer",
    "_user_agent_creator",
    "meta",
]


class Wrapper:
    """Wraps a function as tracing tools do, and says that it equals what it wraps."""

    def __init__(self, wrapped):
        self.__wrapped__ = wrapped
        functools.update_wrapper(self, wrapped)

    def __call__(self, *args, **kwargs):
        """Call what is wrapped."""
        return self.__wrapped__(*args, **kwargs)

    def __get__(self, instance, owner):
        return self if instance is None else functools.partial(self, instance)

    def __eq__(self, other):
        return other == self.__wrapped__

    __hash__ = None


@pytest.fixture
def client(serve, connect):
    """A client that is served directly."""
    return connect(serve())


@pytest.fixture
def transport(client, ordinary):
    """A direct transport around one that only says that it served."""
    return DirectTransport(client, ordinary)


def served(transport, ordinary):
    """Send a request and say who served it."""
    before = len(ordinary.requests)
    transport(write())
    return "directly" if len(ordinary.requests) == before else "ordinarily"


def nothing(**_):
    """Stand for a handler."""


def part(client, path):
    """Return a part of a client."""
    return functools.reduce(getattr, path.split("."), client)


def test_an_ordinary_client_is_served_directly(transport, ordinary):
    """Otherwise nothing below proves anything."""
    assert ["directly", "directly"] == [served(transport, ordinary) for _ in range(2)]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("of", ["", ".dynamodb", ".dynamodb.TransactWriteItems", ".*.*"])
def test_who_listens_is_heard(transport, ordinary, client, event, of):
    """A handler sees every request from the next one on, and none once it is gone."""
    first = served(transport, ordinary)
    client.meta.events.register(event + of, nothing)
    second = served(transport, ordinary)
    client.meta.events.unregister(event + of, nothing)

    assert ("directly", "ordinarily", "directly") == (first, second, served(transport, ordinary))


def test_handlers_of_other_operations_do_not_matter(transport, ordinary, client):
    """Who listens to one operation does not slow down all."""
    client.meta.events.register("before-call.dynamodb.Scan", nothing)

    assert served(transport, ordinary) == "directly"


def test_the_recorder_of_the_library_is_heard(transport, ordinary, client):
    """Who counts requests in tests counts these, too."""
    from transactscope.testing import RequestRecorder

    with RequestRecorder(client):
        while_it_records = served(transport, ordinary)

    assert (while_it_records, served(transport, ordinary)) == ("ordinarily", "directly")


@pytest.mark.parametrize("is_early", [False, True], ids=["later", "before"])
@pytest.mark.parametrize(
    ("owner", "name"), METHODS, ids=lambda each: getattr(each, "__name__", each)
)
def test_wrapped_methods_are_called(client, ordinary, owner, name, is_early):
    """Tracing and recording tools wrap methods of classes, before or after the client is made."""
    transport = DirectTransport(client, ordinary)
    if not is_early:
        served(transport, ordinary)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, Wrapper(getattr(owner, name)))
        while_wrapped = served(transport, ordinary)

    assert (while_wrapped, served(transport, ordinary)) == ("ordinarily", "directly")


def test_a_plain_function_around_a_method_is_called(transport, ordinary, monkeypatch):
    """A decorator that keeps name and module of what it wraps is found, too."""
    original = BaseClient._make_api_call

    @functools.wraps(original)
    def wrapper(*args):
        return original(*args)

    monkeypatch.setattr(BaseClient, "_make_api_call", wrapper)

    assert served(transport, ordinary) == "ordinarily"


@pytest.mark.parametrize("name", ["_make_api_call", "_make_request", "transact_write_items"])
def test_methods_of_the_object_are_called(transport, ordinary, client, name):
    """Tests replace methods of one client."""
    first = served(transport, ordinary)
    setattr(client, name, nothing)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("_endpoint", "_send"),
        ("_endpoint", "make_request"),
        ("_endpoint.http_session", "send"),
        ("_endpoint.http_session._manager", "connection_from_url"),
        ("_request_signer", "sign"),
        ("meta.events", "emit"),
        ("meta.events._emitter", "emit"),
    ],
)
def test_methods_of_its_parts_are_called(transport, ordinary, client, path, name):
    """What hides a method of a part is called instead of it."""
    first = served(transport, ordinary)
    setattr(part(client, path), name, nothing)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


def test_the_method_of_the_client_class_is_called(transport, ordinary, client, monkeypatch):
    """Every client has a class of its own, whose methods can be replaced."""
    first = served(transport, ordinary)
    monkeypatch.setattr(type(client), "transact_write_items", nothing)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


@pytest.mark.parametrize("kind", [Endpoint, URLLib3Session])
def test_other_kinds_of_parts_are_used(transport, ordinary, client, kind):
    """A session or endpoint of somebody's own does what it does."""
    other = type("Other", (kind,), {})
    changed = client._endpoint if kind is Endpoint else client._endpoint.http_session
    first = served(transport, ordinary)
    changed.__class__ = other
    client.meta.events.register("before-call", nothing)  # only a look at the client finds it
    client.meta.events.unregister("before-call", nothing)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("", "_endpoint", object()),
        ("_endpoint", "http_session", object()),
        ("_endpoint.http_session", "_verify", False),
        ("_endpoint.http_session._proxy_config", "_proxies", {"http": "http://127.0.0.1:9"}),
        ("_request_signer", "_signature_version", botocore.UNSIGNED),
        ("_request_signer", "_credentials", None),
        ("meta", "events", HierarchicalEmitter()),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_replaced_parts_are_used(client, ordinary, path, name, value):
    """What is put in the place of a part is noticed before the next request."""
    transport = DirectTransport(client, ordinary)
    first = served(transport, ordinary)
    setattr(part(client, path) if path else client, name, value)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


def test_a_proxy_that_comes_later_is_used(transport, ordinary, client):
    """The settings of proxies are a dict that anybody can change."""
    first = served(transport, ordinary)
    client._endpoint.http_session._proxy_config._proxies["http"] = "http://127.0.0.1:9"

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


@pytest.mark.parametrize(
    "settings",
    [
        {"proxies": {"http": "http://127.0.0.1:9"}},
        {"retries": {"mode": "adaptive"}},
        {"signature_version": botocore.UNSIGNED},
    ],
    ids=lambda each: next(iter(each)),
)
def test_settings_that_only_botocore_obeys(serve, connect, ordinary, settings):
    """What is configured holds."""
    transport = DirectTransport(connect(serve(), **settings), ordinary)

    assert served(transport, ordinary) == "ordinarily"


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_other_retry_modes_make_no_difference(serve, connect, ordinary, mode):
    """botocore repeats nothing of ours, however it is configured."""
    transport = DirectTransport(connect(serve(), retries={"mode": mode}), ordinary)

    assert served(transport, ordinary) == "directly"


def test_a_proxy_of_the_environment_is_used(serve, connect, ordinary, monkeypatch):
    """botocore reads it when the client is made."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    transport = DirectTransport(connect(serve()), ordinary)

    assert served(transport, ordinary) == "ordinarily"


def test_certificates_that_are_not_checked(serve, ordinary):
    """botocore warns of it with every request."""
    client = engines._SESSION.client(
        "dynamodb", endpoint_url=serve().url, verify=False, region_name="eu-west-1"
    )

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_a_client_without_credentials(transport, ordinary, client):
    """botocore says that there are none."""
    client._request_signer._credentials = None

    assert served(transport, ordinary) == "ordinarily"


@pytest.mark.parametrize(
    "name", ["", "botocore", "botocore.endpoint", "botocore.hooks", "urllib3.connectionpool"]
)
def test_a_log_that_is_read_in_detail(transport, ordinary, name):
    """Who debugs sees everything in the log, as long as the level is set."""
    logger = logging.getLogger(name)
    level = logger.level
    first = served(transport, ordinary)
    logger.setLevel(logging.DEBUG)
    try:
        while_read = served(transport, ordinary)
    finally:
        logger.setLevel(level)

    assert (first, while_read) == ("directly", "ordinarily")
    assert served(transport, ordinary) == "directly"


def test_disabled_loggers_are_no_reason(client, ordinary, monkeypatch):
    """Configurations of logging disable loggers; the client is not looked at anew each time."""
    monkeypatch.setattr(listeners._CANARY, "disabled", True)
    transport = DirectTransport(client, ordinary)
    served(transport, ordinary)
    route = transport._routes["TransactWriteItems"]

    assert served(transport, ordinary) == "directly"
    assert route is transport._routes["TransactWriteItems"]


def test_a_history_that_is_recorded(transport, ordinary, monkeypatch):
    """The history of the AWS command line has every request."""
    first = served(transport, ordinary)
    monkeypatch.setattr(get_global_history_recorder(), "_enabled", True)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


def test_output_of_http_client(transport, ordinary, monkeypatch):
    """Its debugging output shows every request."""
    first = served(transport, ordinary)
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


def test_a_stubber_answers(transport, ordinary, client):
    """Stubber answers while it is active, and the network afterwards."""
    first = served(transport, ordinary)
    with Stubber(client):
        while_stubbed = served(transport, ordinary)

    assert (first, while_stubbed) == ("directly", "ordinarily")
    assert served(transport, ordinary) == "directly"


def test_moto_answers(serve, ordinary):
    """A client that moto may answer is never sent past it."""
    client = engines.new_client(serve().url)

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_other_connections_are_used(transport, ordinary, monkeypatch):
    """Recorders of connections put their own class in the place of botocore's."""
    first = served(transport, ordinary)
    other = type("Other", (AWSHTTPConnection,), {})
    monkeypatch.setattr(AWSHTTPConnectionPool, "ConnectionCls", other)

    assert (first, served(transport, ordinary)) == ("directly", "ordinarily")


def test_a_client_of_a_class_with_other_bases(client, ordinary):
    """Whoever derives from a client's class, or mixes in another one, wants to be asked."""
    client.__class__ = type("Derived", (type(client),), {})

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_pools_of_another_kind_are_used(client, ordinary):
    """Where connections come from is a dict that anybody can change."""
    other = type("Other", (AWSHTTPConnectionPool,), {})
    client._endpoint.http_session._manager.pool_classes_by_scheme = {"http": other, "https": other}

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_pools_that_wait_are_left_to_botocore(client, ordinary):
    """Taking a connection out of them is more than taking the last one."""
    client._endpoint.http_session._manager.connection_pool_kw["block"] = True

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_errors_that_cannot_be_read_are_left_to_botocore(client, ordinary, monkeypatch):
    """It is found out before anything is sent, not when an error comes."""
    monkeypatch.setattr("transactscope.transports.direct.route.is_understood", lambda *_: False)

    assert served(DirectTransport(client, ordinary), ordinary) == "ordinarily"


def test_a_connection_of_another_kind_is_left_in_the_pool(transport, ordinary, client):
    """What somebody put into the pool is botocore's to use."""
    served(transport, ordinary)
    pool = client._endpoint.http_session._manager.connection_from_url(client.meta.endpoint_url)
    other = urllib3.HTTPConnectionPool("127.0.0.1")._new_conn()
    pool.pool.queue[-1].close()
    pool.pool.queue[-1] = other

    assert served(transport, ordinary) == "ordinarily"
    assert pool.pool.queue[-1] is other


@pytest.mark.parametrize(
    "request_",
    [
        write(tables=("T", "arn:aws:dynamodb:eu-west-1:123456789012:table/T")),
        write(tables=()),
        write(token=None),
        write(operation="CreateTable", token=None),
    ],
    ids=["arn", "no tables", "no token", "another operation"],
)
def test_requests_that_botocore_treats_otherwise(transport, ordinary, request_):
    """An ARN may have an endpoint of its own, and botocore adds a token where there is none."""
    transport(request_)

    assert [request_] == ordinary.requests


@pytest.mark.parametrize("is_later", [False, True], ids=["at once", "later"])
@pytest.mark.parametrize("name", OF_CLIENT)
def test_missing_parts_of_the_client(transport, ordinary, client, name, is_later):
    """With another botocore the ordinary transport serves, silently and for good."""
    if is_later:
        served(transport, ordinary)
    delattr(client, name)

    assert ["ordinarily", "ordinarily"] == [served(transport, ordinary) for _ in range(2)]
    assert transport._is_off


@pytest.mark.parametrize(("path", "name"), ATTRIBUTES)
def test_missing_parts_of_its_parts(transport, ordinary, client, path, name):
    """The same holds for every private attribute that is read."""
    delattr(part(client, path), name)

    assert ["ordinarily", "ordinarily"] == [served(transport, ordinary) for _ in range(2)]
    assert transport._is_off


@pytest.mark.parametrize(
    ("owner", "name"), [*METHODS, *NEEDED], ids=lambda each: getattr(each, "__name__", each)
)
def test_missing_methods(client, ordinary, owner, name):
    """The same holds for every private method; one that is inherited is replaced by no method."""

    class Missing:
        def __get__(self, instance, kind):
            raise AttributeError(name)

    original = vars(owner).get(name)
    setattr(owner, name, Missing())
    try:
        transport = DirectTransport(client, ordinary)
        answers = [served(transport, ordinary) for _ in range(2)]
    finally:
        delattr(owner, name) if original is None else setattr(owner, name, original)

    assert ["ordinarily", "ordinarily"] == answers


def test_what_is_no_client_of_botocore_is_served_ordinarily(ordinary):
    """Stand-ins and wrappers of clients keep their own way."""
    assert direct_transport_for(object(), ordinary) is ordinary


def test_the_argument_turns_it_off(client):
    """`direct=False` means the ordinary transport."""
    assert not isinstance(choice.transport_for(client, direct=False), DirectTransport)
    assert isinstance(choice.transport_for(client), DirectTransport)


@pytest.mark.parametrize(("value", "is_direct"), [("0", False), ("1", True), ("", True)])
def test_the_environment_turns_it_off(client, monkeypatch, value, is_direct):
    """Without a change of the program, as an operator has to."""
    monkeypatch.setenv("TRANSACTSCOPE_DIRECT", value)

    assert is_direct == isinstance(choice.transport_for(client), DirectTransport)


@pytest.mark.parametrize("error", [ImportError, AttributeError])
def test_without_the_folder_the_ordinary_transport_serves(client, monkeypatch, error):
    """The folder can be deleted, or botocore be another one than it knows."""

    def fail(name):
        raise error(name)

    monkeypatch.setattr(choice.importlib, "import_module", fail)

    assert not isinstance(choice.transport_for(client), DirectTransport)
