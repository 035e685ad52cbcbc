"""Versions: the same guard with every verb, inside and outside a scope."""

import dataclasses

import pytest
from attrs import evolve

from tests.contract.entities import Account, Leaf, Page, Sheet
from tests.shells import TransactScope
from transactscope import Attr, EntityKey, ScopeState, entity
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    DuplicateTargetError,
    InvalidRequestError,
    StaleReadError,
    TransactionCanceledError,
)
from transactscope.testing import canceled


@pytest.fixture(params=["scope", "database"])
def write(request, db):
    """Perform one verb in a scope of its own, or on the database: `write("put", sheet)`."""

    def perform(verb, *args, **kwargs):
        if request.param == "database":
            return getattr(db, verb)(*args, **kwargs)
        with TransactScope(db) as tx:
            getattr(tx, verb)(*args, **kwargs)
        return tx.result

    return perform


@pytest.fixture
def version(stored):
    """Read the stored version of an item: `version("A-1")`."""

    def read(number):
        item = stored(number)
        return None if item is None else item.get("version")

    return read


def test_a_version_counts_the_writes(write, version):
    """1 at the insert, one more with every write, and the object always knows."""
    sheet = Sheet("A-1", 10)
    seen = []
    for verb in ("insert", "put", "replace", "put"):
        write(verb, sheet)
        seen.append((sheet.version, version("A-1")["N"]))

    assert [(1, "1"), (2, "2"), (3, "3"), (4, "4")] == seen


def test_a_put_of_a_new_object_begins_with_1(write, version):
    """Nothing is stored, and the object says so."""
    sheet = Sheet("A-1")
    write("put", sheet)

    assert (1, {"N": "1"}) == (sheet.version, version("A-1"))


def test_an_insert_writes_1_whatever_the_object_has(write, version):
    """An object that comes from another place begins again here."""
    sheet = Sheet("A-1", version=7)
    write("insert", sheet)

    assert (1, {"N": "1"}) == (sheet.version, version("A-1"))


@pytest.mark.parametrize("verb", ["put", "replace", "delete"])
@pytest.mark.parametrize("held", [None, 1, 3])
def test_an_object_with_another_version_is_stale(db, write, stored, verb, held):
    """Whoever was slower gets an error with the current item, and nothing is lost."""
    db.insert(Sheet("A-1", 1))
    db.update(Sheet, "A-1", set={"balance": 2})
    before = stored("A-1")
    stale = Sheet("A-1", 99, version=held)

    with pytest.raises(StaleReadError) as caught:
        write(verb, stale)

    assert before == stored("A-1")
    assert held == stale.version
    assert not caught.value.retryable
    assert Sheet("A-1", 2, version=2) == caught.value.failures[0].item


@pytest.mark.parametrize("verb", ["put", "delete"])
def test_an_object_of_an_item_that_is_gone_is_stale(write, verb):
    """It was changed as much as can be."""
    with pytest.raises(StaleReadError):
        write(verb, Sheet("A-1", version=3))


@pytest.mark.parametrize("held", [None, 3])
def test_replacing_an_item_that_is_gone_fails_as_a_condition(write, held):
    """`replace` demands presence; that is its own condition before it is a version."""
    with pytest.raises(ConditionFailedError):
        write("replace", Sheet("A-1", version=held))


def test_an_item_without_a_version_takes_an_object_without_one(db, write, version):
    """Items from before the version was introduced are taken in."""
    db.put(Account("A-1", 10))
    write("put", Sheet("A-1", 5))

    assert {"N": "1"} == version("A-1")


def test_an_update_by_key_raises_the_version_unguarded(db, write, version):
    """It says what to do, not on which state; but everyone who read must notice."""
    db.insert(Sheet("A-1"))
    write("update", Sheet, "A-1", add={"balance": 1})
    write("update", EntityKey(Sheet, "A-2"), set={"balance": 1})

    assert [{"N": "2"}, {"N": "1"}] == [version("A-1"), version("A-2")]


def test_a_delete_by_key_is_unguarded(db, write, version):
    """The key says which item, and nothing about its state."""
    db.insert(Sheet("A-1"))
    write("delete", Sheet, "A-1")

    assert version("A-1") is None


def test_by_key_writes_are_guarded_by_what_was_read_here(db, account):
    """Once it was read in the scope, the read is what they rely on."""
    for verb in ("update", "delete"):
        db.put(Sheet(f"S-{verb}"))
        with pytest.raises(StaleReadError) as caught, TransactScope(db) as tx:
            tx.get(Sheet, f"S-{verb}")
            if verb == "update":
                tx.update(Sheet, f"S-{verb}", add={"balance": 1})
            else:
                tx.delete(Sheet, f"S-{verb}")
            db.update(Sheet, f"S-{verb}", set={"note": "x"})
        assert caught.value.retryable


def test_a_delete_and_an_insert_begin_again(db, version):
    """As one after the other would; the documentation warns of it."""
    sheet = Sheet("A-1")
    db.insert(sheet)
    db.put(sheet)
    with TransactScope(db) as tx:
        tx.delete(sheet)
        tx.insert(sheet)

    assert (1, {"N": "1"}) == (sheet.version, version("A-1"))


