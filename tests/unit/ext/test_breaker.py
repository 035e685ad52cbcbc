"""The circuit of one process: what opens it, who is the probe, and what closes it."""

import contextlib
import logging
import threading
import types

import pytest
from attrs import define, field

from tests.clocks import Clock
from tests.contract.entities import Account, Order
from transactscope import Database, entity
from transactscope.errors import CircuitOpenError, InvalidRequestError
from transactscope.ext.breaker import (
    AsyncTableBreaker,
    Breaker,
    Circuit,
    CircuitState,
    TableBreaker,
)
from transactscope.ext.breaker.circuit import LocalCircuit, Settings
from transactscope.types import FrozenRequest, Health

GOOD, OVERLOADED, UNKNOWN = Health.GOOD, Health.OVERLOADED, Health.UNKNOWN
CLOSED, OPEN, HALF_OPEN = CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN
REQUEST = FrozenRequest("PutItem", {}, tables=("Account",))
LOGGER = "transactscope.ext.breaker"


@pytest.fixture
def clock():
    """A clock that only the test moves."""
    return Clock()


@pytest.fixture
def breaker(clock):
    """Three overloads within 10 seconds open it for 5; a probe has 4 seconds."""
    return Breaker(failures=3, window=10, open_for=5, probe_timeout=4, clock=clock)


def _send(breaker, *healths):
    for health in healths:
        breaker.report(breaker.admit(REQUEST), health)


def _refusal(breaker):
    with pytest.raises(CircuitOpenError) as caught:
        breaker.admit(REQUEST)
    return caught.value


def test_overloads_in_a_row_open_it(breaker):
    """The last of them, not one before."""
    _send(breaker, OVERLOADED, OVERLOADED)
    assert CLOSED is breaker.state

    _send(breaker, OVERLOADED)
    assert OPEN is breaker.state


def test_an_answer_between_them_begins_anew(breaker):
    """A hot key is throttled while everything else is served."""
    _send(breaker, *[OVERLOADED, OVERLOADED, GOOD] * 5)

    assert CLOSED is breaker.state


def test_what_says_nothing_does_not_count_either_way(breaker):
    """Interrupted requests neither open it nor hide that others failed."""
    _send(breaker, OVERLOADED, UNKNOWN, UNKNOWN, OVERLOADED, UNKNOWN)
    assert CLOSED is breaker.state

    _send(breaker, OVERLOADED)
    assert OPEN is breaker.state


def test_overloads_have_to_come_within_the_window(breaker, clock):
    """Two bad minutes a year are not one outage."""
    _send(breaker, OVERLOADED)
    clock.now += 10.5
    _send(breaker, OVERLOADED, OVERLOADED)
    assert CLOSED is breaker.state

    clock.now += 9.5
    _send(breaker, OVERLOADED)
    assert OPEN is breaker.state


def test_an_open_circuit_says_for_how_long(breaker, clock):
    """Who is refused can tell its own callers when to come again."""
    _send(breaker, OVERLOADED, OVERLOADED, OVERLOADED)
    clock.now += 2
    error = _refusal(breaker)

    assert 3.0 == error.retry_after
    assert not error.retryable
    assert (
        "circuit dynamodb: PutItem on Account was not sent, because it is open; again in 3.000 "
        "seconds"
    ) == str(error)


def _opened(breaker, clock):
    """Open it, and let its time pass."""
    _send(breaker, OVERLOADED, OVERLOADED, OVERLOADED)
    clock.now += 5


def test_after_its_time_one_request_is_the_probe(breaker, clock):
    """All others are refused until it has reported."""
    _opened(breaker, clock)
    assert breaker.admit(REQUEST).is_probe
    assert HALF_OPEN is breaker.state
    clock.now += 1
    error = _refusal(breaker)

    assert 3.0 == error.retry_after
    assert "a probe is under way" in str(error)


@pytest.mark.parametrize(("health", "state"), [(GOOD, CLOSED), (OVERLOADED, OPEN)])
def test_the_probe_decides(breaker, clock, health, state):
    """It closes the circuit, or opens it for as long again."""
    _opened(breaker, clock)
    _send(breaker, health)

    assert state is breaker.state
    assert state is CLOSED or _refusal(breaker).retry_after == 5.0


def test_a_circuit_that_was_closed_counts_from_the_beginning(breaker, clock):
    """What opened it before is over."""
    _opened(breaker, clock)
    _send(breaker, GOOD, OVERLOADED, OVERLOADED)

    assert CLOSED is breaker.state


def test_a_probe_that_says_nothing_makes_room_for_the_next(breaker, clock):
    """Its task was canceled, or its own side refused to send it."""
    _opened(breaker, clock)
    _send(breaker, UNKNOWN)
    assert HALF_OPEN is breaker.state

    _send(breaker, GOOD)
    assert CLOSED is breaker.state


def test_a_probe_that_never_reports_is_replaced(breaker, clock):
    """What it says later is nothing to anybody."""
    _opened(breaker, clock)
    lost = breaker.admit(REQUEST)
    clock.now += 4
    probe = breaker.admit(REQUEST)
    assert probe.is_probe

    breaker.report(lost, GOOD)
    assert HALF_OPEN is breaker.state
    breaker.report(probe, OVERLOADED)
    assert OPEN is breaker.state


def test_stragglers_neither_close_nor_open_it(breaker, clock):
    """They were sent into another state of things."""
    good, bad, worse = (breaker.admit(REQUEST) for _ in range(3))
    _send(breaker, OVERLOADED, OVERLOADED, OVERLOADED)
    breaker.report(good, GOOD)
    assert OPEN is breaker.state

    clock.now += 5
    probe = breaker.admit(REQUEST)
    breaker.report(bad, OVERLOADED)
    assert HALF_OPEN is breaker.state

    breaker.report(probe, GOOD)
    for _ in range(3):
        breaker.report(worse, OVERLOADED)
    assert CLOSED is breaker.state


