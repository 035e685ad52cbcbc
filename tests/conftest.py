"""Fixtures of the library's tests: engines, clients, tables, and what was really sent."""

import collections
import re
import secrets

import pytest

from tests import detours, engines, shells
from tests.lending import Lender
from transactscope.testing import RequestRecorder

_PLACE = re.compile(r"(?<=[\[-])(?:dynoxide|moto)(?:-direct|-threads|-aiobotocore)?(?=[\]-])")


def pytest_generate_tests(metafunc):
    """Run a test that asks for `engine` once on every engine that has what the test needs.

    On an engine that lacks something the test is not generated at all, so that no
    report ever counts it there. A test that asks for `shell`, too, runs in every shell on
    dynoxide, unless it is marked `only_sync`; not in `direct` if it is marked `not_direct`, or its
    module is one of `detours.LEFT_OUT`.
    """
    if "engine" not in metafunc.fixturenames:
        return
    markers = metafunc.definition.iter_markers("needs")
    needed = {capability for marker in markers for capability in marker.args}
    names = engines.engines_with(needed)
    if "shell" not in metafunc.fixturenames:
        parameters = [_parameter(name) for name in names]
        metafunc.parametrize("engine", parameters, indirect=True, scope="module")
        return
    only_sync = metafunc.definition.get_closest_marker("only_sync") is not None
    pairs = [(name, shell) for name in names for shell in _shells(name, only_sync=only_sync)]
    if _is_same_directly(metafunc):
        pairs = [(name, shell) for name, shell in pairs if shell != shells.DIRECT]
    parameters = [_parameter(name, shell) for name, shell in pairs]
    metafunc.parametrize(("engine", "shell"), parameters, indirect=True, scope="module")


def _is_same_directly(metafunc):
    is_marked = metafunc.definition.get_closest_marker("not_direct") is not None
    return is_marked or detours.leaves_out(metafunc.module.__name__)


def _shells(engine_name, *, only_sync):
    if only_sync or engine_name != engines.Dynoxide.name:
        return [shells.SYNC]
    problems = {
        shells.DIRECT: detours.problem(),
        shells.THREADS: None,
        shells.AIOBOTOCORE: engines.aiobotocore_problem(),
    }
    return [shells.SYNC, *(shell for shell, problem in problems.items() if problem is None)]


def _parameter(name, shell=None):
    problem = engines.dynoxide_problem() if name == engines.Dynoxide.name else None
    marks = [pytest.mark.skip(reason=problem)] if problem else []
    if shell == shells.AIOBOTOCORE:
        marks.append(pytest.mark.aiobotocore)
    if shell is None:
        return pytest.param(name, id=name, marks=marks)
    shown = name if shell == shells.SYNC else f"{name}-{shell}"
    return pytest.param(name, shell, id=shown, marks=marks)


def pytest_collection_modifyitems(items):
    """Leave out tests that are marked `aiobotocore` where it is not, as if not generated."""
    if engines.aiobotocore_problem() is not None:
        items[:] = [item for item in items if item.get_closest_marker("aiobotocore") is None]


def pytest_terminal_summary(terminalreporter):
    """Print how many tests passed on which engine in which shell."""
    counts = collections.Counter(
        match[0].strip("[-]")
        for report in terminalreporter.stats.get("passed", ())
        if (match := _PLACE.search(report.nodeid)) is not None
    )
    if counts:
        terminalreporter.section("passed by engine and shell")
    for place, count in sorted(counts.items()):
        terminalreporter.line(f"{place:25} {count}")


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


@pytest.fixture(scope="module")
def lender(engine):
    """Lends clients of the engine to one test after the other."""
    return Lender(engine.client)


@pytest.fixture
def client(lender):
    """A client of the engine that no other test has."""
    with lender.lent() as lent:
        yield lent


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
def fresh_table(engine):
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
        engine.create_table(
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
