"""Browser tests run, are skipped with a reason, or fail: never silently less."""

import shutil

import pytest

from samples.catalog.tests.browser import tools
from tests import engines


@pytest.fixture
def everything(monkeypatch, tmp_path):
    """A machine that has all that browser tests need."""
    (tmp_path / "axe.min.js").touch()
    monkeypatch.setattr(tools, "AXE", tmp_path / "axe.min.js")
    monkeypatch.setattr(tools, "has_playwright", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda program: tmp_path / program)
    monkeypatch.setattr(engines, "dynoxide_problem", lambda: None)
    return monkeypatch


@pytest.mark.usefixtures("everything")
def test_nothing_is_missing_where_everything_is_there():
    """A complete machine runs the tests, in both browsers."""
    assert {None} == {tools.problem(), *map(tools.problem_of, tools.PROGRAMS)}


@pytest.mark.parametrize(
    ("holder", "name", "missing", "word"),
    [
        (tools, "has_playwright", lambda: False, "playwright"),
        (tools, "AXE", engines.ROOT / "nowhere", "axe-core"),
        (engines, "dynoxide_problem", lambda: "no dynoxide", "no dynoxide"),
    ],
    ids=["playwright", "axe", "engine"],
)
def test_what_is_missing_is_named(everything, holder, name, missing, word):
    """Who reads the report knows what to install."""
    everything.setattr(holder, name, missing)

    assert word in tools.problem()


@pytest.mark.parametrize(
    ("program", "name"), [("chromium", "chromium"), ("firefox-esr", "firefox")]
)
def test_a_missing_browser_is_named_and_the_other_one_is_not(everything, tmp_path, program, name):
    """Who has one browser still runs the tests in that one."""
    others = set(sum(tools.PROGRAMS.values(), ())) - set(tools.PROGRAMS[name])
    everything.setattr(shutil, "which", lambda each: tmp_path / each if each in others else None)
    (other,) = set(tools.PROGRAMS) - {name}

    assert f"apt-get install {program}" in tools.problem_of(name)
    assert tools.problem_of(other) is None


def test_a_machine_with_less_skips():
    """A developer without a browser still runs the rest."""
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        tools.insist("no browser", {})


@pytest.mark.parametrize("name", ["CI", "TRANSACTSCOPE_REQUIRE_ENGINES"])
def test_a_run_that_needs_everything_fails(name):
    """In continuous integration a missing browser is no reason to prove less."""
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        tools.insist("no browser", {name: "true"})
