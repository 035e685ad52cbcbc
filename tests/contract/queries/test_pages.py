"""What a query returns: limits, pages, and where it goes on."""

import pytest

from tests.contract.entities import Account
from tests.contract.queries.given import D, numbers_of, put_orders
from tests.contract.test_indexes import Order
from tests.shells import Database
from transactscope import Attr
from transactscope.errors import (
    ConversionError,
    InvalidRequestError,
    NotSentError,
    TableNotFoundError,
)
from transactscope.testing import lost_answer, no_connection, throttled


def test_a_filter_is_applied_behind_the_key(shop):
    """Trees speak of fields, strings of attributes; fields of composed keys are attributes, too."""
    put_orders(shop, [1, 2, 3])
    shop.update(Order, "u-1", 2, set={"note": "x"})

    assert [2] == numbers_of(shop.query(Order, "u-1", filter=Attr("note").eq("x")))
    assert [1, 3] == numbers_of(shop.query(Order, "u-1", filter=~Attr("note").exists()))
    assert [3] == numbers_of(shop.query(Order, "u-1", filter=Attr("number").is_in([3, 4])))
    raw = shop.query(Order, "u-1", filter="#v0 = :v0", names={"#v0": "note"}, values={":v0": "x"})
    assert [2] == numbers_of(raw)


def test_limit_is_of_what_is_returned(shop, sent):
    """And without a filter no more is read than that."""
    put_orders(shop, range(1, 8))
    sent.clear()

    assert [1, 2, 3] == numbers_of(shop.query(Order, "u-1", limit=3))
    assert [1, 2, 3, 4, 5] == numbers_of(shop.query(Order, "u-1", limit=5, page_size=2))
    assert [6, 7] == numbers_of(
        shop.query(Order, "u-1", limit=2, page_size=3, filter=Attr("number").gt(5))
    )
    assert list(range(1, 8)) == numbers_of(shop.query(Order, "u-1", limit=100))
    limits = [request.body.get("Limit") for request in sent.requests]
    assert [3, 2, 2, 1, 3, 3, 3, 100] == limits


def test_requests_are_sent_as_items_are_asked_for(shop, sent):
    """Nothing at the call, and one page at a time."""
    put_orders(shop, range(1, 6))
    sent.clear()
    query = iter(shop.query(Order, "u-1", page_size=2))
    counts = [len(sent.requests)]
    for _ in range(5):
        next(query)
        counts.append(len(sent.requests))

    assert [0, 1, 1, 2, 2, 3] == counts
    assert [] == list(query)
    assert 3 == len(sent.requests)


def test_pages_without_items_are_followed(shop, sent):
    """A filter may drop all of a page, and the next one has what is looked for."""
    put_orders(shop, range(1, 10))
    sent.clear()
    query = shop.query(Order, "u-1", filter=Attr("number").eq(9), page_size=2)

    assert [9] == numbers_of(query)
    assert 5 == len(sent.requests)
    assert query.last_evaluated_key is None


