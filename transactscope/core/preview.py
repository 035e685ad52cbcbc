"""What an item will be once a staged action has been applied to it."""

from __future__ import annotations

from transactscope.core.actions import StagedAction
from transactscope.core.folding import Fold
from transactscope.core.reads import Reads
from transactscope.core.versions import as_before_the_commit
from transactscope.errors import InvalidRequestError
from transactscope.expressions.application import apply_update
from transactscope.expressions.clauses import RawUpdate, Update, as_carried_out
from transactscope.types import Item


def is_decided(fold: Fold | None) -> bool:
    """Whether what is staged alone says what the item will be, whatever is stored."""
    return fold is not None and fold.action.kind in ("Put", "Delete")


def item_after(fold: Fold | None, stored: Item | None, reads: Reads, cls: type) -> Item | None:
    """Return the item after what is staged; None if it will be absent.

    Its version is the one that is stored now: objects have it until the commit.

    Raises:
        InvalidRequestError: An update's text was given as it is, or it cannot apply to the
            stored item. Not sent.
    """
    item = stored if fold is None else image_after(fold.action, stored)
    return item if fold is None or item is None else as_before_the_commit(item, reads, fold, cls)


def image_after(action: StagedAction, stored: Item | None) -> Item | None:
    """Return the item that one action leaves, but for its version; None if it leaves none.

    Raises:
        InvalidRequestError: As for `item_after`.
    """
    return _image_after(action, stored, action.update)


def stored_after(action: StagedAction, stored: Item | None) -> Item | None:
    """Return the item that is stored once one action was committed, with its raised version.

    Raises:
        InvalidRequestError: As for `item_after`.
    """
    update = action.update
    if isinstance(update, Update):
        update = as_carried_out(update)
    return _image_after(action, stored, update)


def _image_after(
    action: StagedAction, stored: Item | None, update: Update | RawUpdate | None
) -> Item | None:
    if action.kind == "Put":
        return action.item
    if action.kind == "Delete":
        return None
    if action.kind == "ConditionCheck":
        return stored
    if not isinstance(update, Update) or action.key is None:
        msg = f"{action.describe()}: what a raw update expression will store is not known here"
        raise InvalidRequestError(msg, code="OPAQUE_UPDATE")
    return apply_update(update, stored, action.key)
