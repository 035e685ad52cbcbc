"""`update(entity)`: what was changed since it was read is written, and nothing else."""

import dataclasses

import pytest
from attrs import define, field

from tests.contract.entities import Account, Order, Profile, Sheet
from tests.shells import TransactScope
from transactscope import Attr, ScopeState, entity
from transactscope.errors import ConditionFailedError, InvalidRequestError, StaleReadError


def _written(sent):
    """Return the attributes that the last request's updates set or remove."""
    updates = [entry["Update"] for entry in sent.requests[-1].body["TransactItems"]]
    return [
        (update["UpdateExpression"], sorted(update["ExpressionAttributeNames"].values()))
        for update in updates
    ]


def test_only_the_difference_is_written(db, sent):
    """What others change beside it stays theirs, and the request stays small."""
    db.put(Account("A-1", 10, note="x", tags=["a"]))
    with TransactScope(db) as tx:
        account = tx.get(Account, "A-1", guard=False)
        account.balance = 11
        account.note = None
        tx.update(account)

    assert [("SET #n0 = :v0 REMOVE #n1", ["balance", "note"])] == _written(sent)
    assert Account("A-1", 11, tags=["a"]) == db.get(Account, "A-1")


def test_nothing_is_staged_where_nothing_was_changed(db, sent, account):
    """No difference, no action, no request."""
    sent.clear()
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance += 1
        read.balance -= 1

        assert tx.update(read) is None
        assert () == tx.staged

    assert ["GetItem"] == sent.operations


def test_defaults_that_reading_filled_in_are_no_change(db, client, table_names, stored):
    """An old item must not be rewritten because its class has grown."""
    item = {"number": {"S": "A-1"}, "balance": {"N": "1.0"}}
    client.put_item(TableName=table_names["Account"], Item=item)
    with TransactScope(db) as tx:
        account = tx.get(Account, "A-1")
        assert "open" == account.status
        assert tx.update(account) is None
        account.balance = 2
        tx.update(account)

    assert {"number": {"S": "A-1"}, "balance": {"N": "2"}} == stored("A-1")


def test_what_the_class_does_not_know_is_kept(db, client, table_names, stored):
    """Another program's attributes survive, also inside of nested classes."""

    @define
    class Address:
        city: str
        street: str = ""

    @entity("Account", partition_key="number")
    @define
    class Person:
        number: str
        home: Address
        other: dict[str, Address] = field(factory=dict)
        lines: dict[str, str] = field(factory=dict)

    item = {
        "number": {"S": "A-1"},
        "age": {"N": "5"},
        "home": {"M": {"city": {"S": "Bonn"}, "street": {"S": "a"}, "planet": {"S": "Earth"}}},
        "other": {"M": {"work": {"M": {"city": {"S": "Ulm"}, "floor": {"N": "3"}}}}},
        "lines": {"M": {"one": {"S": "1"}, "two": {"S": "2"}}},
    }
    client.put_item(TableName=table_names["Account"], Item=item)
    with TransactScope(db) as tx:
        person = tx.get(Person, "A-1")
        person.home.city = "Ulm"
        person.other["work"].city = "Kiel"
        del person.lines["one"]
        tx.update(person)

    found = stored("A-1")
    assert {"N": "5"} == found["age"]
    assert {"city": {"S": "Ulm"}, "street": {"S": "a"}, "planet": {"S": "Earth"}} == (
        found["home"]["M"]
    )
    assert {"S": "Kiel"} == found["other"]["M"]["work"]["M"]["city"]
    assert {"N": "3"} == found["other"]["M"]["work"]["M"]["floor"]
    assert {"M": {"two": {"S": "2"}}} == found["lines"]


def test_members_of_another_class_are_not_kept(db, stored, client, table_names):
    """What is now of another class has nothing to do with what the old one did not know."""

    @define
    class Card:
        digits: str

    @define
    class Cash:
        coins: int

    @entity("Account", partition_key="number")
    @define
    class Payment:
        number: str
        means: Card | Cash

    card = {"_type": {"S": "Card"}, "digits": {"S": "1"}, "bank": {"S": "x"}}
    item = {"number": {"S": "A-1"}, "means": {"M": card}}
    client.put_item(TableName=table_names["Account"], Item=item)
    with TransactScope(db) as tx:
        payment = tx.get(Payment, "A-1")
        payment.means = Cash(5)
        tx.update(payment)

    assert {"M": {"_type": {"S": "Cash"}, "coins": {"N": "5"}}} == stored("A-1")["means"]


def test_it_is_guarded_by_what_was_read(db, account):
    """Read, change, update: SQL's way, without a lost update."""
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance -= 1
        tx.update(read)
        db.update(Account, "A-1", add={"balance": -1})

    assert 9 == db.get(Account, "A-1").balance


