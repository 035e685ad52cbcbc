"""The calls of one scope in their order, and what they come to per item.

DynamoDB takes one action per item, 100 per request and 4 MB of items. Calls on one item are
folded as they come; what cannot be folded, the 101st item, and what makes the items too large
is refused at the call, which leaves the log as it was. Items that are only read and guarded
count, too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import cast

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.compiled.encoded import EncodedAction, Source
from transactscope.core.compiled.shapes import Shape
from transactscope.core.fitting import refuse_large_item
from transactscope.core.folding import Fold, folded
from transactscope.core.load import Load
from transactscope.core.merging import CannotFoldError, refuse_too_long
from transactscope.core.reads import Reads
from transactscope.core.tables import TableId, refuse_two_homes, table_id
from transactscope.core.versions import refuse_other_version
from transactscope.entities.keys import checked_key_value
from transactscope.errors import InvalidKeyError, InvalidRequestError, TooManyActionsError
from transactscope.limits import (
    MAX_ACTIONS,
    MAX_PARTITION_KEY_BYTES,
    MAX_TRANSACTION_BYTES,
)
from transactscope.types import Action, Item
from transactscope.values.wording import key_step


@attrs.define
class ActionLog:
    """Staged calls in order and, beside them, one fold per item.

    A raw put names no key attributes, so its item is known only once something else in
    the scope describes its table. Until then it is one of its own, and only the server can
    see that it meets another.
    """

    reads: Reads = attrs.field(factory=Reads)
    _calls: list[StagedAction] = attrs.field(factory=list)
    _folds: dict[Hashable, Fold | EncodedAction] = attrs.field(factory=dict)
    _key_names: dict[str, frozenset[str]] = attrs.field(factory=dict)
    _load: Load = attrs.field(factory=Load)
    _home: TableId | None = None
    _has_plain_calls: bool = False

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[StagedAction]:
        return iter(self._calls)

    @property
    def is_encoded(self) -> bool:
        """Whether every call has an item of its own, and is ready to be sent as it is."""
        return (
            not self._has_plain_calls
            and not self.reads.found
            and len(self._calls) == len(self._folds)
        )

    def encoded_contents(self) -> tuple[list[bytes], list[str]]:
        """Return what is sent of each call, and its table, where every call is ready for that."""
        sources = self._sources()
        return [source[1] for source in sources], [source[0].table for source in sources]

    def encoded_entities(self) -> list[object]:
        """Return the objects that were written whole, where every call is ready to be sent."""
        return [source[4] for source in self._sources() if source[0].kind == "Put"]

    def encoded_actions(self) -> list[EncodedAction]:
        """Return the calls, where every call is ready to be sent."""
        return cast("list[EncodedAction]", self._calls)

    def _sources(self) -> list[Source]:
        return [call.source for call in self.encoded_actions()]

    def folds(self) -> tuple[Fold, ...]:
        """Return what is sent, per item and in the order of the first calls on each.

        Reading is a call, too: an item that was only read is checked. Where nothing is
        staged nothing is sent, however much was read.
        """
        if not self._calls:
            return ()
        first_calls = {_target(read): read for read in self.reads.first_reads()}
        for call in self._calls:
            first = first_calls.setdefault(_target(call), call)
            first_calls[_target(call)] = min(first, call, key=lambda each: each.serial)
        in_order = sorted(first_calls.values(), key=lambda call: call.serial)
        return tuple(self._guarded(_target(call), call) for call in in_order)

    def add(self, call: StagedAction) -> StagedAction:
        """Add a call and return it as it was recorded, its key filled in where now known.

        Raises:
            TooManyActionsError: It would need a 101st action.
            ItemTooLargeError: It surely leaves an item of more than 409,600 bytes.
            TransactionTooLargeError: All items together would have over 4,194,304 bytes.
            DuplicateTargetError: It does not fold with the calls on the same item.
            InvalidKeyError: Its key has other attributes than its table has elsewhere, or the
                item of a raw put has no legal key.
            InvalidRequestError: Its table is of another account or Region, its version is not
                the one that was read, or its condition and the guards are too long.
        """
        table = table_id(call.table)
        refuse_two_homes(self._home, table)
        try:
            call = self._located(call, table.name)
            self._keep({_target(call): self._fold_with(call)})
        except InvalidRequestError:
            self._learn_from_calls()  # a call that was refused has taught nothing
            raise
        self._calls.append(call)
        self._has_plain_calls |= not isinstance(call, EncodedAction)
        self._home = self._home if table.home is None else table
        return call

    def add_encoded(self, call: EncodedAction) -> StagedAction:
        """Add a call that is ready to be sent, if it is the first on its item and all fits.

        What is not so simple goes the way of every other call, and raises what `add` raises.
        """
        shape, _, size, target, *_ = call.source
        folds, load = self._folds, self._load
        if (
            len(folds) >= MAX_ACTIONS
            or load.total + size > MAX_TRANSACTION_BYTES
            or self.reads.found
            or not (
                self._key_names.get(shape.table) is shape.key_names or self._is_described(shape)
            )
            or folds.setdefault(target, call) is not call
        ):
            return self.add(call)
        self._calls.append(call)
        load.sizes[target] = size
        load.total += size
        return call

    def _is_described(self, shape: Shape) -> bool:
        """Whether the table has the key that it has elsewhere; learns it from the first call."""
        known = self._key_names.get(shape.table)
        if known is None and not self._has_plain_calls:
            self._key_names[shape.table] = shape.key_names
            return True
        return known == shape.key_names

    def describe(self, table: str, key: Item) -> None:
        """Learn a table's key attributes, and with them the items of its raw puts.

        Raises:
            InvalidKeyError: The same table was described with other key attributes.
            DuplicateTargetError: Two staged calls turn out to have one item, and do not fold.
        """
        name = table_id(table).name
        if name in self._key_names:
            self._refuse_other_key(name, key)
            return
        if any(_is_unkeyed(call, name) for call in self._calls):
            self._name_keys(name, frozenset(key))
        self._key_names[name] = frozenset(key)

    def locate(self, read: StagedAction) -> None:
        """Learn from a read which key its table has."""
        self.describe(read.table, read.key or {})

    def find(self, target: Hashable | None) -> Fold | None:
        """Return what is staged on an item; None if nothing is."""
        found = None if target is None else self._folds.get(target)
        if not isinstance(found, EncodedAction):
            return found
        fold = self._folds[target] = Fold.of(found)
        return fold

    def refuse_too_many(self, reads: Iterable[StagedAction]) -> None:
        """Refuse reads whose guards would need a 101st action. Nothing was read.

        Raises:
            TooManyActionsError: They would.
        """
        taken = {*self._folds, *self.reads.guarded}
        for read in reads:
            taken.add(_target(read))
            if len(taken) > MAX_ACTIONS:
                msg = (
                    f"one transaction guards and writes at most {MAX_ACTIONS} items, and this "
                    f"would be number {MAX_ACTIONS + 1}: {read.describe()}; guard=False reads "
                    "without a guard"
                )
                raise TooManyActionsError(msg)

    def guard(self, read: StagedAction) -> None:
        """Guard an item that was read.

        Raises:
            InvalidRequestError: The guard is too long, by itself or beside what is staged.
            TransactionTooLargeError: It would need a check for which there is no room.
        """
        guard = self.reads.new_guard(read)
        if guard is None:
            return
        # Before it is kept: a guard that is refused must not be sent.
        target, fold = _target(read), self.find(read.target)
        if fold is None:
            self._load.refuse_too_much(target, read.size, read.describe)
        else:
            _refuse_too_long(fold.after_read((*self.reads.guards(target), guard)))
        self.reads.keep_guard(guard)
        self._weigh(target)

    def truncate(self, length: int) -> None:
        """Drop every call after the first `length`, and fold again what they had touched."""
        dropped = {_target(call) for call in self._calls[length:]}
        del self._calls[length:]
        self._forget(dropped)
        self._keep(_folds_of(call for call in self._calls if _target(call) in dropped))
        self._learn_from_calls()

    def remove(self, action: Action) -> int:
        """Drop one call, fold again the others on its item, and return where it was.

        Raises:
            InvalidRequestError: It is not in the log.
            DuplicateTargetError: The others do not fold without it; nothing is dropped.
            ItemTooLargeError: The others leave too large an item; nothing is dropped.
            TransactionTooLargeError: All items would be too large without it; the same.
        """
        position = self._position(action)
        target = _target(self._calls[position])
        others = [*self._calls[:position], *self._calls[position + 1 :]]
        refolded = _folds_of(call for call in others if _target(call) == target)
        for fold in refolded.values():
            self._refuse_too_large(target, fold)
        self._calls = others
        self._forget([target])
        self._keep(refolded)
        self._learn_from_calls()
        return position

    def _learn_from_calls(self) -> None:
        """Know of tables what reads and the calls that are staged say of them, and no more."""
        tables = [(table_id(call.table), call.key) for call in (*self.reads, *self._calls)]
        self._has_plain_calls = not all(isinstance(call, EncodedAction) for call in self._calls)
        self._key_names = {table.name: frozenset(key) for table, key in tables if key is not None}
        self._home = next((table for table, _ in tables if table.home is not None), None)

    def _position(self, action: Action) -> int:
        for position, call in enumerate(self._calls):
            if isinstance(action, StagedAction) and call.serial == action.serial:
                return position
        msg = "only an action that is staged in this scope can be unstaged"
        raise InvalidRequestError(msg, code="NOT_STAGED")

    def _name_keys(self, table_name: str, key_names: frozenset[str]) -> None:
        calls = [
            _keyed(call, key_names) if _is_unkeyed(call, table_name) else call
            for call in self._calls
        ]
        folds = _folds_of(calls)  # before anything is changed: they may not fold
        self._forget(list(self._folds))
        self._keep(folds)
        self._calls = calls

    def _fold_with(self, call: StagedAction) -> Fold:
        target = _target(call)
        first = self.find(target)
        refuse_other_version(self.reads, first, call)
        if target not in self._load and len(self._load) >= MAX_ACTIONS:
            msg = (
                f"one transaction takes at most {MAX_ACTIONS} actions, and this would be "
                f"number {MAX_ACTIONS + 1}: {call.describe()}"
            )
            raise TooManyActionsError(msg)
        fold = Fold.of(call) if first is None else folded(first, call)
        if self.reads.guards(target):
            _refuse_too_long(fold.after_read(self.reads.guards(target)))
        self._refuse_too_large(target, fold)
        return fold

    def _refuse_too_large(self, target: Hashable, fold: Fold) -> None:
        refuse_large_item(fold.action, fold.describe)
        self._load.refuse_too_much(target, fold.action.size, fold.describe)

    def _keep(self, folds: Mapping[Hashable, Fold]) -> None:
        """Let items have these folds from now on."""
        self._folds |= folds
        for target in folds:
            self._weigh(target)

    def _forget(self, targets: Iterable[Hashable]) -> None:
        """Let nothing be staged on some items any more."""
        for target in targets:
            del self._folds[target]
            self._weigh(target)

    def _weigh(self, target: Hashable) -> None:
        """Count an item with its fold; with its key where it is only checked."""
        fold, guards = self.find(target), self.reads.guards(target)
        if fold is not None:
            self._load.keep(target, fold.action.size)
        elif guards:
            self._load.keep(target, guards[0].call.size)
        else:
            self._load.drop(target)

    def _guarded(self, target: Hashable, first_call: StagedAction) -> Fold:
        """Return what is sent for an item: its fold, or the check of an item that was read."""
        fold = self.find(target) or Fold.of(first_call)
        was_read = self.reads.stored(target) is not None
        return fold.after_read(self.reads.guards(target)) if was_read else fold

    def _located(self, call: StagedAction, table_name: str) -> StagedAction:
        """Return the call with its key, as far as that can be known."""
        if call.key is not None:
            self.describe(call.table, call.key)
            return call
        names = self._key_names.get(table_name)
        if names is None:
            return call
        keyed = _keyed(call, names)
        if keyed.key is None:
            msg = f"{call.describe()}: the item lacks a key attribute of ({_listed(names)})"
            raise InvalidKeyError(msg)
        for name, value in keyed.key.items():
            checked_key_value(value, f"Item{key_step(name)}", MAX_PARTITION_KEY_BYTES)
        return keyed

    def _refuse_other_key(self, table_name: str, key: Item) -> None:
        known = self._key_names[table_name]
        if known != key.keys():
            msg = (
                f"table {table_name} has the key attributes ({_listed(known)}) elsewhere in this "
                f"scope, and ({_listed(frozenset(key))}) here"
            )
            raise InvalidKeyError(msg)


def _refuse_too_long(fold: Fold) -> None:
    try:
        refuse_too_long(fold.to_send)
    except CannotFoldError as reason:
        msg = f"the guard of what was read and the conditions of {fold.describe()}: {reason}"
        raise InvalidRequestError(msg, code="GUARD_TOO_LONG") from None


def _folds_of(calls: Iterable[StagedAction]) -> dict[Hashable, Fold]:
    """Fold calls from the beginning."""
    folds: dict[Hashable, Fold] = {}
    for call in calls:
        first = folds.get(_target(call))
        folds[_target(call)] = Fold.of(call) if first is None else folded(first, call)
    return folds


def _target(call: StagedAction) -> Hashable:
    """Return what tells the call's item from every other; a call of unknown key stands alone."""
    return id(call) if call.target is None else call.target


def _is_unkeyed(call: StagedAction, table_name: str) -> bool:
    return call.key is None and table_id(call.table).name == table_name


def _keyed(call: StagedAction, key_names: frozenset[str]) -> StagedAction:
    """Return the raw put with its key, or unchanged where its item lacks a key attribute."""
    item = call.item or {}
    if not key_names <= item.keys():
        return call
    return call.changed(key={name: item[name] for name in sorted(key_names)})


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
