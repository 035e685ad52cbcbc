"""What the page of observers says of events and log records is what the code has."""

import ast
import logging

import pytest

from tests.project import doc_tables
from tests.project.tree import ROOT, project_files
from transactscope.ext.logs import EventLog
from transactscope.types import Event, EventKind

PAGE = "docs/how-to/observers.md"
SOURCES = [
    path for path in project_files() if path.parts[0] == "transactscope" and path.suffix == ".py"
]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
PREFIX = "transactscope_"


def _calls():
    """List the calls that write a record: file, line, and the keywords."""
    for path in SOURCES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_logging(node.func):
                yield f"{path}:{node.lineno}", {keyword.arg for keyword in node.keywords}


def _is_logging(function):
    if isinstance(function, ast.Name):
        return function.id == "write_record"
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS:
        return False
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name.strip("_") == "logger"


def _facts_of(logger):
    rows = {row[0]: row[2] for row in doc_tables.rows(PAGE, "logger", "what it writes")}
    return set(rows[logger].replace("; of batches", ",").split(", "))


def test_every_kind_of_event_is_explained():
    """Who writes an observer knows what it may be called with, in the order of the code."""
    rows = doc_tables.rows(PAGE, "event", "when")

    assert [kind.name for kind in EventKind] == [row[0] for row in rows]


def test_every_record_of_the_library_has_facts():
    """A program that reads logs need not take texts apart."""
    calls = list(_calls())

    assert len(calls) > 10
    assert [] == [place for place, keywords in calls if not {"extra", "facts"} & keywords]


def test_the_facts_of_events_are_all_in_the_table():
    """No name is left out, and none is there that no record has."""
    event = Event(kind=EventKind.BEGIN, time=0.0, work=1, is_scope=True, verb="begin")

    assert {name.removeprefix(PREFIX) for name in event.as_extra()} == _facts_of(
        "transactscope.events"
    )


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.name)
def test_the_levels_are_those_of_the_page(kind, caplog):
    """Who sets a level gets what the page says."""
    text = " ".join((ROOT / PAGE).read_text(encoding="utf-8").split())
    told = "INFO for `RETRY`, `COMMIT` and `CANCEL`, WARNING for `IN_DOUBT`, DEBUG for the others."
    assert told in text
    levels = dict.fromkeys(("RETRY", "COMMIT", "CANCEL"), "INFO") | {"IN_DOUBT": "WARNING"}

    caplog.set_level(logging.DEBUG, logger="transactscope.events")
    EventLog()(Event(kind=kind, time=0.0, work=1, is_scope=True, verb="commit"))
    assert levels.get(kind.name, "DEBUG") == caplog.records[0].levelname


def test_every_logger_is_in_the_table():
    """Whoever configures logging finds all names in one place."""
    rows = {row[0] for row in doc_tables.rows(PAGE, "logger", "what it writes")}
    found = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "getLogger"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert rows == found