@pytest.mark.parametrize(
    ("key", "index"),
    [(("u-1",), None), (("a@b",), "by-email"), (("u-1",), "by-total"), (("DE", "Ulm"), "by-place")],
    ids=["table", "global", "local", "composed"],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_query_goes_on_exactly_behind_any_item(shop, key, index, reverse):
    """Also inside a page, and with the attributes of the index's key."""
    for number in range(1, 6):
        shop.put(Order("u-1", number, D(number // 2), "a@b", "DE", "Ulm"))
    options = {"index": index, "reverse": reverse}
    everything = list(shop.query(Order, *key, **options))
    assert 5 == len(everything)

    for taken in range(1, 5):
        query = shop.query(Order, *key, page_size=3, **options)
        first = [next(query) for _ in range(taken)]
        rest = shop.query(Order, *key, start_after=query.last_evaluated_key, **options)
        assert everything == [*first, *rest], taken
        assert rest.last_evaluated_key is None


def test_where_a_query_stands_is_a_plain_value(shop):
    """DynamoDB's own, which another program can go on from; changing it changes nothing."""
    put_orders(shop, [1, 2, 3])
    query = shop.query(Order, "u-1")
    assert query.last_evaluated_key is None
    next(query)
    expected = {"PK": {"S": "USER#u-1"}, "SK": {"S": "ORDER#00000001"}}
    assert expected == query.last_evaluated_key
    query.last_evaluated_key["PK"]["S"] = "x"

    assert expected == query.last_evaluated_key
    later = shop.query(Order, "u-1", start_after=expected, limit=1)
    assert expected == later.last_evaluated_key
    assert [2] == numbers_of(later)
    assert {"S": "ORDER#00000002"} == later.last_evaluated_key["SK"]


def test_pages_are_lists(shop):
    """One for each page that has items; what is behind the last is known."""
    put_orders(shop, range(1, 6))
    query = shop.query(Order, "u-1", page_size=2, filter=Attr("number").gt(2), limit=3)
    pages = [[order.number for order in page] for page in query.pages()]

    assert [[3, 4], [5]] == pages
    assert [] == list(shop.query(Order, "u-2").pages())
    assert [] == list(query.pages())


def test_items_and_pages_can_be_mixed(shop):
    """Both go on where the other stands, and a limit holds for both."""
    put_orders(shop, range(1, 6))
    query = shop.query(Order, "u-1", limit=4)
    first = next(query).number

    assert [[2, 3, 4]] == [[order.number for order in page] for page in query.pages()]
    assert 1 == first
    assert {"S": "ORDER#00000004"} == query.last_evaluated_key["SK"]


def _spoil(client, table, number):
    item = {
        "PK": {"S": "USER#u-1"},
        "SK": {"S": f"ORDER#{number:08d}"},
        "user_id": {"S": "u-1"},
        "number": {"S": "secret"},
    }
    client.put_item(TableName=table, Item=item)


def test_an_item_of_another_kind_is_never_dropped(shop, client, table_name):
    """It is an error that names its key, and the query stays before it."""
    put_orders(shop, [1, 3])
    _spoil(client, table_name, 2)
    query = shop.query(Order, "u-1")
    assert 1 == next(query).number

    for _ in range(2):
        with pytest.raises(ConversionError, match=r"Order\.number") as caught:
            next(query)
        assert "SK='ORDER#00000002'" in caught.value.__notes__[0]
        assert "secret" not in str(caught.value) + caught.value.__notes__[0]
    assert {"S": "ORDER#00000001"} == query.last_evaluated_key["SK"]

    with pytest.raises(ConversionError):
        next(shop.query(Order, "u-1").pages())


def test_a_query_is_asked_again_whatever_happened(shop, faults, pauses):
    """It changes nothing, and each page has a budget of its own."""
    put_orders(shop, range(1, 5))
    pauses.clear()
    faults.next("Query", throttled(), lost_answer(), no_connection())

    assert [1, 2, 3, 4] == numbers_of(shop.query(Order, "u-1", page_size=2))
    assert 3 == len(pauses)


def test_a_failure_leaves_the_query_where_it_was(shop, always, faults):
    """It can be gone on with, and nothing is left out."""
    put_orders(shop, range(1, 5))
    query = shop.query(Order, "u-1", page_size=2)
    assert [1, 2] == [next(query).number, next(query).number]
    faults.next("Query", *[lost_answer()] * 6)
    with pytest.raises(NotSentError) as caught:
        next(query)

    assert caught.value.retryable
    assert [3, 4] == numbers_of(query)


def test_a_missing_table_is_an_error_of_the_iterator(client, shell, table_name):
    """The call sends nothing, so it cannot know."""
    query = Database(client, table_names={"Shop": table_name}).query(Order, "u-1")
    with pytest.raises(TableNotFoundError, match=table_name):
        next(query)


@pytest.mark.only_sync("its thread is the test")
def test_two_at_once_are_refused(client, table_names, faults):
    """Two pages at once would leave items out."""
    from transactscope.testing import calling

    db = Database(client, table_names=table_names)
    db.put(Account("A-1"))
    query, errors = db.query(Account, "A-1"), []

    def meanwhile():
        with pytest.raises(InvalidRequestError, match="another thread or task") as caught:
            next(query)
        errors.append(caught.value)

    faults.next("Query", calling(meanwhile))

    assert [Account("A-1")] == list(query)
    assert 1 == len(errors)
