"""Whatever a server does: the right answer or the right error, with one token and one body."""

import gc
import json
import socket
import ssl
import threading

import botocore.exceptions
import pytest
import urllib3.connection
from botocore.parsers import ResponseParserError

from tests import engines
from tests.unit.transports.direct.conftest import BODY, TOKEN, plain, write
from tests.unit.transports.direct.servers import OK, Server, answer
from tests.unit.transports.direct.test_http import GARBAGE, SHORT
from transactscope.core.answers import Verdict, verdict_on
from transactscope.transports.direct.transport import DirectTransport

CLOSED = botocore.exceptions.ConnectionClosedError
CHECKSUM = botocore.exceptions.ChecksumError
CONFLICT = (
    b'{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",'
    b'"Message":"no","CancellationReasons":[{"Code":"ConditionalCheckFailed","Message":"m",'
    b'"Item":{"id":{"B":"AP8="}}}]}'
)
BAD_REQUEST = b"400 Bad Request"

DAMAGED = {
    "a wrong checksum": (answer(b"{}", b"x-amz-crc32: 1", checksum=False), CHECKSUM),
    "no checksum": (answer(b"{}", b"x-amz-crc32: x", checksum=False), CHECKSUM),
    "an error with a wrong checksum": (
        answer(CONFLICT, b"x-amz-crc32: 1", checksum=False, status=BAD_REQUEST),
        CHECKSUM,
    ),
    "no JSON": (answer(b"<html>"), ResponseParserError),
    "no object": (answer(b"[]"), ResponseParserError),
    "nothing": (answer(b""), ResponseParserError),
    "no UTF-8": (answer(b'{"a":"\xff"}'), ResponseParserError),
    "no base64": (answer(b'{"Item":{"b":{"B":"A"}}}'), ResponseParserError),
    "no end of nesting": (answer(b"[" * 200_000), ResponseParserError),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", ResponseParserError),
    "a body that is shorter": ((OK + b"Content-Length: 9\r\n\r\n{}", Server.CLOSE), CLOSED),
    "a body that is longer": (OK + b"Content-Length: 1\r\n\r\n{}", ResponseParserError),
}


def outcome(call):
    """Return what a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is compared
        call()
    return caught.value


def sent_again(transport, spy, request, server):
    """Send a request again, and insist that the ordinary transport sent the very same."""
    transport(request)
    assert [request] == spy.requests
    first, *_, last = server.requests
    assert json.loads(first.body) == json.loads(last.body)
    assert TOKEN == json.loads(last.body)["ClientRequestToken"]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        *[
            pytest.param((GARBAGE[name], Server.CLOSE), ResponseParserError, id=name)
            for name in GARBAGE
        ],
        *[pytest.param((SHORT[name], Server.CLOSE), CLOSED, id=name) for name in SHORT],
        *[pytest.param(*DAMAGED[name], id=name) for name in DAMAGED],
    ],
)
def test_what_is_no_answer_leaves_a_doubt(serve, connect, both, step, error):
    """It is neither success nor refusal, the connection is given up, and botocore sends again."""
    server = serve(step)
    transport, spy = both(connect(server))
    request = write()
    raised = outcome(lambda: transport(request))

    assert (error, Verdict.UNKNOWN) == (type(raised), verdict_on(raised))
    assert len(server.requests) == 1
    sent_again(transport, spy, request, server)


def test_damage_of_http_ends_the_connection(serve, connect, both):
    """What may still come on it is never taken for the answer to the next request."""
    server = serve(b"garbage\r\n\r\n" + answer(b'{"stale":1}'))
    transport, _ = both(connect(server))
    outcome(lambda: transport(write()))
    came = transport(write())

    assert "stale" not in came
    assert [1, 2] == [request.connection for request in server.requests]


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_connection_that_ends_after_the_request_leaves_a_doubt(serve, connect, both, end):
    """The server may have applied it."""

    def close(connection):
        if end == "reset":
            linger = b"\1\0\0\0\0\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
        return Server.CLOSE

    server = serve(close)
    transport, spy = both(connect(server))
    request = write()
    raised = outcome(lambda: transport(request))

    assert (CLOSED, Verdict.UNKNOWN) == (type(raised), verdict_on(raised))
    sent_again(transport, spy, request, server)


@pytest.mark.parametrize("content", [b"", OK, answer(b"{}")[:-1]], ids=["nothing", "head", "most"])
def test_a_slow_answer_leaves_a_doubt(serve, connect, both, content):
    """The client's read time-out holds for every wait."""
    server = serve()

    def wait(connection):
        connection.sendall(content)
        server.over.wait()

    server.script.append(wait)
    transport, spy = both(connect(server, read_timeout=0.05))
    request = write()
    raised = outcome(lambda: transport(request))

    assert (botocore.exceptions.ReadTimeoutError, Verdict.UNKNOWN) == (
        type(raised),
        verdict_on(raised),
    )
    sent_again(transport, spy, request, server)


