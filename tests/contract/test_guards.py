"""Guarded reads: what was read is still so at the commit, or nothing is applied."""

import pytest
from attrs import define, field, make_class

from tests.contract.entities import Account, Loose, Order, Profile, Sheet
from tests.shells import TransactScope
from transactscope import Attr, EntityKey, ScopeState, entity
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    InvalidKeyError,
    InvalidRequestError,
    StaleReadError,
    TooManyActionsError,
    TransactionConflictError,
)
from transactscope.testing import conflict, error

TX = "TransactWriteItems"


class TooPoorError(Exception):
    """A user's own error."""


def _conditions(sent):
    """Return the condition of every action that was sent last."""
    items = sent.requests[-1].body["TransactItems"]
    return [members.get("ConditionExpression") for item in items for members in item.values()]


def test_a_write_goes_out_under_the_guard_of_what_was_read(db, sent, account):
    """The guard is part of the item's own action: one action, no check beside it."""
    sent.clear()
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance -= 3
        tx.update(read)

    assert ["GetItem", TX] == sent.operations
    (entry,) = sent.requests[-1].body["TransactItems"]
    assert ["Update"] == list(entry)
    assert Account("A-1", 7) == db.get(Account, "A-1")


def test_an_item_that_is_only_read_is_checked(db, sent, account):
    """What steered the code must still be true, even if it is not written."""
    db.put(Account("A-2", 5))
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.get(Account, "A-3")
        tx.put(Account("A-2", 6))

    kinds = [kind for entry in sent.requests[-1].body["TransactItems"] for kind in entry]
    assert ["ConditionCheck", "ConditionCheck", "Put"] == kinds
    assert "attribute_not_exists(#n0)" == _conditions(sent)[1]