def test_a_new_object_may_follow_a_delete(db, version):
    """Once it is deleted, an object without a version is right, and so are its changes."""
    old = Sheet("A-1")
    db.insert(old)
    with TransactScope(db) as tx:
        tx.delete(old)
        tx.put(Sheet("A-1", 5))
        new = tx.get(Sheet, "A-1")
        assert new.version is None
        new.balance += 1
        tx.put(new)
        tx.update(new)

    assert (6, 1) == (db.get(Sheet, "A-1").balance, new.version)
    assert 1 == old.version


def test_the_old_object_may_follow_its_delete(db, version):
    """Its version is the stored one, whatever is staged."""
    sheet = Sheet("A-1")
    db.insert(sheet)
    with TransactScope(db) as tx:
        tx.delete(sheet)
        tx.put(sheet)
        tx.put(sheet)

    assert (2, {"N": "2"}) == (sheet.version, version("A-1"))


def test_many_writes_of_one_item_raise_its_version_once(db, version):
    """A scope is one write of each item, however many calls it took."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        sheet = tx.get(Sheet, "A-1")
        tx.update(Sheet, "A-1", set={"note": "a"})
        tx.update(Sheet, "A-1", set={"balance": 1})
        again = tx.get(Sheet, "A-1")
        again.balance += 1
        tx.put(again)
        tx.update(Sheet, "A-1", set={"note": "b"})
        last = tx.get(Sheet, "A-1")
        last.balance += 1
        tx.update(last)

    assert {"N": "2"} == version("A-1")
    assert Sheet("A-1", 3, "b", version=2) == db.get(Sheet, "A-1") == last
    assert (1, 1) == (sheet.version, again.version)


def test_all_objects_have_the_stored_version_until_the_commit(db):
    """A scope that fails must not leave a version behind that nobody has stored."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        sheet = tx.get(Sheet, "A-1")
        tx.put(sheet)
        assert 1 == sheet.version == tx.get(Sheet, "A-1").version
        new = Sheet("A-2")
        tx.insert(new)
        assert new.version is tx.get(Sheet, "A-2").version is None

    assert (2, 1) == (sheet.version, new.version)


def test_an_object_that_a_later_update_has_passed_by_counts_as_stale(db):
    """It does not have what is stored, so it must not get the version of it."""
    sheet = Sheet("A-1", 1)
    with TransactScope(db) as tx:
        tx.insert(sheet)
        tx.update(Sheet, "A-1", add={"balance": 10})

    assert sheet.version is None
    with pytest.raises(StaleReadError):
        db.put(sheet)


