"""Leases of tests: in every shell, with clocks that only a test moves."""

import itertools

import attrs

import transactscope
from tests import shells
from tests.clocks import Clocks
from transactscope.ext.lease import AsyncLease, Lease

START = 1_700_000_000.0  # of the wall clock
ONCE = transactscope.RetryPolicy(max_attempts=1)


class DrivenLease(AsyncLease):
    """An asynchronous lease that is used as a synchronous one."""

    def acquire(self, *args, **kwargs):
        """Wait for it; the others do the same."""
        return shells.run(super().acquire(*args, **kwargs))

    def refresh(self):
        """Wait."""
        return shells.run(super().refresh())

    def release(self):
        """Wait."""
        return shells.run(super().release())

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *exception):
        return shells.run(super().__aexit__(*exception))


@attrs.define
class Leases:
    """Makes leases of one database, whose holders share their clocks and never wait.

    Attributes:
        clocks: The time of all of them.
        pauses: The seconds of every pause.
    """

    client: object
    table_names: dict
    clocks: Clocks = attrs.field(factory=Clocks)
    pauses: list = attrs.field(factory=list)
    _tokens: object = attrs.field(factory=lambda: map("token-{}".format, itertools.count(1)))

    def __call__(self, key, **options):
        """Make a lease of 10 seconds, which its holder trusts in for 9."""
        used = shells.current.client(self.client)
        settings = {
            "duration": 10,
            "margin": 1,
            "clock": lambda: self.clocks.monotonic,
            "wall_clock": lambda: self.clocks.wall,
            "random": lambda: 0.0,
            "new_token": lambda: next(self._tokens),
        } | options
        database = {"table_names": self.table_names, "retry": ONCE}
        if shells.current.is_driven:
            over = transactscope.AsyncDatabase(used, **database)
            return DrivenLease(over, key, sleep=self._later, **settings)
        over = transactscope.Database(used, **database)
        return Lease(over, key, sleep=self._sleep, **settings)

    def pass_time(self, seconds):
        """Let time pass."""
        self.clocks.sleep(seconds)

    def _sleep(self, seconds):
        self.pauses.append(seconds)
        self.clocks.sleep(seconds)

    async def _later(self, seconds):
        self._sleep(seconds)
