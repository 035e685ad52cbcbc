"""No event and no log record holds a value."""

import logging

import pytest

from tests.contract.entities import Account
from tests.contract.observers.given import TX
from tests.shells import TransactScope
from transactscope import Attr
from transactscope.errors import ConditionFailedError
from transactscope.ext.logs import EventLog
from transactscope.testing import conflict, lost_request, throttled
from transactscope.types import EventKind

SECRET = "an-eleven-word-secret"


def test_no_event_and_no_log_record_holds_a_value(watched, recorder, faults, caplog):
    """Whoever reads logs may not be allowed to read items."""
    caplog.set_level(logging.DEBUG, logger="transactscope")
    db = watched(EventLog(), max_attempts=3)
    faults.next(TX, conflict(), lost_request())
    faults.next("PutItem", throttled())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", note=SECRET))
        tx.update(Account, "A-2", set={"note": SECRET})
        tx.check(Account, "A-3", condition=Attr("note").ne(SECRET))
    db.put(Account("A-1", note=SECRET))
    db.get(Account, "A-1")
    for condition in (Attr("note").eq("another"), None):
        with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
            verb = tx.put if condition is not None else tx.insert
            verb(Account("A-1", note=SECRET), condition=condition)
    db.batch_write([Account("A-4", note=SECRET)])

    assert {EventKind.COMMIT, EventKind.CANCEL, EventKind.RETRY} < {e.kind for e in recorder.events}
    shown = [f"{event!r} {event} {event.as_extra()} {event.actions}" for event in recorder.events]
    assert [] == [text for text in shown if SECRET in text]
    records = [f"{vars(record)} {record.getMessage()}" for record in caplog.records]
    assert len(records) > len(recorder.events)
    ours = [record for record in caplog.records if record.name.startswith("transactscope")]
    assert all(any(name.startswith("transactscope_") for name in vars(each)) for each in ours)
    assert [] == [text for text in records if SECRET in text]


def test_what_one_observer_does_with_an_event_does_not_reach_the_others(watched, recorder):
    """They are told the same, and so is the end of it, and the result."""

    def scale(event):
        for table in event.write_units:
            event.write_units[table] *= 0.5

    with TransactScope(watched(scale)) as tx:
        tx.put(Account("A-1"))

    first, last = recorder.only(EventKind.ATTEMPT), recorder.only(EventKind.COMMIT)
    assert first.write_units == last.write_units == tx.result.write_units
