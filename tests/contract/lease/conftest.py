"""Leases over one table, whose holders share their clocks."""

import pytest

from tests.leases import Leases
from transactscope import from_item
from transactscope.ext.lease import LeaseItem


@pytest.fixture
def table_names(table_names, fresh_table):
    """The tables of the entities, and one for leases."""
    return table_names | {"Lease": fresh_table("name")}


@pytest.fixture
def leases(client, shell, table_names):
    """Make leases: `leases("job")`."""
    return Leases(client, table_names)


@pytest.fixture
def lease(leases):
    """A lease that nobody has."""
    return leases("job", owner="the first")


@pytest.fixture
def rival(leases):
    """The same lease, wanted by another process."""
    return leases("job", owner="the second")


@pytest.fixture
def stored_lease(client, table_names):
    """Read the lease that is stored, with a client call of its own."""

    def read():
        key = {"name": {"S": "job"}}
        answer = client.get_item(TableName=table_names["Lease"], Key=key, ConsistentRead=True)
        return from_item(LeaseItem, answer["Item"]) if "Item" in answer else None

    return read


@pytest.fixture
def taken_over(leases, lease, rival):
    """A lease whose first holder was too late; the second one has it."""
    lease.acquire()
    leases.pass_time(10)
    rival.acquire()
    return lease
