"""What the tests of cost have in common."""

import decimal

import pytest
from attrs import define

from tests.contract.entities import Account
from transactscope import KeyTemplate, entity, to_item
from transactscope.core.freeze import plain_request
from transactscope.core.summaries import summary_of
from transactscope.indexes import GlobalIndex, LocalIndex
from transactscope.values.sizes import item_size

only_sync = pytest.mark.only_sync("it is computed before any shell sends anything")


@entity("Small", partition_key="k")
@define
class Small:
    """An entity whose items can be as small as items are."""

    k: str
    v: str | None = None


@entity(
    "Indexed",
    partition_key="user",
    sort_key="number",
    indexes=[
        GlobalIndex("by-email", partition_key="email"),
        GlobalIndex("by-city", partition_key="city", projection=["total"]),
        GlobalIndex("by-total", partition_key="user", sort_key="total", projection="KEYS_ONLY"),
        LocalIndex("by-place", sort_key=KeyTemplate("PLACE", "{city}#{total}")),
    ],
)
@define
class Indexed:
    """An entity whose items are in four indexes, as far as they have their keys."""

    user: str
    number: str
    email: str | None = None
    city: str | None = None
    total: decimal.Decimal | None = None
    note: str = ""


def of_size(size):
    """Make the entity whose item has so many bytes, and no attribute beside the key for 1."""
    return Small("a") if size == 1 else Small("a", "x" * (size - len("ka" + "v")))


def sized(size, number="A-1"):
    """Make an account whose item has so many bytes."""
    least = item_size(to_item(Account(number, note="")))
    return Account(number, note="x" * (size - least))


def course(tx):
    """Return what was computed before the commit, whether exactly, and what was consumed."""
    explained = tx.explain()
    tx.commit()
    return explained.write_units, explained.is_exact_cost, sum(tx.result.write_units.values())


def alone(client, action):
    """Send an action as a single write, and return the same of it."""
    request = plain_request(action.alone)
    send = getattr(client, {"Put": "put_item", "Update": "update_item"}.get(action.kind, ""))
    answer = send(**request.body, ReturnConsumedCapacity="INDEXES")
    summary = summary_of(action)
    return summary.write_units, summary.is_exact_cost, answer["ConsumedCapacity"]["CapacityUnits"]
