"""What has been counted so far. Not for threads: who has it holds a lock.

May import public modules only. Whatever is told to it, it needs no more room than it was given.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from transactscope.ext.statistics.counting import Cells, Counts, Leaders
from transactscope.ext.statistics.figures import (
    CommitFigures,
    Finding,
    HotItem,
    OperationFigures,
    Outcomes,
    TableFigures,
    Units,
)
from transactscope.ext.statistics.histogram import Histogram
from transactscope.ext.statistics.reading import READS, WRITES, Commit, Met, Trouble
from transactscope.ext.statistics.report import Report
from transactscope.ext.statistics.thresholds import (
    MAX_ACTIONS,
    MAX_BYTES,
    MAX_ITEM_BYTES,
    is_near,
)
from transactscope.types import Event, EventKind, Item

_MOST_OPEN: Final = 10_000  # scopes whose staged calls are counted at the same time
_SHOWN: Final = 10  # items and places in a report
_UNPROCESSED: Final = "unprocessed"  # why a part of a batch is sent again that met no error


class Tally:
    """Counts events.

    Args:
        names: How many names of a kind are counted one by one.
        keys: How many keys have a counter; 0 for none.
    """

    def __init__(self, names: int, keys: int) -> None:
        self._events = 0
        self._scopes = _Outcomes(names)
        self._writes = _Outcomes(names)
        self._operations = Cells(names, lambda: _Operation(names))
        self._tables = Cells(names, _Table)
        self._staged = Counts(names)
        self._retries = Counts(names)
        self._reruns = Counts(names)
        self._commits = _Commits(names)
        self._hot_items: Leaders[_ItemName] | None = Leaders(keys) if keys else None
        self._open_scopes: OrderedDict[int, int] = OrderedDict()  # calls staged, by work
        self._counting: dict[EventKind, Callable[[Event], None]] = {
            EventKind.BEGIN: self._begin,
            EventKind.STAGE: self._stage,
            EventKind.ATTEMPT: self._attempt,
            EventKind.RETRY: self._retry,
            EventKind.COMMIT: self._end,
            EventKind.CANCEL: self._end,
            EventKind.IN_DOUBT: self._end,
            EventKind.ROLLBACK: self._roll_back,
        }

    def add(self, event: Event, met: Sequence[Met], commit: Commit | None) -> None:
        """Count an event, and what it tells of trouble and of a commit."""
        self._events += 1
        self._counting[event.kind](event)
        for each in met:
            self._meet(each)
        if commit is not None:
            self._commits.add(commit)

    def report(self, *, seconds: float, sample: float) -> Report:
        """Return what was counted."""
        return Report(
            sample=sample,
            seconds=seconds,
            events=self._events,
            scopes=self._scopes.figures(),
            writes=self._writes.figures(),
            staged=self._staged.listed(),
            retries=self._retries.listed(),
            reruns=self._reruns.listed(),
            operations={name: cell.figures() for name, cell in self._operations.items()},
            tables={name: cell.figures() for name, cell in self._tables.items()},
            commits=self._commits.figures(),
            hot_items=self._listed_items(),
            **self._commits.findings(),
        )

    def _begin(self, event: Event) -> None:
        self._scopes.begun += 1
        self._open_scopes[event.work] = 0
        if len(self._open_scopes) > _MOST_OPEN:
            self._open_scopes.popitem(last=False)  # it may never end: nobody has to end a scope

    def _stage(self, event: Event) -> None:
        work, scopes = event.work, self._open_scopes
        if work in scopes:
            scopes[work] += 1
        self._staged.add(event.verb)

    def _attempt(self, event: Event) -> None:
        self._operations.of(event.operation or event.verb).add(event)
        if event.error is None:
            self._consume(event)

    def _retry(self, event: Event) -> None:
        counts = self._reruns if event.is_rerun else self._retries
        counts.add(event.error_code or _UNPROCESSED)

    def _end(self, event: Event) -> None:
        self._open_scopes.pop(event.work, None)
        (self._scopes if event.is_scope else self._writes).end(event)
        is_timed = event.seconds is not None and event.operation is not None
        if event.is_scope and is_timed and event.verb != "resolve":
            self._commits.seconds.add(event.seconds or 0.0)

    def _roll_back(self, event: Event) -> None:
        calls = self._open_scopes.pop(event.work, None)
        self._scopes.rolled_back += 1
        self._scopes.rolled_back_calls += calls or 0
        self._scopes.unknown_calls += calls is None

    def _consume(self, event: Event) -> None:
        """Count units by table, and answers without any by the kind of units that they lack."""
        for table, units in event.write_units.items():
            self._tables.of(table).write_units.add(units)
        for table, units in event.read_units.items():
            self._tables.of(table).read_units.add(units)
        if event.write_units or event.read_units:
            return
        for table in event.tables:
            if event.operation in WRITES:
                self._tables.of(table).write_units.unreported += 1
            elif event.operation in READS:
                self._tables.of(table).read_units.unreported += 1

    def _meet(self, met: Met) -> None:
        self._tables.of(met.table).troubles[met.trouble] += 1
        is_about_item = met.key is not None and met.trouble is not Trouble.THROTTLE
        if self._hot_items is not None and is_about_item:
            self._hot_items.add((met.table, _hashable(met.key or {})))

    def _listed_items(self) -> tuple[HotItem, ...]:
        found = [] if self._hot_items is None else self._hot_items.top()[:_SHOWN]
        return tuple(
            HotItem(table=table, key=_key_of(parts), count=count, over=over)
            for (table, parts), count, over in found
        )


@attrs.define
class _Units:
    consumed: float = 0.0
    reported: int = 0
    unreported: int = 0

    def add(self, units: float) -> None:
        self.consumed += units
        self.reported += 1

    def figures(self) -> Units:
        is_unknown = self.unreported and not self.reported
        return Units(
            consumed=None if is_unknown else self.consumed,
            reported=self.reported,
            unreported=self.unreported,
        )


@attrs.define
class _Table:
    troubles: dict[Trouble, int] = attrs.field(factory=lambda: dict.fromkeys(Trouble, 0))
    write_units: _Units = attrs.field(factory=_Units)
    read_units: _Units = attrs.field(factory=_Units)

    def figures(self) -> TableFigures:
        return TableFigures(
            conflicts=self.troubles[Trouble.CONFLICT],
            stale_reads=self.troubles[Trouble.STALE_READ],
            throttles=self.troubles[Trouble.THROTTLE],
            write_units=self.write_units.figures(),
            read_units=self.read_units.figures(),
        )


class _Operation:
    def __init__(self, names: int) -> None:
        self._sent = 0
        self._failed = 0
        self._errors = Counts(names)
        self._seconds = Histogram()

    def add(self, event: Event) -> None:
        self._sent += 1
        if event.error_code is not None:
            self._failed += 1
            self._errors.add(event.error_code)
        if event.seconds is not None:
            self._seconds.add(event.seconds)

    def figures(self) -> OperationFigures:
        return OperationFigures(
            sent=self._sent,
            failed=self._failed,
            errors=self._errors.listed(),
            seconds=self._seconds.spread(),
        )


class _Outcomes:
    """Outcomes of scopes, or of single writes; a scope in doubt that is resolved is one of both."""

    def __init__(self, names: int) -> None:
        self.begun = 0
        self.rolled_back = 0
        self.rolled_back_calls = 0
        self.unknown_calls = 0
        self._ended: Counter[str] = Counter()
        self._canceled = Counts(names)
        self._resolved: Counter[str] = Counter()

    def end(self, event: Event) -> None:
        outcome = _outcome_of(event)
        if event.verb == "resolve":
            self._resolved[outcome] += 1
            return
        self._ended[outcome] += 1
        if event.kind is EventKind.CANCEL:
            self._canceled.add(event.error_code or "")

    def figures(self) -> Outcomes:
        return Outcomes(
            begun=self.begun,
            committed=self._ended["committed"],
            replayed=self._ended["replayed"],
            empty=self._ended["empty"],
            canceled=self._canceled.listed(),
            in_doubt=self._ended["in doubt"],
            resolved=dict(self._resolved),
            rolled_back=self.rolled_back,
            rolled_back_calls=self.rolled_back_calls,
            unknown_calls=self.unknown_calls,
        )


def _outcome_of(event: Event) -> str:
    if event.kind is EventKind.CANCEL:
        return "canceled"
    if event.kind is EventKind.IN_DOUBT:
        return "in doubt"
    if event.replayed:
        return "replayed"
    return "empty" if event.operation is None else "committed"


class _Commits:
    """What commits were like, and what of it may be done better."""

    def __init__(self, names: int) -> None:
        self.seconds = Histogram()
        self._actions = Histogram(is_whole=True)
        self._bytes = Histogram(is_whole=True)
        self._item_bytes = Histogram(is_whole=True)
        self._one_action = _Finding(names)
        self._batchable = _Finding(names)
        self._near_actions = _Finding(names)
        self._near_bytes = _Finding(names)
        self._near_item_bytes = _Finding(names)
        self._guards = _Finding(names)

    def add(self, commit: Commit) -> None:
        self._actions.add(commit.actions)
        self._bytes.add(commit.bytes)
        self._item_bytes.add(commit.item_bytes)
        if commit.is_one_action:
            self._one_action.add(commit, commit.actions)
        if commit.is_batchable:
            self._batchable.add(commit, commit.actions)
        if is_near(commit.actions, MAX_ACTIONS):
            self._near_actions.add(commit, commit.actions)
        if is_near(commit.bytes, MAX_BYTES):
            self._near_bytes.add(commit, commit.bytes)
        if is_near(commit.item_bytes, MAX_ITEM_BYTES):
            self._near_item_bytes.add(commit, commit.item_bytes)
        for where, values in commit.guards:
            self._guards.add_place(where, values)

    def figures(self) -> CommitFigures:
        return CommitFigures(
            seconds=self.seconds.spread(),
            actions=self._actions.spread(),
            bytes=self._bytes.spread(),
            item_bytes=self._item_bytes.spread(),
        )

    def findings(self) -> dict[str, Finding]:
        """Return the findings by their names in a report."""
        return {
            "one_action": self._one_action.figures(),
            "batchable": self._batchable.figures(),
            "near_actions": self._near_actions.figures(),
            "near_bytes": self._near_bytes.figures(),
            "near_item_bytes": self._near_item_bytes.figures(),
            "guards_by_values": self._guards.figures(),
        }


class _Finding:
    def __init__(self, names: int) -> None:
        self._count = 0
        self._most = 0
        self._write_units = 0.0
        self._is_estimated = False
        self._where: Leaders[str] = Leaders(names)

    def add(self, commit: Commit, figure: int) -> None:
        self._see(figure)
        self._write_units += commit.write_units
        self._is_estimated = self._is_estimated or commit.is_estimated
        for call in commit.calls:
            self._where.add(call)

    def add_place(self, where: str, figure: int) -> None:
        self._see(figure)
        self._where.add(where)

    def _see(self, figure: int) -> None:
        self._count += 1
        self._most = max(self._most, figure)

    def figures(self) -> Finding:
        return Finding(
            count=self._count,
            most=self._most,
            write_units=self._write_units,
            is_estimated=self._is_estimated,
            where={name: count for name, count, _ in self._where.top()[:_SHOWN]},
        )


_ItemName = tuple[str, tuple[tuple[str, str, Any], ...]]  # table; name, tag and content of each


def _hashable(key: Item) -> tuple[tuple[str, str, Any], ...]:
    parts = ((name, *next(iter(value.items()))) for name, value in key.items())
    return tuple(sorted(parts, key=lambda part: part[0]))


def _key_of(parts: tuple[tuple[str, str, Any], ...]) -> Item:
    return {name: {tag: content} for name, tag, content in parts}
