"""Inserts cost what their sizes say."""

import pytest

from tests.contract.cost.given import alone, course, of_size, only_sync
from tests.contract.entities import Account
from tests.shells import TransactScope

pytestmark = pytest.mark.needs("capacity")


PRICES = {1: 2, 1023: 2, 1024: 2, 1025: 4, 40_000: 80}

"""What an item of so many bytes costs in a transaction. 1 stands for the smallest: it has two."""


@pytest.mark.parametrize("size", PRICES)
def test_an_insert_consumes_what_was_computed(small, size):
    """Who looks at the units before the commit sees those of the bill."""
    tx = TransactScope(small).begin()
    tx.insert(of_size(size))

    assert (PRICES[size], True, PRICES[size]) == course(tx)


@only_sync
@pytest.mark.parametrize("size", PRICES)
def test_an_insert_outside_a_transaction_costs_half(small, client, size):
    """The same write alone has another price."""
    with TransactScope(small) as tx:
        action = tx.insert(of_size(size))
        tx.rollback()

    assert (PRICES[size] / 2, True, PRICES[size] / 2) == alone(client, action)


def test_a_single_write_reports_no_units(db):
    """DynamoDB is not asked for them there, so nothing is said."""
    result = db.put(Account("A-1"))

    assert ({}, {}) == (result.read_units, result.write_units)
