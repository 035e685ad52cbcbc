"""What is stored is sealed, and what is read is plain."""

import attrs
import pytest

from tests.contract import vault
from tests.contract.encryption.given import SECRET, TX
from tests.contract.entities import Account
from tests.contract.vault import Customer, Foreign, Note, Patient, Ticket
from tests.shells import TransactScope
from transactscope import Attr, EntityKey, RetryPolicy, to_item
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConversionError,
    InvalidRequestError,
    StaleReadError,
)
from transactscope.ext.encryption import KmsKeyring
from transactscope.testing import conflict, lost_answer


@pytest.mark.parametrize("verb", ["put", "insert", "replace"])
def test_what_is_stored_is_sealed_and_what_is_read_is_plain(safe, raw, sent, verb):
    """No byte of a secret is on the wire or in the table."""
    if verb == "replace":
        safe.put(Customer("C-1"))
    customer = Customer("C-1", "Ann", SECRET, [1, 2], 3)

    getattr(safe, verb)(customer)

    stored = raw.get("C-1")
    assert ["B"] == list(stored["passport"]) == list(stored["scores"])
    assert {"S": "Ann"} == stored["name"]
    assert not any(SECRET in str(request.body) for request in sent.requests)
    assert customer == safe.get(Customer, "C-1")


def test_every_way_to_read_opens(safe):
    """One item, several at one moment, a batch, a query, a projection."""
    cards = [Foreign("u-1", number, f"card {number}") for number in (1, 2)]
    note = Note("u-1", 7, "hush")
    safe.batch_write([*cards, note])
    keys = [EntityKey(Foreign, "u-1", number) for number in (1, 2)]

    assert cards[0] == safe.get(Foreign, "u-1", 1)
    assert cards == safe.transact_get(*keys)
    assert [{"card": "card 1"}] == safe.transact_get(keys[0].only("card"))
    assert cards == list(safe.batch_get(keys).values())
    assert [*cards, note] == list(safe.query(Foreign | Note, "u-1"))
    assert [{"card": "card 1"}] == list(
        safe.query(Foreign, "u-1", filter=Attr("number").eq(1), only=["card"])
    )
    assert [[*cards, note]] == list(safe.query(Foreign | Note, "u-1").pages())


def test_indexes_hold_sealed_values_that_open(safe):
    """They are copies, with the key of the table beside them."""
    safe.create_table(Ticket)
    tickets = [Ticket("u-1", number, "open", f"seat {number}") for number in (1, 2)]
    safe.batch_write(tickets)

    def by_number(found):
        return sorted(found, key=lambda ticket: ticket.number)

    assert tickets == by_number(safe.query(Ticket, "open", index="by-state"))
    some = safe.query(Ticket, "open", index="some-by-state", only=["seat"])
    assert ["seat 1", "seat 2"] == sorted(found["seat"] for found in some)


def test_an_absent_value_is_no_secret(safe, raw):
    """None that is left out leaves nothing to open; a projection may find nothing, either."""
    safe.put(Customer("C-1", passport=None))

    assert "passport" not in raw.get("C-1")
    assert safe.get(Customer, "C-1").passport is None
    assert safe.get(Customer, "C-2") is None
    assert [None] == safe.transact_get(EntityKey(Customer, "C-2"))
    assert [{}] == safe.transact_get(EntityKey(Customer, "C-1").only("passport"))


def test_one_data_key_serves_a_commit(opened, kms):
    """A hundred secrets in a request are one call of the key service."""
    db = opened(vault.of_kms(kms))
    with TransactScope(db) as tx:
        for number in range(10):
            tx.put(Customer(f"C-{number}", passport=SECRET, scores=[number]))
        tx.update(Customer, "D-1", set={"passport": SECRET})

    assert ["GenerateDataKey"] == kms.take()
    assert SECRET == db.get(Customer, "D-1").passport
    assert [] == kms.take()


def test_what_is_sent_again_is_the_same(safe, raw, sent, faults):
    """A nonce that changed would be another request under the same token."""
    faults.next(TX, conflict())
    with TransactScope(safe) as tx:
        tx.put(Customer("C-1", passport=SECRET))

    first, second = [request.body for request in sent.requests]
    assert first == second
    (put,) = tx.to_request()["TransactItems"]
    assert raw.get("C-1") == put["Put"]["Item"]
    assert 2 == tx.result.attempts


@pytest.mark.needs("idempotency")
def test_resolving_sends_the_same(opened, sent, faults, kms):
    """A commit in doubt applies once, under its token, with what was sealed at first."""
    db = opened(vault.of_kms(kms), retry=RetryPolicy(max_attempts=1))
    faults.next(TX, lost_answer())
    with pytest.raises(CommitOutcomeUnknownError) as caught, TransactScope(db) as tx:
        tx.put(Customer("C-1", passport=SECRET))
    result = caught.value.scope.resolve()

    first, second = [request.body for request in sent.requests]
    assert first == second
    assert result.replayed
    assert ["GenerateDataKey"] == kms.take()


def test_a_scope_shows_plain_what_is_staged(safe, kms):
    """What is staged needs no key to be seen."""
    with TransactScope(safe) as tx:
        tx.put(Customer("C-1", passport=SECRET))
        assert SECRET == tx.get(Customer, "C-1").passport
        tx.update(Customer, "C-1", set={"passport": "Y"})
        assert "Y" == tx.get(Customer, "C-1").passport

    assert "Y" == safe.get(Customer, "C-1").passport


