"""A process that wants a lease, and does what it is told through its pipes.

    python -m tests.contract.lease.process ENDPOINT LEASE_TABLE ACCOUNT_TABLE

`clock 5` sets its clocks, `acquire` and `release` do that, `stage 7` stages a commit that writes 7
and demands the lease, `commit` sends it, and `hold` does the same and says when the request is
under way, until it hears `go`. Each says what came of it.
"""

import sys

from tests import engines
from tests.contract.entities import Account
from tests.processes import Obedient, under_way
from transactscope import Database, RetryPolicy, TransactScope
from transactscope.ext.lease import Lease, LeaseLostError, LeaseTakenError
from transactscope.testing import Faults, calling


class Process(Obedient):
    """One process of a program that has several."""

    answers = LeaseLostError, LeaseTakenError

    def __init__(self, endpoint_url, lease_table, account_table):
        self.now = 1000.0
        self.client = engines.new_client(endpoint_url)
        names = {"Lease": lease_table, "Account": account_table}
        self.db = Database(self.client, table_names=names, retry=RetryPolicy(max_attempts=1))
        clocks = {"clock": lambda: self.now, "wall_clock": lambda: self.now}
        self.lease = Lease(self.db, "job", duration=10, **clocks)
        self.tx = None

    def clock(self, seconds):
        """Let it be so late."""
        self.now = float(seconds)
        return "set"

    def acquire(self):
        """Take the lease."""
        self.lease.acquire()
        return "acquired"

    def release(self):
        """Give it up."""
        self.lease.release()
        return "released"

    def stage(self, balance):
        """Begin a transaction that demands the lease."""
        self.tx = TransactScope(self.db).begin()
        self.lease.check(self.tx)
        self.tx.put(Account("A-1", int(balance)))
        return "staged"

    def commit(self):
        """Send it."""
        self.tx.commit()
        return "committed"

    def hold(self):
        """Send it; the request is under way until `go` is heard."""
        with Faults(self.client) as faults:
            faults.next("TransactWriteItems", calling(under_way))
            return self.commit()


if __name__ == "__main__":
    Process(*sys.argv[1:]).obey()
