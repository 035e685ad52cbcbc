"""What the tests of breakers have in common."""

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import EntityKey, RetryPolicy
from transactscope.errors import CircuitOpenError, TransactScopeError
from transactscope.ext.breaker import CircuitState
from transactscope.testing import throttled

TX = "TransactWriteItems"

CLOSED, OPEN, HALF_OPEN = CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN
LOGGER = "transactscope.ext.breaker"
ONCE = RetryPolicy(max_attempts=1, timeout=0)


def commit(db):
    """Send a transaction that writes."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))


def commit_of_reads(db):
    """Send a transaction that only reads."""
    with TransactScope(db) as tx:
        tx.get_many(EntityKey(Account, "A-1"), EntityKey(Account, "A-2"))


WORK = {
    "PutItem": lambda db: db.put(Account("A-1")),
    "UpdateItem": lambda db: db.update(Account, "A-1", set={"balance": 1}),
    "DeleteItem": lambda db: db.delete(Account, "A-1"),
    "GetItem": lambda db: db.get(Account, "A-1"),
    "TransactWriteItems": commit,
    "TransactGetItems": commit_of_reads,
    "CreateTable": lambda db: db.create_table(Account),
}


def fails(work, db):
    """Do some work that fails, and return its error."""
    with pytest.raises(TransactScopeError) as caught:
        work(db)
    return caught.value


def get_through(db):
    """Read through a breaker; say what came of it."""
    try:
        db.get(Account, "A-1")
    except CircuitOpenError as refused:
        return refused.retry_after
    return "sent"


def overload(db, faults, times=2):
    """Let reads be throttled, one after the other."""
    faults.next("GetItem", *[throttled()] * times)
    for _ in range(times):
        fails(WORK["GetItem"], db)