def test_a_changed_entity_is_written_back_and_the_rest_stays_as_it_was_sealed(safe, raw):
    """What was not changed is not sealed anew."""
    safe.put(Customer("C-1", "Ann", SECRET, [1]))
    before = raw.get("C-1")
    with TransactScope(safe) as tx:
        customer = tx.get(Customer, "C-1")
        customer.visits += 1
        customer.scores.append(2)
        tx.update(customer)
        assert [1, 2] == tx.get(Customer, "C-1").scores
    after = raw.get("C-1")

    assert Customer("C-1", "Ann", SECRET, [1, 2], 1) == safe.get(Customer, "C-1")
    assert before["passport"] == after["passport"]
    assert before["scores"] != after["scores"]


def test_an_entity_that_says_the_same_is_no_difference(safe, sent):
    """Plain values are compared, not sealed ones."""
    safe.put(Customer("C-1", passport=SECRET))
    with TransactScope(safe) as tx:
        assert tx.update(attrs.evolve(tx.get(Customer, "C-1"))) is None

    assert TX not in [request.operation for request in sent.requests]


def test_reads_are_guarded_by_what_is_stored(safe):
    """Sealed anew is another value: who read the old one is late."""
    safe.put(Customer("C-1", passport=SECRET))
    with pytest.raises(StaleReadError), TransactScope(safe) as tx:
        customer = tx.get(Customer, "C-1")
        safe.put(Customer("C-1", passport=SECRET))
        customer.visits = 1
        tx.update(customer)

    assert 0 == safe.get(Customer, "C-1").visits


def test_several_items_are_read_in_a_scope(opened, kms):
    """Each is guarded and opened; one Decrypt for each data key that is not known."""
    key = kms.new_key()
    writer, db = opened(KmsKeyring(kms, key)), opened(KmsKeyring(kms, key))
    writer.put(Customer("C-1", passport="one"))
    writer.put(Customer("C-2", passport="two"))
    kms.take()
    keys = [EntityKey(Customer, f"C-{number}") for number in (1, 2, 3)]
    with TransactScope(db) as tx:
        first, second, third = tx.get_many(*keys)
        again = tx.get(Customer, "C-1")

    assert ("one", "two", None) == (first.passport, second.passport, third)
    assert again is first
    assert ["Decrypt", "Decrypt"] == kms.take()


def test_one_item_can_be_read_as_two_classes(safe):
    """What the second class adds is opened when it is asked for, without another read."""
    safe.put(Customer("C-1", passport=SECRET))
    with TransactScope(safe) as tx:
        assert "C-1" == tx.get(Account, "C-1").number
        assert SECRET == tx.get(Customer, "C-1").passport


def test_versions_go_along(safe):
    """A version guards, and is plain."""
    patient = Patient("P-1", "flu")
    safe.insert(patient)
    with TransactScope(safe) as tx:
        read = tx.get(Patient, "P-1")
        read.diagnosis = "cold"
        tx.update(read)

    assert Patient("P-1", "cold", 2) == safe.get(Patient, "P-1")
    with pytest.raises(StaleReadError):
        safe.put(patient)


def test_updates_by_key_set_and_remove(safe, raw):
    """A value is set as a whole, also to None where None is stored."""
    safe.update(Customer, "C-1", set={"passport": SECRET, "visits": 1})
    assert SECRET == safe.get(Customer, "C-1").passport

    present = Attr("passport").exists() & Attr("scores").not_exists()
    safe.update(Customer, "C-1", remove="passport", condition=present)
    assert "passport" not in raw.get("C-1")

    safe.update(Customer, "C-1", set={"passport": None})
    assert safe.get(Customer, "C-1").passport is None


def test_without_a_keyring_nothing_happens(opened, sent):
    """Neither a plain value is stored nor a sealed one shown."""
    db = opened(None)
    for use in (
        lambda: db.put(Customer("C-1", passport=SECRET)),
        lambda: db.update(Customer, "C-1", set={"passport": SECRET}),
        lambda: db.get(Customer, "C-1"),
        lambda: db.transact_get(EntityKey(Customer, "C-1")),
        lambda: list(db.query(Customer, "C-1")),
        lambda: db.batch_write([Customer("C-1", passport=SECRET)]),
        lambda: db.batch_get([EntityKey(Customer, "C-1")]),
        lambda: TransactScope(db).begin().put(Customer("C-1", passport=SECRET)),
        lambda: TransactScope(db).begin().get(Customer, "C-1"),
    ):
        with pytest.raises(InvalidRequestError) as caught:
            use()
        assert "NO_KEYRING" == caught.value.code

    assert [] == sent.requests


def test_an_item_of_an_entity_cannot_be_stored_past_the_keyring(safe, sent):
    """What to_item makes of a secret is nothing that a client takes."""
    with TransactScope(safe) as tx, pytest.raises(ConversionError):
        tx.client.put_item(TableName="Account", Item=to_item(Customer("C-1", passport=SECRET)))

    assert [] == sent.requests


def test_explanations_and_texts_keep_secrets(safe):
    """What is shown to people says that there is something, and not what."""
    with TransactScope(safe) as tx:
        action = tx.put(Customer("C-1", passport=SECRET))
        tx.update(Customer, "C-2", set={"passport": SECRET})
        explained = tx.explain()
        with pytest.raises(InvalidRequestError) as caught:
            tx.to_request()

    assert "passport = encrypted" in str(explained)
    assert not explained.is_exact
    assert "ENCRYPTED_FIELD" == caught.value.code
    for shown in (explained, action, tx, tx.staged, tx.to_request(), caught.value):
        assert SECRET not in f"{shown!r}{shown}"
