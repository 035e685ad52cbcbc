"""The staged actions of one scope, in the order of the calls.

DynamoDB takes one action per item and 100 per request; both are refused here,
at the call that breaks them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import attrs

from transactscope.core.actions import StagedAction, item_target
from transactscope.core.tables import TableId, refuse_two_homes, table_id
from transactscope.errors import DuplicateTargetError, InvalidKeyError, TooManyActionsError
from transactscope.limits import MAX_ACTIONS
from transactscope.types import Item


@attrs.define
class ActionLog:
    """Staged actions by call order and by item.

    A raw put names no key attributes, so its item is known only once something else in
    the scope describes its table. Until then it is kept by the server's check alone.
    """

    _actions: list[StagedAction] = attrs.field(factory=list)
    _by_target: dict[Hashable, StagedAction] = attrs.field(factory=dict)
    _key_names: dict[str, frozenset[str]] = attrs.field(factory=dict)
    _home: TableId | None = None

    def __len__(self) -> int:
        return len(self._actions)

    def __iter__(self) -> Iterator[StagedAction]:
        return iter(self._actions)

    def add(self, action: StagedAction) -> StagedAction:
        """Add an action and return it as it was recorded, its key filled in where now known.

        Raises:
            TooManyActionsError: It would be the 101st.
            DuplicateTargetError: Another action has the same item.
            InvalidRequestError: Its table is of another account or Region.
        """
        table = table_id(action.table)
        refuse_two_homes(self._home, table)
        self._refuse_too_many(action)
        if action.key is not None:
            self.describe(action.table, action.key)
        else:
            action = self._with_key(action, table.name)
        self._refuse_duplicate(action)
        self._record(action)
        if table.home is not None:
            self._home = table
        return action

    def describe(self, table: str, key: Item) -> None:
        """Learn a table's key attributes, and with them the items of its raw puts.

        Raises:
            InvalidKeyError: The same table was described with other key attributes.
            DuplicateTargetError: Two staged actions turn out to have the same item.
        """
        name = table_id(table).name
        if name in self._key_names:
            self._refuse_other_key(name, key)
            return
        found = {
            index: _keyed(action, frozenset(key))
            for index, action in enumerate(self._actions)
            if action.key is None and table_id(action.table).name == name
        }
        targets = dict(self._by_target)
        for action in found.values():
            _refuse_same_target(targets.get(action.target), action)
            targets[action.target] = action
        self._key_names[name] = frozenset(key)
        self._by_target = targets
        for index, action in found.items():
            self._actions[index] = action

    def find(self, table: str, key: Item) -> StagedAction | None:
        """Return the action staged on an item."""
        self.describe(table, key)
        return self._by_target.get(item_target(table, key))

    def clear(self) -> None:
        """Drop everything."""
        self._actions.clear()
        self._by_target.clear()

    def _with_key(self, action: StagedAction, table_name: str) -> StagedAction:
        names = self._key_names.get(table_name)
        if names is None:
            return action
        keyed = _keyed(action, names)
        if keyed.key is None:
            msg = f"{action.describe()}: the item lacks a key attribute of ({_listed(names)})"
            raise InvalidKeyError(msg)
        return keyed

    def _refuse_other_key(self, table_name: str, key: Item) -> None:
        known = self._key_names[table_name]
        if known != key.keys():
            msg = (
                f"table {table_name} has the key attributes ({_listed(known)}) elsewhere in this "
                f"scope, and ({_listed(frozenset(key))}) here"
            )
            raise InvalidKeyError(msg)

    def _refuse_too_many(self, action: StagedAction) -> None:
        if len(self._actions) >= MAX_ACTIONS:
            msg = (
                f"one transaction takes at most {MAX_ACTIONS} actions, and this would be "
                f"number {MAX_ACTIONS + 1}: {action.describe()}"
            )
            raise TooManyActionsError(msg)

    def _refuse_duplicate(self, action: StagedAction) -> None:
        if action.target is not None:
            _refuse_same_target(self._by_target.get(action.target), action)

    def _record(self, action: StagedAction) -> None:
        self._actions.append(action)
        if action.target is not None:
            self._by_target[action.target] = action


def _keyed(action: StagedAction, key_names: frozenset[str]) -> StagedAction:
    """Return the raw put with its key, or unchanged where its item lacks a key attribute."""
    item = action.item or {}
    if not key_names <= item.keys():
        return action
    return attrs.evolve(action, key={name: item[name] for name in sorted(key_names)})


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _refuse_same_target(first: StagedAction | None, second: StagedAction) -> None:
    if first is not None and second.target is not None:
        msg = (
            "one request takes one action per item, and two were staged: "
            f"{first.describe()}; {second.describe()}"
        )
        raise DuplicateTargetError(msg)
