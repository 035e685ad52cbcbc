"""`EventLog`: which record an event becomes, and that none is made where nobody wants one."""

import json
import logging

import attrs
import pytest

from transactscope.errors import CommitOutcomeUnknownError, InvalidRequestError
from transactscope.ext.logs import EventLog
from transactscope.types import Event, EventKind

LOGGER = "transactscope.events"
LEVELS = {
    "BEGIN": "DEBUG",
    "STAGE": "DEBUG",
    "ATTEMPT": "DEBUG",
    "RETRY": "INFO",
    "COMMIT": "INFO",
    "CANCEL": "INFO",
    "IN_DOUBT": "WARNING",
    "ROLLBACK": "DEBUG",
}


def _event(kind, **facts):
    return Event(
        **{"kind": kind, "time": 1.0, "work": 7, "is_scope": True, "verb": "commit", **facts}
    )


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.name)
def test_each_kind_has_its_level(caplog, kind):
    """What needs somebody's attention stands out."""
    caplog.set_level(logging.DEBUG, logger=LOGGER)
    EventLog()(_event(kind))

    assert [(LOGGER, LEVELS[kind.name])] == [(r.name, r.levelname) for r in caplog.records]


def test_a_level_can_be_changed(caplog):
    """One kind at a time; the others stay as they are."""
    caplog.set_level(logging.INFO, logger=LOGGER)
    log = EventLog(levels={EventKind.COMMIT: logging.DEBUG, EventKind.CANCEL: logging.ERROR})
    for kind in EventKind:
        log(_event(kind))

    assert ["INFO", "ERROR", "WARNING"] == [record.levelname for record in caplog.records]


def test_another_logger_can_be_given(caplog):
    """A program has its own names."""
    EventLog(logging.getLogger("audit"))(_event(EventKind.IN_DOUBT))

    assert ["audit"] == [record.name for record in caplog.records]


def test_a_record_has_what_the_event_says(caplog):
    """A text for people, and the same facts for programs."""
    caplog.set_level(logging.DEBUG, logger=LOGGER)
    event = _event(
        EventKind.IN_DOUBT,
        operation="TransactWriteItems",
        tables=("Account", "Shop"),
        client_request_token="t-1",
        attempts=2,
        seconds=0.25,
        error=CommitOutcomeUnknownError("lost"),
        write_units={"Account": 2.0},
    )
    EventLog()(event)

    (record,) = caplog.records
    text = (
        "commit(): in doubt, TransactWriteItems on Account, Shop, CommitOutcomeUnknownError "
        "(CommitOutcomeUnknownError), 0.250 seconds, client request token t-1"
    )
    assert text == record.getMessage()
    facts = {
        name: value for name, value in vars(record).items() if name.startswith("transactscope")
    }
    assert event.as_extra() == facts
    assert ["Account", "Shop"] == record.transactscope_tables
    assert json.loads(json.dumps(facts)) == facts


def test_an_attempt_and_an_action_are_told_in_words(caplog):
    """Which attempt, and which call."""
    caplog.set_level(logging.DEBUG, logger=LOGGER)

    @attrs.frozen
    class Staged:
        table: str = "Account"
        call: str = "app.py:7"

    EventLog()(_event(EventKind.ATTEMPT, verb="get", attempts=2))
    EventLog()(_event(EventKind.STAGE, verb="put", action=Staged()))

    assert ["get(): attempt 2", "put(): stage, Account, staged at app.py:7"] == caplog.messages
    assert ["Account"] == caplog.records[1].transactscope_tables


def test_nothing_is_made_where_the_level_is_off(caplog):
    """Not even the event is looked at, but for its kind."""

    class Bare:
        kind = EventKind.COMMIT

    caplog.set_level(logging.CRITICAL, logger=LOGGER)
    assert EventLog()(Bare()) is None
    caplog.set_level(logging.DEBUG, logger=LOGGER)
    with pytest.raises(AttributeError):
        EventLog()(Bare())


def test_every_event_has_the_same_names():
    """A format that names one works for every record."""
    names = {frozenset(_event(kind).as_extra()) for kind in EventKind}

    assert 1 == len(names)
    assert all(name.startswith("transactscope_") for name in next(iter(names)))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"logger": "audit"}, "logger= must be a logging.Logger, not str"),
        ({"levels": [1]}, "levels= must be a mapping of EventKind to levels, not list"),
        ({"levels": {"commit": 10}}, "maps a key of str to int"),
        ({"levels": {EventKind.COMMIT: "INFO"}}, "maps a key COMMIT to str"),
        ({"levels": {EventKind.COMMIT: True}}, "levels= must map an EventKind to a level"),
    ],
    ids=["logger", "list", "text", "name of a level", "truth"],
)
def test_what_cannot_be_used_is_refused(settings, text):
    """Where it is made, and not at the first commit."""
    with pytest.raises(InvalidRequestError, match=text):
        EventLog(**settings)