@pytest.mark.slow
def test_a_server_that_reads_nothing_leaves_a_doubt(connect, both):
    """Writing has an end, too."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = plain(engines.new_client(url, read_timeout=0.05))
        transport, _ = both(client)
        raised = outcome(lambda: transport(write(body=b'{"a":"' + b"x" * 30_000_000 + b'"')))
        client.close()

    assert botocore.exceptions.ReadTimeoutError is type(raised)


def test_nobody_listens(serve, connect, both):
    """Nothing was sent, and the error says so."""
    server = serve()
    client = connect(server)
    server.__exit__()
    transport, spy = both(client)
    request = write()
    raised = outcome(lambda: transport(request))

    assert (botocore.exceptions.EndpointConnectionError, Verdict.NOT_SENT) == (
        type(raised),
        verdict_on(raised),
    )
    assert [] == spy.requests
    outcome(lambda: transport(request))
    assert [request] == spy.requests


def test_nobody_takes_the_connection(serve, connect, both, monkeypatch):
    """A connection that takes too long was not used."""
    client = connect(serve())
    transport, _ = both(client)

    def refuse(*_, **__):
        raise TimeoutError

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    raised = outcome(lambda: transport(write()))

    assert (botocore.exceptions.ConnectTimeoutError, Verdict.NOT_SENT) == (
        type(raised),
        verdict_on(raised),
    )


def test_a_connection_is_used_again(serve, connect, both):
    """As long as nothing speaks against it, and by botocore's own calls, too."""
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    for _ in range(3):
        transport(write())
    client.list_tables()
    transport(write())

    assert ([], 1) == (spy.requests, server.connections)


