"""Mistakes of other libraries, each under its name: this one does not make them.

AWS is Amazon's published C# transaction framework; the others are Python and TypeScript
libraries for DynamoDB. The sample's own lessons are tested beside the sample.
"""

import pytest
from attrs import define

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import Attr, entity
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    InvalidKeyError,
    InvalidRequestError,
    ScopeStateError,
    TooManyActionsError,
)

TX = "TransactWriteItems"


def test_aws_4_conditions_names_and_return_options_are_never_dropped(db, sent):
    """An insert-only put became a blind overwrite as soon as a scope was used."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"), condition="#s <> :s", names={"#s": "status"}, values={":s": "x"})
        tx.update(Account, "A-2", set={"status": "x"}, condition=Attr("status").ne("y"))
        tx.delete(Account, "A-3", condition=Attr("status").not_exists())

    for entry in sent.requests[0].body["TransactItems"]:
        (members,) = entry.values()
        assert members["ConditionExpression"]
        assert members["ExpressionAttributeNames"]
        assert "ALL_OLD" == members["ReturnValuesOnConditionCheckFailure"]


@pytest.mark.parametrize("where", ["scope", "database"])
def test_aws_4_the_same_call_has_the_same_guard_inside_and_outside_a_scope(db, sent, where):
    """Guarded without a scope and unguarded inside one is how unique rows are lost."""
    if where == "database":
        db.insert(Account("A-1"))
        members = sent.requests[0].body
    else:
        with TransactScope(db) as tx:
            tx.insert(Account("A-1"))
        members = sent.requests[0].body["TransactItems"][0]["Put"]

    assert "attribute_not_exists(#n0)" == members["ConditionExpression"]
    assert {"#n0": "number"} == members["ExpressionAttributeNames"]


def test_aws_6_a_scope_that_was_not_begun_or_has_ended_never_ignores_a_write(db):
    """Adds to a dead scope were lost without an error."""
    tx = TransactScope(db)
    with pytest.raises(ScopeStateError):
        tx.put(Account("A-1"))
    with tx:
        pass
    with pytest.raises(ScopeStateError):
        tx.put(Account("A-1"))


@pytest.mark.parametrize("nothing", [None, "", 0, [], {}])
def test_aws_6_nothing_in_place_of_an_entity_or_a_scope_is_refused(db, nothing):
    """A null request or a null scope was silently ignored."""
    with TransactScope(db) as tx:
        for write in (tx.put, tx.insert, tx.replace, tx.delete):
            with pytest.raises(InvalidRequestError):
                write(nothing)
    with pytest.raises(InvalidRequestError):
        TransactScope(nothing)


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_aws_7_blank_strings_survive_outside_keys(db, blank):
    """A legal blank value was skipped, so a replaced item lost the attribute."""
    db.put(Account("A-1", status=blank, note=blank, tags=[blank], address={"city": blank}))

    expected = Account("A-1", status=blank, note=blank, tags=[blank], address={"city": blank})
    assert expected == db.get(Account, "A-1")


def test_aws_7_an_empty_key_part_names_its_entity_at_the_call(db, sent):
    """A missing key part failed the whole commit later, with a message that named nothing."""
    with TransactScope(db) as tx:
        for write in (lambda: tx.put(Account("")), lambda: tx.delete(Account, "")):
            with pytest.raises(InvalidKeyError, match=r"Account\.number is empty"):
                write()

    assert [] == sent.operations


def test_aws_8_a_second_commit_is_refused_and_applies_nothing_twice(db, sent):
    """A second click sent the same list again, under a new token."""
    tx = TransactScope(db).begin()
    tx.update(Account, "A-1", add={"balance": 1})
    tx.commit()

    with pytest.raises(ScopeStateError, match="COMMITTED"):
        tx.commit()

    assert [TX] == sent.operations
    assert 1 == db.get(Account, "A-1").balance


def test_a_scope_is_not_reused_after_an_abort(db, sent):
    """PynamoDB, pydynox, dyntastic and dynamoxy commit the aborted writes with the next ones."""
    tx = TransactScope(db)
    with pytest.raises(KeyError), tx:
        tx.insert(Account("A-1"))
        raise KeyError

    with pytest.raises(ScopeStateError), tx:
        tx.insert(Account("A-2"))

    assert [] == sent.operations


def test_more_than_one_request_holds_is_refused_and_never_split(db, sent):
    """dyntastic wrote 4 of 5 rows of one `transaction` before its exception."""
    with pytest.raises(TooManyActionsError), TransactScope(db) as tx:
        for number in range(101):
            tx.put(Account(f"A-{number}"))

    assert [] == sent.operations


def test_the_index_of_a_reason_is_the_order_of_the_calls(db):
    """PynamoDB regroups actions by kind: the third failed and index 0 was reported."""
    db.put(Account("A-3"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("number").not_exists())
        tx.delete(Account, "A-2")
        tx.insert(Account("A-3"))

    assert [2] == [reason.index for reason in caught.value.failures]


def test_a_cancellation_has_its_reasons(db):
    """pydynox and bloop drop them."""
    db.put(Account("A-1"))
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-0"))
        tx.insert(Account("A-1"))

    assert ["None", "ConditionalCheckFailed"] == [reason.code for reason in caught.value.reasons]
    assert 1 == len(caught.value.failures)


def test_a_create_does_not_overwrite(db):
    """PynamoDB#706: a `unique` row was duplicated; insert, put and replace are three verbs."""
    db.insert(Account("A-1", 1))

    with pytest.raises(ConditionFailedError):
        db.insert(Account("A-1", 2))

    assert 1 == db.get(Account, "A-1").balance


