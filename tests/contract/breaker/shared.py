"""A circuit in a table. Two breakers over one table stand for two processes."""

import asyncio

from attrs import define

import transactscope
from tests import shells
from tests.clocks import Clock
from tests.contract.breaker.given import ONCE
from transactscope.ext.breaker import AsyncTableBreaker, Circuit, TableBreaker
from transactscope.testing import Faults, RequestRecorder


@define
class Shared:
    """A table for circuits, a client of its own, and faults and a record of that client."""

    client: object
    faults: Faults
    sent: RequestRecorder
    clock: Clock
    table: str

    def breaker(self, name="test", item=Circuit, **settings):
        """Make the breaker of one more process."""
        settings = {"failures": 2, "open_for": 5, "probe_timeout": 3, "cache_for": 1} | settings
        clocks = {"clock": self.clock, "wall_clock": self.clock} | settings
        options = {"table_names": {"CircuitBreaker": self.table}, "retry": ONCE}
        used = shells.current.client(self.client)
        if shells.current.name == shells.SYNC:
            return TableBreaker(transactscope.Database(used, **options), name, item=item, **clocks)
        return AsyncTableBreaker(
            transactscope.AsyncDatabase(used, **options), name, item=item, **clocks
        )

    def create(self):
        """Create the table."""
        mapped = {"CircuitBreaker": self.table}
        transactscope.Database(self.client, table_names=mapped).create_table(Circuit)
        self.sent.clear()

    def stored(self, name="test"):
        """Read the item with a call of its own."""
        key = {"name": {"S": name}}
        item = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        self.sent.clear()
        return transactscope.from_item(Circuit, item) if item else None


def admit(breaker):
    """Ask a breaker about a request."""
    request = transactscope.types.FrozenRequest("GetItem", {})
    return _now(breaker.admit(request))


def report(breaker, ticket, health):
    """Tell a breaker how a request went."""
    _now(breaker.report(ticket, health))


def _now(value):
    return shells.run(value) if asyncio.iscoroutine(value) else value
