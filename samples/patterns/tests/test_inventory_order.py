"""Every order has its pieces, and no piece is sold twice."""

import functools
from typing import Any

import pytest

from samples.patterns.inventory_order import (
    Inventory,
    Order,
    OrderExistsError,
    OrderOfUser,
    OutOfStockError,
    order,
)
from samples.patterns.tests.crowds import at_once, failures
from samples.patterns.tests.unfolded import TWICE, unfolded_is_refused
from transactscope import Attr, TransactScope


@pytest.fixture
def db(deployment):
    """A database with ten lamps."""
    made = deployment.database
    made.create_table(Inventory)
    made.insert(Inventory("lamp", 10))
    return made


def _keys(rows):
    return sorted((row["PK"], row["SK"]) for row in rows("Shop"))


def test_an_order_is_one_request_of_three_actions(db, rows, sent):
    """Stock and both rows of the order change together, and nothing is read before."""
    order(db, "o-1", "ann", "lamp", 3)

    assert ["TransactWriteItems with 3 actions"] == sent
    assert Inventory("lamp", 7) == db.get(Inventory, "lamp")
    assert Order("o-1", "ann", "lamp", 3) == db.get(Order, "o-1")
    assert [
        ("ORDER#o-1", "DETAILS"),
        ("PRODUCT#lamp", "INVENTORY"),
        ("USER#ann", "ORDER#o-1"),
    ] == _keys(rows)


def test_a_refusal_tells_what_is_left(db, rows):
    """The stored item comes with DynamoDB's answer, so nobody has to ask again."""
    with pytest.raises(OutOfStockError) as refused:
        order(db, "o-1", "ann", "lamp", 11)
    cause: Any = refused.value.__cause__
    (reason,) = cause.failures

    assert (0, Inventory("lamp", 10)) == (reason.index, reason.item)
    assert 10 == refused.value.left
    assert [("PRODUCT#lamp", "INVENTORY")] == _keys(rows)


def test_of_a_product_that_is_not_there_nothing_is_left(db, rows):
    """No stock is made up for a product that nobody has entered."""
    with pytest.raises(OutOfStockError) as refused:
        order(db, "o-1", "ann", "table", 1)

    assert 0 == refused.value.left
    assert [("PRODUCT#lamp", "INVENTORY")] == _keys(rows)


@pytest.mark.parametrize("user_id", ["ann", "ben"])
def test_an_order_is_taken_once(db, user_id):
    """Who sends an order again, or one with the id of another, takes nothing from the stock."""
    order(db, "o-1", "ann", "lamp", 3)
    with pytest.raises(OrderExistsError):
        order(db, "o-1", user_id, "lamp", 2)

    assert Order("o-1", "ann", "lamp", 3) == db.get(Order, "o-1")
    assert Inventory("lamp", 7) == db.get(Inventory, "lamp")


def test_an_order_that_stands_among_those_of_a_user_is_taken(db, rows):
    """Each of the two rows says that there is such an order; here only one is left of it."""
    db.insert(OrderOfUser("ann", "o-1"))
    before = rows("Shop")
    with pytest.raises(OrderExistsError):
        order(db, "o-1", "ann", "lamp", 2)

    assert before == rows("Shop")


@pytest.mark.parametrize("quantity", [0, -3])
def test_an_order_of_nothing_is_never_sent(db, sent, quantity):
    """A negative quantity would fill the stock."""
    sent.clear()
    with pytest.raises(ValueError, match="one piece at least"):
        order(db, "o-1", "ann", "lamp", quantity)

    assert [] == sent


def test_orders_in_one_scope_are_all_or_nothing(db, rows):
    """If one product of several is out of stock, none is sold."""
    with pytest.raises(OutOfStockError), TransactScope(db) as tx:
        order(tx, "o-1", "ann", "lamp", 1)
        order(tx, "o-2", "ann", "table", 1)

    assert Inventory("lamp", 10) == db.get(Inventory, "lamp")
    assert [("PRODUCT#lamp", "INVENTORY")] == _keys(rows)


def test_counting_first_sells_the_last_piece_twice(db):
    """What the condition is for: who looks, decides and then writes may have seen the past."""
    db.put(Inventory("lamp", 1))
    seen_by_ann, seen_by_ben = db.get(Inventory, "lamp"), db.get(Inventory, "lamp")
    for order_id, seen in (("o-1", seen_by_ann), ("o-2", seen_by_ben)):
        with TransactScope(db) as tx:
            tx.put(Inventory("lamp", seen.stock - 1))
            tx.insert(Order(order_id, "somebody", "lamp", 1))

    assert Inventory("lamp", 0) == db.get(Inventory, "lamp")
    assert all(db.get(Order, order_id) for order_id in ("o-1", "o-2"))


def test_ddb_6_a_check_beside_the_update_is_refused_by_dynamodb(db, deployment):
    """Published so: the stock is checked in an action of its own, and taken from in another."""
    words = unfolded_is_refused(
        deployment,
        lambda tx: tx.check(Inventory, "lamp", condition=Attr("stock").gte(1)),
        lambda tx: tx.update(Inventory, "lamp", add={"stock": -1}),
    )

    assert TWICE in words
    assert Inventory("lamp", 10) == db.get(Inventory, "lamp")


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads")
def test_thirty_buyers_of_ten_pieces_make_ten_orders(db, rows):
    """However they meet, ten are served, twenty are told, and nothing is left."""
    buy = [
        functools.partial(order, db, f"o-{number}", f"user-{number}", "lamp", 1)
        for number in range(30)
    ]

    refused = failures(at_once(*buy))

    assert [OutOfStockError] * 20 == [type(error) for error in refused]
    assert Inventory("lamp", 0) == db.get(Inventory, "lamp")
    assert 10 == sum(row["SK"] == "DETAILS" for row in rows("Shop"))
    assert 10 == sum(row["PK"].startswith("USER#") for row in rows("Shop"))
    assert {0} == {error.left for error in refused}
