"""Parent and children: lines are added to an order only while it is open.

Whether an order is open stands in the order, and its lines are items of their own. Who reads the
order and then writes a line may write it into an order that was sent off in between. The line
belongs together with the state of its parent:

    BEGIN
    SELECT 1 FROM orders WHERE order_id = 'o-1' AND status = 'open' AND version = 3   -- checked
    INSERT INTO lines VALUES ('o-1', 1, 'lamp', 2)
    INSERT INTO lines VALUES ('o-1', 2, 'table', 1)
    COMMIT

Two ways to hold on to the parent. `add_lines` only checks it, as it was when the lines were chosen:
any number of people add lines at once, and none of them disturbs another but by DynamoDB's
conflicts. `add_lines_and_count` writes it, so the order always knows how many lines it has, and
whoever read it sees a change. It takes the order as it is by then, as long as it is open.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, frozen

from transactscope import Attr, Database, KeyTemplate, TransactScope, entity, transactional


@entity(
    "Orders",
    partition_key=KeyTemplate("PK", "ORDER#{order_id}"),
    sort_key=KeyTemplate("SK", "HEAD"),
    version="version",
)
@define
class Order:
    """An order: what all its lines have in common."""

    order_id: str
    status: str = "open"
    lines: int = 0
    version: int | None = None


@entity(
    "Orders",
    partition_key=KeyTemplate("PK", "ORDER#{order_id}"),
    sort_key=KeyTemplate("SK", "LINE#{number:04d}"),
)
@frozen
class Line:
    """One line of an order."""

    order_id: str
    number: int
    product: str
    quantity: int


class NotOpenError(Exception):
    """There is no such order, or it is not open any more."""


class OrderChangedError(Exception):
    """The order is open, and another one than was seen."""


@transactional
def add_lines(tx: TransactScope, order: Order, lines: Sequence[Line]) -> None:
    """Add lines to an order that is open and as it was seen. The order itself is not written.

    Raises:
        ValueError: There is no line, or one of another order. Nothing is sent.
        NotOpenError: The order is not open; no line was written.
        OrderChangedError: It has changed since it was read; no line was written.
    """
    _insert(tx, order.order_id, lines)
    for condition, error in (
        (Attr("status").eq("open"), NotOpenError),
        (Attr("version").eq(order.version), OrderChangedError),
    ):
        tx.check(Order, order.order_id, condition=condition, raises=error)


@transactional
def add_lines_and_count(tx: TransactScope, order: Order, lines: Sequence[Line]) -> None:
    """Add lines to an open order and keep their number in it, which raises its version.

    Raises:
        ValueError: There is no line, or one of another order. Nothing is sent.
        NotOpenError: The order is not open; no line was written.
    """
    _insert(tx, order.order_id, lines)
    tx.update(
        Order,
        order.order_id,
        add={"lines": len(lines)},
        condition=Attr("status").eq("open"),
        raises=NotOpenError,
    )


@transactional
def close(tx: TransactScope, order_id: str) -> None:
    """Close an order that is open.

    Raises:
        NotOpenError: It is not.
    """
    tx.update(
        Order,
        order_id,
        set={"status": "closed"},
        condition=Attr("status").eq("open"),
        raises=NotOpenError,
    )


def _insert(tx: TransactScope, order_id: str, lines: Sequence[Line]) -> None:
    if not lines:
        raise ValueError("there is no line to add")
    for line in lines:
        if line.order_id != order_id:
            raise ValueError(f"a line of order {line.order_id} is none of {order_id}")
        tx.insert(line)


def run(db: Database) -> None:
    """Play the story on an empty table."""
    db.create_table(Order)
    order = Order("o-1")
    db.insert(order)

    print("Two lines come into the open order, which is checked and not written:")
    with TransactScope(db) as tx:
        add_lines(tx, order, [Line("o-1", 1, "lamp", 2), Line("o-1", 2, "table", 1)])
        print(f"- if {tx.explain().rows[-1].condition}")
    print(f"- {db.get(Order, 'o-1')}")

    add_lines_and_count(db, order, [Line("o-1", 3, "chair", 4)])
    print("A third line, and the order has counted it:")
    print(f"- {db.get(Order, 'o-1')}")

    fourth = [Line("o-1", 4, "rug", 1)]
    try:
        add_lines(db, order, fourth)
    except OrderChangedError:
        print("Whoever comes with the order as it was at the beginning has to look again.")
    close(db, "o-1")
    try:
        add_lines(db, order, fourth)
    except NotOpenError:
        print(f"The order is closed, so a fourth line is refused: {db.get(Line, 'o-1', 4)}.")
