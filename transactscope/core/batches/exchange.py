"""What writing and reading in batches have of their own: entries, requests, answers, results.

One object for each call. The rest, which is the same for both, is `flows.batch`.
"""

from __future__ import annotations

import abc
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Final, cast

import attrs

from transactscope.core.batches.entries import PUT, Entries, Entry
from transactscope.core.batches.outcome import BatchJudgement, judge_batch_get, judge_batch_write
from transactscope.core.batches.requests import (
    GET_OPERATION,
    WRITE_OPERATION,
    Room,
    capacity_of,
    get_request,
    items_read,
    unprocessed_reads,
    unprocessed_writes,
    write_request,
)
from transactscope.core.batches.schedule import Schedule, in_order
from transactscope.core.sealing import SealedItem, sealed_item
from transactscope.entities.items import ItemReader, item_reader
from transactscope.entities.keys import EntityKey
from transactscope.entities.mapping import mapping_of
from transactscope.errors import (
    BatchIncompleteError,
    BatchTooLargeError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
)
from transactscope.limits import MAX_BATCH_KEYS, MAX_BATCH_WRITES
from transactscope.types import (
    Answer,
    BatchEntry,
    BatchGetResult,
    BatchResult,
    FrozenRequest,
    Item,
    StoredItem,
)

_MOST_NAMED: Final = 3  # entries that the text of an error names
_LONGEST_KEY: Final = 80  # characters of a key in it


@attrs.define
class Chunk:
    """Entries that go into one request together, as they are gathered."""

    entries: list[Entry] = attrs.field(factory=list)
    targets: set[Hashable] = attrs.field(factory=set)
    room: Room = attrs.field(factory=Room)


@attrs.define(eq=False)
class Exchange(abc.ABC):
    """One kind of batch.

    Attributes:
        entries: Makes entries of what was given.
        capacity: Consumed units by table, so far.
    """

    entries: Entries
    capacity: defaultdict[str, float] = attrs.field(factory=lambda: defaultdict(float), init=False)

    operation: ClassVar[str]
    most_entries: ClassVar[int]
    noun: ClassVar[str]

    @abc.abstractmethod
    def entry(self, number: int, verb: str, given: Any) -> Entry:
        """Make an entry of what was given, or refuse it."""

    @abc.abstractmethod
    def gather(self, chunk: Chunk, entry: Entry) -> bool:
        """Add an entry to a chunk; False if it does not fit, and needs another request."""

    @abc.abstractmethod
    def request(self, entries: Sequence[Entry]) -> FrozenRequest:
        """Return the request for a parcel."""

    @abc.abstractmethod
    def judge(self, error: Exception, request: FrozenRequest) -> BatchJudgement:
        """Judge what came instead of an answer."""

    @abc.abstractmethod
    def left_over(self, answer: Answer, entries: Sequence[Entry]) -> list[Entry]:
        """Keep what an answer says, and return the entries that it has left over."""

    @abc.abstractmethod
    def result(
        self, schedule: Schedule, rest: Sequence[tuple[str, Any]], *, is_input_left: bool
    ) -> Any:
        """Return the result, of a schedule that is settled.

        Args:
            schedule: What became of the entries.
            rest: What was given and never became an entry: verb and target.
            is_input_left: Whether the input has more.
        """

    @abc.abstractmethod
    def told(self, result: Any) -> str:
        """Say in words how much of the batch was done."""

    def consume(self, answer: Answer) -> None:
        """Add up what an answer says was consumed."""
        for table, units in capacity_of(answer):
            self.capacity[table] += units

    def too_large(self, count: str) -> BatchTooLargeError:
        """Return the error for more than one request takes."""
        return BatchTooLargeError(
            f"chunk=False allows one {self.operation}, and {count}; without it, any number goes "
            "into several requests"
        )