@pytest.mark.parametrize(
    "step",
    [
        answer(b"{}", b"Connection: close"),
        answer(b"{}") * 2,
        answer(b"{}") + b"x",
        (answer(b"{}", length=False), Server.CLOSE),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["said", "two answers", "more bytes", "until the end", "old"],
)
def test_a_connection_that_is_not_in_order_is_replaced(serve, connect, both, step):
    """The answer counts, and the next request finds a connection of which everything is known."""
    server = serve(step)
    transport, spy = both(connect(server))
    first, second = transport(write()), transport(write())

    assert (200, 200) == tuple(
        each["ResponseMetadata"]["HTTPStatusCode"] for each in (first, second)
    )
    assert ([], [1, 2]) == (spy.requests, [request.connection for request in server.requests])


def test_a_connection_that_was_closed_while_idle_is_replaced(serve, connect, both):
    """A server closes what is idle; that is seen before anything is sent."""
    server = serve((answer(b"{}"), Server.CLOSE))
    client = connect(server)
    transport, spy = both(client)
    transport(write())
    server._threads[1].join()
    transport(write())

    assert ([], 2) == (spy.requests, server.connections)


def test_a_client_that_was_closed_goes_on(serve, connect, both):
    """As botocore's clients do; and closing closes our connections, too."""
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    transport(write())
    connections = transport._routes["TransactWriteItems"]._line[1].connections
    connection = connections.take()
    connections.give_back(connection)
    client.close()
    was_closed = connection.sock is None
    transport(write())

    assert ([], 2, True) == (spy.requests, server.connections, was_closed)


def test_a_connection_that_is_used_while_the_client_is_closed(serve, connect, both):
    """It is closed when it comes back: nothing stays open behind the user's back."""
    server = serve()
    client = connect(server)
    transport, _ = both(client)
    transport(write())
    connections = transport._routes["TransactWriteItems"]._line[1].connections
    connection = connections.take()
    client.close()
    connections.give_back(connection)

    assert connection.sock is None


def test_no_more_connections_are_kept_than_the_client_keeps(serve, connect, both):
    """`max_pool_connections` holds."""
    server = serve()
    client = connect(server, max_pool_connections=2)
    transport, _ = both(client)
    transport(write())
    connections = transport._routes["TransactWriteItems"]._line[1].connections
    taken = [connections.take() for _ in range(4)]
    for connection in taken:
        connections.give_back(connection)

    assert 2 == sum(connection.sock is not None for connection in taken)


def test_threads_share_a_client(serve, connect, both):
    """Each gets the answer to its own request."""
    server = serve()
    transport, spy = both(connect(server, max_pool_connections=8))
    bodies = [b'{"n":%d' % number for number in range(200)]
    answers = []

    def work(mine):
        answers.extend(
            transport(write(body=body, token=None, operation="GetItem")) for body in mine
        )

    threads = [threading.Thread(target=work, args=(bodies[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == spy.requests
    assert len(answers) == 200
    assert sorted(body + b"}" for body in bodies) == sorted(each.body for each in server.requests)


def test_an_error_is_the_exception_of_the_client(serve, connect, both):
    """With its modelled fields, bytes and metadata, as botocore raises it."""
    server = serve(*[answer(CONFLICT, status=BAD_REQUEST)] * 2)
    client = connect(server)
    transport, spy = both(client)
    request = write()
    ours = outcome(lambda: transport(request))
    theirs = outcome(lambda: transport(request))

    assert [request] == spy.requests
    assert client.exceptions.TransactionCanceledException is type(ours) is type(theirs)
    assert theirs.response == ours.response
    assert b"\0\xff" == ours.response["CancellationReasons"][0]["Item"]["id"]["B"]
    assert (str(theirs), theirs.operation_name) == (str(ours), ours.operation_name)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (b"500 Internal Server Error", b'{"__type":"InternalServerError"}'),
        (b"503 Service Unavailable", b"<html>busy</html>"),
        (b"301 Moved Permanently", b""),
        (b"400 Bad Request", b"no JSON"),
        (b"400 Bad Request", b'{"__type":"x#RequestTimeTooSkewed"}'),
    ],
    ids=["500", "503", "301", "400", "skewed"],
)
def test_other_errors_are_those_of_the_client(serve, connect, both, status, body):
    """Every one of them makes the next attempt an ordinary one."""
    server = serve(*[answer(body, status=status)] * 2)
    transport, spy = both(connect(server))
    request = write()
    ours, theirs = (outcome(lambda: transport(request)) for _ in range(2))

    assert [request] == spy.requests
    assert (type(theirs), theirs.response) == (type(ours), ours.response)


def test_texts_of_errors_hold_no_values(serve, connect, both):
    """What was to be written, and what came back, may be secret."""
    server = serve(answer(b'{"secret":'), (b"secret\r\n\r\n", Server.CLOSE))
    transport, _ = both(connect(server))
    texts = [str(outcome(lambda: transport(write()))) for _ in range(2)]

    assert [] == [text for text in texts if "secret" in text]


def test_an_interrupt_closes_the_connection(serve, connect, both):
    """Whoever presses a key in the middle of it leaves no half answer behind."""
    server = serve()
    client = connect(server)
    transport, spy = both(client)
    transport(write())
    connections = transport._routes["TransactWriteItems"]._line[1].connections
    connection = connections.take()

    class Interrupted:
        def __getattr__(self, name):
            return getattr(self.socket, name)

        def sendall(self, _):
            raise KeyboardInterrupt

    interrupted = Interrupted()
    interrupted.socket = connection.sock
    connection.sock = interrupted
    connections.give_back(connection)
    request = write()
    with pytest.raises(KeyboardInterrupt):
        transport(request)
    transport(request)

    assert [request] == spy.requests
    assert connection.sock is not interrupted


def test_other_trouble_leaves_a_doubt(serve, connect, both):
    """Whatever a socket raises, the request may have arrived."""
    transport, _ = both(connect(serve()))
    transport(write())
    connections = transport._routes["TransactWriteItems"]._line[1].connections
    connection = connections.take()

    class Broken:
        def __getattr__(self, name):
            return getattr(self.socket, name)

        def recv(self, _):
            raise ValueError

    broken = Broken()
    broken.socket = connection.sock
    connection.sock = broken
    connections.give_back(connection)
    raised = outcome(lambda: transport(write()))

    assert (botocore.exceptions.HTTPClientError, Verdict.UNKNOWN) == (
        type(raised),
        verdict_on(raised),
    )


def test_requests_that_met_trouble_are_forgotten_with_them(serve, connect, both):
    """What is remembered of a request lasts as long as the request."""
    server = serve(answer(b"no"), answer(b"no"))
    transport, _ = both(connect(server))
    outcome(lambda: transport(write()))
    before = len(transport._spoiled)
    gc.collect()  # the error's traceback knows the request

    assert (1, 0) == (before, len(transport._spoiled))


def test_tls_is_that_of_the_client(serve, certificate, tls, both):
    """The client's own certificate authorities decide, and the connection is kept."""
    server = serve(answer(b"{}"), answer(CONFLICT, status=BAD_REQUEST), context=tls)
    client = plain(_client(server, verify=str(certificate[0])))
    transport, spy = both(client)
    transport(write())
    raised = outcome(lambda: transport(write()))
    transport(write())
    client.close()

    assert ([], 1) == (spy.requests, server.connections)
    assert client.exceptions.TransactionCanceledException is type(raised)


@pytest.mark.parametrize("size", [1_000, 200_000])
def test_tls_carries_content_of_any_size(serve, certificate, tls, both, size):
    """In records of its own, of which a reader sees nothing."""
    body = b'{"a":"%b"}' % (b"x" * size)
    server = serve(answer(body), context=tls)
    client = plain(_client(server, verify=str(certificate[0])))
    transport, spy = both(client)
    came = transport(write(body=b'{"a":"%b"' % (b"y" * size)))
    client.close()

    assert ([], "x" * size) == (spy.requests, came["a"])
    assert len(server.requests[0].body) > size


def test_a_certificate_that_nobody_knows_is_refused_by_botocore(serve, tls, ordinary):
    """Nothing is sent, and the error is the one that it always was."""
    server = serve(context=tls)
    client = plain(_client(server))
    request = write()
    DirectTransport(client, ordinary)(request)
    client.close()

    assert ([request], []) == (ordinary.requests, server.requests)


def test_a_handshake_that_does_not_end_sends_nothing(certificate, both):
    """It is a connection that took too long, not a doubt."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://localhost:{listening.getsockname()[1]}"
        client = plain(_client(url, verify=str(certificate[0]), connect_timeout=0.05))
        transport, _ = both(client)
        raised = outcome(lambda: transport(write()))
        client.close()

    assert (botocore.exceptions.ConnectTimeoutError, Verdict.NOT_SENT) == (
        type(raised),
        verdict_on(raised),
    )


def test_a_handshake_that_breaks_off_sends_nothing(serve, certificate, ordinary):
    """Whoever speaks no TLS gets no request."""
    server = serve(context=_NoTls())
    client = plain(_client(server, verify=str(certificate[0])))
    transport = DirectTransport(client, ordinary)
    request = write()
    try:
        transport(request)
    except botocore.exceptions.EndpointConnectionError:
        transport(request)
    client.close()

    assert ([request], []) == (ordinary.requests, server.requests)


class _NoTls:
    """Ends every connection before it is one."""

    def wrap_socket(self, connection, **_):
        connection.close()
        raise ssl.SSLError


def _client(server, verify=None, **settings):
    url = server if isinstance(server, str) else server.url
    config = botocore.config.Config(**({"retries": {"total_max_attempts": 1}} | settings))
    arguments = engines._arguments(url)
    return engines._SESSION.client("dynamodb", config=config, verify=verify, **arguments)


def test_a_certificate_that_was_not_checked_is_not_used(
    serve, certificate, tls, ordinary, monkeypatch
):
    """If it was not, something is not as we know it."""
    original = urllib3.connection._ssl_wrap_socket_and_match_hostname

    def unchecked(**settings):
        return original(**settings)._replace(is_verified=False)

    monkeypatch.setattr(urllib3.connection, "_ssl_wrap_socket_and_match_hostname", unchecked)
    server = serve(context=tls)
    client = plain(_client(server, verify=str(certificate[0])))
    request = write()
    DirectTransport(client, ordinary)(request)
    client.close()

    assert ([request], []) == (ordinary.requests, server.requests)


def test_any_trouble_with_connecting_sends_nothing(serve, connect, both, monkeypatch):
    """Whatever the system says."""

    def fail(_):
        raise PermissionError

    transport, _ = both(connect(serve()))
    monkeypatch.setattr("urllib3.connection.HTTPConnection._new_conn", fail)
    raised = outcome(lambda: transport(write()))

    assert botocore.exceptions.EndpointConnectionError is type(raised)


def test_systems_without_poll(serve, connect, both, monkeypatch):
    """What is idle is looked at as urllib3 does it."""
    monkeypatch.setattr("transactscope.transports.direct.connections._new_poll", None)
    server = serve(answer(), (answer(), Server.CLOSE))
    transport, spy = both(connect(server))
    transport(write())
    transport(write())
    server._threads[1].join()
    transport(write())

    assert ([], [1, 1, 2]) == (spy.requests, [each.connection for each in server.requests])


def test_the_body_is_what_was_frozen(serve, connect, both):
    """Byte by byte, also where botocore would check nothing."""
    server = serve()
    transport, spy = both(connect(server, parameter_validation=False))
    transport(write())

    assert [] == spy.requests
    assert BODY + b',"ClientRequestToken":"token-1"}' == server.requests[0].body
