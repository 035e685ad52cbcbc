"""A process with a `TableBreaker`, which does what it is told through its pipes.

    python -m tests.contract.breaker.process ENDPOINT CIRCUIT_TABLE ACCOUNT_TABLE

`clock 5` sets both clocks, `overload` opens the circuit, `read` reads an account and says what came
of it, and `hold` does the same and says when the request is under way, until it hears `go`.
"""

import sys

from tests import engines
from tests.contract.entities import Account
from tests.processes import Obedient, under_way
from transactscope import Database, RetryPolicy
from transactscope.errors import CircuitOpenError, ThrottledError
from transactscope.ext.breaker import TableBreaker
from transactscope.testing import Faults, calling, throttled

ONCE = RetryPolicy(max_attempts=1)


class Process(Obedient):
    """One process of a program that has several."""

    def __init__(self, endpoint_url, circuit_table, account_table):
        self.now = 0.0
        names = {"CircuitBreaker": circuit_table, "Account": account_table}
        plain = Database(engines.new_client(endpoint_url), table_names=names, retry=ONCE)
        breaker = TableBreaker(
            plain,
            failures=1,
            open_for=5,
            probe_timeout=3,
            clock=lambda: self.now,
            wall_clock=lambda: self.now,
        )
        self.client = engines.new_client(endpoint_url)
        self.db = Database(self.client, table_names=names, retry=ONCE, breaker=breaker)

    def clock(self, seconds):
        """Let it be so late."""
        self.now = float(seconds)
        return "set"

    def read(self):
        """Read an account."""
        try:
            self.db.get(Account, "A-1")
        except CircuitOpenError:
            return "refused"
        except ThrottledError:
            return "throttled"
        return "sent"

    def overload(self):
        """Read an account, and be throttled."""
        return self._read_with(throttled())

    def hold(self):
        """Read an account; the request is under way until `go` is heard."""
        return self._read_with(calling(under_way))

    def _read_with(self, fault):
        with Faults(self.client) as faults:
            faults.next("GetItem", fault)
            return self.read()


if __name__ == "__main__":
    Process(*sys.argv[1:]).obey()
