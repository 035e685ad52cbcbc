"""What each verb does to the stored item, in a scope and at once: the same."""

from decimal import Decimal

import pytest

from tests.contract.entities import Account, Order, Profile
from tests.shells import TransactScope
from transactscope import Attr, EntityKey, if_not_exists, list_append, path
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
    TooManyActionsError,
)


@pytest.fixture(params=["scope", "database"])
def do(request, db):
    """Perform one verb, staged and committed in a scope or sent at once."""

    def perform(verb, *arguments, **options):
        if request.param == "database":
            return getattr(db, verb)(*arguments, **options)
        with TransactScope(db) as tx:
            getattr(tx, verb)(*arguments, **options)
        return None

    return perform


def test_put_overwrites_the_whole_item(do, stored):
    """A put is a replacement: attributes that it does not have are gone."""
    do("put", Account("A-1", 1, note="old"))
    do("put", Account("A-1", 2))

    assert {"N": "2"} == stored("A-1")["balance"]
    assert "note" not in stored("A-1")


def test_insert_refuses_what_is_there_and_changes_nothing(do, stored):
    """A `create` that overwrites has cost users of other libraries their unique rows."""
    do("insert", Account("A-1", 1))

    with pytest.raises(ConditionFailedError) as caught:
        do("insert", Account("A-1", 2))

    assert {"N": "1"} == stored("A-1")["balance"]
    assert Account("A-1", 1) == caught.value.failures[0].item


def test_replace_refuses_what_is_not_there_and_leaves_no_ghost(do, stored):
    """A replace never creates."""
    with pytest.raises(ConditionFailedError) as caught:
        do("replace", Account("A-1"))

    assert caught.value.failures[0].item is None
    assert stored("A-1") is None
    do("put", Account("A-1", 1))
    do("replace", Account("A-1", 2))
    assert {"N": "2"} == stored("A-1")["balance"]


def test_delete_takes_an_entity_a_class_with_parts_or_a_key(do, stored):
    """Whatever is at hand names the item."""
    for target in ((Account("A-1"),), (Account, "A-1"), (EntityKey(Account, "A-1"),)):
        do("put", Account("A-1"))
        do("delete", *target)

        assert stored("A-1") is None


def test_delete_with_a_condition_keeps_the_item_when_it_is_false(do, stored, account):
    """A guard on a delete is sent in a scope as it is outside one."""
    with pytest.raises(ConditionFailedError):
        do("delete", account, condition=Attr("balance").eq(0))

    assert stored("A-1") is not None


def test_update_sets_adds_removes_and_deletes(do, db):
    """All four of AWS's clauses work together in one update."""
    do("put", Account("A-1", 10, tags=["a"], roles={"x", "y"}, note="n"))

    do(
        "update",
        Account,
        "A-1",
        set={"status": "closed", "tags": list_append("tags", ["b"])},
        add={"balance": 5},
        remove="note",
        delete={"roles": {"x"}},
    )

    expected = Account("A-1", 15, "closed", tags=["a", "b"], roles={"y"})
    assert expected == db.get(Account, "A-1")


def test_update_computes_from_paths_and_defaults(do, db):
    """Copies, arithmetic, defaults and prepending are DynamoDB's, not read-modify-write."""
    do("put", Account("A-1", 10, tags=["b"]))

    do(
        "update",
        Account,
        "A-1",
        set={
            "balance": path("balance") - 3,
            "note": if_not_exists("note", "first"),
            "tags": list_append(["a"], path("tags")),
        },
    )

    expected = Account("A-1", 7, tags=["a", "b"], note="first")
    assert expected == db.get(Account, "A-1")


def test_update_reaches_into_maps_and_lists(do, db):
    """Nested paths are paths, not attribute names with a dot in them."""
    do("put", Account("A-1", tags=["a", "b"], address={"city": "Bonn", "zip": "5"}))

    do(
        "update",
        Account,
        "A-1",
        set={"address.city": "Ulm", "tags[0]": "z"},
        remove=["address.zip"],
    )

    assert Account("A-1", tags=["z", "b"], address={"city": "Ulm"}) == db.get(Account, "A-1")


def test_update_creates_an_absent_item_unless_a_condition_forbids_it(do, db, stored):
    """DynamoDB's update upserts; a failed condition leaves no ghost."""
    with pytest.raises(ConditionFailedError):
        do("update", Account, "A-1", add={"balance": 1}, condition=Attr("balance").exists())
    assert stored("A-1") is None

    do("update", Account, "A-1", add={"balance": 1}, set={"status": "new"})

    assert {"N": "1"} == stored("A-1")["balance"]


