"""What the tests of batches have in common."""

from tests.contract.entities import Account
from transactscope import EntityKey

WRITE, GET = "BatchWriteItem", "BatchGetItem"


def new_accounts(count, first=0):
    """Make entities of ascending numbers, which are their balances."""
    return [Account(f"A-{number}", number) for number in range(first, first + count)]


def keys_of_accounts(count, first=0):
    """Make their keys."""
    return [EntityKey(Account, f"A-{number}") for number in range(first, first + count)]


def is_one_of(*numbers):
    """Make a predicate that finds the items of some numbers."""
    return lambda item: item["number"]["S"] in numbers
