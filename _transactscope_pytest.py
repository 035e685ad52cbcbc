"""pytest's fixtures for code that uses transactscope.

pytest finds this module by its entry point and loads it in every run, with or without a test that
needs it. So it stands beside the package and imports nothing of it, nor boto3, before a fixture is
asked for: no run gets slower, and none loads the library before coverage is measured. The only
module that imports pytest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from transactscope.testing import Faults, NoWaiting, RequestRecorder
    from transactscope.testing.plugin import FaultsOfTest

_FAULTS: pytest.StashKey[FaultsOfTest] = pytest.StashKey()


@pytest.fixture
def transactscope_faults(request: pytest.FixtureRequest) -> Iterator[Callable[[Any], Faults]]:
    """Inject faults into a client: `transactscope_faults(client)` returns its `Faults`.

    They are taken away at the end of the test, which fails if a scripted fault never happened.
    """
    from transactscope.testing.plugin import FaultsOfTest  # noqa: PLC0415 - see the module

    made = request.node.stash[_FAULTS] = FaultsOfTest()
    yield made
    made.remove()


@pytest.fixture
def transactscope_requests() -> Iterator[Callable[..., RequestRecorder]]:
    """Record what clients send: `transactscope_requests(client)` returns a `RequestRecorder`.

    It watches nobody any more when the test ends.
    """
    from transactscope.testing import RequestRecorder  # noqa: PLC0415 - see the module

    with contextlib.ExitStack() as recorders:
        yield lambda *clients: recorders.enter_context(RequestRecorder(*clients))


@pytest.fixture
def transactscope_no_waiting() -> NoWaiting:
    """Keep a database from waiting: `Database(client, **transactscope_no_waiting.settings)`."""
    from transactscope.testing import no_waiting  # noqa: PLC0415 - see the module

    return no_waiting()


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a test that has passed without its faults; not called for one that has failed.

    In the call and not in the fixture's end, so that the test fails, and nothing else.
    """
    made = item.stash.get(_FAULTS, None)
    problem = None if made is None else made.problem()
    if problem is not None:
        pytest.fail(problem, pytrace=False)
