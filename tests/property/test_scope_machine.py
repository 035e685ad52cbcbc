"""The life of scopes, driven at random, against a model of a few lines.

The model knows nothing of folding or requests: a table is a dict, a transaction is a list of
changes with marks in it, and a commit applies them in order or not at all.
"""

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
from transactscope import Database, TransactScope
from transactscope.errors import ConditionFailedError, DuplicateTargetError
from transactscope.testing import RequestRecorder

NUMBERS = ("A", "B", "C")
BALANCES = st.integers(-3, 3)


class RefusedError(Exception):
    """The model's word for a condition that is false."""


def _put(balance):
    return lambda _: balance


def _insert(balance):
    def change(stored):
        if stored is not None:
            raise RefusedError
        return balance

    return change


def _add(amount):
    return lambda stored: (stored or 0) + amount


def _delete(_):
    return None


class ScopeMachine(RuleBasedStateMachine):
    """Begins, stages, marks, releases, rolls back and commits in any order."""

    client = None  # the engine's, set by the test
    log = RequestRecorder()

    def __init__(self):
        super().__init__()
        self.db = Database(self.client)
        for number in NUMBERS:
            self.db.delete(Account, number)
        self.table = dict.fromkeys(NUMBERS)
        self.tx = None

    @precondition(lambda self: self.tx is None)
    @rule()
    def begin(self):
        """Open a scope."""
        self.tx = TransactScope(self.db).begin()
        self.staged = []
        self.marks = []
        self.log.clear()

    @precondition(lambda self: self.tx)
    @rule(number=st.sampled_from(NUMBERS), balance=BALANCES)
    def put(self, number, balance):
        """Stage a put."""
        self._stage(number, _put(balance), lambda: self.tx.put(Account(number, balance)))

    @precondition(lambda self: self.tx)
    @rule(number=st.sampled_from(NUMBERS), balance=BALANCES)
    def insert(self, number, balance):
        """Stage an insert."""
        self._stage(number, _insert(balance), lambda: self.tx.insert(Account(number, balance)))

    @precondition(lambda self: self.tx)
    @rule(number=st.sampled_from(NUMBERS), amount=BALANCES)
    def add(self, number, amount):
        """Stage an addition."""
        change = {"add": {"balance": amount}}
        self._stage(number, _add(amount), lambda: self.tx.update(Account, number, **change))

    @precondition(lambda self: self.tx)
    @rule(number=st.sampled_from(NUMBERS))
    def delete(self, number):
        """Stage a delete."""
        self._stage(number, _delete, lambda: self.tx.delete(Account, number))

    @precondition(lambda self: self.tx)
    @rule()
    def savepoint(self):
        """Open a savepoint."""
        self.marks.append((self.tx.savepoint(), len(self.staged)))

    @precondition(lambda self: self.tx and self.marks)
    @rule(data=st.data())
    def release(self, data):
        """Release any open savepoint."""
        level = data.draw(st.integers(0, len(self.marks) - 1))
        self.marks[level][0].release()
        del self.marks[level:]

    @precondition(lambda self: self.tx and self.marks)
    @rule(data=st.data())
    def rollback_to(self, data):
        """Roll back to any open savepoint."""
        level = data.draw(st.integers(0, len(self.marks) - 1))
        savepoint, length = self.marks[level]
        savepoint.rollback()
        del self.staged[length:]
        del self.marks[level + 1 :]

    @precondition(lambda self: self.tx)
    @rule()
    def rollback(self):
        """Roll the scope back."""
        self.tx.rollback()
        self.tx = None

    @precondition(lambda self: self.tx)
    @rule()
    def commit(self):
        """Commit, and expect what the model expects."""
        expected = dict(self.table)
        try:
            for number, change in self.staged:
                expected[number] = change(expected[number])
        except RefusedError:
            with pytest.raises(ConditionFailedError):
                self.tx.commit()
        else:
            self.tx.commit()
            self.table = expected
        assert self.log.operations == ["TransactWriteItems"] * bool(self.staged)
        self.tx = None

    @precondition(lambda self: self.tx)
    @invariant()
    def nothing_is_sent_and_what_is_staged_is_as_modelled(self):
        """An open scope holds what the model holds, and sends nothing."""
        assert self.log.operations == []
        found = [action.key["number"]["S"] for action in self.tx.staged]
        assert found == [number for number, _ in self.staged]
        assert self.tx.depth == 1 + len(self.marks)

    @precondition(lambda self: self.tx is None)
    @invariant()
    def the_table_is_as_modelled(self):
        """Outside a scope the table is the model's."""
        for number in NUMBERS:
            stored = self.db.get(Account, number)
            assert (None if stored is None else stored.balance) == self.table[number]

    def teardown(self):
        """End what is open."""
        if self.tx is not None:
            self.tx.rollback()

    def _stage(self, number, change, call):
        try:
            call()
        except DuplicateTargetError:  # it does not fold: nothing is staged, here or there
            return
        self.staged.append((number, change))


def test_scopes_do_what_the_model_does():
    """Whatever the order of calls, table and staged list are those of the plain model."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide() as engine:
        ScopeMachine.client = ScopeMachine.log.watch(engine.client())
        Database(ScopeMachine.client).create_table(Account)
        run_state_machine_as_test(
            ScopeMachine,
            settings=settings(
                max_examples=40,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