@pytest.mark.parametrize(
    "condition",
    [
        {"balance": {"gte": 1}},
        {"attribute_not_exists": "number"},
        Attr("balance"),
        Attr("balance").size(),
        True,
        5,
        lambda: True,
        "",
        "  ",
    ],
)
def test_an_unknown_condition_is_refused_and_never_weakened(db, sent, condition):
    """ddb-lib compiles unknown operators to nothing, and the guard is gone."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError):
        tx.put(Account("A-1"), condition=condition)

    assert [] == sent.operations


def test_not_negates_all_of_what_it_stands_before(db):
    """ddb-lib: `not {a: 1, b: 2}` became `NOT a = 1 AND b = 2`."""
    db.put(Account("A-1", 1, status="y"))
    both = Attr("balance").eq(1) & Attr("status").eq("x")

    db.update(Account, "A-1", set={"note": "ok"}, condition=~both)

    assert "ok" == db.get(Account, "A-1").note


def test_zero_and_false_survive(db, table_names):
    """TableTheory's omitempty turned 0 and False into the defaults 5 and True."""

    @entity("Account", partition_key="number")
    @define
    class Settings:
        number: str
        balance: int = 5
        active: bool = True
        name: str | None = "x"

    db.put(Settings("A-1", 0, active=False, name=None))

    assert Settings("A-1", 0, active=False, name=None) == db.get(Settings, "A-1")


def test_an_update_of_nothing_is_refused(db):
    """ddb-lib sent `SET ` and let the server complain."""
    with TransactScope(db) as tx:
        for nothing in ({}, {"set": {}}, {"remove": []}, {"set": {}, "add": {}}):
            with pytest.raises(InvalidRequestError) as caught:
                tx.update(Account, "A-1", **nothing)
            assert "EMPTY_UPDATE" == caught.value.code


def test_a_map_that_looks_like_an_operator_is_not_stored_by_mistake(db):
    """ddb-lib stored `{"$add": -100}` as the new balance and reported success."""
    with TransactScope(db) as tx, pytest.raises(ConversionError, match="balance"):
        tx.update(Account, "A-1", set={"balance": {"$add": -100}})


def test_aws_14_a_read_is_consistent_and_sees_what_is_staged(db, sent):
    """A query showed the old product right after the commit, and never the staged one."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 1))
        assert Account("A-1", 1) == tx.get(Account, "A-1")
        tx.update(Account, "A-1", add={"balance": 1})
        assert Account("A-1", 2) == tx.get(Account, "A-1")
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")

    assert Account("A-1", 2) == read
    assert ["TransactWriteItems", "GetItem"] == sent.operations
    assert sent.requests[-1].body["ConsistentRead"] is True
