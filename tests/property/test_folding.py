"""Folding is exact: one request leaves what the calls one after the other leave."""

import collections
import itertools

import pytest
from hypothesis import HealthCheck, given, settings

from tests import engines
from tests.property.folding_sequences import SEQUENCES, Thing, one_by_one
from transactscope import Database, TransactScope
from transactscope.core.folding import Fold, folded
from transactscope.errors import DuplicateTargetError, TransactionRefusedError

NEVER, INAPPLICABLE = "can never be true", "cannot apply to the first"
HIDDEN, DEPENDENT = "may fail", "depends on what the first writes"
UPDATES = ("both write", "reads what the first writes", "no common form", "the list element")
SUMS = ("no exact sum", "not known here", "does not fit it", "elements of two types")
REASONS = (NEVER, INAPPLICABLE, DEPENDENT, *UPDATES, *SUMS, HIDDEN)

# Why a call may be refused, by what is staged on the item and what comes.
ALLOWED = {
    "ConditionCheck": set(),
    "Put": {NEVER, INAPPLICABLE},
    "Delete": {NEVER, INAPPLICABLE},
    "Update": {NEVER, DEPENDENT},
    ("Update", "Put"): {HIDDEN},
    ("Update", "Delete"): {HIDDEN},
    ("Update", "Update"): {HIDDEN, *UPDATES, *SUMS},
}


class Comparison:
    """Runs sequences folded and one by one on an engine, and counts what came of them."""

    def __init__(self, client):
        self.db = Database(client)
        self.client = client
        self.counts = collections.Counter()
        self.cells = collections.Counter()
        self.refusals = collections.Counter()
        self._numbers = itertools.count()

    def run(self, before, calls):
        """Compare one sequence; the item of each way is its own."""
        number = next(self._numbers)
        alone, together = f"alone-{number}", f"together-{number}"
        for key in (alone, together):
            self._store(before, key)
        tx = TransactScope(self.db).begin()
        try:
            for call in calls:
                call.perform(tx, together)
        except DuplicateTargetError as refusal:
            self._judge_refusal(tx, calls, alone, str(refusal))
            return
        self._count_cells(tx.staged)
        all_succeeded = one_by_one(lambda: TransactScope(self.db), calls, alone)
        committed = self._commit(tx)
        self.counts["committed" if committed else "failed"] += 1

        assert all_succeeded is committed
        if committed:
            assert self._stored(alone) == self._stored(together)
        else:
            self._store(before, alone)
            assert self._stored(alone) == self._stored(together)

    def _judge_refusal(self, tx, calls, alone, text):
        """Allow a refusal only where the table has one, and only if it tells the truth."""
        staged = tx.staged
        tx.rollback()
        first, second = _folded(staged).action.kind, _kind(calls[len(staged)])
        reason = next(reason for reason in REASONS if reason in text)
        self.counts["refused"] += 1
        self.refusals[first, second, reason] += 1

        assert reason in ALLOWED[first] | ALLOWED.get((first, second), set())
        if reason == NEVER:  # what can never succeed does not succeed one by one either
            assert not one_by_one(lambda: TransactScope(self.db), calls, alone)

    def _count_cells(self, staged):
        fold = Fold.of(staged[0])
        for call in staged[1:]:
            self.cells[fold.action.kind, call.kind] += 1
            fold = folded(fold, call)

    def _commit(self, tx):
        try:
            tx.commit()
        except TransactionRefusedError:
            return False
        return True

    def _store(self, before, key):
        if before is None:
            self.db.delete(Thing, key)
        else:
            self.db.put(Thing(key, before.n, before.s, before.l, before.m, before.u))

    def _stored(self, key):
        answer = self.client.get_item(
            TableName="Thing", Key={"id": {"S": key}}, ConsistentRead=True
        )
        item = dict(answer.get("Item", {}))
        item.pop("id", None)
        return {name: _ordered(value) for name, value in item.items()}, "Item" in answer


def _folded(staged):
    fold = Fold.of(staged[0])
    for call in staged[1:]:
        fold = folded(fold, call)
    return fold


def _kind(call):
    kinds = {"update": "Update", "delete": "Delete", "check": "ConditionCheck"}
    return kinds.get(call.verb, "Put")


def _ordered(value):
    """Sets have no order, and engines do not keep one."""
    return {tag: sorted(x) if tag in ("SS", "NS") else x for tag, x in value.items()}


@pytest.fixture(scope="module")
def comparison():
    """An engine, an empty table, and counters."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide() as engine:
        found = Comparison(engine.client())
        found.db.create_table(Thing)
        yield found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(SEQUENCES)
def test_one_request_leaves_what_the_calls_one_by_one_leave(comparison, sequence):
    """A fold that is only nearly right would change users' data silently."""
    before, calls = sequence
    comparison.run(before, calls)
