"""`transact_get`: several items at one moment, outside a scope."""

import threading

import pytest

from tests.contract.entities import Account, Order, Profile, Sheet
from tests.shells import Database as AnyDatabase
from transactscope import Database, EntityKey, RetryPolicy, TransactScope
from transactscope.core.building import ActionBuilder
from transactscope.errors import (
    ConversionError,
    InvalidKeyError,
    InvalidRequestError,
    TableNotFoundError,
    TooManyActionsError,
    TransactionCanceledError,
    TransactionConflictError,
)
from transactscope.testing import canceled, conflict, server_error


def _key(number):
    return EntityKey(Account, f"A-{number}")


def test_items_of_several_tables_and_classes_come_in_order(db, sent):
    """The answer has the order of the question, and None says that nothing is there."""
    db.put(Account("A-1", 1))
    db.put(Order("u-1", 7))
    db.put(Profile("u-1", "x"))
    sent.clear()

    found = db.transact_get(EntityKey(Order, "u-1", 7), _key(2), _key(1), EntityKey(Profile, "u-1"))

    assert [Order("u-1", 7), None, Account("A-1", 1), Profile("u-1", "x")] == found
    assert ["TransactGetItems"] == sent.operations


def test_a_key_that_comes_twice_is_read_once_and_answered_twice(db, sent, account):
    """Two Gets of one key are refused by DynamoDB, and nobody has to know that."""
    sent.clear()
    found = db.transact_get(_key(1), EntityKey(Sheet, "A-1"), _key(2), _key(1), _key(2))

    assert [account, Sheet("A-1", 10), None, account, None] == found
    assert 2 == len(sent.requests[0].body["TransactItems"])


def test_usual_keys_need_no_action_each(db, account, monkeypatch):
    """Speed is what the quick way is for: only the time would tell that nobody takes it."""
    monkeypatch.delattr(ActionBuilder, "read")

    assert account == db.get(Account, "A-1")
    assert [account, None] == db.transact_get(_key(1), _key(2))


def test_keys_are_one_by_value(client, fresh_table, table_name):
    """A number is one key, however it is written."""
    from decimal import Decimal

    from attrs import define

    from transactscope import entity

    @entity(fresh_table(("id", "N")), partition_key="id")
    @define
    class Numbered:
        id: Decimal

    db = Database(client)
    db.put(Numbered(Decimal(1)))
    keys = [EntityKey(Numbered, Decimal(text)) for text in ("1", "1.0", "1E0")]

    assert [Numbered(Decimal(1))] * 3 == db.transact_get(*keys)


def test_nothing_is_sent_for_no_keys(db, sent):
    """An empty question has an empty answer."""
    assert [] == db.transact_get()
    assert [] == sent.operations


@pytest.mark.needs("transact_get")
def test_100_keys_are_one_request(db, sent):
    """All that DynamoDB takes, and repetitions do not count."""
    db.put(Account("A-99"))
    sent.clear()
    found = db.transact_get(*map(_key, range(100)), *map(_key, range(100)))

    assert [99, 199] == [place for place, one in enumerate(found) if one is not None]
    assert 100 == len(sent.requests[0].body["TransactItems"])


def test_101_different_keys_are_refused(db, sent):
    """One moment is one request, so it is never split."""
    with pytest.raises(TooManyActionsError, match=r"101 different keys.*100"):
        db.transact_get(*map(_key, range(101)))

    assert [] == sent.operations


def test_some_fields_come_as_a_mapping(db, sent, account):
    """Values are those of the declared types, under the names of the fields."""
    db.put(Order("u-1", 7))
    sent.clear()
    found = db.transact_get(
        _key(1).only("balance", "tags"), EntityKey(Order, "u-1", 7).only("total", "number")
    )

    assert [{"balance": 10, "tags": []}, {"total": 0, "number": 7}] == found
    get = sent.requests[0].body["TransactItems"][0]["Get"]
    assert "#n0, #n1, #n2" == get["ProjectionExpression"]
    assert ["number", "balance", "tags"] == list(get["ExpressionAttributeNames"].values())


def test_there_without_these_fields_is_not_missing(db, account):
    """What is not stored is left out, and None is only for an item that is not there."""
    assert [{}, None] == db.transact_get(_key(1).only("note"), _key(2).only("note"))


@pytest.mark.parametrize("whole", [False, True])
def test_one_item_in_several_projections_is_one_get(db, sent, account, whole):
    """Each is answered as it was asked, out of what all of them need."""
    keys = [_key(1).only("balance"), _key(1).only("status"), *([_key(1)] if whole else [])]
    sent.clear()
    found = db.transact_get(*keys)

    assert [{"balance": 10}, {"status": "open"}, *([account] if whole else [])] == found
    (entry,) = sent.requests[0].body["TransactItems"]
    names = entry["Get"].get("ExpressionAttributeNames", {})
    assert ([] if whole else ["number", "balance", "status"]) == list(names.values())


