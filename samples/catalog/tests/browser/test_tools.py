"""Browser tests run, are skipped with a reason, or fail: never silently less."""

import pytest

from samples.catalog.tests.browser import tools
from tests import engines


@pytest.fixture
def everything(monkeypatch, tmp_path):
    """A machine that has all that browser tests need."""
    (tmp_path / "axe.min.js").touch()
    monkeypatch.setattr(tools, "AXE", tmp_path / "axe.min.js")
    monkeypatch.setattr(tools, "has_playwright", lambda: True)
    monkeypatch.setattr(tools, "find_browser", lambda: tmp_path / "chromium")
    monkeypatch.setattr(engines, "dynoxide_problem", lambda: None)
    return monkeypatch


@pytest.mark.usefixtures("everything")
def test_nothing_is_missing_where_everything_is_there():
    """A complete machine runs the tests."""
    assert tools.problem() is None


@pytest.mark.parametrize(
    ("holder", "name", "missing", "word"),
    [
        (tools, "has_playwright", lambda: False, "playwright"),
        (tools, "find_browser", lambda: None, "apt-get install chromium"),
        (tools, "AXE", engines.ROOT / "nowhere", "axe-core"),
        (engines, "dynoxide_problem", lambda: "no dynoxide", "no dynoxide"),
    ],
    ids=["playwright", "browser", "axe", "engine"],
)
def test_what_is_missing_is_named(everything, holder, name, missing, word):
    """Who reads the report knows what to install."""
    everything.setattr(holder, name, missing)

    assert word in tools.problem()


def test_a_machine_with_less_skips():
    """A developer without a browser still runs the rest."""
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        tools.insist("no browser", {})


@pytest.mark.parametrize("name", ["CI", "TRANSACTSCOPE_REQUIRE_ENGINES"])
def test_a_run_that_needs_everything_fails(name):
    """In continuous integration a missing browser is no reason to prove less."""
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        tools.insist("no browser", {name: "true"})
