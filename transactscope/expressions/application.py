"""What an item will be after an update, computed as DynamoDB would.

May import `clauses`, `documents`, `new_values`, `paths` and `types`. Every right side and
every list index is about the item before the update [Update expressions, Developer
Guide, 2026-11].
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, Final

from transactscope.expressions.clauses import (
    AddClause,
    DeleteClause,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.documents import put, remove
from transactscope.expressions.new_values import Before, value_added, value_left, value_set
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item


def apply_update(update: Update, item: Item | None, key: Item) -> Item:
    """Compute the item that an update leaves. Nothing is sent, and `item` is not changed.

    Args:
        update: What changes.
        item: The item before; None if there is none, and the update then creates it.
        key: The item's key.

    Returns:
        The item after, which shares nothing with the arguments.

    Raises:
        InvalidRequestError: DynamoDB would refuse the update on this item; code
            `UPDATE_NOT_APPLICABLE`. Not sent.

    Example:
        >>> update = Update((RemoveClause(Path(("note",))),))
        >>> apply_update(update, {"id": {"S": "1"}, "note": {"S": "x"}}, {"id": {"S": "1"}})
        {'id': {'S': '1'}}
    """
    before = Before(item, key)
    results = {clause.path: _RESULTS[type(clause)](clause, before) for clause in update.clauses}
    after = copy.deepcopy(key if item is None else item)
    # Several elements past the end of a list are appended in the order of their indexes;
    # removals come last, and from behind, so that none moves what another one means.
    for path in _in_order(results):
        if (value := results[path]) is not None:
            put(after, path, copy.deepcopy(value))
    for path in reversed(_in_order(results)):
        if results[path] is None:
            remove(after, path)
    return after


def _removed(_: RemoveClause, __: Before) -> None:
    return None


_RESULTS: Final[dict[type, Callable[[Any, Before], AttributeValue | None]]] = {
    SetClause: value_set,
    RemoveClause: _removed,
    AddClause: value_added,
    DeleteClause: value_left,
}
"""What is at a clause's path afterwards; None if nothing is."""


def _in_order(paths: Iterable[Path]) -> list[Path]:
    # Paths of one update do not overlap, so no name is ever compared with an index.
    return sorted(paths, key=lambda path: path.parts)
