"""Inventory and order: the last piece is sold once, and every order has its piece.

Thirty people want ten pieces. Who counts the stock first and takes the order then sells the
last piece twice; who takes the piece first and fails to write the order has lost it. Stock and
order belong together, and nobody has to know the stock to take from it:

    BEGIN
    UPDATE inventory SET stock = stock - 1 WHERE product_id = 'lamp' AND stock >= 1
    INSERT INTO orders VALUES (...)
    INSERT INTO orders_of_users VALUES (...)
    COMMIT

All kinds of items share one table: `PRODUCT#lamp / INVENTORY`, `ORDER#o-1 / DETAILS`, and
`USER#ann / ORDER#o-1`, under which the orders of a user stand together. Where the stock is too
low DynamoDB sends the item along, so the buyer learns what is left without another request.
"""

from __future__ import annotations

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional
from transactscope.errors import ConditionFailedError


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "PRODUCT#{product_id}"),
    sort_key=KeyTemplate("SK", "INVENTORY"),
)
@define
class Inventory:
    """How many pieces of a product are there."""

    product_id: str
    stock: int


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "ORDER#{order_id}"),
    sort_key=KeyTemplate("SK", "DETAILS"),
)
@frozen
class Order:
    """Who ordered what."""

    order_id: str
    user_id: str
    product_id: str
    quantity: int


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{order_id}"),
)
@frozen
class OrderOfUser:
    """An order, where the orders of its user are found."""

    user_id: str
    order_id: str


class OrderExistsError(Exception):
    """There is an order with this id already."""


class OutOfStockError(Exception):
    """There is less than was ordered."""

    @property
    def left(self) -> int:
        """How many pieces there were at that moment."""
        refusal = self.__cause__
        item = refusal.failures[0].item if isinstance(refusal, ConditionFailedError) else None
        return item.stock if isinstance(item, Inventory) else 0


@transactional
def order(tx: TransactScope, order_id: str, user_id: str, product_id: str, quantity: int) -> None:
    """Take pieces from the stock and write the order.

    Raises:
        ValueError: The quantity is not more than nothing. Nothing is sent.
        OutOfStockError: There is less than that; nothing was written.
        OrderExistsError: The id is taken; nothing was written.
    """
    if quantity <= 0:
        raise ValueError("an order has one piece at least")
    tx.update(
        Inventory,
        product_id,
        add={"stock": -quantity},
        condition=Attr("stock").gte(quantity),
        raises=OutOfStockError,
    )
    tx.insert(Order(order_id, user_id, product_id, quantity), raises=OrderExistsError)
    tx.insert(OrderOfUser(user_id, order_id), raises=OrderExistsError)


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Inventory)  # the other two kinds are in the same table
    db.insert(Inventory("lamp", 3))

    print("There are 3 lamps.")
    for order_id, user_id, quantity in (
        ("o-1", "ann", 2),
        ("o-1", "ann", 1),
        ("o-2", "ben", 2),
        ("o-3", "ben", 1),
        ("o-4", "cleo", 1),
    ):
        wish = f"- {user_id} orders {quantity} as {order_id}:"
        try:
            order(db, order_id, user_id, "lamp", quantity)
        except OutOfStockError as error:
            print(wish, f"refused, only {error.left} left.")
        except OrderExistsError:
            print(wish, "refused, there is such an order already.")
        else:
            print(wish, "done, and both rows of the order are there.")

    print("An order of a lamp and a table is one transaction of two; there are no tables:")
    try:
        with TransactScope(db) as tx:
            order(tx, "o-5", "ann", "lamp", 1)
            order(tx, "o-6", "ann", "table", 1)
    except OutOfStockError:
        orders = [db.get(Order, order_id) for order_id in ("o-5", "o-6")]
        print(f"refused, and what is stored of the two orders is {orders}.")
