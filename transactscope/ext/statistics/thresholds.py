"""From where on something is worth a word, and the limits of DynamoDB that are compared with.

Imports nothing. The limits: Developer Guide, "Service, account, and table quotas", and API
Reference, TransactWriteItems; 2026-11.
"""

from __future__ import annotations

from typing import Final

OFTEN: Final = 10  # what was seen less often may be chance
MANY_PUTS: Final = 10  # puts and deletes of one commit that may be a batch
MANY_VALUES: Final = 5  # loaded values that one guard compares

MAX_ACTIONS: Final = 100  # of one transaction
MAX_BYTES: Final = 4_194_304  # of all items of one transaction
MAX_ITEM_BYTES: Final = 409_600  # of one item


def is_near(figure: int, limit: int) -> bool:
    """Whether four fifths of a limit are used."""
    return figure * 5 >= limit * 4
