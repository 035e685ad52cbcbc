"""Consistent reads: a page shows a customer, the balance and the orders as they were together.

Read one after the other they are from different moments: the page shows an order that is paid
and a balance from before. A transaction that only reads has all of them from one moment:

    BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY
    SELECT * FROM customers WHERE customer_id = 'ann'
    SELECT * FROM balances WHERE customer_id = 'ann'
    SELECT * FROM orders WHERE (customer_id, number) IN (('ann', 1), ('ann', 2), ('ann', 3))
    COMMIT

It is one TransactGetItems for up to a hundred items, answered in order, with None for what is
not there. It guards nothing: who wants to write what follows from it reads in a scope.
"""

from __future__ import annotations

from attrs import define, frozen

from transactscope import (
    Attr,
    Database,
    EntityKey,
    KeyTemplate,
    TransactScope,
    entity,
    transactional,
)


@entity(
    "Customers",
    partition_key=KeyTemplate("PK", "CUSTOMER#{customer_id}"),
    sort_key=KeyTemplate("SK", "PROFILE"),
)
@define
class Customer:
    """Who buys."""

    customer_id: str
    name: str


@entity(
    "Customers",
    partition_key=KeyTemplate("PK", "CUSTOMER#{customer_id}"),
    sort_key=KeyTemplate("SK", "BALANCE"),
)
@define
class Balance:
    """What is left to spend, and what was spent."""

    customer_id: str
    left: int
    spent: int = 0


@entity(
    "Customers",
    partition_key=KeyTemplate("PK", "CUSTOMER#{customer_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{number:04d}"),
)
@define
class Order:
    """What was bought."""

    customer_id: str
    number: int
    total: int


@frozen
class Page:
    """What is shown, all of one moment; None for an order that is not there."""

    customer: Customer | None
    balance: Balance | None
    orders: tuple[Order | None, ...]


def page(db: Database, customer_id: str, *numbers: int) -> Page:
    """Read a customer with the balance and some orders, as they were at one moment."""
    customer, balance, *orders = db.transact_get(
        EntityKey(Customer, customer_id),
        EntityKey(Balance, customer_id),
        *(EntityKey(Order, customer_id, number) for number in numbers),
    )
    return Page(customer, balance, tuple(orders))


@transactional
def buy(tx: TransactScope, customer_id: str, number: int, total: int) -> None:
    """Pay an order and write it."""
    tx.update(
        Balance,
        customer_id,
        add={"left": -total, "spent": total},
        condition=Attr("left").gte(total),
    )
    tx.insert(Order(customer_id, number, total))


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Customer)
    db.insert(Customer("ann", "Ann"))
    db.insert(Balance("ann", 100))
    buy(db, "ann", 1, 30)
    buy(db, "ann", 3, 20)

    shown = page(db, "ann", 1, 2, 3)
    print("All of one moment, in the order asked for:")
    print(f"- {shown.customer}")
    print(f"- {shown.balance}")
    for order in shown.orders:
        print(f"- {order}")
