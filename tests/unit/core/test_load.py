"""The sum of the sizes of all items, item by item."""

import pytest

from transactscope.core.load import Load
from transactscope.errors import TransactionTooLargeError
from transactscope.limits import MAX_TRANSACTION_BYTES


def test_the_sum_follows_every_change():
    """An item that gets another size counts with the new one, and one that goes with none."""
    load = Load()
    load.keep("a", 5)
    load.keep("b", 0)
    load.keep("a", 3)

    assert (3, 2) == (load.total, len(load))
    load.drop("a")
    load.drop("nobody")
    assert (0, 1) == (load.total, len(load))
    assert ("a" in load, "b" in load) == (False, True)


def test_an_item_that_is_there_is_not_counted_twice():
    """What is refused is the sum as it would be, and a refusal changes nothing."""
    load = Load()
    load.keep("a", 1000)
    load.refuse_too_much("a", MAX_TRANSACTION_BYTES, lambda: "put")
    load.refuse_too_much("b", MAX_TRANSACTION_BYTES - 1000, lambda: "put")
    with pytest.raises(TransactionTooLargeError, match=r"4194304 bytes.*of 4193305.*4194305: put"):
        load.refuse_too_much("b", MAX_TRANSACTION_BYTES - 999, lambda: "put")

    assert (1000, 1) == (load.total, len(load))
