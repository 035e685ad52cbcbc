"""Fixtures of the sample's tests: engines, and empty tables for every test."""

import contextlib
import os
import secrets

import boto3
import pytest
from botocore.config import Config

from samples.catalog.app import Options, choose_engine
from samples.catalog.frontend.web.server import create_app
from samples.catalog.frontend.web.sessions import BrowserSessions
from samples.catalog.provider.layouts import THREE_TABLES
from samples.catalog.provider.tables import ProductTables
from samples.catalog.service.catalog import CatalogService
from samples.catalog.tests.visitor import Visitor
from samples.engines.counting import watch
from samples.engines.dynoxide import find_dynoxide
from tests.lending import Lender
from transactscope import TransactScope

# It keeps the service model, which is slow to read; a mock throws boto3's own session away.
_SESSION = boto3.session.Session()


def require_dynoxide():
    """Skip a test where dynoxide is missing; fail it where every engine is required."""
    if find_dynoxide() is None:
        settings = (os.environ.get("CI"), os.environ.get("TRANSACTSCOPE_REQUIRE_ENGINES"))
        if any((setting or "").lower() not in ("", "0", "false") for setting in settings):
            pytest.fail("every engine is required here, and dynoxide is missing")
        pytest.skip("dynoxide is not installed; scripts/test installs it where npm is there")


@pytest.fixture(params=["dynoxide", "moto"], scope="module")
def engine_name(request):
    """Each local engine that the sample can choose."""
    if request.param == "dynoxide":
        require_dynoxide()
    return request.param


@pytest.fixture(scope="module")
def engine(engine_name, tmp_path_factory):
    """The sample's own engine, one for each test module."""
    data = tmp_path_factory.mktemp("engine") / "catalog.db"
    with choose_engine(Options(engine=engine_name, data=data)) as running:
        yield running


@pytest.fixture(scope="module")
def lenders(engine):
    """Find who lends clients of the engine with some settings: one for each test module."""
    made: dict[str, Lender] = {}

    def lender_of(**settings):
        def make():
            return _SESSION.client(
                "dynamodb",
                endpoint_url=engine.client.meta.endpoint_url,
                region_name=engine.client.meta.region_name,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=Config(**settings),
            )

        return made.setdefault(str(settings), Lender(make))

    return lender_of


@pytest.fixture
def new_client(lenders):
    """Lend clients of the engine; the arguments are those of botocore's `Config`."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(lenders(**settings).lent())


@pytest.fixture
def client(new_client):
    """A client that no other test uses, so that it may be listened to; it never waits."""
    return new_client(retries={"total_max_attempts": 1})


@pytest.fixture
def prefix():
    """What the names of this test's tables begin with: the engine is shared by a module."""
    return f"test-{secrets.token_hex(6)}-"


@pytest.fixture
def layout(request):
    """Which product is in which table: one table for each kind, unless a test asks for another."""
    return getattr(request, "param", THREE_TABLES)


@pytest.fixture
def tables(client, prefix, layout):
    """The tables, empty. Nobody waits for them."""
    made = ProductTables(client, prefix=prefix, layout=layout, sleep=lambda _seconds: None)
    made.create()
    return made


@pytest.fixture
def sent(client, tables):
    """What the client sends from now on: the tables are there already."""
    return watch(client)


@pytest.fixture
def can_fail(request):
    """Whether sessions have clients of their own, which can be made to fail."""
    return getattr(request, "param", False)


@pytest.fixture
def open_service(engine, tables, can_fail):
    """Open sessions."""
    return lambda: CatalogService(
        tables,
        own_client=engine.new_client() if can_fail else None,
        keeps_tokens=engine.keeps_tokens,
    )


@pytest.fixture
def service(open_service):
    """One session."""
    opened = open_service()
    yield opened
    opened.close()


@pytest.fixture
def other(tables):
    """The session of somebody else on the same tables."""
    opened = CatalogService(tables)
    yield opened
    opened.close()


@pytest.fixture(params=["with a scope", "without a scope"])
def perform(request, tables):
    """Call something of the provider with a scope that is then committed, or with a database."""

    def in_a_scope(act):
        with TransactScope(tables.database) as tx:
            act(tx)

    def at_once(act):
        act(tables.database)

    return in_a_scope if request.param == "with a scope" else at_once


@pytest.fixture
def clock():
    """A clock that stands still until it is told."""
    return Clock()


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        """Return the time."""
        return self.now


@pytest.fixture
def sessions(open_service, clock):
    """The sessions of all browsers."""
    opened = BrowserSessions(open_service, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def site(sessions):
    """The page as an application."""
    return create_app(sessions, engine="an engine that <forgets>")


@pytest.fixture
def visitor(site):
    """A person who looks at the albums."""
    return _visitor(site)


@pytest.fixture
def somebody(site):
    """Somebody else, with a browser of their own."""
    return _visitor(site)


def _visitor(site):
    arrived = Visitor(site.test_client())
    arrived.open("/album")
    return arrived