def test_composed_keys_are_written_and_read_back(do, db):
    """Single-table keys are made from fields, and the fields are stored too."""
    order = Order("u-1", 7, Decimal("9.90"))
    do("insert", order)
    do("put", Profile("u-1", "a@example.org"))

    assert order == db.get(Order, "u-1", 7)
    assert Profile("u-1", "a@example.org") == db.get(EntityKey(Profile, "u-1"))


def test_conditions_speak_of_fields_and_of_key_attributes(do, db):
    """The attributes of a key template are known names."""
    do("insert", Order("u-1", 7))

    do(
        "update",
        Order,
        "u-1",
        7,
        set={"total": Decimal(1)},
        condition=Attr("PK").exists() & Attr("number").eq(7) & ~Attr("total").gt(5),
    )

    assert Decimal(1) == db.get(Order, "u-1", 7).total


def test_a_string_condition_is_sent_with_its_own_names_and_values(do, stored, account):
    """Who knows DynamoDB's expressions can write them."""
    do(
        "update",
        Account,
        "A-1",
        set={"status": "seen"},
        condition="#s = :open AND balance >= :ten",
        names={"#s": "status"},
        values={":open": "open", ":ten": 10},
    )

    assert {"S": "seen"} == stored("A-1")["status"]


def test_insert_keeps_its_own_condition_beside_a_string(do, stored):
    """A user's string never replaces what the verb itself demands."""
    do("insert", Account("A-1", 1))

    with pytest.raises(ConditionFailedError):
        do("insert", Account("A-1", 2), condition="balance = :b OR balance = :b", values={":b": 1})

    assert {"N": "1"} == stored("A-1")["balance"]


def test_not_keeps_its_meaning_over_a_conjunction(do, account):
    """`NOT (a AND b)` without parentheses would be another condition."""
    neither = ~(Attr("balance").eq(10) & Attr("status").eq("closed"))

    do("update", Account, "A-1", set={"note": "x"}, condition=neither)
    with pytest.raises(ConditionFailedError):
        do("update", Account, "A-1", set={"note": "y"}, condition=~Attr("balance").eq(10))


CONDITIONS = {
    "eq": (Attr("balance").eq(10), Attr("balance").eq(11)),
    "ne": (Attr("balance").ne(11), Attr("balance").ne(10)),
    "lt": (Attr("balance").lt(11), Attr("balance").lt(10)),
    "lte": (Attr("balance").lte(10), Attr("balance").lte(9)),
    "gt": (Attr("balance").gt(9), Attr("balance").gt(10)),
    "gte": (Attr("balance").gte(10), Attr("balance").gte(11)),
    "between": (Attr("balance").between(9, 11), Attr("balance").between(11, 12)),
    "in": (Attr("balance").is_in([1, 10]), Attr("balance").is_in([1, 2])),
    "begins_with": (Attr("status").begins_with("op"), Attr("status").begins_with("x")),
    "contains": (Attr("status").contains("pe"), Attr("status").contains("x")),
    "contains element": (Attr("tags").contains("a"), Attr("tags").contains("z")),
    "exists": (Attr("tags[0]").exists(), Attr("tags[1]").exists()),
    "not exists": (Attr("note").not_exists(), Attr("status").not_exists()),
    "type": (Attr("tags").attribute_type("L"), Attr("tags").attribute_type("S")),
    "size": (Attr("status").size().eq(4), Attr("status").size().gt(4)),
    "paths": (Attr("status").ne(Attr("number")), Attr("status").eq(Attr("number"))),
    "nested": (Attr("address.city").eq("Bonn"), Attr("address.city").eq("Ulm")),
    "and or": (
        (Attr("balance").eq(1) | Attr("balance").eq(10)) & Attr("status").eq("open"),
        (Attr("balance").eq(1) | Attr("balance").eq(2)) & Attr("status").eq("open"),
    ),
    "or and": (
        Attr("balance").eq(1) & Attr("status").eq("x") | Attr("status").eq("open"),
        Attr("balance").eq(10) & (Attr("status").eq("x") | Attr("status").eq("y")),
    ),
    "not not": (~~Attr("balance").eq(10), ~~Attr("balance").eq(1)),
    "not or": (
        ~(Attr("balance").eq(1) | Attr("balance").eq(2)),
        ~(Attr("balance").eq(10) | Attr("balance").eq(2)),
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_holds_and_fails_on_the_engine_as_it_should(db, name):
    """No operator is dropped, weakened or turned around on its way."""
    true, false = CONDITIONS[name]
    db.put(Account("A-1", 10, tags=["a"], address={"city": "Bonn"}))

    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=true)

    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=false)


