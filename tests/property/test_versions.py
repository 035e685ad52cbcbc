"""Whatever happens in a scope, objects carry the version that is stored or the one they had."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import engines
from tests.contract.entities import Account, Sheet
from transactscope import Database, TransactScope
from transactscope.errors import TransactScopeError
from transactscope.testing import Faults, canceled

NUMBERS = ("A", "B")
CALLS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "get",
                "put new",
                "put last",
                "insert",
                "replace last",
                "change and update last",
                "update by key",
                "delete last",
                "delete by key",
                "savepoint",
                "rollback to",
            ]
        ),
        st.sampled_from(NUMBERS),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=9,
)
ENDINGS = st.sampled_from(["commit", "rollback", "cancel", "interfere", "fail"])


@pytest.fixture(scope="module")
def client():
    """A client of an engine with the tables of the entities."""
    if problem := engines.dynoxide_problem():
        pytest.skip(problem)
    with engines.Dynoxide() as engine:
        made = engine.client()
        Database(made).create_table(Sheet)
        yield made
        made.close()


class Run:
    """One scope, driven at random, that remembers every object and the version it had."""

    def __init__(self, db):
        self.db = db
        self.had = []  # (object, version)
        self.last = {}
        self.savepoints = []
        self.tx = TransactScope(db).begin()

    def keep(self, sheet):
        """Remember an object as it is now."""
        if sheet is not None and all(sheet is not other for other, _ in self.had):
            self.had.append((sheet, sheet.version))
        self.last[sheet.number] = sheet
        return sheet

    def call(self, verb, number, amount):
        """Make one call; one that is refused changes nothing."""
        last = self.last.get(number)
        if verb == "get":
            found = self.tx.get(Sheet, number)
            if found is not None:
                self.keep(found)
        elif verb == "put new":
            self.tx.put(self.keep(Sheet(number, amount)))
        elif verb == "insert":
            self.tx.insert(self.keep(Sheet(number, amount)))
        elif verb == "update by key":
            self.tx.update(Sheet, number, set={"balance": amount})
        elif verb == "delete by key":
            self.tx.delete(Sheet, number)
        elif verb == "savepoint":
            self.savepoints.append(self.tx.savepoint())
        elif verb == "rollback to" and self.savepoints:
            self.savepoints.pop().rollback()
        elif last is not None:
            self.call_with(verb, last, amount)

    def call_with(self, verb, sheet, amount):
        """Make a call with an object that is known already."""
        if verb == "put last":
            self.tx.put(sheet)
        elif verb == "replace last":
            self.tx.replace(sheet)
        elif verb == "delete last":
            self.tx.delete(sheet)
        elif verb == "change and update last":
            sheet.balance = amount
            self.tx.update(sheet)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.dictionaries(st.sampled_from(NUMBERS), st.integers(1, 3)), CALLS, ENDINGS)
def test_objects_have_the_stored_version_or_the_one_they_had(client, stored, calls, ending):
    """After a commit, a cancellation, a rollback, with savepoints in between."""
    db = Database(client)
    for number in NUMBERS:
        db.delete(Sheet, number)
        for _ in range(stored.get(number, 0)):
            db.update(Sheet, number, add={"balance": 1})
    run = Run(db)
    for call in calls:
        with contextlib.suppress(TransactScopeError):
            run.call(*call)

    is_committed = _end(run, ending)

    for sheet, had in run.had:
        now = db.get(Sheet, sheet.number)
        if sheet.version != had:
            assert is_committed
            assert now is not None
            assert sheet.version == now.version


def _end(run, ending):
    """End the scope in one of the ways there are; say whether it is committed."""
    if ending == "rollback":
        run.tx.rollback()
        return False
    if ending == "interfere":
        for number in NUMBERS:
            run.db.update(Sheet, number, add={"balance": 1})
    if ending == "fail":
        with contextlib.suppress(TransactScopeError):
            run.tx.replace(Account("absent"))
    with Faults(run.db._environment.client) as faults:
        if ending == "cancel":
            faults.next("TransactWriteItems", canceled("ValidationError"))
        with contextlib.suppress(TransactScopeError):
            run.tx.commit()
    return run.tx.result is not None
