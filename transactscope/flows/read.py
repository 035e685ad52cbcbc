"""Reading one item, with or without a transaction around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transactscope.core.actions import StagedAction
from transactscope.core.freeze import get_request
from transactscope.core.outcome import judge_read
from transactscope.core.preview import is_decided, item_after
from transactscope.entities.items import from_item
from transactscope.flows.effects import Flow
from transactscope.types import Item

if TYPE_CHECKING:
    from cattrs import Converter


def get(
    cls: type, table: str, key: Item, converter: Converter, staged: StagedAction | None = None
) -> Flow[Any]:
    """Return the entity as it will be after the staged action, or None.

    Sends one strongly consistent GetItem, or nothing where the staged action alone
    decides what the item will be.
    """
    stored = None if is_decided(staged) else (yield from _stored_item(table, key))
    item = stored if staged is None else item_after(staged, stored)
    return None if item is None else from_item(cls, item, converter=converter)


def _stored_item(table: str, key: Item) -> Flow[Item | None]:
    request = get_request(table, key)
    try:
        answer = yield request
    except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
        raise judge_read(error, request).raised(error)  # noqa: B904 - chained
    item: Item | None = answer.get("Item")
    return item
