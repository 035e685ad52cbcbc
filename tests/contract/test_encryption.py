"""Field encryption: what is stored, what is sent to whom, and what cannot be said."""

import attrs
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.contract import vault
from tests.contract.entities import Account, Loose
from tests.contract.vault import Archived, Bearer, Customer, Foreign, Note, Patient, Ticket
from tests.shells import Database, TransactScope
from transactscope import (
    Attr,
    EntityKey,
    RetryPolicy,
    ScopeState,
    if_not_exists,
    list_append,
    path,
    to_item,
)
from transactscope.errors import (
    BatchIncompleteError,
    CommitOutcomeUnknownError,
    ConditionFailedError,
    ConversionError,
    DecryptionError,
    InvalidRequestError,
    ItemTooLargeError,
    KeyServiceError,
    NotSentError,
    StaleReadError,
    TransactionTooLargeError,
)
from transactscope.ext.encryption import KmsKeyring, LocalKeyring
from transactscope.testing import conflict, lost_answer

TX = "TransactWriteItems"
OUTAGE = EndpointConnectionError(endpoint_url="https://kms.example")
SECRET = "X 123"


def _denied(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Decrypt")


@pytest.fixture(scope="module")
def kms_service(engine):
    """One KMS for the module."""
    with vault.new_kms(engine) as made:
        yield made


@pytest.fixture
def kms(kms_service):
    """A KMS that works, and whose calls are counted from here on."""
    kms_service.failure = None
    kms_service.take()
    return kms_service


@pytest.fixture
def names(table_names, fresh_table, table_name):
    """The tables of all entities; that of tickets does not exist."""
    return table_names | {"Archive": fresh_table("number"), "Tickets": table_name}


@pytest.fixture
def opened(client, shell, names, tokens, pauses):
    """Make a database with a keyring."""

    def make(keyring, **settings):
        return Database(
            client,
            keyring=keyring,
            table_names=names,
            new_token=tokens,
            clock=lambda: sum(pauses),
            sleep=pauses.append,
            **settings,
        )

    return make


@pytest.fixture
def safe(opened):
    """A database with a local key."""
    return opened(vault.local())


@pytest.fixture
def raw(client, names):
    """Read and write what is stored, without the library."""

    class Raw:
        def get(self, number, table="Account"):
            key = {"number": {"S": number}}
            return client.get_item(TableName=names[table], Key=key, ConsistentRead=True)["Item"]

        def put(self, item, table="Account"):
            client.put_item(TableName=names[table], Item=item)

    return Raw()


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


REFUSED = {
    "add": {"add": {"scores": 1}},
    "delete": {"delete": {"scores": {1}}},
    "append": {"set": {"scores": list_append("scores", [1])}},
    "default": {"set": {"passport": if_not_exists("passport", "x")}},
    "copy from": {"set": {"name": path("passport")}},
    "copy to": {"set": {"passport": path("name")}},
    "sum": {"set": {"visits": path("passport") + 1}},
    "inside": {"set": {"scores[0]": 1}},
    "remove inside": {"remove": "scores[0]"},
    "equal": {"set": {"visits": 1}, "condition": Attr("passport").eq("x")},
    "greater": {"set": {"visits": 1}, "condition": Attr("passport").gt("x")},
    "begins": {"set": {"visits": 1}, "condition": Attr("passport").begins_with("x")},
    "contains": {"set": {"visits": 1}, "condition": ~Attr("scores").contains(1)},
    "type": {"set": {"visits": 1}, "condition": Attr("passport").attribute_type("S")},
    "size": {"set": {"visits": 1}, "condition": Attr("passport").size().gt(1)},
    "in": {"set": {"visits": 1}, "condition": Attr("passport").is_in(["x"])},
    "between": {"set": {"visits": 1}, "condition": Attr("passport").between("a", "b")},
    "compared": {"set": {"visits": 1}, "condition": Attr("name").eq(path("passport"))},
    "exists inside": {"set": {"visits": 1}, "condition": Attr("scores[0]").exists()},
    "text": {"set": {"visits": 1}, "condition": "passport = name"},
    "text with names": {
        "set": {"visits": 1},
        "condition": "#p <> visits",
        "names": {"#p": "passport"},
    },
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_what_dynamodb_cannot_do_with_sealed_values_is_refused(safe, sent, arguments):
    """At the call, and nothing of it is sent."""
    with pytest.raises(InvalidRequestError) as caught:
        safe.update(Customer, "C-1", **arguments)

    assert "ENCRYPTED_FIELD" == caught.value.code
    assert "is stored encrypted" in str(caught.value)
    assert [] == sent.requests


def test_filters_are_conditions(safe, sent):
    """A query cannot look into sealed values, either."""
    with pytest.raises(InvalidRequestError, match="stored encrypted"):
        list(safe.query(Foreign, "u-1", filter=Attr("card").eq("x")))
    with pytest.raises(InvalidRequestError, match="stored encrypted"):
        list(safe.query(Foreign | Note, "u-1", filter=Attr("text").eq("x")))
    assert [] == sent.requests

    safe.put(Foreign("u-1", 1, "card"))
    assert [Foreign("u-1", 1, "card")] == list(
        safe.query(Foreign, "u-1", filter=Attr("card").exists())
    )


def test_text_that_only_looks_like_a_field_is_taken(safe):
    """A placeholder that is called like a field is none."""
    safe.put(Customer("C-1"))

    safe.update(
        Customer,
        "C-1",
        set={"visits": 1},
        condition="visits = :passport",
        values={":passport": 0},
    )

    assert 1 == safe.get(Customer, "C-1").visits


def test_a_marker_cannot_be_encrypted(safe):
    """It would have to be compared with the one that is stored."""
    with TransactScope(safe) as tx, pytest.raises(InvalidRequestError) as caught:
        tx.once(Customer("C-1"))

    assert "ENCRYPTED_FIELD" == caught.value.code


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
    for read in _reads(db):
        with pytest.raises(KeyServiceError):
            read()

    kms.failure = None
    for read in _reads(db):
        read()


def _reads(db):
    return (
        lambda: db.get(Customer, "C-1"),
        lambda: db.transact_get(EntityKey(Customer, "C-1")),
        lambda: list(db.query(Customer, "C-1")),
        lambda: db.batch_get([EntityKey(Customer, "C-1")]),
    )


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


@pytest.fixture(params=["local", "kms"])
def either(request, opened, kms):
    """A database with a keyring of each kind."""
    return opened(vault.local() if request.param == "local" else vault.of_kms(kms))


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

    for read in _reads(db):
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
