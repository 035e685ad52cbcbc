"""Batches of which DynamoDB does a part only, and says what it has left over.

May import `arguments`, `errors`, `limits`, `faults` and `showing`. Must not know where faults are
hooked in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.limits import MAX_BATCH_KEYS
from transactscope.testing.faults import Fault, LeftOver
from transactscope.testing.showing import shown


@exported_from("transactscope.testing")
def unprocessed(*positions: int, where: Callable[[Mapping[str, Any]], bool] | None = None) -> Fault:
    """Make a fault: a batch is done in part, the rest comes back unprocessed.

    For BatchWriteItem and BatchGetItem. What is not left over is sent, with the signature of the
    whole request, which engines take and DynamoDB itself would not; its answer is handed on with
    `UnprocessedItems` or `UnprocessedKeys`. Where everything is left over, nothing is sent. A
    request that has nothing of what is to be left over goes on normally.

    Args:
        positions: Which puts and deletes, or keys, in the order of the request, from 0; none
            means all. A position that a request does not have is left out.
        where: Called with the item of a put, or the key of a delete or a read, as they are on the
            wire; True leaves it over. In the place of positions.

    Raises:
        InvalidRequestError: Both are given, or they cannot be used. The send itself raises it
            where it is no batch. Not sent.

    Example:
        >>> from transactscope import Database
        >>> from transactscope.testing import Faults, unprocessed
        >>> with Faults(client) as faults:
        ...     faults.next("BatchWriteItem", unprocessed(0, 2))
        ...     result = Database(client).batch_write(Account(f"A-{n}") for n in range(3))
        >>> result.done, result.requests, result.retries
        (3, 2, 1)

    .. versionadded:: 0.1.0
    """
    with reading("unprocessed()"):
        for position in positions:
            if type(position) is not int or not 0 <= position < MAX_BATCH_KEYS:
                msg = f"{shown(position)}: expected a whole number from 0 to {MAX_BATCH_KEYS - 1}"
                raise InvalidRequestError(msg)
        if where is not None and (positions or not callable(where)):
            raise InvalidRequestError("where=: expected a function, and no positions beside it")
        told = [str(position) for position in positions]
        if where is not None:
            told = [f"where={getattr(where, '__qualname__', type(where).__name__)}"]
        return LeftOver(frozenset(positions), where, call=f"unprocessed({', '.join(told)})")
