"""A commit that is left in doubt on purpose."""

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import ScopeState
from transactscope.errors import CommitOutcomeUnknownError

TX = "TransactWriteItems"


def add_one(tx):
    """Stage what shows how often it was applied."""
    tx.update(Account, "A-1", add={"balance": 1})


def left_in_doubt(db, faults, fault, work=add_one):
    """Commit, meet the fault, and return the scope in doubt. The database sends it once."""
    faults.next(TX, fault)
    with pytest.raises(CommitOutcomeUnknownError), TransactScope(db) as tx:
        work(tx)
    assert ScopeState.IN_DOUBT is tx.state
    return tx
