"""Clients that may be served directly, and what tells how they were served."""

import datetime as dt
import ipaddress
import ssl

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import engines
from tests.unit.transports.direct.servers import Server
from transactscope.transports import botocore
from transactscope.transports.direct.transport import DirectTransport
from transactscope.types import FrozenRequest

BODY = b'{"TransactItems":[{"Delete":{"TableName":"T","Key":{"id":{"S":"1"}}}}]'
TOKEN = "token-1"


@attrs.define
class Spy:
    """An ordinary transport that counts what it is given; without `serve` it only answers."""

    serve: object = None
    requests: list = attrs.field(factory=list)

    def __call__(self, request):
        """Answer, or let the ordinary transport do it."""
        self.requests.append(request)
        return {"served": "ordinarily"} if self.serve is None else self.serve(request)


def plain(client):
    """Take moto's handler from a client: it listens to all that is sent, mocked or not."""
    from moto.core import models

    client.meta.events.unregister("before-send", models.botocore_stubber)
    return client


def write(body=BODY, token=TOKEN, tables=("T",), operation="TransactWriteItems"):
    """Make a request of ready content."""
    content = [body, b',"ClientRequestToken":"%b"}' % token.encode()] if token else [body, b"}"]
    return FrozenRequest.of_content(operation, content, token, tables)


@pytest.fixture
def serve():
    """Start servers that end with the test: `serve(step, step)`."""
    running = []

    def start(*script, context=None):
        server = Server(*script, context=context).__enter__()
        running.append(server)
        return server

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def connect():
    """Make clients that are closed after the test: `connect(server, **settings)`."""
    pools = []

    def new(server, **settings):
        client = plain(engines.new_client(server.url, **settings))
        pools.append(client._endpoint.http_session._manager)  # a test may take the rest away
        return client

    yield new
    for each in pools:
        each.clear()


@pytest.fixture
def ordinary():
    """An ordinary transport that sends nothing, and says that it served."""
    return Spy()


@pytest.fixture
def both():
    """Make a direct transport around the real ordinary one, and what counts the latter."""

    def make(client):
        spy = Spy(botocore.transport_for(client))
        return DirectTransport(client, spy), spy

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of its own authority for `localhost`, as two files."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(secret)
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def tls(certificate):
    """What a server needs to speak TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