def test_a_versioned_entity_keeps_its_lock_without_a_guard(db):
    """guard=False is about the read; the version is about the object."""
    db.insert(Sheet("A-1"))
    with pytest.raises(StaleReadError), TransactScope(db) as tx:
        sheet = tx.get(Sheet, "A-1", guard=False)
        sheet.balance = 5
        tx.update(sheet)
        db.update(Sheet, "A-1", set={"note": "x"})


def test_an_entity_that_was_never_read_here_is_refused(db, account):
    """There is nothing to compare it with; the way out is in the text."""
    with TransactScope(db) as tx:
        for wrong in (account, Account("A-9"), Sheet("A-1")):
            with pytest.raises(InvalidRequestError, match="put") as caught:
                tx.update(wrong)
            assert "NOT_READ" == caught.value.code
        assert tx.get(Account, "A-9") is None
        with pytest.raises(InvalidRequestError):
            tx.update(Account("A-9"))
        tx.delete(tx.get(Account, "A-1"))
        with pytest.raises(InvalidRequestError):
            tx.update(account)
        tx.rollback()
    with pytest.raises(InvalidRequestError, match="replace") as caught:
        db.update(account)
    assert "NOT_READ" == caught.value.code


def test_it_takes_an_entity_and_nothing_else(db, account):
    """Its changes are in the object; others beside them would be a second truth."""
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        for args, kwargs in (
            (("A-1",), {}),
            ((), {"set": {"balance": 1}}),
            ((), {"add": {}}),
            ((), {"remove": "note"}),
        ):
            with pytest.raises(InvalidRequestError):
                tx.update(read, *args, **kwargs)
        for wrong in (None, 5, "A-1", object()):
            with pytest.raises(InvalidRequestError):
                tx.update(wrong)


def test_a_condition_goes_along(db, account):
    """With its `raises=`, as with every verb."""
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance = 5
        tx.update(read, condition=Attr("balance").gte(10), raises=KeyError)
    assert ScopeState.COMMITTED is tx.state

    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance = 0
        tx.update(read, condition=Attr("balance").gte(10))


def test_the_difference_is_against_what_is_staged(db, account):
    """Each update writes what is new since the last one, and they fold."""
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        read.balance = 11
        tx.update(read)
        assert tx.update(read) is None
        read.note = "x"
        tx.update(read)
        read.balance = 12
        tx.update(read)
        savepoint = tx.savepoint()
        read.note = "dropped"
        tx.update(read)
        savepoint.rollback()
        read.note = "y"
        tx.update(read)

    assert Account("A-1", 12, note="y") == db.get(Account, "A-1")


def test_an_entity_that_is_only_staged_can_be_read_and_updated(db, sent):
    """What the scope shows can be changed, stored or not."""
    sent.clear()
    with TransactScope(db) as tx:
        tx.insert(Account("A-1", 1))
        account = tx.get(Account, "A-1")
        account.balance = 2
        tx.update(account)

    assert 1 == len(sent.requests)
    assert Account("A-1", 2) == db.get(Account, "A-1")


def test_what_was_staged_and_rolled_back_cannot_be_updated(db):
    """The object is still there, the item is not."""
    with TransactScope(db) as tx:
        savepoint = tx.savepoint()
        tx.insert(Account("A-1", 1))
        account = tx.get(Account, "A-1")
        savepoint.rollback()
        with pytest.raises(InvalidRequestError) as caught:
            tx.update(account)

    assert "NOT_READ" == caught.value.code


def test_composed_keys_and_dataclasses(db):
    """Matching goes by the key, whatever it is made of."""
    db.put(Order("u-1", 7, 3))
    db.put(Profile("u-1", "a@b"))
    with TransactScope(db) as tx:
        order, profile = tx.get(Order, "u-1", 7), tx.get(Profile, "u-1")
        order.total += 1
        tx.update(order)
        tx.update(dataclasses.replace(profile, email="c@d"))

    assert (Order("u-1", 7, 4), Profile("u-1", "c@d")) == (
        db.get(Order, "u-1", 7),
        db.get(Profile, "u-1"),
    )


def test_a_condition_is_demanded_even_where_nothing_was_changed(db, account):
    """What the user demands is never dropped: it becomes a check."""
    with TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        with pytest.raises(InvalidRequestError):
            tx.update(read, condition=Attr("blance").eq(10))
        action = tx.update(read, condition=Attr("balance").eq(10))
    assert "check" == action.verb

    with pytest.raises(KeyError), TransactScope(db) as tx:
        read = tx.get(Account, "A-1")
        tx.update(read, condition=Attr("balance").eq(11), raises=KeyError)
