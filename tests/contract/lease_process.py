"""A process that wants a lease, and does what it is told through its pipes.

    python -m tests.contract.lease_process ENDPOINT LEASE_TABLE ACCOUNT_TABLE

`clock 5` sets its clocks, `acquire` and `release` do that, `stage 7` stages a commit that writes 7
and demands the lease, `commit` sends it, and `hold` does the same and says when the request is
under way, until it hears `go`. Each says what came of it.
"""

import sys

from tests import engines
from tests.contract.entities import Account
from transactscope import Database, RetryPolicy, TransactScope
from transactscope.ext.lease import Lease, LeaseLostError, LeaseTakenError
from transactscope.testing import Faults, calling


def _say(word):
    print(word, flush=True)  # noqa: T201 - the other end of the pipe reads it


def _hear():
    return sys.stdin.readline().split()


def _under_way():
    _say("under way")
    _hear()


class Process:
    """One process of a program that has several."""

    def __init__(self, endpoint_url, lease_table, account_table):
        self.now = 1000.0
        self.client = engines.new_client(endpoint_url)
        names = {"Lease": lease_table, "Account": account_table}
        self.db = Database(self.client, table_names=names, retry=RetryPolicy(max_attempts=1))
        clocks = {"clock": lambda: self.now, "wall_clock": lambda: self.now}
        self.lease = Lease(self.db, "job", duration=10, **clocks)
        self.tx = None

    def obey(self, command, *arguments):
        """Do what a command says, and say in one line what came of it."""
        try:
            _say(getattr(self, command)(*arguments))
        except (LeaseLostError, LeaseTakenError) as error:
            _say(type(error).__name__)

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
            faults.next("TransactWriteItems", calling(_under_way))
            return self.commit()


if __name__ == "__main__":
    process = Process(*sys.argv[1:])
    _say("ready")
    while command := _hear():
        process.obey(*command)
