"""Several writes to one item in one scope: one action, or a refusal that names both calls."""

import re
from decimal import Decimal

import pytest

from tests.contract.entities import Account, Loose
from tests.shells import TransactScope
from transactscope import Attr, if_not_exists, list_append, path
from transactscope.errors import ConditionFailedError, DuplicateTargetError
from transactscope.testing import error

OPEN = Attr("status").eq("open")
POOR = Attr("balance").lt(5)


def _check(condition):
    return lambda tx: tx.check(Account, "A-1", condition=condition)


def _update(**options):
    return lambda tx: tx.update(Account, "A-1", **options)


def _delete(**options):
    return lambda tx: tx.delete(Account, "A-1", **options)


def _put(verb="put", balance=7, **options):
    return lambda tx: getattr(tx, verb)(Account("A-1", balance), **options)


# What is stored before is Account("A-1", 10, tags=["a"], roles={"x"}); what is expected after is
# the balance, or None for no item. Every pair of kinds stands here.
FOLDS = {
    "check, check": ([_check(OPEN), _check(~POOR)], 10),
    "check, put": ([_check(OPEN), _put()], 7),
    "check, replace": ([_check(OPEN), _put("replace")], 7),
    "check, update": ([_check(OPEN), _update(add={"balance": 1})], 11),
    "check, delete": ([_check(OPEN), _delete()], None),
    "put, check": ([_put(), _check(Attr("balance").eq(7))], 7),
    "put, put": ([_put(), _put(balance=8)], 8),
    "put, replace": ([_put(), _put("replace", 8)], 8),
    "put, update": ([_put(), _update(add={"balance": 1}, set={"note": path("status")})], 8),
    "put, delete": ([_put(), _delete(condition=Attr("balance").eq(7))], None),
    "update, check": ([_update(add={"balance": 1}), _check(OPEN)], 11),
    "update, check of the key": ([_update(set={"note": "x"}), _check(Attr("number").exists())], 10),
    "update, put": ([_update(set={"note": "x"}), _put()], 7),
    "update, replace": ([_update(remove="note"), _put("replace")], 7),
    "update, delete": ([_update(set={"note": if_not_exists("note", "x")}), _delete()], None),
    "update, update": ([_update(add={"balance": 1}), _update(set={"note": "x"})], 11),
    "delete, check": ([_delete(), _check(Attr("balance").not_exists())], None),
    "delete, put": ([_delete(), _put()], 7),
    "delete, insert": ([_delete(), _put("insert")], 7),
    "delete, update": ([_delete(), _update(add={"balance": 3})], 3),
    "delete, delete": ([_delete(), _delete()], None),
    "set, set": ([_update(set={"balance": 1}), _update(set={"balance": 2})], 2),
    "set, remove": ([_update(set={"balance": 1}), _update(remove="balance")], 0),
    "remove, set": ([_update(remove="balance"), _update(set={"balance": 2})], 2),
    "remove, remove": ([_update(remove="balance"), _update(remove="balance")], 0),
    "remove, add": ([_update(remove="balance"), _update(add={"balance": 2})], 2),
    "set, add": ([_update(set={"balance": 5}), _update(add={"balance": -2})], 3),
    "add, add": ([_update(add={"balance": 5}), _update(add={"balance": 2})], 17),
    "add sets": ([_update(add={"roles": {"y"}}), _update(add={"roles": {"z"}})], 10),
    "delete sets": ([_update(delete={"roles": {"x"}}), _update(delete={"roles": {"z"}})], 10),
    "append twice": (
        [
            _update(set={"tags": list_append("tags", ["b"])}),
            _update(set={"tags": list_append(if_not_exists("tags", []), ["c"])}),
        ],
        10,
    ),
    "prepend twice": (
        [
            _update(set={"tags": list_append(["b"], path("tags"))}),
            _update(set={"tags": list_append(["c"], path("tags"))}),
        ],
        10,
    ),
    "the first reads what the second writes": (
        [_update(set={"note": path("status")}), _update(set={"status": "seen"})],
        10,
    ),
    "many": ([_check(OPEN), *[_update(add={"balance": 1})] * 20, _check(OPEN)], 30),
}