ENDINGS = {
    "rollback": lambda tx: tx.rollback(),
    "condition": lambda tx: tx.insert(Account("A-0")),
    "validation": lambda _: None,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_pydynox_a_version_is_not_raised_before_the_commit(db, faults, ending):
    """pydynox raises it at the call, so after one cancellation the same object fails for ever."""
    db.put(Account("A-0"))
    db.insert(Sheet("A-1", 10))
    sheet, new = db.get(Sheet, "A-1"), Sheet("A-2")
    if ending == "validation":
        faults.next("TransactWriteItems", canceled("ValidationError", "None"))
    tx = TransactScope(db).begin()
    tx.put(sheet)
    tx.insert(new)
    ENDINGS[ending](tx)
    if ending in ("condition", "validation"):
        with pytest.raises(TransactionCanceledError):
            tx.commit()

    assert (1, None) == (sheet.version, new.version)
    with TransactScope(db) as again:
        again.put(sheet)
        again.insert(new)
    assert (2, 1) == (sheet.version, new.version)


def test_a_savepoint_that_is_rolled_back_takes_its_versions_along(db):
    """What was dropped was not written, so its objects stay as they are."""
    dropped, kept = Sheet("A-1"), Sheet("A-2")
    with TransactScope(db) as tx:
        savepoint = tx.savepoint()
        tx.insert(dropped)
        savepoint.rollback()
        tx.insert(kept)

    assert (None, 1) == (dropped.version, kept.version)


@entity("Account", partition_key="number", version="version")
@dataclasses.dataclass(frozen=True)
class Twig:
    """A frozen dataclass whose version `__init__` takes."""

    number: str
    balance: int = 0
    version: int | None = None


@pytest.mark.parametrize("cls", [Page, Leaf, Twig])
def test_frozen_objects_are_handed_back(db, write, cls):
    """What cannot be changed is copied."""
    first = cls("A-1", 10)
    result = write("insert", first)
    second = result.current(first)
    third = write("put", second).current(second)

    assert [None, 1, 2] == [first.version, second.version, third.version]
    assert third == db.get(cls, "A-1")


def test_a_changed_copy_of_a_frozen_object_is_written_back(db):
    """It is matched by class and key."""
    db.insert(Page("A-1", 10))
    with TransactScope(db) as tx:
        page = tx.get(Page, "A-1")
        tx.update(evolve(page, balance=11))

    assert Page("A-1", 11, 2) == db.get(Page, "A-1") == tx.result.current(page)


def test_only_what_was_written_has_a_current_object(db):
    """A key that was not written, or was deleted, has none."""
    sheet, gone = Sheet("A-1"), Sheet("A-2")
    db.insert(gone)
    with TransactScope(db) as tx:
        tx.insert(sheet)
        tx.delete(gone)
        tx.update(Sheet, "A-3", add={"balance": 1})

    assert tx.result.current(sheet) is sheet
    for other in (gone, Sheet("A-3"), Account("A-1"), "A-1"):
        with pytest.raises(InvalidRequestError) as caught:
            tx.result.current(other)
        assert "NOT_WRITTEN" == caught.value.code


def test_a_version_is_never_written_by_hand(db, sent):
    """Whoever sets it undoes everybody's guard."""
    sheet = Sheet("A-1")
    db.insert(sheet)
    sent.clear()
    with TransactScope(db) as tx:
        for change in (
            {"set": {"version": 5}},
            {"add": {"version": 1}},
            {"remove": "version"},
            {"delete": {"version": {1}}},
        ):
            with pytest.raises(InvalidRequestError) as caught:
                tx.update(Sheet, "A-1", **change)
            assert "VERSION_BY_HAND" == caught.value.code
        with pytest.raises(InvalidRequestError):
            db.update(Sheet, "A-1", set={"version": 5})

    assert [] == sent.operations


@pytest.mark.parametrize("verb", ["put", "replace", "delete", "update"])
def test_an_object_whose_version_the_scope_knows_better_is_refused(db, verb):
    """Two answers about one item cannot both be right, and the commit would only fail."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        tx.get(Sheet, "A-1")
        for other in (None, 7):
            with pytest.raises(InvalidRequestError, match="version") as caught:
                getattr(tx, verb)(Sheet("A-1", 5, version=other))
            assert "OTHER_VERSION" == caught.value.code
        tx.put(Sheet("A-1", 6, version=1))

    assert 6 == db.get(Sheet, "A-1").balance


def test_two_objects_of_one_item_have_to_agree(db):
    """Also where the item was not read."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        tx.put(Sheet("A-1", 5, version=1))
        with pytest.raises(InvalidRequestError):
            tx.put(Sheet("A-1", 5, version=2))
        tx.put(Sheet("A-1", 6, version=1))

    assert 2 == db.get(Sheet, "A-1").version


def test_an_unguarded_read_does_not_decide_which_version_is_right(db):
    """Who says guard=False may know better from elsewhere; the commit finds out."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        tx.get(Sheet, "A-1", guard=False)
        newer = Sheet("A-1", 1)
        newer.version = db.update(Sheet, "A-1", add={"balance": 1}).attempts + 1
        tx.put(newer)

    assert 3 == newer.version


def test_conditions_may_ask_for_the_version(db):
    """It is an attribute as any other, for reading; after a write it is not known."""
    db.insert(Sheet("A-1"))
    with TransactScope(db) as tx:
        tx.update(Sheet, "A-1", set={"note": "x"}, condition=Attr("version").eq(1))
        with pytest.raises(DuplicateTargetError):
            tx.check(Sheet, "A-1", condition=Attr("version").eq(1))

    assert ScopeState.COMMITTED is tx.state


def test_tt_7_and_pydynantic_locks_are_kept_in_transactions(db):
    """pydynantic's tx.put and TableTheory's Python put wrote without the version's condition.

    TT-7: version 1 overwrote version 3.
    """
    db.insert(Sheet("A-1"))
    old = db.get(Sheet, "A-1")
    for _ in range(2):
        db.put(db.get(Sheet, "A-1"))

    for verb in ("put", "replace", "delete"):
        with pytest.raises(StaleReadError), TransactScope(db) as tx:
            getattr(tx, verb)(old)
    assert 3 == db.get(Sheet, "A-1").version


def test_tt_3_the_first_update_is_guarded_and_writes_the_version_once(db, sent):
    """TableTheory: two paths overlapped, or version 0 was not guarded and stayed 0."""
    db.insert(Sheet("A-1"))
    for expected in (2, 3):
        with TransactScope(db) as tx:
            sheet = tx.get(Sheet, "A-1")
            sheet.balance += 1
            tx.update(sheet)
        assert expected == sheet.version == db.get(Sheet, "A-1").version

    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        sheet = tx.get(Sheet, "A-1")
        sheet.balance += 1
        tx.update(sheet)
        db.update(Sheet, "A-1", add={"balance": 1})


@pytest.mark.parametrize("version", [10**37 + 1, 10**40])
def test_a_version_that_cannot_be_raised_is_refused(db, sent, version):
    """One more would be no number that DynamoDB takes; after the write is too late to find that."""
    for write in (db.put, db.replace, db.delete):
        with pytest.raises(ConversionError, match=r"Sheet\.version"):
            write(Sheet("A-1", version=version))

    assert [] == sent.operations