def test_of_many_threads_one_is_the_probe(breaker, clock):
    """However closely they come together."""
    _opened(breaker, clock)
    start, admitted = threading.Barrier(16), []

    def ask():
        start.wait()
        with contextlib.suppress(CircuitOpenError):
            admitted.append(breaker.admit(REQUEST))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [True] == [ticket.is_probe for ticket in admitted]


def test_changes_are_logged_once_each(breaker, clock, caplog):
    """Opening is a warning; closing is good news."""
    caplog.set_level(logging.INFO, LOGGER)
    _opened(breaker, clock)
    for _ in range(3):
        _send(breaker, OVERLOADED)
        _refusal(breaker)
        clock.now += 5
    _send(breaker, GOOD, GOOD)

    levels = [record.levelname for record in caplog.records if record.name == LOGGER]
    assert ["WARNING"] * 4 + ["INFO"] == levels
    assert "circuit dynamodb is open" in caplog.text
    assert "circuit dynamodb is closed: the probe was answered" in caplog.text


def test_news_of_others_that_come_too_late_change_nothing(clock, caplog):
    """The circuit has changed since somebody looked."""
    caplog.set_level(logging.INFO, LOGGER)
    settings = Settings(failures=1, window=10, open_for=5, probe_timeout=4)
    circuit = LocalCircuit("test", settings, clock)
    old = circuit.admit(REQUEST)
    circuit.report(old, OVERLOADED)
    caplog.clear()
    circuit.hold(old, 100)
    circuit.close(old)
    assert OPEN is circuit.state

    clock.now += 5
    assert circuit.admit(REQUEST).is_probe
    assert [] == caplog.records


def test_it_shows_its_name_and_state():
    """In a debugger, and in logs of others."""
    assert "<Breaker orders: closed>" == repr(Breaker(name="orders"))


@pytest.mark.parametrize(
    "settings",
    [
        {"failures": 0},
        {"failures": 1.5},
        {"failures": True},
        {"window": 0},
        {"window": "1"},
        {"open_for": -1},
        {"open_for": float("inf")},
        {"open_for": float("nan")},
        {"probe_timeout": True},
        {"probe_timeout": None},
    ],
    ids=str,
)
def test_settings_out_of_their_range_are_refused(settings):
    """A circuit that can never close again must not be made."""
    (name,) = settings
    with pytest.raises(InvalidRequestError, match=f"{name}= must be") as caught:
        Breaker(**settings)

    assert "INVALID_POLICY" == caught.value.code


@pytest.mark.parametrize("name", ["", None, 3], ids=repr)
def test_a_circuit_needs_a_name(name):
    """It is a key."""
    with pytest.raises(InvalidRequestError, match="the name of a circuit must be a text"):
        Breaker(name=name)


def test_a_clock_is_a_function():
    """A time would stand still."""
    with pytest.raises(InvalidRequestError, match="a clock must be a function, not float"):
        Breaker(clock=1.0)


@pytest.fixture
def plain_db():
    """A database whose client sends nothing."""
    return Database(types.SimpleNamespace(transact_write_items=lambda **_: {}))


class Bare(Circuit):
    """No entity."""


@entity("Circuits", partition_key="name")
@define
class Demanding(Circuit):
    """An entity that needs more than its name."""

    owner: str = field(kw_only=True)


@pytest.mark.parametrize(
    "item",
    [Account, Order, Bare, Demanding, Circuit("x"), None],
    ids=["another entity", "other keys", "no entity", "demanding", "object", "None"],
)
def test_an_item_that_cannot_hold_a_circuit_is_refused(item, plain_db):
    """When the breaker is made, and not when it has to open."""
    with pytest.raises(InvalidRequestError):
        TableBreaker(plain_db, item=item)


@pytest.mark.parametrize("cache_for", [-1, float("inf"), float("nan"), True, "1"], ids=repr)
def test_a_time_to_cache_is_refused_unless_it_is_one(cache_for, plain_db):
    """0 means to look for every request, which is slow and allowed."""
    with pytest.raises(InvalidRequestError, match="cache_for= must be seconds"):
        TableBreaker(plain_db, cache_for=cache_for)


def test_a_database_of_the_other_kind_is_refused(plain_db):
    """Its answers would have to be awaited, or could not be."""
    with pytest.raises(InvalidRequestError, match="takes an object of AsyncDatabase here"):
        AsyncTableBreaker(plain_db)
    with pytest.raises(InvalidRequestError, match="takes an object of Database here, not of str"):
        TableBreaker("db")


def test_the_database_of_a_breaker_has_none_itself(plain_db):
    """It would ask itself whether it may ask."""
    guarded = Database(plain_db._environment.client, breaker=Breaker())
    with pytest.raises(InvalidRequestError, match="must not have a breaker itself"):
        TableBreaker(guarded)


class HostileNumber(int):
    """A number that cannot be compared."""

    def _raise(self, _):
        raise ZeroDivisionError

    __lt__ = __le__ = __gt__ = __ge__ = _raise


@pytest.mark.parametrize("setting", ["failures", "window", "open_for", "probe_timeout"])
def test_numbers_that_cannot_be_reckoned_with_are_refused(setting):
    """A huge one was an OverflowError, a hostile one what it raised, which is the cause now."""
    with pytest.raises(InvalidRequestError, match=f"{setting}= must be"):
        Breaker(**{setting: 10**5000})
    with pytest.raises(InvalidRequestError, match=f"{setting}= must be") as caught:
        Breaker(**{setting: HostileNumber(1)})

    assert "INVALID_POLICY" == caught.value.code
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
