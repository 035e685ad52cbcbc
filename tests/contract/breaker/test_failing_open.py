"""A circuit whose table does not serve: each process goes on by itself."""

import logging

import pytest

from tests.contract.breaker.given import CLOSED, LOGGER, OPEN, get_through, overload
from tests.contract.breaker.shared import admit, report
from transactscope.testing import (
    calling,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)
from transactscope.types import Health


def _warnings(caplog, word):
    return [record for record in caplog.records if word in record.getMessage()]


def test_a_missing_table_is_said_once_and_counting_goes_on(guarded, shared, clock, faults, caplog):
    """A breaker that is down with DynamoDB would take the program with it."""
    caplog.set_level(logging.INFO, LOGGER)
    shared.client.delete_table(TableName=shared.table)
    db = guarded(shared.breaker())
    for _ in range(3):
        assert "sent" == get_through(db)
        clock.now += 5
    overload(db, faults)
    assert 5.0 == get_through(db)
    clock.now += 5
    assert "sent" == get_through(db)  # the probe of this process
    assert CLOSED is db.breaker.state
    (warning,) = _warnings(caplog, "does not serve")
    assert "TableNotFoundError" in warning.getMessage()
    assert "db.create_table()" in warning.getMessage()

    shared.create()
    clock.now += 5
    assert "sent" == get_through(db)
    assert 1 == len(_warnings(caplog, "serves again"))


FAILURES = {
    "no access": error("AccessDeniedException"),
    "throttled": throttled(),
    "server error": error("InternalServerError", status=500),
    "time-out": lost_request(),
    "applied, and a time-out": lost_answer(),
    "no connection": no_connection(),
    "a bug": raised(ZeroDivisionError()),
}


@pytest.mark.parametrize("fault", FAILURES)
def test_it_fails_open_whatever_its_table_does(guarded, shared, faults, caplog, fault):
    """Each of its requests may fail, and this process goes by what it sees itself."""
    for operation in ("GetItem", "PutItem"):
        shared.faults.at_random(operation, FAILURES[fault], probability=1, seed=0)
    db = guarded(shared.breaker())
    assert "sent" == get_through(db)
    for _ in range(3):
        shared.clock.now += 5
        overload(db, faults, 2 if db.breaker.state is CLOSED else 1)
        assert 5.0 == get_through(db)
    shared.clock.now += 5

    assert "sent" == get_through(db)
    assert CLOSED is db.breaker.state
    assert 1 == len(_warnings(caplog, "does not serve"))
    assert [] == [r for r in caplog.records if r.name == "transactscope.breaker"]


@pytest.mark.parametrize("fault", FAILURES)
def test_a_table_that_cannot_be_written_leaves_the_probe_to_each_process(
    guarded, shared, clock, faults, fault
):
    """What could not be told to the others is known here: that nothing is stored closes nothing."""
    shared.faults.at_random("PutItem", FAILURES[fault], probability=1, seed=0)
    db = guarded(shared.breaker(open_for=5))
    overload(db, faults)
    assert 5.0 == get_through(db)

    clock.now += 5.5
    overload(db, faults, 1)
    assert OPEN is db.breaker.state


def test_a_table_that_goes_in_an_election_makes_the_probe_our_own(guarded, shared, clock, faults):
    """The circuit was open for all, and somebody has to ask."""
    db = guarded(shared.breaker())
    overload(db, faults)
    shared.faults.next("GetItem", throttled())
    clock.now += 5

    assert "sent" == get_through(db)
    assert CLOSED is db.breaker.state


def test_a_table_that_does_not_serve_is_left_alone_for_a_while(guarded, shared, clock, faults):
    """What is overloaded is not asked again by everything that happens."""
    db = guarded(shared.breaker())
    shared.faults.next("GetItem", throttled())
    assert "sent" == get_through(db)
    clock.now += 4
    overload(db, faults)  # nobody is told
    assert ["GetItem"] == shared.sent.operations

    clock.now += 5
    shared.faults.next("GetItem", throttled())
    for _ in range(2):
        ticket = admit(db.breaker)
        assert ticket.is_probe
        report(db.breaker, ticket, Health.UNKNOWN)
    assert ["GetItem"] * 2 == shared.sent.operations


@pytest.mark.only_sync("the test's thread asks while the loop of the others is at work")
def test_one_request_at_a_time_looks_at_the_table(guarded, shared):
    """The others go by what is known meanwhile, and do not wait."""
    db = guarded(shared.breaker(cache_for=0))
    meanwhile = []
    shared.faults.next("GetItem", calling(lambda: meanwhile.append(get_through(db))))

    assert "sent" == get_through(db)
    assert ["sent"] == meanwhile
    assert ["GetItem"] == shared.sent.operations


def test_an_item_that_cannot_be_read_is_a_table_that_does_not_serve(
    guarded, shared, client, caplog
):
    """Somebody else has used the key."""
    item = {"name": {"S": "test"}, "state": {"S": "ajar"}}
    shared.client.put_item(TableName=shared.table, Item=item)

    assert "sent" == get_through(guarded(shared.breaker()))
    assert "ConversionError" in _warnings(caplog, "does not serve")[0].getMessage()