def test_a_check_demands_its_condition(db):
    """A check without a condition would check nothing."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="needs condition="):
        tx.check(Account, "A-1")


def test_a_check_takes_entities_and_keys(db, account):
    """An item that was read is checked as it is."""
    with TransactScope(db) as tx:
        action = tx.check(account, condition=Attr("balance").eq(10))

    assert {"number": {"S": "A-1"}} == action.key


def test_every_verb_returns_its_action(db):
    """What was staged can be looked at: verb, table, key, class and the line of the call."""
    with TransactScope(db) as tx:
        action = tx.insert(Order("u-1", 7))
        tx.rollback()

    assert "insert" == action.verb
    assert Order is action.entity_class
    assert {"PK": {"S": "USER#u-1"}, "SK": {"S": "ORDER#00000007"}} == action.key
    assert "test_verbs.py:" in action.call


def test_staged_lists_actions_in_call_order_across_tables(db):
    """Other libraries regroup actions, and then blame the wrong one."""
    with TransactScope(db) as tx:
        actions = (
            tx.check(Account, "A-3", condition=Attr("balance").not_exists()),
            tx.insert(Order("u-1", 1)),
            tx.delete(Account, "A-2"),
            tx.put(Profile("u-1")),
        )

        assert actions == tx.staged
        kinds = [next(iter(entry)) for entry in tx.to_request()["TransactItems"]]
    assert ["ConditionCheck", "Put", "Delete", "Put"] == kinds


def test_two_actions_that_do_not_fold_are_refused_with_both_call_sites(db, sent):
    """What does not fold is said at the second call, with the line of the first."""
    with TransactScope(db) as tx:
        first = tx.insert(Account("A-1"))
        with pytest.raises(DuplicateTargetError) as caught:
            tx.insert(Account("A-1"))
        tx.rollback()

    assert first.call in str(caught.value)
    assert 2 == str(caught.value).count("test_verbs.py:")
    assert "DUPLICATE_TARGET" == caught.value.code


def test_the_hundred_and_first_action_is_refused_and_the_rest_is_committed(db, stored):
    """The limit is DynamoDB's, the error is at the call, and nothing is ever split."""
    with TransactScope(db) as tx:
        for number in range(100):
            tx.put(Account(f"A-{number}"))
        with pytest.raises(TooManyActionsError):
            tx.put(Account("A-100"))

    assert stored("A-99") is not None
    assert stored("A-100") is None


@pytest.mark.parametrize(
    "change",
    [
        {"set": {"number": "x"}},
        {"remove": "number"},
        {"add": {"number": 1}},
    ],
)
def test_key_attributes_cannot_be_updated(db, change):
    """An engine may write the item under another key; the library must refuse by itself."""
    with TransactScope(db) as tx, pytest.raises(InvalidKeyError, match="number"):
        tx.update(Account, "A-1", **change)


@pytest.mark.parametrize("name", ["PK", "SK", "user_id", "number"])
def test_neither_composed_keys_nor_their_fields_can_be_updated(db, name):
    """A field that is part of a key would disagree with the key from then on."""
    with TransactScope(db) as tx, pytest.raises(InvalidKeyError, match=name):
        tx.update(Order, "u-1", 7, set={name: "x"})


def test_a_misspelt_field_is_refused_with_the_nearest_name(db):
    """A typo must not become a condition that is always false."""
    with TransactScope(db) as tx:
        with pytest.raises(InvalidRequestError, match="did you mean 'balance'") as caught:
            tx.update(Account, "A-1", add={"balnce": 1})
        with pytest.raises(InvalidRequestError, match="stauts"):
            tx.put(Account("A-1"), condition=Attr("stauts").eq("open"))

    assert "UNKNOWN_FIELD" == caught.value.code


def test_values_that_do_not_fit_their_field_are_refused_with_class_and_path(db):
    """In conditions and updates as in entities."""
    with TransactScope(db) as tx:
        for options in (
            {"set": {"balance": "5"}},
            {"set": {"tags[0]": 5}},
            {"add": {"balance": 0.5}},
            {"set": {"balance": path("balance") + 0.5}},
            {"set": {"note": "x"}, "condition": Attr("balance").eq("5")},
        ):
            with pytest.raises(ConversionError, match=r"Account\.(balance|tags\[0\])"):
                tx.update(Account, "A-1", **options)


def test_a_class_in_place_of_an_entity_is_told_apart(db):
    """The message must not send people to their decorators."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="pass an instance"):
        tx.insert(Account)


def test_update_of_an_entity_says_that_it_is_not_there_yet(db, account):
    """What comes later says so, and what to do instead."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="by key"):
        tx.update(account)


def test_an_operand_of_set_is_no_value_of_an_item(db, stored):
    """It was stored as a map of its own attributes."""
    for value in (path("note"), [path("note")], {"city": if_not_exists("note", "x")}):
        with pytest.raises(ConversionError, match="is no value") as caught, TransactScope(db) as tx:
            tx.put(Account("A-1", either=value))
        assert caught.value.path.startswith("Account.either")

    assert stored("A-1") is None
