"""How many capacity units an item of some size takes.

Rules, checked 2026-11: Developer Guide, "DynamoDB read and write operations"; "Amazon DynamoDB
Transactions: How it works", "Capacity management". Both kinds are rounded up for each item, and
what is not there is charged as the smallest.
"""

from __future__ import annotations

from typing import Final

from transactscope.types import Item
from transactscope.values.sizes import item_size

SINGLE: Final = 1
"""The price of what is done outside a transaction, in units per unit of size."""

TRANSACTIONAL: Final = 2
"""The price inside one: everything is prepared, and then done."""

_WRITE_BYTES: Final = 1024
_READ_BYTES: Final = 4096


def write_units(size: int, price: int = SINGLE) -> int:
    """Return the write units of an item of so many bytes, of none where there is no item.

    Example:
        >>> write_units(1024), write_units(1025, TRANSACTIONAL), write_units(0, TRANSACTIONAL)
        (1, 4, 2)
    """
    return price * max(-(-size // _WRITE_BYTES), 1)


def read_units(item: Item | None, price: int = SINGLE) -> int:
    """Return the read units of an item that was read strongly consistently; None if absent.

    Example:
        >>> read_units({"id": {"S": "x" * 4094}}), read_units(None, TRANSACTIONAL)
        (1, 2)
    """
    return price * max(-(-item_size(item or {}) // _READ_BYTES), 1)
