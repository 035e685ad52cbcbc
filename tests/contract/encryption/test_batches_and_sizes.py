"""Batches and queries of sealed items, and what they take."""

import pytest

from tests.contract import vault
from tests.contract.encryption.given import SECRET
from tests.contract.entities import Account, Loose
from tests.contract.vault import Bearer, Customer, Foreign
from tests.shells import TransactScope
from transactscope import EntityKey, ScopeState
from transactscope.errors import ItemTooLargeError, TransactionTooLargeError
from transactscope.ext.encryption import KmsKeyring


def test_batches_seal_once_for_each_request(opened, kms):
    """And what is read comes with one Decrypt for each data key."""
    key = kms.new_key()
    db = opened(KmsKeyring(kms, key))
    customers = [Customer(f"C-{number}", passport=SECRET, scores=[number]) for number in range(30)]

    db.batch_write([*customers, Account("A-1")], [EntityKey(Account, "A-2")])
    assert ["GenerateDataKey"] * 2 == kms.take()

    reader = opened(KmsKeyring(kms, key))
    keys = [EntityKey(type(each), each.number) for each in customers]
    found = reader.batch_get([*keys, keys[0], EntityKey(Account, "A-1"), EntityKey(Customer, "X")])
    assert customers == [found[key] for key in keys]
    assert found[EntityKey(Customer, "X")] is None
    assert ["Decrypt"] * 2 == kms.take()


def test_a_batch_opens_an_item_for_every_class_that_it_is_read_as(safe, sent):
    """Also for one that asks for it when it was read already."""
    safe.put(Customer("C-1", passport=SECRET))
    sent.clear()
    keys = [EntityKey(Loose, "C-1"), EntityKey(Customer, "C-1"), EntityKey(Bearer, "C-1")]

    found = safe.batch_get(keys, chunk=1, in_flight=1)

    assert [Loose("C-1"), Customer("C-1", passport=SECRET), Bearer("C-1", SECRET)] == [
        found[key] for key in keys
    ]


def test_a_query_opens_page_by_page(opened, kms):
    """A page is one question to the keyring."""
    key = kms.new_key()
    db = opened(KmsKeyring(kms, key))
    with TransactScope(db) as tx:
        for number in range(4):
            tx.put(Foreign("u-1", number, f"card {number}"))
    reader = opened(KmsKeyring(kms, key))
    kms.take()

    found = list(reader.query(Foreign, "u-1", page_size=2))

    assert [f"card {number}" for number in range(4)] == [each.card for each in found]
    assert ["Decrypt"] == kms.take()


def test_sizes_count_what_is_sealed(safe, opened, sent, kms):
    """What is surely too large is refused at the call, the rest before anything is sent."""
    text = "x" * (409_600 - 150)
    with pytest.raises(ItemTooLargeError):
        safe.put(Customer("C-1", passport=text))

    db = opened(vault.of_kms(kms))
    with pytest.raises(ItemTooLargeError), TransactScope(db) as tx:
        tx.put(Customer("C-1", passport=text[:-80]))
    assert ScopeState.CANCELED is tx.state
    assert ["GenerateDataKey"] == kms.take()
    assert [] == sent.requests


def test_all_items_together_count_what_is_sealed(opened, sent, kms):
    """The 4 MB of a transaction are 4 MB of what is stored."""
    db = opened(vault.of_kms(kms))
    text = "x" * (409_600 - 4096)
    with pytest.raises(TransactionTooLargeError), TransactScope(db) as tx:
        for number in range(10):
            tx.put(Customer(f"C-{number}", passport=text))
        tx.put(Account("A-1", note="x" * (4_194_304 - tx.explain().bytes - 200)))

    assert ScopeState.CANCELED is tx.state
    assert [] == sent.requests
