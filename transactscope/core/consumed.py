"""What an answer says that its request has consumed, in units by table.

May import `types` only. A server that reports nothing has consumed what nobody knows here, so
nothing is made up for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from transactscope.types import Answer

Units: TypeAlias = Mapping[str, float]
"""Capacity units by table."""

_READS: Final = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})


def consumed_of(answer: Answer | None, operation: str = "") -> tuple[Units, Units]:
    """Return the read units and the write units that an answer reports.

    Args:
        answer: The answer; None where there is none.
        operation: The operation that was sent; it writes where it is not known as one that reads.

    Example:
        >>> consumed_of({"ConsumedCapacity": {"TableName": "T", "CapacityUnits": 0.5}}, "GetItem")
        ({'T': 0.5}, {})
    """
    _, read, write = all_consumed(answer, operation)
    return read, write


def all_consumed(answer: Answer | None, operation: str = "") -> tuple[Units, Units, Units]:
    """Return the same behind the units of both kinds together.

    Where an entry tells read units from write units it is believed: a token that was committed
    before is charged as a read. Else all of it is what the operation is
    [API Reference, "ConsumedCapacity", 2026-11].
    """
    total: dict[str, float] = {}
    read: dict[str, float] = {}
    write: dict[str, float] = {}
    consumed = answer.get("ConsumedCapacity") if answer else None
    # There is one entry per table; a single write or read is answered with one alone.
    for entry in (consumed,) if isinstance(consumed, Mapping) else consumed or ():
        table, units = entry["TableName"], entry.get("CapacityUnits", 0.0)
        total[table] = total.get(table, 0.0) + units
        reads, writes = entry.get("ReadCapacityUnits"), entry.get("WriteCapacityUnits")
        if reads is None and writes is None:
            reads, writes = (units, 0.0) if operation in _READS else (0.0, units)
        if reads:
            read[table] = read.get(table, 0.0) + reads
        if writes:
            write[table] = write.get(table, 0.0) + writes
    return total, read, write
