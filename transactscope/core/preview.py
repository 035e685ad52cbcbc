"""What an item will be once a staged action has been applied to it."""

from __future__ import annotations

from transactscope.core.actions import StagedAction
from transactscope.errors import InvalidRequestError
from transactscope.expressions.application import apply_update
from transactscope.expressions.clauses import Update
from transactscope.types import Item


def is_decided(action: StagedAction | None) -> bool:
    """Whether the action alone says what the item will be, whatever is stored."""
    return action is not None and action.kind in ("Put", "Delete")


def item_after(action: StagedAction, stored: Item | None) -> Item | None:
    """Return the item after the action; None if it will be absent.

    Raises:
        InvalidRequestError: It is an update whose text was given as it is, or one that
            cannot apply to the stored item. Not sent.
    """
    if action.kind == "Put":
        return action.item
    if action.kind == "Delete":
        return None
    if action.kind == "ConditionCheck":
        return stored
    if not isinstance(action.update, Update) or action.key is None:
        msg = f"{action.describe()}: what a raw update expression will store is not known here"
        raise InvalidRequestError(msg, code="OPAQUE_UPDATE")
    return apply_update(action.update, stored, action.key)
