"""Where no key can be had, nothing is sent, and nothing is shown."""

import pytest
from botocore.exceptions import ClientError

from tests.contract import vault
from tests.contract.encryption.given import OUTAGE, SECRET, ways_to_read
from tests.contract.entities import Account
from tests.contract.vault import Customer
from tests.shells import TransactScope
from transactscope import ScopeState
from transactscope.errors import BatchIncompleteError, KeyServiceError, NotSentError
from transactscope.ext.encryption import KmsKeyring


def _denied(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Decrypt")


def test_a_commit_that_gets_no_key_sends_nothing(opened, sent, kms):
    """The scope is canceled, and another one may try again."""
    db = opened(vault.of_kms(kms))
    kms.failure = OUTAGE
    with pytest.raises(KeyServiceError) as caught, TransactScope(db) as tx:
        tx.put(Customer("C-1", passport=SECRET))
        tx.put(Account("A-1"))

    assert isinstance(caught.value, NotSentError)
    assert caught.value.retryable
    assert "KEY_SERVICE" == caught.value.code
    assert caught.value.__cause__ is OUTAGE
    assert ScopeState.CANCELED is tx.state
    assert [] == sent.requests

    kms.failure = None
    with TransactScope(db) as again:
        again.put(Customer("C-1", passport=SECRET))
    assert SECRET == db.get(Customer, "C-1").passport


def test_nothing_else_is_sent_without_a_key(opened, sent, kms):
    """Single writes and batches are no other."""
    db = opened(vault.of_kms(kms))
    kms.failure = _denied("AccessDeniedException")
    for use in (
        lambda: db.put(Customer("C-1", passport=SECRET)),
        lambda: db.update(Customer, "C-1", set={"passport": SECRET}),
        lambda: db.batch_write([Customer("C-1", passport=SECRET)]),
    ):
        with pytest.raises(KeyServiceError) as caught:
            use()
        assert not caught.value.retryable
    assert [] == sent.requests

    db.update(Customer, "C-1", set={"visits": 1})
    db.delete(Customer, "C-1")
    assert ["GenerateDataKey"] * 3 == kms.take()


def test_an_outage_in_the_middle_of_a_batch_is_told(opened, kms):
    """What was done is done, and what is left says so."""
    db = opened(vault.of_kms(kms))

    def customers():
        yield Customer("C-1", passport=SECRET)
        kms.failure = OUTAGE
        yield Customer("C-2", passport=SECRET)

    with pytest.raises(BatchIncompleteError) as caught:
        db.batch_write(customers(), chunk=1, in_flight=1)

    assert 1 == caught.value.result.done
    assert [Customer("C-2", passport=SECRET)] == [
        entry.target for entry in caught.value.result.unprocessed
    ]
    assert isinstance(caught.value.__cause__, KeyServiceError)


def test_an_outage_shows_nothing(opened, kms):
    """What was read stays sealed, for every way to read."""
    key = kms.new_key()
    opened(KmsKeyring(kms, key)).put(Customer("C-1", passport=SECRET))
    db = opened(KmsKeyring(kms, key))
    kms.failure = OUTAGE
    for read in ways_to_read(db):
        with pytest.raises(KeyServiceError):
            read()

    kms.failure = None
    for read in ways_to_read(db):
        read()
