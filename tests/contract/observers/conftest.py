"""Databases with an observer that remembers."""

import pytest

from tests.contract.entities import Account
from tests.contract.observers.given import Recorder
from tests.shells import Database
from transactscope import RetryPolicy


@pytest.fixture
def recorder():
    """What has observed the databases of the test."""
    return Recorder()


@pytest.fixture
def settings(table_names, tokens, pauses):
    """What a database needs that never waits, and whose pauses are the longest."""
    return {
        "table_names": table_names,
        "new_token": tokens,
        "clock": lambda: sum(pauses),
        "sleep": pauses.append,
        "random": lambda: 1.0,
    }


@pytest.fixture
def watched(client, shell, settings, recorder):
    """Make a database whose observers are the recorder and those that are given."""

    def make(*observers, breaker=None, **policy):
        return Database(
            client,
            retry=RetryPolicy(**policy),
            breaker=breaker,
            observers=[recorder, *observers],
            **settings,
        )

    return make


@pytest.fixture
def db(watched):
    """A database that is observed; it never waits."""
    return watched()


@pytest.fixture
def account(db, recorder):
    """An account that is stored, of which nothing was told."""
    stored = Account("A-1", 10)
    db.put(stored)
    recorder.events.clear()
    return stored
