"""Databases with a breaker, and circuits that are shared."""

import pytest

from tests.clocks import Clock
from tests.conftest import random_table_name
from tests.contract.breaker.given import ONCE
from tests.contract.breaker.shared import Shared
from tests.shells import Database
from transactscope.ext.breaker import Breaker
from transactscope.testing import Faults, RequestRecorder


@pytest.fixture
def clock():
    """The time of a test."""
    return Clock()


@pytest.fixture
def guarded(client, shell, table_names, tokens, pauses):
    """Make a database with a breaker: `guarded(breaker, retry=...)`. It sends everything once."""

    def make(breaker, retry=ONCE):
        return Database(
            client,
            table_names=table_names,
            new_token=tokens,
            clock=lambda: sum(pauses),
            sleep=pauses.append,
            random=lambda: 1.0,
            retry=retry,
            breaker=breaker,
        )

    return make


@pytest.fixture
def breaker(clock):
    """Two overloads open it, for 5 seconds."""
    return Breaker(failures=2, open_for=5, clock=clock)


@pytest.fixture
def db(guarded, breaker):
    """A database with that breaker."""
    return guarded(breaker)


@pytest.fixture
def shared(engine, shell, clock):
    """A table for circuits."""
    client = engine.client()
    events = shell.events_of(client)
    with Faults(events) as faults, RequestRecorder(events) as sent:
        made = Shared(client, faults, sent, clock, random_table_name())
        made.create()
        yield made
    client.close()


@pytest.fixture
def pair(guarded, shared):
    """Two databases, each with the breaker of a process of its own."""
    return guarded(shared.breaker()), guarded(shared.breaker())