def _store(db):
    db.put(Account("A-1", 10, tags=["a"], roles={"x"}))


def _one_by_one(db, calls):
    for call in calls:
        with TransactScope(db) as tx:
            call(tx)


@pytest.mark.parametrize("name", FOLDS)
def test_calls_on_one_item_are_one_action_with_the_same_result(db, sent, name):
    """As SQL allows, and as no library of this field does; AWS-19 poisoned the scope."""
    calls, balance = FOLDS[name]
    _store(db)
    _one_by_one(db, calls)
    expected = db.get(Account, "A-1")
    _store(db)
    sent.clear()

    with TransactScope(db) as tx:
        for call in calls:
            call(tx)
        previewed = tx.get(Account, "A-1", guard=False)
    (request,) = [request for request in sent.requests if request.operation != "GetItem"]

    assert 1 == len(request.body["TransactItems"])
    assert len(calls) == len(tx.staged)
    found = db.get(Account, "A-1")
    assert expected == previewed == found
    assert balance == (found and found.balance)


def _text_check(tx):
    return tx.check(Account, "A-1", condition="balance = :b", values={":b": 7})


REFUSED = {
    "put, insert": ([_put(), _put("insert")], "never be true"),
    "put, false check": ([_put(), _check(Attr("balance").eq(8))], "never be true"),
    "put, text": ([_put(), _text_check], "cannot be judged"),
    "put, failing update": ([_put(), _update(set={"tags[0].x": 1})], "cannot apply"),
    "insert, delete of an absent one": (
        [_put(), _delete(condition=Attr("number").not_exists())],
        "never be true",
    ),
    "update, dependent check": (
        [_update(add={"balance": 1}), _check(Attr("balance").eq(11))],
        "depends on what the first writes",
    ),
    "update, text": ([_update(add={"balance": 1}), _text_check], "depends"),
    "update, insert": ([_update(set={"note": "x"}), _put("insert")], "never be true"),
    "update that may fail, put": ([_update(add={"balance": 1}), _put()], "may fail"),
    "update that may fail, delete": ([_update(set={"tags[0]": "x"}), _delete()], "may fail"),
    "update, key or else": (
        [_update(set={"note": "x"}), _check(Attr("number").not_exists() | OPEN)],
        "depends",
    ),
    "delete, replace": ([_delete(), _put("replace")], "never be true"),
    "delete, nested update": ([_delete(), _update(set={"address.city": "x"})], "cannot apply"),
    "read after write": (
        [
            _update(set={"balance": 1}),
            _update(set={"note": if_not_exists("status", "x")}),
            _update(set={"status": path("note")}),
        ],
        "reads what the first writes",
    ),
    "increment after set": (
        [_update(set={"balance": 1}), _update(set={"balance": path("balance") + 1})],
        "reads what the first writes",
    ),
    "parent and child": (
        [_update(set={"address": {}}), _update(set={"address.city": "x"})],
        "both write",
    ),
    "two elements of one list": (
        [_update(set={"tags[0]": "x"}), _update(remove="tags[1]")],
        "both write",
    ),
    "one element twice": (
        [_update(set={"tags[0]": "x"}), _update(set={"tags[0]": "y"})],
        "element",
    ),
    "add, set": ([_update(add={"balance": 1}), _update(set={"balance": 2})], "no common form"),
    "add of two signs": (
        [_update(add={"balance": 1}), _update(add={"balance": -2})],
        "no exact sum",
    ),
    "copy, set": ([_update(set={"note": path("status")}), _update(set={"note": "x"})], "may fail"),
    "set of a copy, add": (
        [_update(set={"balance": path("balance") + 1}), _update(add={"balance": 1})],
        "not known here",
    ),
    "append, prepend": (
        [
            _update(set={"tags": list_append("tags", ["b"])}),
            _update(set={"tags": list_append(["c"], path("tags"))}),
        ],
        "no common form",
    ),
    "append to another list twice": (
        [_update(set={"tags": list_append("either", ["b"])})] * 2,
        "no common form",
    ),
    "remove of an element, add": (
        [_update(remove="address.n"), _update(set={"address.n": "x"})],
        "may fail",
    ),
    "remove of an element, add to it": (
        [_update(remove="either.n"), _update(add={"either.n": 1})],
        "may fail",
    ),
    "add to another type": (
        [_update(set={"either": "x"}), _update(add={"either": 1})],
        "does not fit it",
    ),
    "add of two types": (
        [_update(add={"either": 1}), _update(add={"either": {1}})],
        "no exact sum",
    ),
    "add of sets of two types": (
        [_update(add={"either": {1}}), _update(add={"either": {"x"}})],
        "no exact sum",
    ),
    "delete of two types": (
        [_update(delete={"either": {1}}), _update(delete={"either": {"x"}})],
        "two types",
    ),
    "sum over 38 digits": (
        [_update(set={"either": 10**37}), _update(add={"either": Decimal("0.01")})],
        "does not fit it",
    ),
    "too long": (
        [_check(Attr("status").is_in([f"{n}" for n in range(99)])) for _ in range(6)],
        "4096 bytes",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_to_be_exact_is_refused_with_both_call_sites(db, sent, name):
    """A raise beats a guess, and it leaves the scope as it was."""
    calls, reason = REFUSED[name]
    with TransactScope(db) as tx:
        staged = [call(tx) for call in calls[:-1]]
        with pytest.raises(DuplicateTargetError, match=reason) as caught:
            calls[-1](tx)
        assert tuple(staged) == tx.staged
        tx.rollback()

    assert str(caught.value).count("test_several_writes.py:") >= 2
    assert re.search(reason, caught.value.why)
    assert [] == sent.operations


def test_the_equals_sign_of_a_set_is_no_operator(db):
    """AWS counts two in `SET a = :val1 + :val2 + :val3`, so 151 sums are far from 300."""
    with TransactScope(db) as tx:
        for numbers in (range(100), range(100, 151)):
            tx.update(Loose, "A-1", set={f"n{n}": path(f"n{n}") + 1 for n in numbers})
        (row,) = tx.explain().rows
        tx.rollback()

    assert 2 == len(row.calls)
    assert 151 == len(row.changes)


def test_each_part_of_a_condition_is_judged_by_itself(db):
    """After an update the item is there, so only what is asked beside that is sent."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", set={"balance": 1})
        tx.check(Account, "A-1", condition=Attr("number").exists() & Attr("note").not_exists())
        (row,) = tx.explain().rows

    assert "attribute_not_exists(note)" == row.condition


def test_texts_fold_only_beside_what_keeps_them(db, sent):
    """A condition that is a string is sent as it is, in parentheses of its own."""
    _store(db)
    with TransactScope(db) as tx:
        tx.check(
            Account, "A-1", condition="balance = :b OR balance = :c", values={":b": 10, ":c": 1}
        )
        tx.update(Account, "A-1", add={"balance": 1}, condition=OPEN)

    (entry,) = sent.requests[-1].body["TransactItems"]
    assert "(balance = :b OR balance = :c) AND #n0 = :v0" == entry["Update"]["ConditionExpression"]
    assert 11 == db.get(Account, "A-1").balance


def test_two_texts_that_define_one_placeholder_differently_are_refused_at_the_call(db):
    """Not at the commit, where nobody would know which two."""
    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition="balance = :b", values={":b": 1})
        with pytest.raises(DuplicateTargetError, match="do not fit together"):
            tx.check(Account, "A-1", condition="balance > :b", values={":b": 2})
        tx.rollback()


def test_raw_updates_do_not_merge(db, table_names):
    """What a text writes is not known here."""
    raw = {
        "TableName": table_names["Account"],
        "Key": {"number": {"S": "A-1"}},
        "UpdateExpression": "REMOVE note",
    }
    for first, second in (
        (lambda tx: tx.client.update_item(**raw), _update(set={"balance": 1})),
        (_update(set={"balance": 1}), lambda tx: tx.client.update_item(**raw)),
        (_put(), lambda tx: tx.client.update_item(**raw)),
        (lambda tx: tx.client.update_item(**raw), _put()),
        (lambda tx: tx.client.update_item(**raw), _check(OPEN)),
    ):
        with TransactScope(db) as tx:
            first(tx)
            with pytest.raises(DuplicateTargetError, match=r"text|may fail"):
                second(tx)
            tx.rollback()


class FirstError(Exception):
    """Of the first call."""


class SecondError(Exception):
    """Of the second call."""


@pytest.mark.parametrize(
    ("balance", "status", "expected"),
    [
        (1, "open", FirstError),
        (10, "closed", SecondError),
        (1, "closed", FirstError),
    ],
)
def test_raises_belongs_to_the_call_whose_condition_is_false(db, balance, status, expected):
    """One action, two conditions: the stored item tells which of them failed."""
    db.put(Account("A-1", balance, status))

    with pytest.raises(expected) as caught, TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=~POOR, raises=FirstError)
        tx.update(Account, "A-1", set={"note": "x"}, condition=OPEN, raises=SecondError)

    assert isinstance(caught.value.__cause__, ConditionFailedError)


@pytest.mark.parametrize(("balance", "expected"), [(1, FirstError), (10, SecondError)])
def test_raises_of_a_text_speaks_where_nothing_else_can_have_failed(db, balance, expected):
    """A text cannot be judged here; if all others hold, it was the text."""
    db.put(Account("A-1", balance))

    with pytest.raises(expected), TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=~POOR, raises=FirstError)
        tx.check(
            Account,
            "A-1",
            condition="#s = :s",
            names={"#s": "status"},
            values={":s": "x"},
            raises=SecondError,
        )


def test_raises_stays_silent_where_two_texts_may_be_meant(db):
    """A wrong domain error would be worse than none."""
    _store(db)
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        for number, error in enumerate((FirstError, SecondError)):
            tx.check(
                Account,
                "A-1",
                condition=f"balance = :b{number}",
                values={f":b{number}": 0},
                raises=error,
            )


def test_the_first_raises_in_call_order_wins_across_items(db):
    """Not the one whose item was touched first."""
    with pytest.raises(FirstError), TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("number").not_exists())
        tx.check(Account, "A-2", condition=Attr("number").exists(), raises=FirstError)
        tx.check(Account, "A-1", condition=Attr("status").exists(), raises=SecondError)


def test_raises_stays_silent_where_no_item_was_reported(db, faults):
    """A server that shows no items does not say that there are none."""
    text = "Transaction cancelled, for specific reasons [ConditionalCheckFailed]"
    faults.next("TransactWriteItems", error("TransactionCanceledException", message=text))

    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("number").exists(), raises=FirstError)
        tx.update(Account, "A-1", set={"note": "x"}, condition=OPEN, raises=SecondError)


def test_the_least_size_of_an_update_counts_only_what_it_surely_stores(db):
    """Values that are only compared, or that something stored may stand for, do not count."""
    with TransactScope(db) as tx:
        tx.update(
            Account,
            "A-1",
            set={"note": "xx", "address.city": "x", "either": if_not_exists("either", "y" * 99)},
            add={"balance": 10**30},
            condition=Attr("status").ne("z" * 200),
        )
        explained = tx.explain()
        tx.rollback()

    address = len("address") + 3 + 1 + len("city" + "x")
    sums = len("balance") + 1  # a number has one byte at least
    assert len("number" + "A-1" + "note" + "xx" + "either") + address + sums == explained.bytes
    assert not explained.is_exact


def test_the_reason_of_a_folded_action_lists_all_its_calls(db):
    """Whoever looks for the mistake has to see every line that is part of it."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.put(Account("A-0"))
        first = tx.replace(Account("A-1"))
        tx.put(Account("A-2"))
        second = tx.update(Account, "A-1", add={"balance": 1})

    (failure,) = caught.value.failures
    assert (1, (first.call, second.call)) == (failure.index, failure.calls)
    assert f"{first.call} and {second.call}" in str(caught.value)


def test_a_hundred_items_with_several_calls_each_are_one_request(db):
    """The limit is about actions, not about calls."""
    with TransactScope(db) as tx:
        for number in range(100):
            tx.insert(Account(f"A-{number}"))
        for number in range(100):
            tx.update(Account, f"A-{number}", add={"balance": 2})

    assert 200 == len(tx.staged)
    assert 2 == db.get(Account, "A-99").balance


def test_add_and_remove_of_one_product_folds_to_a_delete(db, sent):
    """AWS-19: it poisoned the scope, and only a rollback helped."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.delete(Account, "A-1")

    (entry,) = sent.requests[0].body["TransactItems"]
    assert "attribute_not_exists(#n0)" == entry["Delete"]["ConditionExpression"]


def test_check_and_write_of_one_item_are_one_action(db, sent):
    """DDB-6, TT-4: published samples do both on one key, which DynamoDB always refuses."""
    _store(db)
    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("balance").gte(10))
        tx.update(Account, "A-1", add={"balance": -10})
        tx.check(Account, "A-2", condition=Attr("number").not_exists())
        tx.delete(Account, "A-2")

    assert ["Update", "Delete"] == [
        next(iter(entry)) for entry in sent.requests[-1].body["TransactItems"]
    ]
    assert 0 == db.get(Account, "A-1").balance


def test_explain_says_what_will_be_sent(db, table_names):
    """In words and bytes, from the same folds as the request."""
    put_table = table_names["Account"]
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 5))
        tx.update(Account, "A-1", add={"balance": 1})
        tx.update(Account, "A-2", set={"balance": path("balance") + 1}, condition=OPEN)
        tx.check(Account, "A-3", condition="attribute_exists(balance)")
        tx.client.update_item(
            TableName=put_table,
            Key={"number": {"S": "A-4"}},
            UpdateExpression="SET #n = :n",
            ExpressionAttributeNames={"#n": "note"},
            ExpressionAttributeValues={":n": {"S": "x" * 100}},
        )
        explained = tx.explain()
        request = tx.to_request()
        tx.rollback()

    put, update, check, raw = explained.rows
    assert [row.kind for row in explained.rows] == [
        next(iter(entry)) for entry in request["TransactItems"]
    ]
    assert ("attribute_not_exists(number)", True, 2) == (
        put.condition,
        put.is_exact,
        len(put.calls),
    )
    assert "balance = 6" in put.changes
    assert (("SET balance = balance + 1",), "status = 'open'") == (update.changes, update.condition)
    assert (False, (), "attribute_exists(balance)") == (
        check.is_exact,
        check.changes,
        check.condition,
    )
    assert raw.changes[0].startswith("SET note = 'xxx")
    assert raw.changes[0].endswith("…")
    assert not explained.is_exact
    assert sum(row.bytes for row in explained.rows) == explained.bytes
    text = str(explained)
    assert "4 actions, at least" in text
    assert "if status = 'open'" in text


def test_a_second_update_of_a_path_may_not_read_another_that_the_first_writes(db, account):
    """The one update that is sent would read what was there before both."""
    with TransactScope(db) as tx:
        tx.update(Account, "A-1", set={"note": "x", "status": "y"})
        with pytest.raises(DuplicateTargetError, match="reads what the first writes"):
            tx.update(Account, "A-1", set={"status": path("note")})

    assert "y" == db.get(Account, "A-1").status
