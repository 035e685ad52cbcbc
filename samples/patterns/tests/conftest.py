"""Fixtures of the patterns' tests: the library's engines, and tables that no other test has."""

import secrets
from typing import Any

import attrs
import pytest

from samples.engines.counting import watch
from tests.conftest import engine, pytest_generate_tests
from tests.lending import Lender
from transactscope import Database, RetryPolicy, from_attribute_value
from transactscope.testing import Faults, no_waiting

__all__ = ["engine", "pytest_generate_tests"]  # pytest finds them here

MOST_THREADS = 32

PATIENT = RetryPolicy(max_attempts=200, timeout=60)  # enough for a crowd at one hot item


@attrs.frozen
class Deployment:
    """Tables that no other test has: a database over them, and what is stored in them."""

    client: Any
    prefix: str = attrs.field(factory=lambda: f"test-{secrets.token_hex(6)}-")

    @property
    def database(self):
        """A database over the tables, which are not there yet."""
        return Database(self.client, retry=PATIENT, table_names=self.name_of)

    def unwaiting(self, max_attempts=6):
        """Make another database over them, which never waits: for faults, and not for crowds."""
        retry = RetryPolicy(max_attempts=max_attempts)
        settings = no_waiting().settings
        return Database(self.client, retry=retry, table_names=self.name_of, **settings)

    def name_of(self, table):
        """Name a table of the entities in this deployment."""
        return self.prefix + table

    def rows(self, table):
        """Read a whole table, each item as attribute names and Python values."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name_of(table), ConsistentRead=True
        )
        return [
            {name: from_attribute_value(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]


@pytest.fixture(scope="module")
def lender(engine):
    """Lends clients of the engine with a connection for every thread."""
    return Lender(lambda: engine.client(max_pool_connections=MOST_THREADS))


@pytest.fixture
def client(lender):
    """A client that no other test has."""
    with lender.lent() as lent:
        yield lent


@pytest.fixture
def new_deployment(client):
    """Make deployments, one after the other."""
    return lambda: Deployment(client)


@pytest.fixture
def deployment(new_deployment):
    """The tables of this test."""
    return new_deployment()


@pytest.fixture
def rows(deployment):
    """Read a whole table of this test."""
    return deployment.rows


@pytest.fixture
def faults(client):
    """Faults for what the client sends."""
    with Faults(client) as installed:
        yield installed


@pytest.fixture
def sent(client):
    """What is sent, one line per request; to be cleared once the tables are there."""
    return watch(client)
