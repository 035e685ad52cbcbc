"""What the tests of queries have in common."""

import datetime as dt
import decimal

from attrs import define

from tests.contract.test_indexes import Order
from transactscope import KeyTemplate, entity

D = decimal.Decimal


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"), sort_key=KeyTemplate("SK", "PROFILE")
)
@define
class Profile:
    """Another item of the same partitions; it sorts behind all orders."""

    user_id: str


@entity(
    "Shop", partition_key=KeyTemplate("PK", "USER#{user_id}"), sort_key=KeyTemplate("SK", "AVATAR")
)
@define
class Avatar:
    """One that sorts before them."""

    user_id: str


def numbers_of(query):
    """Send a query, and return the numbers of what it finds."""
    return [order.number for order in query]


def put_orders(db, numbers, **fields):
    """Store an order of each number."""
    for number in numbers:
        db.put(Order("u-1", number, **fields))


DAY = dt.date(2026, 11, 21)


@entity("Plain", partition_key="id", sort_key="at")
@define
class Plain:
    """A sort key that is a field."""

    id: str
    at: decimal.Decimal