CHANGES = {
    "another value": lambda db: db.update(Account, "A-1", add={"balance": 1}),
    "a new attribute": lambda db: db.update(Account, "A-1", set={"note": "new"}),
    "a lost attribute": lambda db: db.update(Account, "A-1", remove="status"),
    "a lost item": lambda db: db.delete(Account, "A-1"),
    "a new item": lambda db: db.insert(Account("A-2")),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("write", ["update", "put", "delete", "other"])
def test_a_change_of_what_was_read_cancels_the_commit(db, stored, account, change, write):
    """A changed value, an attribute that came or went, an item that came or went."""
    verbs = {
        "update": lambda tx, _: tx.update(Account, "A-1", set={"either": 1}),
        "put": lambda tx, read: tx.put(read),
        "delete": lambda tx, read: tx.delete(read),
        "other": lambda tx, _: tx.put(Account("A-9")),
    }
    with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
        read, absent = tx.get(Account, "A-1"), tx.get(Account, "A-2")
        assert absent is None
        verbs[write](tx, read)
        CHANGES[change](db)

    assert caught.value.retryable
    assert all(reason.is_stale for reason in caught.value.failures)
    assert ScopeState.CANCELED is tx.state
    assert stored("A-9") is None


def test_an_unguarded_read_lets_the_commit_pass(db, sent, account):
    """Who says guard=False does not care."""
    with TransactScope(db) as tx:
        tx.get(Account, "A-1", guard=False)
        db.update(Account, "A-1", add={"balance": 1})
        tx.put(Account("A-2"))

    assert 1 == len(sent.requests[-1].body["TransactItems"])


def test_a_scope_that_writes_nothing_sends_nothing(db, sent, account):
    """Reads alone are not validated; the documentation says so."""
    sent.clear()
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        db.update(Account, "A-1", add={"balance": 1})

    assert ["GetItem", "UpdateItem"] == sent.operations
    assert not tx.result.sent


def test_an_explicit_check_counts_as_staged_and_takes_the_guards_along(db, account):
    """A check is sent, so everything that was read is validated with it."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.check(Account, "A-2", condition=Attr("balance").not_exists())
        db.update(Account, "A-1", add={"balance": 1})


def test_an_item_is_read_once_per_scope(db, sent, account):
    """A scope sees one state of an item, and pays for it once."""
    sent.clear()
    with TransactScope(db) as tx:
        first = tx.get(Account, "A-1")
        db.update(Account, "A-1", add={"balance": 100})

        assert tx.get(EntityKey(Account, "A-1")) is first
        assert tx.get(Account, "A-1", guard=False) is first
        tx.rollback()

    assert ["GetItem", "UpdateItem"] == sent.operations


def test_an_unguarded_read_can_be_guarded_later(db, account):
    """The guard is about what was seen first, for that is what the code knows."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.get(Account, "A-1", guard=False)
        db.update(Account, "A-1", add={"balance": 100})
        tx.get(Account, "A-1")
        tx.put(Account("A-2"))


def test_the_same_object_is_returned_until_something_staged_changes_the_item(db, account):
    """Two objects for one item would be two truths; a change needs a new one."""
    with TransactScope(db) as tx:
        first = tx.get(Account, "A-1")
        tx.check(Account, "A-1", condition=Attr("balance").eq(10))
        assert tx.get(Account, "A-1") is first

        tx.update(Account, "A-1", add={"balance": 1})
        second = tx.get(Account, "A-1")

        assert (10, 11) == (first.balance, second.balance)
        assert tx.get(Account, "A-1") is second


def test_what_is_staged_is_seen_after_a_savepoint_was_rolled_back(db, account):
    """The item is what is still staged makes of it."""
    with TransactScope(db) as tx:
        tx.get(Account, "A-1").balance = -1  # never staged
        savepoint = tx.savepoint()
        tx.update(Account, "A-1", add={"balance": 5})
        assert 15 == tx.get(Account, "A-1").balance
        savepoint.rollback()

        assert 10 == tx.get(Account, "A-1").balance


def test_reads_outlive_their_savepoint(db, account):
    """What was read has steered the code, whatever is dropped afterwards."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        savepoint = tx.savepoint()
        tx.get(Account, "A-1")
        tx.put(Account("A-2"))
        savepoint.rollback()
        tx.put(Account("A-3"))
        db.update(Account, "A-1", add={"balance": 1})


def test_one_item_read_as_two_classes_is_guarded_for_both(db, account):
    """Each class sees a part of the item; both parts steered the code."""

    @entity("Account", partition_key="number")
    @define
    class Noted:
        number: str
        note: str | None = None

    with TransactScope(db) as tx:
        tx.get(Noted, "A-1")
        tx.put(Account("A-2"))
        db.update(Account, "A-1", add={"balance": 1})  # nothing that Noted has

    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.get(Noted, "A-1")
        tx.get(Account, "A-1")
        tx.put(Account("A-2"))
        db.update(Account, "A-1", add={"balance": 1})


def test_a_class_with_nothing_but_a_key_is_guarded_by_presence(db, sent, account):
    """There is nothing to compare, but that the item is there was seen."""
    with TransactScope(db) as tx:
        tx.get(Loose, "A-1")
        tx.put(Account("A-2"))

    assert "attribute_exists(#n0)" == _conditions(sent)[0]


VALUES = [
    {"tags": ["a", "b"]},
    {"tags": []},
    {"roles": {"x", "y"}},
    {"address": {"city": "Bonn", "street": ""}},
    {"address": {}},
    {"note": ""},
    {"either": None},
    {"either": [1, 2.5, {"deep": [b"\x00", {3}, None, True]}]},
    {"balance": 12345678901234567890123456789012345678},
]


@pytest.mark.parametrize("values", VALUES, ids=range(len(VALUES)))
def test_every_kind_of_value_can_be_guarded(db, values):
    """A guard that is false on the item itself would make every commit stale."""
    db.put(Account("A-1", **values))
    with TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.insert(Account("A-2"))

    assert ScopeState.COMMITTED is tx.state


def test_composed_keys_are_guarded(db):
    """Items of a single-table design, of two classes."""
    db.put(Order("u-1", 7, 3))
    with TransactScope(db) as tx:
        order = tx.get(Order, "u-1", 7)
        assert tx.get(Profile, "u-1") is None
        order.total += 1
        tx.update(order)
        tx.insert(Profile("u-1"))

    assert Order("u-1", 7, 4) == db.get(Order, "u-1", 7)


def test_what_failed_is_told_apart_in_one_action(db, account):
    """The same action carries a guard and a demand; the stored item says which was false."""
    demand = {"condition": Attr("balance").gte(50), "raises": TooPoorError}

    with pytest.raises(TooPoorError), TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.update(Account, "A-1", add={"balance": -50}, **demand)

    with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.update(Account, "A-1", add={"balance": -50}, **demand)
        db.update(Account, "A-1", set={"note": "x"})  # and the demand is false, too
    assert caught.value.failures[0].is_stale
    assert 10 == caught.value.failures[0].item.balance


def test_a_stale_read_wins_over_a_failed_condition_elsewhere(db, account):
    """What was decided on a stale read is void, so the user's error would be a wrong answer."""
    with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
        tx.get(Account, "A-2")
        tx.insert(Account("A-1"), raises=TooPoorError)
        db.insert(Account("A-2"))

    assert [True, False] == [reason.is_stale for reason in caught.value.reasons]
    assert ["get", "insert"] == [reason.verb for reason in caught.value.reasons]
    assert "not as it was read" in str(caught.value)
    assert "read at" in str(caught.value)


def test_a_server_that_shows_no_items_is_never_believed_to_blame_the_user(db, faults, account):
    """To read again is harmless; to call a demand false that holds is not."""
    text = "Transaction cancelled, for specific reasons [ConditionalCheckFailed]"
    for expected, guard in ((StaleReadError, True), (TooPoorError, False)):
        faults.next(TX, error("TransactionCanceledException", message=text))
        with pytest.raises(expected), TransactScope(db) as tx:
            tx.get(Account, "A-1", guard=guard)
            tx.put(Account("A-1"), condition=Attr("balance").eq(10), raises=TooPoorError)


def test_guards_fold_with_every_verb(db, account):
    """A guard is about the stored item, whatever is staged, in whatever order."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", set={"balance": 5})
        tx.get(Account, "A-1")
        tx.delete(Account, "A-1")
        tx.insert(Account("A-1", 1))
        tx.update(Account, "A-1", set={"note": "x"})
    assert Account("A-1", 1, note="x") == db.get(Account, "A-1")

    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.delete(Account, "A-1")
        tx.insert(Account("A-1", 2))
        db.update(Account, "A-1", add={"balance": 1})


def test_an_insert_after_the_read_of_an_absent_item_goes_stale(db):
    """Get or create: someone else was faster, so the read has to be done again."""
    with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
        assert tx.get(Account, "A-1") is None
        tx.insert(Account("A-1", 1))
        db.insert(Account("A-1", 2))

    assert Account("A-1", 2) == caught.value.failures[0].item


def test_an_insert_of_an_item_that_was_read_fails_as_a_condition(db, account):
    """The read is not stale: the demand is wrong."""
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.get(Account, "A-1")
        tx.insert(Account("A-1"))


def test_guards_count_towards_the_limit_at_the_call(db, sent):
    """The 101st item is refused where it is asked for, and before it is read."""
    with TransactScope(db) as tx:
        for number in range(99):
            tx.put(Account(f"A-{number}"))
        tx.get(Account, "A-99")
        tx.get(Account, "A-0")  # written anyway
        sent.clear()
        with pytest.raises(TooManyActionsError, match="guard=False"):
            tx.get(Account, "A-100")
        with pytest.raises(TooManyActionsError):
            tx.put(Account("A-100"))
        assert [] == sent.operations
        assert tx.get(Account, "A-100", guard=False) is None
        tx.put(Account("A-99"))  # its guard is counted already

    assert 100 == len(tx.to_request()["TransactItems"])


def _class_with_fields(count):
    fields = {"number": field(type=str)} | {f"field_{n}": field(type=int) for n in range(count)}
    return entity("Account", partition_key="number")(make_class("Wide", fields))


def test_a_guard_that_is_too_long_recommends_a_version(db):
    """DynamoDB takes 4096 bytes of condition; a version needs a dozen."""
    wide = _class_with_fields(300)
    db.put(wide("A-1", *range(300)))

    with TransactScope(db) as tx:
        with pytest.raises(InvalidRequestError, match="version") as caught:
            tx.get(wide, "A-1")
        assert "GUARD_TOO_LONG" == caught.value.code
        assert 299 == tx.get(wide, "A-1", guard=False).field_299
        tx.put(Account("A-2"))

    assert ScopeState.COMMITTED is tx.state


def test_a_guard_and_a_condition_that_are_too_long_together_are_refused(db):
    """At the call that is one too many, whichever comes second; nothing is lost."""
    broad = _class_with_fields(100)
    db.put(broad("A-1", *range(100)))
    long = Attr("field_0").ne(-1)
    for _ in range(200):
        long &= Attr("field_0").ne(-1)

    with TransactScope(db) as tx:
        tx.get(broad, "A-1")
        with pytest.raises(InvalidRequestError) as caught:
            tx.put(broad("A-1", *range(100)), condition=long)
        assert "GUARD_TOO_LONG" == caught.value.code
        assert () == tx.staged
        tx.put(broad("A-1", *range(1, 101)))
    with TransactScope(db) as tx:
        tx.put(Account("A-2"))
        tx.check(broad, "A-1", condition=long)
        with pytest.raises(InvalidRequestError):
            tx.get(broad, "A-1")
        tx.rollback()

    assert 1 == db.get(broad, "A-1").field_0


def test_many_items_are_read_by_one_request_in_order(db, sent, account):
    """One moment for all of them; a key that comes twice is asked for once."""
    db.put(Order("u-1", 7, 3))
    sent.clear()
    with TransactScope(db) as tx:
        keys = [EntityKey(Order, "u-1", 7), EntityKey(Account, "A-1"), EntityKey(Account, "A-2")]
        found = tx.get_many(*keys, keys[1])

        assert [Order("u-1", 7, 3), account, None, account] == found
        assert found[1] is found[3]
        assert tx.get(Account, "A-1") is found[1]
        assert [] == tx.get_many()
        tx.rollback()

    assert ["TransactGetItems"] == sent.operations
    assert 3 == len(sent.requests[0].body["TransactItems"])


def test_many_items_are_guarded(db, account):
    """Each of them, also those that were absent."""
    with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
        tx.get_many(EntityKey(Account, "A-1"), EntityKey(Account, "A-2"))
        tx.put(Account("A-3"))
        db.insert(Account("A-2"))

    assert [{"number": {"S": "A-2"}}] == [reason.key for reason in caught.value.failures]
    with TransactScope(db) as tx:
        tx.get_many(EntityKey(Account, "A-1"), guard=False)
        tx.put(Account("A-3"))
        db.update(Account, "A-1", add={"balance": 1})
    assert ScopeState.COMMITTED is tx.state


def test_many_items_see_what_is_staged(db, sent, account):
    """What is decided here is not asked for."""
    sent.clear()
    with TransactScope(db) as tx:
        tx.put(Account("A-2", 2))
        tx.delete(Account, "A-3")
        tx.update(Account, "A-1", add={"balance": 5})
        keys = [EntityKey(Account, f"A-{n}") for n in (1, 2, 3)]

        assert [15, 2, None] == [found and found.balance for found in tx.get_many(*keys)]
        tx.rollback()

    assert 1 == len(sent.requests[0].body["TransactItems"])


def test_more_than_one_request_of_reads_is_refused(db, sent):
    """Two requests would be two moments."""
    keys = [EntityKey(Account, f"A-{n}") for n in range(101)]
    sent.clear()
    with TransactScope(db) as tx:
        for guard in (True, False):
            with pytest.raises(TooManyActionsError):
                tx.get_many(*keys, guard=guard)

    assert [] == sent.operations


@pytest.mark.parametrize("wrong", [Account, "A-1", None, ("A-1",), Account("A-1")])
def test_many_items_take_keys_only(db, wrong):
    """A class and parts cannot be told apart in a list."""
    with TransactScope(db) as tx, pytest.raises(InvalidKeyError, match="EntityKey"):
        tx.get_many(EntityKey(Account, "A-1"), wrong)


def test_a_conflict_while_many_are_read_is_tried_again_and_reported(db, faults, always, pauses):
    """TransactGetItems can be canceled; its reasons name the items."""
    faults.next("TransactGetItems", conflict())
    with TransactScope(db) as tx:
        assert [None] == tx.get_many(EntityKey(Account, "A-1"))
    assert 1 == len(pauses)

    always(conflict(), "TransactGetItems")
    with TransactScope(db) as tx, pytest.raises(TransactionConflictError) as caught:
        tx.get_many(EntityKey(Account, "A-1"))
    assert ("get", {"number": {"S": "A-1"}}) == (
        caught.value.failures[0].verb,
        caught.value.failures[0].key,
    )


def test_a_read_that_fails_leaves_the_scope_as_it_was(db, client, table_names):
    """The scope can go on; nothing is half read."""
    item = {"number": {"S": "A-1"}, "balance": {"S": "no number"}}
    client.put_item(TableName=table_names["Account"], Item=item)

    with TransactScope(db) as tx:
        tx.put(Account("A-2"))
        with pytest.raises(ConversionError):
            tx.get(Account, "A-1")
        with pytest.raises(InvalidRequestError):
            tx.get(str, "A-1")

    assert ScopeState.COMMITTED is tx.state


def test_what_a_commit_will_check_can_be_looked_at(db, account):
    """The request and its explanation contain the guards."""
    db.put(Sheet("A-2"))
    with TransactScope(db) as tx:
        tx.get(Sheet, "A-2")
        assert () == tx.explain().rows
        tx.put(Account("A-1"))

        rows = tx.explain().rows
        assert ["ConditionCheck", "Put"] == [row.kind for row in rows]
        assert ("get", "version = 1") == (rows[0].verb, rows[0].condition)
        assert 2 == len(tx.to_request()["TransactItems"])
        assert 1 == len(tx.staged)


def test_a_guard_that_was_refused_is_not_sent(db, sent):
    """The read failed, so the scope goes on as if it had not been asked for."""
    broad = _class_with_fields(100)
    db.put(broad("A-1", *range(100)))
    long = Attr("field_0").ne(-1)
    for _ in range(200):
        long &= Attr("field_0").ne(-1)
    with TransactScope(db) as tx:
        tx.check(broad, "A-1", condition=long)
        for _ in range(2):
            with pytest.raises(InvalidRequestError):
                tx.get(broad, "A-1")

    assert ScopeState.COMMITTED is tx.state
    assert len(_conditions(sent)[0]) <= 4096
