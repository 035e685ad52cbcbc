"""Fixtures of the library's tests: engines, clients, tables, and what was really sent."""

import secrets

import pytest

from tests import engines
from transactscope.testing import RequestRecorder


def pytest_generate_tests(metafunc):
    """Run a test that asks for `engine` once on every engine that has what the test needs.

    On an engine that lacks something the test is not generated at all, so that no
    report ever counts it there.
    """
    if "engine" in metafunc.fixturenames:
        markers = metafunc.definition.iter_markers("needs")
        needed = {capability for marker in markers for capability in marker.args}
        names = engines.engines_with(needed)
        metafunc.parametrize(
            "engine", [_parameter(name) for name in names], indirect=True, scope="module"
        )


def _parameter(name):
    problem = engines.dynoxide_problem() if name == engines.Dynoxide.name else None
    marks = [pytest.mark.skip(reason=problem)] if problem else []
    return pytest.param(name, id=name, marks=marks)


@pytest.fixture(scope="module")
def engine(request):
    """The engine that a test runs on: one process, or one moto, for each test module."""
    with engines.ENGINES[request.param]() as running:
        yield running


@pytest.fixture
def durable_engine(tmp_path):
    """A dynoxide of the test's own that keeps its data in a file: it may be killed."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide(db_path=tmp_path / "items.db") as running:
        yield running


@pytest.fixture
def client(engine):
    """A client of the engine."""
    made = engine.client()
    yield made
    made.close()


@pytest.fixture
def request_log(client):
    """What the fixture `client` sends; `request_log.watch(other)` adds another client."""
    with RequestRecorder(client) as recorder:
        yield recorder


def random_table_name():
    """Make a table name that no other test has: engines are shared by a module."""
    return f"test-{secrets.token_hex(6)}"


@pytest.fixture
def table_name():
    """The name of a table that does not exist."""
    return random_table_name()


@pytest.fixture
def fresh_table(client):
    """Create an empty table and return its name.

    `fresh_table()` has the string key `id`; other keys go by name and type:
    `fresh_table("PK", "SK")`, `fresh_table(("number", "N"))`.
    """

    def create(partition_key="id", sort_key=None):
        keys = [
            (key, "S") if isinstance(key, str) else key
            for key in (partition_key, sort_key)
            if key is not None
        ]
        name = random_table_name()
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": key_type} for key, key_type in keys
            ],
            KeySchema=[
                {"AttributeName": key, "KeyType": role}
                for (key, _), role in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
        return name

    return create