def test_a_projection_needs_fields_of_the_class():
    """A typo must not look like an attribute that is not stored."""
    with pytest.raises(InvalidRequestError, match="did you mean 'balance'") as caught:
        _key(1).only("balanse")
    assert "UNKNOWN_FIELD" == caught.value.code

    with pytest.raises(InvalidRequestError, match="at least one field of Account") as caught:
        _key(1).only()
    assert "EMPTY_PROJECTION" == caught.value.code


def test_a_projected_value_of_a_wrong_type_is_a_conversion_error(db, client, table_names):
    """As in a whole entity: the path is named, and no value."""
    item = {"number": {"S": "A-1"}, "balance": {"S": "secret"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    with pytest.raises(ConversionError, match=r"Account\.balance") as caught:
        db.transact_get(_key(1).only("balance"))
    assert "secret" not in str(caught.value)


def test_what_is_no_key_is_refused(db, sent):
    """Where a class and its parts are usual, it is easy to forget the EntityKey."""
    with pytest.raises(InvalidKeyError, match="EntityKey"):
        db.transact_get(Account, "A-1")
    assert [] == sent.operations


def test_conflicts_are_met_by_asking_again(db, faults, pauses, account):
    """A writer at work is no reason to give up."""
    faults.next("TransactGetItems", conflict(), server_error(), conflict())

    assert [account] == db.transact_get(_key(1))
    assert 3 == len(pauses)


def test_conflicts_that_last_are_an_error_with_reasons(db, always):
    """Within the policy, and the reason names the key."""
    always(canceled("None", "TransactionConflict"), "TransactGetItems")

    with pytest.raises(TransactionConflictError) as caught:
        db.transact_get(_key(1), _key(1), _key(2))

    (failure,) = caught.value.failures
    assert (1, "get", {"number": {"S": "A-2"}}) == (failure.index, failure.verb, failure.key)
    assert Account is failure.entity_class
    assert "6 attempt(s)" in caught.value.__notes__[0]


def test_other_cancellations_are_raised_at_once(db, faults):
    """What will not pass is not tried again."""
    faults.next("TransactGetItems", canceled("ValidationError"))

    with pytest.raises(TransactionCanceledError, match="ValidationError: get Account"):
        db.transact_get(_key(1))


def test_a_missing_table_is_named(client, shell, table_name):
    """The table that the entity stands for, as it was sent."""
    db = AnyDatabase(client, table_names={"Account": table_name})

    with pytest.raises(TableNotFoundError, match=table_name):
        db.transact_get(_key(1))


def test_a_projection_that_is_too_long_is_left_out(client, fresh_table):
    """It would only save bytes on the way, so it never makes a read fail."""
    import attrs

    from transactscope import entity
    from transactscope.testing import RequestRecorder

    names = [f"field_{number:03}" for number in range(700)]
    columns = {name: attrs.field(type=int, default=0) for name in names}
    wide = attrs.make_class("Wide", {"id": attrs.field(type=str), **columns})
    entity(fresh_table("id"), partition_key="id")(wide)
    db = Database(client)
    db.put(wide("w-1"))
    with RequestRecorder(client) as recorder:
        (found,) = db.transact_get(EntityKey(wide, "w-1").only(*names))

    assert dict.fromkeys(names, 0) == found
    (entry,) = recorder.requests[0].body["TransactItems"]
    assert {"TableName", "Key"} == set(entry["Get"])


@pytest.mark.needs("threads", "transact_get")
@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.only_sync("its threads are the test")
def test_half_of_a_commit_is_never_seen(engine, table_names):
    """Readers of several items see every transaction as a whole, or not at all."""
    client = engine.client(max_pool_connections=8)
    policy = RetryPolicy(max_attempts=1000, base_delay=0.01, max_delay=0.1, timeout=60)
    db = Database(client, table_names=table_names, retry=policy)
    pair = (_key(1), _key(2))
    rounds, readers = 40, 7
    done, errors, seen = threading.Event(), [], []

    def write():
        for number in range(1, rounds + 1):
            with TransactScope(db) as tx:
                tx.put(Account("A-1", number))
                tx.put(Account("A-2", number))

    def watch():
        while not done.is_set():
            one, other = db.transact_get(*pair)
            seen.append((one.balance, other.balance))

    def guarded(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - shown in the test's own thread
            errors.append(error)

    db.put(Account("A-1"))
    db.put(Account("A-2"))
    threads = [threading.Thread(target=guarded, args=(watch,)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    guarded(write)
    done.set()
    for thread in threads:
        thread.join()
    client.close()

    assert [] == errors
    assert len(set(seen)) > 1
    assert [] == [pair for pair in seen if pair[0] != pair[1]]
