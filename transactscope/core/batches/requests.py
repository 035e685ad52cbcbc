"""Batches in the words of the wire: requests of many entries, and what an answer left over.

BatchWriteItem and BatchGetItem [API Reference, 2026-11]. A request may name several tables.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from transactscope.core.actions import item_target
from transactscope.core.batches.entries import Entry
from transactscope.core.tables import table_id
from transactscope.errors import TransactScopeError
from transactscope.limits import MAX_BATCH_BYTES
from transactscope.types import Answer, FrozenRequest, StoredItem
from transactscope.types.json_text import json_bytes
from transactscope.values.secret import Secret

WRITE_OPERATION: Final = "BatchWriteItem"
GET_OPERATION: Final = "BatchGetItem"
_CAPACITY: Final = "TOTAL"

# The most characters of JSON that one byte of an item's size can become, rounded up: an attribute
# of 2 bytes is `"a": {"BOOL": false}, `, and a byte of text may be `\u0000`.
_MOST_PER_BYTE: Final = 12
_MOST_AROUND: Final = 200  # characters around one entry, and of its tags
_TABLE_AROUND: Final = 1100  # the longest ARN of a table, and the characters around it


class UnreadableError(Exception):
    """An answer does not fit its request, so that it decides nothing."""


def write_request(entries: Sequence[Entry]) -> FrozenRequest:
    """Return the one BatchWriteItem request that does these entries."""
    if any(entry.is_written for entry in entries):
        return _written_request(WRITE_OPERATION, _by_table(entries), b"[", b"]")
    writes = {
        table: [entry.parameters for entry in listed]
        for table, listed in _by_table(entries).items()
    }
    return _request(WRITE_OPERATION, writes)


def get_request(entries: Sequence[Entry], *, consistent: bool) -> FrozenRequest:
    """Return the one BatchGetItem request that reads these entries."""
    if any(entry.is_written for entry in entries):
        ending = b'],"ConsistentRead":true}' if consistent else b"]}"
        return _written_request(GET_OPERATION, _by_table(entries), b'{"Keys":[', ending)
    more = {"ConsistentRead": True} if consistent else {}
    wanted = {
        table: {"Keys": [entry.parameters for entry in listed], **more}
        for table, listed in _by_table(entries).items()
    }
    return _request(GET_OPERATION, wanted)


def _by_table(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    by_table: dict[str, list[Entry]] = {}
    for entry in entries:
        by_table.setdefault(entry.table, []).append(entry)
    return by_table


def _request(operation: str, by_table: Mapping[str, Any]) -> FrozenRequest:
    body = {"RequestItems": by_table, "ReturnConsumedCapacity": _CAPACITY}
    return FrozenRequest(operation, body, tables=tuple(by_table))


def _written_request(
    operation: str, by_table: Mapping[str, Sequence[Entry]], opening: bytes, ending: bytes
) -> FrozenRequest:
    """Put a request together of the bytes of its entries. None of them is copied."""
    pieces, before = [b'{"RequestItems":'], b"{"
    for table, entries in by_table.items():
        pieces.append(b"%b%b:%b" % (before, json_bytes(table), opening))
        first, *others = entries
        pieces.append(first.content)
        for entry in others:
            pieces += b",", entry.content
        pieces.append(ending)
        before = b","
    pieces.append(b'},"ReturnConsumedCapacity":"%b"}' % _CAPACITY.encode())
    return FrozenRequest.of_content(operation, pieces, None, tuple(by_table))


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
    sent = _Sent(entries)
    return {
        sent.target(table, item): item
        for table, found in (answer.get("Responses") or {}).items()
        for item in found
    }


def capacity_of(answer: Answer) -> Iterator[tuple[str, float]]:
    """Give the units that an answer says were consumed, table by table."""
    for entry in answer.get("ConsumedCapacity") or ():
        yield entry["TableName"], entry.get("CapacityUnits", 0.0)


def _key_of_write(write: Mapping[str, Any]) -> StoredItem:
    put = write.get("PutRequest")
    found: StoredItem = (put["Item"] if put is not None else write["DeleteRequest"]["Key"]) or {}
    return found


def _matching(keys: Iterable[tuple[str, StoredItem]], entries: Sequence[Entry]) -> list[Entry]:
    named = list(keys)
    if not named:  # as nearly always
        return []
    sent = _Sent(entries)
    left = {sent.target(table, key) for table, key in named}
    found = [entry for entry in entries if entry.target in left]
    if len(found) < len(left):
        raise UnreadableError("it names an item that was not sent")
    return found


class _Sent:
    """What a request was about, to be recognised in its answer."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._targets = {entry.target for entry in entries}
        self._key_names = {
            table_id(table).name: sorted(listed[0].key)
            for table, listed in _by_table(entries).items()
        }

    def target(self, table: str, item: StoredItem) -> Hashable:
        """Return what tells an item of an answer, or a key, from every other one.

        A number may have come back in another form than it was sent in, but seldom does.

        Raises:
            UnreadableError: It is of a table that was not named, or has nothing that is a key.
        """
        try:
            name = table_id(table).name
            key = {attribute: dict(item[attribute]) for attribute in self._key_names[name]}
            parts = [(each, *pair) for each, value in key.items() for pair in value.items()]
            target = (name, *itertools.chain.from_iterable(parts))
            return target if target in self._targets else item_target(table, key)
        except (LookupError, TypeError, ValueError, TransactScopeError):
            raise UnreadableError("it names a table or a key that was not sent") from None


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
        grown = self._least + entry.size
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
    return len(json.dumps(entry.parameters, default=_base64_of)) + len(", ")


def _base64_of(value: bytes | Secret) -> str:
    size = value.size if isinstance(value, Secret) else len(value)
    return "=" * ((size + 2) // 3 * 4)
