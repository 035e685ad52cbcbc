"""Whose key opens what, where, and for how long."""

import pytest

from tests.contract import vault
from tests.contract.encryption.given import OUTAGE, SECRET, TX, ways_to_read
from tests.contract.entities import Account
from tests.contract.vault import Archived, Customer
from tests.shells import Database, TransactScope
from transactscope import Attr, ScopeState
from transactscope.errors import ConditionFailedError, DecryptionError
from transactscope.ext.encryption import KmsKeyring, LocalKeyring


def _spoiled(raw, kind):
    """Store something wrong as the passport of C-1, for a customer and a colleague of the same."""
    stored, other = raw.get("C-1"), raw.get("C-2")
    sealed = stored["passport"]["B"]
    wrong = {
        "of another item": other["passport"],
        "of another attribute": stored["scores"],
        "of another table": raw.get("C-1", "Archive")["passport"],
        "truncated": {"B": sealed[:-1]},
        "cut to the key": {"B": sealed[:20]},
        "empty": {"B": b""},
        "changed": {"B": sealed[:-1] + bytes([sealed[-1] ^ 1])},
        "another nonce": {"B": sealed[:-40] + bytes([sealed[-40] ^ 1]) + sealed[-39:]},
        "plain": {"S": SECRET},
        "plain bytes": {"B": SECRET.encode()},
        "null": {"NULL": True},
    }
    raw.put({**stored, "passport": wrong[kind]})


@pytest.mark.parametrize(
    "kind",
    [
        "of another item",
        "of another attribute",
        "of another table",
        "truncated",
        "cut to the key",
        "empty",
        "changed",
        "another nonce",
        "plain",
        "plain bytes",
        "null",
    ],
)
def test_what_is_not_what_was_stored_there_is_refused(either, raw, sent, kind):
    """One documented error, whatever was done to it; a commit that meets it sends nothing."""
    db = either
    db.put(Customer("C-1", passport=SECRET, scores=[1]))
    db.put(Customer("C-2", passport=SECRET))
    db.put(Archived("C-1", passport=SECRET))
    _spoiled(raw, kind)
    sent.clear()

    for read in ways_to_read(db):
        with pytest.raises(DecryptionError) as caught:
            read()
        assert "DECRYPTION_FAILED" == caught.value.code
        assert "Customer.passport" in str(caught.value)
        assert SECRET not in str(caught.value)
    with pytest.raises(DecryptionError), TransactScope(db) as tx:
        tx.put(Account("A-9"))
        tx.get(Customer, "C-1")

    assert ScopeState.ROLLED_BACK is tx.state
    assert TX not in [request.operation for request in sent.requests]


def test_another_key_opens_nothing(opened, safe):
    """Also if it has the same name."""
    safe.put(Customer("C-1", passport=SECRET))
    for keyring in (vault.local(vault.OTHER_KEY), vault.local(name="key-2")):
        with pytest.raises(DecryptionError):
            opened(keyring).get(Customer, "C-1")


def test_another_key_of_kms_opens_nothing(opened, kms):
    """A keyring asks KMS with its own key only, so that nobody can bring one along."""
    opened(vault.of_kms(kms)).put(Customer("C-1", passport=SECRET))
    kms.take()

    with pytest.raises(DecryptionError):
        opened(vault.of_kms(kms)).get(Customer, "C-1")

    assert [] == kms.take()


def test_an_older_value_of_the_same_place_opens(safe, raw):
    """Encryption tells where a value belongs, and not when it was written."""
    safe.put(Customer("C-1", passport="old"))
    old = raw.get("C-1")
    safe.put(Customer("C-1", passport="new"))
    raw.put(old)

    assert "old" == safe.get(Customer, "C-1").passport


def test_a_deployment_has_its_own_tables_and_the_same_values(client, opened, safe, raw):
    """What is bound is the table as the class names it: backups can be restored elsewhere."""
    safe.put(Customer("C-1", passport=SECRET))
    raw.put(raw.get("C-1"), table="Archive")
    names = safe._environment.builder.table_names
    moved = Database(client, keyring=vault.local(), table_names={"Account": names["Archive"]})

    assert SECRET == moved.get(Customer, "C-1").passport


def test_keys_change_and_old_values_are_read(opened, safe, kms):
    """Writing seals under the new key."""
    safe.put(Customer("C-1", passport="old"))
    keys = {"key-1": vault.KEY, "key-2": vault.OTHER_KEY}
    rotated = opened(LocalKeyring(keys))
    rotated.put(Customer("C-2", passport="new"))

    assert "old" == rotated.get(Customer, "C-1").passport
    assert "new" == rotated.get(Customer, "C-2").passport
    with pytest.raises(DecryptionError):
        safe.get(Customer, "C-2")

    first, second = kms.new_key(), kms.new_key()
    opened(KmsKeyring(kms, first)).put(Customer("C-1", passport="old"))
    moved = opened(KmsKeyring(kms, second, reads=[first]))
    moved.put(Customer("C-2", passport="new"))
    kms.take()
    assert "old" == moved.get(Customer, "C-1").passport
    assert "new" == moved.get(Customer, "C-2").passport
    assert ["Decrypt"] == kms.take()


def test_data_keys_are_kept_so_long_and_so_many(opened, kms):
    """The cache is bounded in both directions."""
    now = [0.0]
    key = kms.new_key()
    for number in (1, 2):
        opened(KmsKeyring(kms, key)).put(Customer(f"C-{number}", passport=SECRET))
    db = opened(KmsKeyring(kms, key, max_entries=1, max_age=10, clock=lambda: now[0]))
    kms.take()

    def calls(number):
        db.get(Customer, f"C-{number}")
        return len(kms.take())

    assert [1, 0, 1, 0, 1] == [calls(number) for number in (1, 1, 2, 2, 1)]
    now[0] = 9.5
    assert 0 == calls(1)
    now[0] = 10.0
    assert 1 == calls(1)


def test_the_item_of_a_failed_condition_is_shown_plain(safe):
    """Who looks at the reason sees what is stored."""
    safe.put(Customer("C-1", passport=SECRET))
    with pytest.raises(ConditionFailedError) as single:
        safe.insert(Customer("C-1"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(safe) as tx:
        tx.put(Account("A-1"))
        tx.insert(Customer("C-1"))

    assert Customer("C-1", passport=SECRET) == single.value.failures[0].item
    assert Customer("C-1", passport=SECRET) == caught.value.failures[0].item
    assert ["B"] == list(caught.value.failures[0].stored["passport"])
    assert SECRET not in f"{caught.value}{caught.value.reasons}"


def test_the_item_of_a_failed_condition_stays_sealed_without_a_key(opened, kms):
    """Why the commit failed must not be hidden by a second failure."""
    key = kms.new_key()
    opened(KmsKeyring(kms, key)).put(Customer("C-1", passport=SECRET))
    db = opened(KmsKeyring(kms, key))

    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.delete(Customer, "C-1", condition=Attr("visits").gt(0))
        kms.failure = OUTAGE

    (reason,) = caught.value.failures
    assert reason.stored == reason.item
    assert ["B"] == list(reason.item["passport"])