@attrs.define(eq=False)
class WriteExchange(Exchange):
    """Puts and deletes."""

    operation = WRITE_OPERATION
    most_entries = MAX_BATCH_WRITES
    noun = "puts and deletes"

    def entry(self, number: int, verb: str, given: Any) -> Entry:
        """Make an entry of an entity, or of what is to be deleted."""
        make = self.entries.put if verb == PUT else self.entries.delete
        return make(number, given)

    def gather(self, chunk: Chunk, entry: Entry) -> bool:
        """Add an entry; DynamoDB refuses two about one item [BatchWriteItem, API Reference]."""
        if entry.target in chunk.targets:
            first = next(each for each in chunk.entries if each.target == entry.target)
            msg = (
                f"{first.describe()}, comes twice ({first.verb}, {entry.verb}) in one request, "
                "which DynamoDB refuses; give each item once, or one after the other in calls of "
                "their own"
            )
            raise DuplicateTargetError(msg)
        if not chunk.room.takes(entry):
            return False
        chunk.targets.add(entry.target)
        chunk.entries.append(entry)
        return True

    def request(self, entries: Sequence[Entry]) -> FrozenRequest:
        """Return the BatchWriteItem request for a parcel."""
        return write_request(entries)

    def judge(self, error: Exception, request: FrozenRequest) -> BatchJudgement:
        """Judge what came instead of an answer."""
        return judge_batch_write(error, request)

    def left_over(self, answer: Answer, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries that an answer has left over."""
        return unprocessed_writes(answer, entries)

    def result(
        self, schedule: Schedule, rest: Sequence[tuple[str, Any]], *, is_input_left: bool
    ) -> BatchResult:
        """Return what is known of every put and delete."""
        undone = [entry.public for entry in _sorted(schedule.undone)]
        return BatchResult(
            done=schedule.done,
            requests=schedule.requests,
            retries=schedule.retries,
            capacity=dict(self.capacity),
            unprocessed=(*undone, *(BatchEntry(verb, given) for verb, given in rest)),
            unknown=tuple(entry.public for entry in _sorted(schedule.unknown)),
            is_input_left=is_input_left,
        )

    def told(self, result: BatchResult) -> str:
        """Say how many were done, and name the first of the others."""
        told = f"{result.done} done, {len(result.unprocessed)} not applied"
        if result.unknown:
            told += f", {len(result.unknown)} that may be applied or not"
        if result.is_input_left:
            told += ", the rest of the input not taken"
        left = (*result.unprocessed, *result.unknown)
        return told + _named([entry.describe() for entry in left[:_MOST_NAMED]], len(left))


@attrs.define(eq=False)
class GetExchange(Exchange):
    """Reads.

    Attributes:
        consistent: Whether the reads are strongly consistent.
    """

    consistent: bool = attrs.field(kw_only=True)
    _asked: dict[EntityKey[Any], Hashable] = attrs.field(factory=dict, init=False)
    _found: dict[Hashable, StoredItem | None] = attrs.field(factory=dict, init=False)
    _targets: set[Hashable] = attrs.field(factory=set, init=False)
    _encrypted: dict[Hashable, list[EntityKey[Any]]] = attrs.field(factory=dict, init=False)
    _unopened: list[EntityKey[Any]] = attrs.field(factory=list, init=False)
    _opened: dict[EntityKey[Any], StoredItem] = attrs.field(factory=dict, init=False)

    operation = GET_OPERATION
    most_entries = MAX_BATCH_KEYS
    noun = "keys"

    def entry(self, number: int, verb: str, given: Any) -> Entry:  # noqa: ARG002 - there is one
        """Make an entry of a key."""
        entry = self.entries.read(number, given)
        try:
            self._asked.setdefault(entry.given, entry.target)
        except TypeError:
            msg = f"{entry.describe()}: a part of the EntityKey is not hashable, as bytes would be"
            raise InvalidKeyError(msg) from None
        if mapping_of(entry.given.entity_class).encrypted:
            self._encrypted.setdefault(entry.target, []).append(entry.given)
            if entry.target in self._found:
                self._unopened.append(entry.given)
        return entry

    def gather(self, chunk: Chunk, entry: Entry) -> bool:
        """Add an entry, unless its item is asked for already."""
        if entry.target not in self._targets:
            self._targets.add(entry.target)
            chunk.entries.append(entry)
        return True

    def request(self, entries: Sequence[Entry]) -> FrozenRequest:
        """Return the BatchGetItem request for a parcel."""
        return get_request(entries, consistent=self.consistent)

    def judge(self, error: Exception, request: FrozenRequest) -> BatchJudgement:
        """Judge what came instead of an answer."""
        return judge_batch_get(error, request, self.entries.converter)

    def left_over(self, answer: Answer, entries: Sequence[Entry]) -> list[Entry]:
        """Keep the items of an answer, and return the entries that it has left over."""
        left = unprocessed_reads(answer, entries)
        items = items_read(answer, entries)
        unread = {entry.target for entry in left}
        for entry in entries:
            if entry.target not in unread:
                self._found[entry.target] = items.get(entry.target)
                self._unopened += self._encrypted.get(entry.target, ())
        return left

    def take_sealed(self) -> list[tuple[EntityKey[Any], SealedItem]]:
        """Return the keys whose items have to be opened, each once."""
        keys, self._unopened = dict.fromkeys(self._unopened), []
        found = [(key, self._sealed(key)) for key in keys if key not in self._opened]
        return [(key, item) for key, item in found if item is not None]

    def keep_opened(self, key: EntityKey[Any], item: StoredItem) -> None:
        """Keep an item whose values were opened, for one of the keys that it was asked by."""
        self._opened[key] = item

    def _sealed(self, key: EntityKey[Any]) -> SealedItem | None:
        item = self._found[self._asked[key]]
        return sealed_item(mapping_of(key.entity_class), cast("Item | None", item))

    def _is_readable(self, key: EntityKey[Any], target: Hashable) -> bool:
        """Whether an item was found, or found to be absent, and nothing of it is left sealed."""
        if target not in self._found:
            return False
        return not self._encrypted or key in self._opened or self._sealed(key) is None

    def result(
        self, schedule: Schedule, rest: Sequence[tuple[str, Any]], *, is_input_left: bool
    ) -> BatchGetResult[Any]:
        """Return every key that was read with its entity; and the keys that were not read.

        Raises:
            ConversionError: A stored item does not fit its class.
        """
        asked = self._asked.items()
        read = [(key, target) for key, target in asked if self._is_readable(key, target)]
        unread = [key for key, target in asked if not self._is_readable(key, target)]
        classes = {key.entity_class for key, _ in read}
        readers = {cls: item_reader(cls, self.entries.converter) for cls in classes}
        return BatchGetResult(
            {
                key: _entity(readers[key.entity_class], self._opened.get(key, self._found[target]))
                for key, target in read
            },
            unprocessed=(*unread, *(key for _, key in rest if not self._was_asked(key))),
            requests=schedule.requests,
            retries=schedule.retries,
            capacity=dict(self.capacity),
            is_input_left=is_input_left,
            refusal=_unread,
        )

    def told(self, result: BatchGetResult[Any]) -> str:
        """Say how many were read, and name the first of the others."""
        told = f"{len(result)} keys read, {len(result.unprocessed)} not"
        if result.is_input_left:
            told += ", the rest of the keys not taken"
        named = [_described(key) for key in result.unprocessed[:_MOST_NAMED]]
        return told + _named(named, len(result.unprocessed))

    def _was_asked(self, key: Any) -> bool:
        try:
            return key in self._asked
        except TypeError:  # it is not hashable, and so no key that was asked for
            return False


def incomplete(exchange: Exchange, result: Any, *, why: str, retryable: bool) -> Exception:
    """Return the error of a batch of which something was not done."""
    msg = f"{exchange.operation}: {exchange.told(result)}; {why}"
    return BatchIncompleteError(msg, result=result, retryable=retryable)


def _sorted(entries: Sequence[Any]) -> list[Entry]:
    return cast("list[Entry]", list(in_order(entries)))


def _named(described: Sequence[str], count: int) -> str:
    if not described:
        return ""
    more = f" and {count - len(described)} more" if count > len(described) else ""
    return f": {'; '.join(described)}{more}"


def _described(key: Any) -> str:
    if not isinstance(key, EntityKey):
        return type(key).__name__
    parts = ", ".join(map(str, key.parts))
    shown = parts if len(parts) <= _LONGEST_KEY else f"{parts[: _LONGEST_KEY - 1]}…"
    return f"{key.entity_class.__name__} {shown}"


def _entity(read: ItemReader, item: StoredItem | None) -> Any:
    return None if item is None else read(item)


def _unread(key: Any) -> InvalidRequestError:
    msg = f"{_described(key)} was not read: it is not known whether its item is stored"
    return InvalidRequestError(msg, code="KEY_NOT_READ")
