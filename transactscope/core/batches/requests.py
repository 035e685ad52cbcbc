"""Batches in the words of the wire: requests of many entries, and what an answer left over.

BatchWriteItem and BatchGetItem [API Reference, 2026-11]. A request may name several tables.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final

from transactscope.core.actions import item_target
from transactscope.core.batches.entries import PUT, Entry
from transactscope.core.tables import table_id
from transactscope.limits import MAX_BATCH_BYTES
from transactscope.types import Answer, FrozenRequest, Item, StoredItem
from transactscope.values.secret import Secret

WRITE_OPERATION: Final = "BatchWriteItem"
GET_OPERATION: Final = "BatchGetItem"

# The most characters of JSON that one byte of an item's size can become, rounded up: an attribute
# of 2 bytes is `"a": {"BOOL": false}, `, and a byte of text may be `\u0000`.
_MOST_PER_BYTE: Final = 12
_MOST_AROUND: Final = 200  # characters around one entry, and of its tags
_TABLE_AROUND: Final = 1100  # the longest ARN of a table, and the characters around it


class UnreadableError(Exception):
    """An answer does not fit its request, so that it decides nothing."""


def write_request(entries: Sequence[Entry]) -> FrozenRequest:
    """Return the one BatchWriteItem request that does these entries."""
    by_table: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        by_table.setdefault(entry.table, []).append(_write(entry))
    return _request(WRITE_OPERATION, by_table)


def get_request(entries: Sequence[Entry], *, consistent: bool) -> FrozenRequest:
    """Return the one BatchGetItem request that reads these entries."""
    keys: dict[str, list[Item]] = {}
    for entry in entries:
        keys.setdefault(entry.table, []).append(entry.key)
    wanted = {
        table: {"Keys": listed, **({"ConsistentRead": True} if consistent else {})}
        for table, listed in keys.items()
    }
    return _request(GET_OPERATION, wanted)


def _request(operation: str, by_table: Mapping[str, Any]) -> FrozenRequest:
    body = {"RequestItems": dict(by_table), "ReturnConsumedCapacity": "TOTAL"}
    return FrozenRequest(operation, body, tables=tuple(by_table))


def _write(entry: Entry) -> dict[str, Any]:
    if entry.verb == PUT:
        return {"PutRequest": {"Item": entry.action.item}}
    return {"DeleteRequest": {"Key": entry.key}}


def unprocessed_writes(answer: Answer, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that DynamoDB has left over.

    Raises:
        UnreadableError: It names one that was not sent.
    """
    keys = (
        (table, _key_of_write(write))
        for table, writes in (answer.get("UnprocessedItems") or {}).items()
        for write in writes
    )
    return _matching(keys, entries)


def unprocessed_reads(answer: Answer, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that DynamoDB has left over.

    Raises:
        UnreadableError: It names one that was not sent.
    """
    keys = (
        (table, key)
        for table, left in (answer.get("UnprocessedKeys") or {}).items()
        for key in left.get("Keys", ())
    )
    return _matching(keys, entries)


def items_read(answer: Answer, entries: Sequence[Entry]) -> dict[Hashable, StoredItem]:
    """Return the items of an answer by what tells them apart.

    Raises:
        UnreadableError: It has an item that was not asked for.
    """
    names = _key_names(entries)
    items = [
        (table, item) for table, found in (answer.get("Responses") or {}).items() for item in found
    ]
    return {_target(table, item, names): item for table, item in items}


def capacity_of(answer: Answer) -> Iterator[tuple[str, float]]:
    """Give the units that an answer says were consumed, table by table."""
    for entry in answer.get("ConsumedCapacity") or ():
        yield entry["TableName"], entry.get("CapacityUnits", 0.0)


def _key_of_write(write: Mapping[str, Any]) -> StoredItem:
    put = write.get("PutRequest")
    found: StoredItem = (put["Item"] if put is not None else write["DeleteRequest"]["Key"]) or {}
    return found


def _matching(keys: Iterator[tuple[str, StoredItem]], entries: Sequence[Entry]) -> list[Entry]:
    names = _key_names(entries)
    left = {_target(table, key, names) for table, key in keys}
    found = [entry for entry in entries if entry.target in left]
    if len(found) < len(left):
        raise UnreadableError("it names an item that was not sent")
    return found


def _key_names(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """Return the names of the key attributes of every table, by the table's bare name."""
    return {table_id(entry.table).name: tuple(entry.key) for entry in entries}


def _target(table: str, item: StoredItem, names: Mapping[str, tuple[str, ...]]) -> Hashable:
    try:
        key = {name: dict(item[name]) for name in names[table_id(table).name]}
    except KeyError:
        raise UnreadableError("it names a table or a key that was not sent") from None
    return item_target(table, key)


class Room:
    """How much more fits into one write request, which takes 16 MB "over the network".

    Measured is what a client sends, JSON, which may be several times the size of the items: a
    character may become six, and binary values a third more. Counting characters is as dear as
    writing them, so it is only done once the items might be too large.
    """

    def __init__(self) -> None:
        self._least = 0
        self._entries: list[Entry] = []
        self._tables: set[str] = set()
        self._exact: int | None = None

    def takes(self, entry: Entry) -> bool:
        """Add an entry if it fits; the first one always does."""
        grown = self._least + entry.action.size
        around = (len(self._tables) + (entry.table not in self._tables)) * _TABLE_AROUND
        most = grown * _MOST_PER_BYTE + (len(self._entries) + 1) * _MOST_AROUND
        if most + around > MAX_BATCH_BYTES:
            if self._exact is None:
                self._exact = sum(map(wire_size, self._entries))
            exact = self._exact + wire_size(entry)
            if exact + around > MAX_BATCH_BYTES and self._entries:
                return False
            self._exact = exact
        self._least = grown
        self._entries.append(entry)
        self._tables.add(entry.table)
        return True


def wire_size(entry: Entry) -> int:
    """Count the characters that one write becomes in a request."""
    return len(json.dumps(_write(entry), default=_base64_of)) + len(", ")


def _base64_of(value: bytes | Secret) -> str:
    size = value.size if isinstance(value, Secret) else len(value)
    return "=" * ((size + 2) // 3 * 4)
