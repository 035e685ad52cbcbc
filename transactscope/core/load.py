"""How many bytes the items of one transaction have together.

The sum is kept up to date item by item, so that a call costs the same however many came
before it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import attrs

from transactscope.errors import TransactionTooLargeError
from transactscope.limits import MAX_TRANSACTION_BYTES


@attrs.define
class Load:
    """The sizes of items, by what tells one from the others, and their sum.

    A put counts with the item that it writes, an update with the least that it leaves, and a
    delete or a check with the key: how much of the stored item counts, only DynamoDB knows.

    Attributes:
        total: All bytes.
        sizes: Those of each item.
    """

    total: int = 0
    sizes: dict[Hashable, int] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self.sizes)

    def __contains__(self, target: Hashable) -> bool:
        return target in self.sizes

    def keep(self, target: Hashable, size: int) -> None:
        """Let an item have a size from now on."""
        self.drop(target)
        self.sizes[target] = size
        self.total += size

    def drop(self, target: Hashable) -> None:
        """Leave an item out of the sum, if it is in it."""
        self.total -= self.sizes.pop(target, 0)

    def refuse_too_much(self, target: Hashable, size: int, describe: Callable[[], str]) -> None:
        """Refuse a size of an item that would make the transaction too large.

        Args:
            target: What tells the item from every other.
            size: The size that it would have.
            describe: Says what would give it that size.

        Raises:
            TransactionTooLargeError: It would. Nothing has changed. Not sent.
        """
        total = self.total + size - self.sizes.get(target, 0)
        if total > MAX_TRANSACTION_BYTES:
            msg = (
                f"the items of one transaction have at most {MAX_TRANSACTION_BYTES} bytes, and "
                f"with this one of {size} bytes they would have {total}: {describe()}"
            )
            raise TransactionTooLargeError(msg)
