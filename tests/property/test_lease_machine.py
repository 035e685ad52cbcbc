"""Leases, driven at random, against a model of a few lines and a time that only the test knows.

The model's lease is a token and the time that is stored with it. Its workers have clocks that
differ by the margin at most; some are paused between staging and committing; answers get lost.
"""

import contextlib
import itertools

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import engines
from tests.contract.entities import Account
from transactscope import Database, RetryPolicy, TransactScope
from transactscope.ext.lease import Lease, LeaseItem, LeaseLostError, LeaseTakenError
from transactscope.testing import Faults, lost_answer, lost_request

DURATION, MARGIN = 10, 2
AHEAD = (0.0, 1.0, 2.0)  # seconds; the clock of each worker
WORKERS = st.integers(0, len(AHEAD) - 1)
LOSSES = st.sampled_from([None, None, lost_answer(), lost_request()])


@attrs.frozen
class Stored:
    """The model's lease."""

    token: str
    expires_at: float


@attrs.define
class Worker:
    """A process that wants the lease, and may be paused with a transaction of its own."""

    lease: Lease
    ahead: float
    staged: TransactScope | None = None
    staged_with: str | None = None


class LeaseMachine(RuleBasedStateMachine):
    """Acquires, refreshes, releases, pauses and commits in any order, as time goes by."""

    client = None  # the engine's, set by the test
    faults = None

    def __init__(self):
        super().__init__()
        self.db = Database(self.client, retry=RetryPolicy(max_attempts=1))
        self.db.delete(LeaseItem, "job")
        self.db.delete(Account, "A-1")
        self.now = 1_000_000.0
        self.stored = None
        self.applied = 0
        tokens = map("token-{}".format, itertools.count())
        self.workers = [
            Worker(
                Lease(
                    self.db,
                    "job",
                    duration=DURATION,
                    margin=MARGIN,
                    clock=lambda: self.now,
                    wall_clock=lambda ahead=ahead: self.now + ahead,
                    new_token=lambda: next(tokens),
                ),
                ahead,
            )
            for ahead in AHEAD
        ]

    @rule(seconds=st.sampled_from([0.5, 1, 2, 5, 8, 10, 30]))
    def pass_time(self, seconds):
        """Let time go by for everybody."""
        self.now += seconds

    @rule(worker=WORKERS, loss=LOSSES)
    def acquire(self, worker, loss):
        """Take the lease if it is free; nobody waits."""
        worker = self.workers[worker]
        if worker.lease.is_held:
            return
        is_free = self.stored is None or self.stored.expires_at <= self.now + worker.ahead
        self._lose("UpdateItem", loss)
        if not is_free:
            with pytest.raises(LeaseTakenError):
                worker.lease.acquire()
            return
        worker.lease.acquire()
        self.stored = Stored(worker.lease.token, self.now + worker.ahead + DURATION)

    @rule(worker=WORKERS, loss=LOSSES)
    def refresh(self, worker, loss):
        """Let it last longer, early or late."""
        worker = self.workers[worker]
        token = worker.lease.token
        if token is None:
            return
        self._lose("UpdateItem", loss)
        if not self._is_stored(token):
            with pytest.raises(LeaseLostError):
                worker.lease.refresh()
            return
        worker.lease.refresh()
        self.stored = Stored(token, self.now + worker.ahead + DURATION)

    @rule(worker=WORKERS, loss=LOSSES)
    def release(self, worker, loss):
        """Give it up, early or late."""
        worker = self.workers[worker]
        token = worker.lease.token
        if token is None:
            return
        if self._is_stored(token):
            self._lose("DeleteItem", loss)
            worker.lease.release()
            self.stored = None
        else:
            with pytest.raises(LeaseLostError):
                worker.lease.release()

    @rule(worker=WORKERS, how=st.sampled_from(["check", "refresh_in", "release_in"]))
    def stage(self, worker, how):
        """Begin a transaction, and be paused before its commit."""
        worker = self.workers[worker]
        if worker.staged is not None or not worker.lease.is_held:
            return
        worker.staged, worker.staged_with = TransactScope(self.db).begin(), worker.lease.token
        getattr(worker.lease, how)(worker.staged)
        worker.staged.update(Account, "A-1", add={"balance": 1})

    @precondition(lambda self: any(worker.staged for worker in self.workers))
    @rule(worker=WORKERS)
    def commit(self, worker):
        """Go on after the pause."""
        worker = self.workers[worker]
        tx, worker.staged = worker.staged, None
        if tx is None:
            return
        if not self._is_stored(worker.staged_with):
            with pytest.raises(LeaseLostError):
                tx.commit()
            return
        tx.commit()
        self.applied += 1
        item = self.db.get(LeaseItem, "job")
        self.stored = None if item is None else Stored(item.token, item.expires_at)

    @invariant()
    def never_two_hold_it(self):
        """Whoever trusts in the lease has the stored one, and nobody else does."""
        holding = [worker.lease.token for worker in self.workers if worker.lease.is_held]

        assert len(holding) <= 1
        assert all(self._is_stored(token) for token in holding)

    @invariant()
    def what_is_stored_is_what_the_model_says(self):
        """The lease, and the work of those who had it when they committed."""
        item = self.db.get(LeaseItem, "job")
        account = self.db.get(Account, "A-1")

        assert self.stored == (None if item is None else Stored(item.token, item.expires_at))
        assert self.applied == (0 if account is None else account.balance)

    def teardown(self):
        """Leave nothing open."""
        for worker in self.workers:
            if worker.staged is not None:
                worker.staged.rollback()

    def _is_stored(self, token):
        return self.stored is not None and self.stored.token == token

    def _lose(self, operation, loss):
        if loss is not None:
            self.faults.next(operation, loss)


@pytest.mark.slow
def test_leases_do_what_the_model_does():
    """Never two holders at one moment, and whatever is free can be acquired."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide() as engine, contextlib.closing(engine.client()) as client:
        LeaseMachine.client, LeaseMachine.faults = client, Faults(client)
        Database(LeaseMachine.client).create_table(LeaseItem)
        Database(LeaseMachine.client).create_table(Account)
        run_state_machine_as_test(
            LeaseMachine,
            settings=settings(
                max_examples=30,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
