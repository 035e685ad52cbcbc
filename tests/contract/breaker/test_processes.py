"""One circuit for two processes: real ones, over one engine, that hear and speak through pipes."""

import contextlib

import pytest

from tests.conftest import random_table_name
from tests.processes import Process
from transactscope import Database
from transactscope.ext.breaker import Circuit

pytestmark = [pytest.mark.slow, pytest.mark.needs("endpoint")]

ROUNDS = 10


OTHER = "tests.contract.breaker.process"


@pytest.fixture
def processes(engine, client, fresh_table):
    """Two processes with one circuit; their clocks say the same."""
    table = random_table_name()
    Database(client, table_names={"CircuitBreaker": table}).create_table(Circuit)
    arguments = engine.endpoint_url, table, fresh_table("number")
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(Process(OTHER, *arguments)) for _ in range(2)]
        assert ["ready"] * 2 == [process.hear() for process in started]
        yield started


def _at(processes, seconds):
    for process in processes:
        assert "set" == process.ask(f"clock {seconds}")


def test_of_two_processes_one_sends_the_probe(processes):
    """Both find that it is due at the same moment, again and again, and one of them is elected."""
    for number in range(ROUNDS):
        _at(processes, 20 * number)
        assert ["sent"] * 2 == [process.ask("read") for process in processes]
        assert "throttled" == processes[number % 2].ask("overload")
        _at(processes, 20 * number + 5)
        for process in processes:
            process.tell("hold")
        words = [process.hear() for process in processes]
        assert ["refused", "under way"] == sorted(words)

        assert "sent" == processes[words.index("under way")].ask("go")
        _at(processes, 20 * number + 6)
        assert ["sent"] * 2 == [process.ask("read") for process in processes]


def test_what_one_process_has_seen_stops_the_other(processes):
    """Nothing is sent by it while the circuit is open."""
    one, other = processes
    _at(processes, 0)
    assert "sent" == other.ask("read")
    assert "throttled" == one.ask("overload")
    _at(processes, 1)

    assert ["refused"] * 2 == [one.ask("read"), other.ask("read")]


def test_a_process_that_dies_as_the_probe_is_replaced(processes):
    """Its election is over after its time, and not before."""
    one, other = processes
    _at(processes, 0)
    assert "throttled" == one.ask("overload")
    _at(processes, 5)
    assert "under way" == one.ask("hold")
    one.kill()
    assert "refused" == other.ask("read")
    _at([other], 7.5)
    assert "refused" == other.ask("read")

    _at([other], 8)
    assert "sent" == other.ask("read")
