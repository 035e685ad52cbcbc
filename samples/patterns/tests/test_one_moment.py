"""What is shown together was true together."""

import threading

import pytest

from samples.patterns.one_moment import Balance, Customer, Order, Page, buy, page
from samples.patterns.tests.crowds import at_once, failures


@pytest.fixture
def db(deployment):
    """A database with a customer who has much to spend."""
    made = deployment.database
    made.create_table(Customer)
    made.insert(Customer("ann", "Ann"))
    made.insert(Balance("ann", 1000))
    return made


def test_everything_is_one_request_in_the_order_asked_for(db, sent):
    """With None for what is not there."""
    buy(db, "ann", 3, 30)
    buy(db, "ann", 1, 10)
    sent.clear()

    shown = page(db, "ann", 3, 2, 1)

    assert 1 == len(sent)
    assert (
        Page(
            Customer("ann", "Ann"),
            Balance("ann", 960, 40),
            (Order("ann", 3, 30), None, Order("ann", 1, 10)),
        )
        == shown
    )


@pytest.mark.needs("transact_get")
def test_an_order_that_is_asked_for_twice_is_shown_twice(db):
    """DynamoDB refuses a key twice, and a page need not know."""
    buy(db, "ann", 1, 10)

    assert (Order("ann", 1, 10),) * 2 == page(db, "ann", 1, 1).orders


def test_nobody_has_nothing(db):
    """A page of somebody who is not there."""
    assert Page(None, None, (None,)) == page(db, "ben", 1)


def test_reading_one_after_the_other_shows_what_never_was(db):
    """What the transaction is for: an order that is paid, and a balance from before."""
    balance = db.get(Balance, "ann")
    buy(db, "ann", 1, 10)
    order = db.get(Order, "ann", 1)

    assert (Balance("ann", 1000), Order("ann", 1, 10)) == (balance, order)


@pytest.mark.slow
@pytest.mark.contention
@pytest.mark.needs("threads", "transact_get")
def test_a_crowd_of_readers_never_sees_half_of_an_order(db):
    """Whatever was spent is what the orders on the same page come to."""
    numbers = range(1, 21)
    done = threading.Event()

    def shop():
        try:
            for number in numbers:
                buy(db, "ann", number, 10)
        finally:
            done.set()

    def watch():
        seen = []
        while not done.is_set():
            shown = page(db, "ann", *numbers)
            assert shown.balance is not None
            total = sum(order.total for order in shown.orders if order is not None)
            seen.append((shown.balance.spent, total))
        return seen

    outcomes = at_once(shop, *[watch] * 7)

    assert [] == failures(outcomes)
    seen = [pair for outcome in outcomes[1:] for pair in outcome]
    assert len(set(seen)) > 1
    assert [] == [pair for pair in seen if pair[0] != pair[1]]
