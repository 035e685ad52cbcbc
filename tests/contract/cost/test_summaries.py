"""Encrypted fields, guarded values, and what was sent summed up."""

import attrs
import pytest

from tests.contract import vault
from tests.contract.cost.given import course, sized
from tests.contract.entities import Account, Loose
from tests.shells import Database, TransactScope
from transactscope import Attr
from transactscope.errors import ConditionFailedError
from transactscope.types import ActionSummary

pytestmark = pytest.mark.needs("capacity")


def test_what_is_stored_encrypted_is_counted_as_it_will_be_sealed(client, shell, table_names):
    """Its bytes are more than those of the value, and the keyring says only how many at least."""
    safe = Database(client, table_names=table_names, keyring=vault.local())
    tx = TransactScope(safe).begin()
    tx.insert(vault.Customer("C-1", passport="x" * 980))

    assert (4, False, 4) == course(tx)


def test_a_sealed_item_that_was_read_is_known(client, shell, table_names):
    """What is stored is sealed, and that is what was read and is charged."""
    safe = Database(client, table_names=table_names, keyring=vault.local())
    safe.put(vault.Customer("C-1", passport="x" * 3000))
    tx = TransactScope(safe).begin()
    found = tx.get(vault.Customer, "C-1")
    tx.update(vault.Customer, "C-1", set={"visits": 1})

    assert "x" * 3000 == found.passport
    assert (8, True, 8) == course(tx)


def test_guarded_values_are_counted(db):
    """Each value of a guard is compared by the server and sent; what is absent is no value."""
    db.put(Account("A-1", note="x"))
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.get(Loose, "A-1")
        tx.get(Account, "A-2")
        tx.insert(Account("A-3"))
        tx.put(Account("A-4"))
        rows = tx.explain().rows
        tx.rollback()

    assert [5, 0, 0, 0] == [row.guarded_values for row in rows]
    assert [True, True, True, False] == [row.is_conditional for row in rows]


@pytest.mark.parametrize("is_encoded", [True, False])
def test_what_was_sent_can_be_summed_up_afterwards(db, is_encoded):
    """Observers ask when the commit is over, however its actions were made."""
    tx = TransactScope(db).begin()
    tx.insert(sized(1025))
    tx.put(Account("A-2"), condition=Attr("balance").eq(0))
    tx.update(Account, "A-3", add={"balance": 1})
    tx.delete(Account, "A-4", condition=Attr("number").not_exists())
    if not is_encoded:
        tx.check(Account, "A-3", condition=Attr("status").not_exists())
    before = tx._transaction.summaries()
    rows = tx.explain().rows
    with pytest.raises(ConditionFailedError):
        tx.commit()

    assert is_encoded is tx._transaction.log.is_encoded
    assert before == tx._transaction.summaries()
    assert [(4, True), (2, False), (2, False), (2, True)] == [
        (each.write_units, each.is_exact_cost) for each in before
    ]
    names = [field.name for field in attrs.fields(ActionSummary)]
    for summary, row in zip(before, rows, strict=True):
        assert [getattr(row, name) for name in names] == [getattr(summary, name) for name in names]


def test_nothing_staged_has_no_summaries(db, account):
    """What was only read is not sent."""
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")

    assert () == tx._transaction.summaries()
