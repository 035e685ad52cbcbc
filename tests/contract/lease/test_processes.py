"""Two processes that want one lease: real ones, of which one is paused, over one engine."""

import contextlib

import pytest

from tests.contract.entities import Account
from tests.processes import Process
from transactscope import Database

pytestmark = [pytest.mark.slow, pytest.mark.needs("endpoint")]

ROUNDS = 10


OTHER = "tests.contract.lease.process"


@pytest.fixture
def tables(fresh_table):
    """The tables of leases and accounts."""
    return fresh_table("name"), fresh_table("number")


@pytest.fixture
def balance(client, tables):
    """Read what was written last."""
    db = Database(client, table_names={"Account": tables[1]})
    return lambda: db.get(Account, "A-1").balance


@pytest.fixture
def processes(engine, tables):
    """Two processes that want the same lease; their clocks say the same."""
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(Process(OTHER, engine.endpoint_url, *tables)) for _ in range(2)
        ]
        assert ["ready"] * 2 == [process.hear() for process in started]
        yield started


def test_of_two_processes_one_acquires_it(processes):
    """Both try at the same moment, again and again."""
    for _ in range(ROUNDS):
        for process in processes:
            process.tell("acquire")
        words = [process.hear() for process in processes]
        assert ["LeaseTakenError", "acquired"] == sorted(words)

        assert "released" == processes[words.index("acquired")].ask("release")


def test_a_holder_that_was_paused_commits_too_late(processes, balance):
    """It is stopped before its commit, and does not know; what it writes is refused."""
    paused, other = processes
    assert ["acquired", "staged"] == [paused.ask("acquire"), paused.ask("stage 1")]
    paused.pause()
    paused.tell("commit")
    assert "LeaseTakenError" == other.ask("acquire")
    assert "set" == other.ask("clock 1010")
    words = [other.ask(command) for command in ("acquire", "stage 2", "commit")]
    assert ["acquired", "staged", "committed"] == words
    paused.resume()

    assert "LeaseLostError" == paused.hear()
    assert 2 == balance()


def test_a_request_that_was_held_up_comes_too_late(processes, balance):
    """Stopped after it was written, in the moment before it is sent: it finds the lease gone."""
    paused, other = processes
    words = [paused.ask(command) for command in ("acquire", "stage 1", "hold")]
    assert ["acquired", "staged", "under way"] == words
    paused.pause()
    paused.tell("go")
    assert "set" == other.ask("clock 1010")
    words = [other.ask(command) for command in ("acquire", "stage 2", "commit", "release")]
    assert ["acquired", "staged", "committed", "released"] == words
    paused.resume()

    assert "LeaseLostError" == paused.hear()
    assert 2 == balance()


def test_a_holder_that_was_paused_and_not_replaced_goes_on(processes, balance):
    """Nobody else has worked meanwhile, so nothing is lost."""
    paused, other = processes
    assert ["acquired", "staged"] == [paused.ask("acquire"), paused.ask("stage 1")]
    paused.pause()
    paused.tell("commit")
    assert "LeaseTakenError" == other.ask("acquire")
    paused.resume()

    assert "committed" == paused.hear()
    assert 1 == balance()


def test_a_holder_that_dies_is_replaced(processes):
    """When its time is over, and not before."""
    one, other = processes
    assert "acquired" == one.ask("acquire")
    one.kill()
    assert "set" == other.ask("clock 1009.9")
    assert "LeaseTakenError" == other.ask("acquire")
    assert "set" == other.ask("clock 1010")

    assert "acquired" == other.ask("acquire")
