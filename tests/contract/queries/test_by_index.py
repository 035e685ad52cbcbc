"""Queries of indexes, and of some fields only."""

import pytest

from tests.contract.queries.given import D, numbers_of
from tests.contract.test_indexes import Order, order_class
from tests.shells import Database
from transactscope import Key
from transactscope.errors import InvalidRequestError
from transactscope.indexes import GlobalIndex, LocalIndex


def test_an_index_is_queried_by_its_own_key(shop, sent):
    """Plain, composed, and with a sort key of its own."""
    shop.put(Order("u-1", 1, D(5), "a@b", "DE", "Ulm"))
    shop.put(Order("u-2", 2, D(3), "a@b", "DE", "Ulm"))
    shop.put(Order("u-1", 3, D(4), None, "DE", "Bonn"))
    shop.put(Order("u-1", 4))
    sent.clear()

    assert [1, 2] == sorted(numbers_of(shop.query(Order, "a@b", index="by-email")))
    assert [1, 2] == sorted(numbers_of(shop.query(Order, "DE", "Ulm", index="by-place")))
    assert [3] == numbers_of(
        shop.query(Order, "DE", "Bonn", Key("KIND").eq("ORDER"), index="by-place")
    )
    assert [1] == numbers_of(shop.query(Order, Key("number").eq(1), index="turned"))
    assert [3, 1] == numbers_of(shop.query(Order, "u-1", index="by-total"))
    by_total = shop.query(
        Order, "u-1", Key("total").gt(D(4)), index="by-total", consistent=True, reverse=True
    )
    assert [1] == numbers_of(by_total)
    assert {"by-email", "by-place", "turned", "by-total"} == {
        request.body["IndexName"] for request in sent.requests
    }
    last = sent.requests[-1].body
    assert (True, False) == (last["ConsistentRead"], last["ScanIndexForward"])


def test_some_fields_are_returned_as_mappings(shop, sent):
    """What is not stored is not in them, and a place to go on from is known all the same."""
    shop.put(Order("u-1", 1, D(5)))
    shop.put(Order("u-1", 2))
    sent.clear()
    query = shop.query(Order, "u-1", only=["total", "number"])

    assert {"total": D(5), "number": 1} == next(query)
    assert {"PK", "SK"} == query.last_evaluated_key.keys()
    assert [{"number": 2}] == list(query)
    body = sent.requests[0].body
    names = body["ExpressionAttributeNames"]
    wanted = [names[alias] for alias in body["ProjectionExpression"].split(", ")]
    assert ["PK", "SK", "total", "number"] == wanted


NARROW = order_class(
    "Shop",
    [
        GlobalIndex("keys", partition_key="email", projection="KEYS_ONLY"),
        GlobalIndex("some", partition_key="email", sort_key="total", projection=("number", "city")),
        LocalIndex("local", sort_key="total", projection="KEYS_ONLY"),
    ],
)


@pytest.fixture
def narrow(client, shell, table_name):
    """A table with indexes that do not hold everything."""
    db = Database(client, table_names={"Shop": table_name})
    db.create_table(NARROW)
    db.put(NARROW("u-1", 1, D(5), "a@b", "DE", "Ulm", "x"))
    return db


def test_an_index_that_does_not_hold_the_fields_is_refused(narrow, sent):
    """Defaults in place of what is not copied would look like data."""
    sent.clear()
    for index, only, text in (
        ("keys", None, "'keys' of Order does not hold user_id, number, total, country, city, note"),
        ("some", None, "does not hold user_id, country, note"),
        ("some", ["number", "note"], "does not hold note;"),
    ):
        with pytest.raises(InvalidRequestError, match=text) as caught:
            narrow.query(NARROW, "a@b", index=index, only=only)
        assert "NOT_PROJECTED" == caught.value.code
    assert [] == sent.operations


def test_what_an_index_holds_can_be_asked_for(narrow):
    """As mappings."""
    found = narrow.query(NARROW, "a@b", index="some", only=["number", "city", "total", "email"])

    assert [{"number": 1, "city": "Ulm", "total": D(5), "email": "a@b"}] == list(found)


@pytest.mark.needs("transact_get")
def test_a_local_index_fetches_what_it_does_not_hold(narrow, sent):
    """DynamoDB reads it from the table, at a price."""
    sent.clear()
    found = list(narrow.query(NARROW, "u-1", index="local"))

    assert [NARROW("u-1", 1, D(5), "a@b", "DE", "Ulm", "x")] == found
    assert "ALL_ATTRIBUTES" == sent.requests[0].body["Select"]
    assert [{"note": "x"}] == list(narrow.query(NARROW, "u-1", index="local", only=["note"]))
