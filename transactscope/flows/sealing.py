"""Asking a keyring: sealing what is to be sent, opening what was read.

A keyring is foreign code, often in front of a service. What it raises never lets a plain value
through: what could not be sealed is not sent, and what could not be opened is not shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.sealing import SealedItem, sealed, sealed_item_of, to_seal
from transactscope.entities.items import from_item
from transactscope.errors import (
    DecryptionError,
    InvalidRequestError,
    KeyServiceError,
    TransactionCanceledError,
    TransactScopeError,
)
from transactscope.flows.effects import Call, Flow
from transactscope.types import CancellationReason, Item, Keyring, KeyringEntry

if TYPE_CHECKING:
    from cattrs import Converter


def sealed_actions(
    actions: Sequence[StagedAction], keyring: Keyring | None
) -> Flow[Sequence[StagedAction]]:
    """Return the actions as they can be sent; asks the keyring once, or not at all.

    Raises:
        KeyServiceError: The keyring has no key, or is none. Nothing is sent.
        InvalidRequestError: With what was sealed they are too large. Nothing is sent.
    """
    entries = to_seal(actions)
    if not entries:
        return actions
    contents = yield from _asked(cast("Keyring", keyring).seal, entries, "nothing was sent")
    return sealed(actions, contents)


def opened_items(
    items: Sequence[SealedItem | None], keyring: Keyring | None
) -> Flow[list[Item | None]]:
    """Return the items with their values opened; asks the keyring once, or not at all.

    Args:
        items: What has to be opened; None where nothing has to be.
        keyring: The keyring; the builder of actions refuses such classes where there is none.

    Returns:
        One opened item for each, None for None.

    Raises:
        DecryptionError: A value was not sealed by this keyring for its place.
        KeyServiceError: The keyring has no key, or is none.
    """
    waiting = [(item, item.entries()) for item in items if item is not None]
    entries = [entry for _, each in waiting for entry in each]
    if not entries:
        return [None for _ in items]
    try:
        contents = yield from _asked(
            cast("Keyring", keyring).open, entries, "what was read is not shown"
        )
    except DecryptionError as error:
        raise (yield from _blamed([item for item, _ in waiting], keyring, error)) from error
    left = iter(contents)
    return [None if item is None else item.opened(left) for item in items]


def readable(
    found: Sequence[tuple[Any, Item | None]], keyring: Keyring | None
) -> Flow[list[Item | None]]:
    """Return items with what is encrypted of them opened, each read as a class or a union.

    Raises:
        DecryptionError: A value was not sealed by this keyring for its place.
        KeyServiceError: The keyring has no key.
    """
    if keyring is None:  # then there is no class that has something to open
        return [item for _, item in found]
    waiting = [None if item is None else sealed_item_of(target, item) for target, item in found]
    opened = yield from opened_items(waiting, keyring)
    return [
        item if better is None else better for (_, item), better in zip(found, opened, strict=True)
    ]


def with_shown_items(
    error: TransactScopeError, keyring: Keyring | None, converter: Converter
) -> Flow[None]:
    """Open the stored items of a cancellation, as far as that is possible.

    Where it is not, they stay AttributeValues: what DynamoDB said must not be hidden by it.
    """
    if not isinstance(error, TransactionCanceledError) or keyring is None:
        return
    reasons = list(error.reasons)
    for place, reason in enumerate(reasons):
        reasons[place] = yield from _shown(reason, keyring, converter)
    error.reasons = tuple(reasons)


def _shown(
    reason: CancellationReason, keyring: Keyring, converter: Converter
) -> Flow[CancellationReason]:
    cls, stored = reason.entity_class, reason.stored
    sealed_one = None if cls is None or stored is None else sealed_item_of(cls, stored)
    if sealed_one is None:
        return reason
    try:
        (item,) = yield from opened_items([sealed_one], keyring)
        entity: Any = from_item(cast("type", cls), item or {}, converter=converter)
    except TransactScopeError:
        return reason
    return attrs.evolve(reason, item=entity)


def _blamed(
    items: Sequence[SealedItem], keyring: Keyring | None, error: DecryptionError
) -> Flow[DecryptionError]:
    """Find out which of several items it is that cannot be opened, and name its fields."""
    for item in items if len(items) > 1 else ():
        try:
            yield from _asked(
                cast("Keyring", keyring).open, item.entries(), "what was read is not shown"
            )
        except DecryptionError:
            return item.refusal()
    return items[0].refusal() if len(items) == 1 else error


def _asked(
    function: Callable[[Sequence[KeyringEntry]], Any], entries: Sequence[KeyringEntry], so: str
) -> Flow[list[bytes]]:
    """Call a keyring, and believe nothing that is not one text of bytes for each entry."""
    try:
        contents = _finished((yield Call(function, tuple(entries))))
    except TransactScopeError:
        raise
    except Exception as error:
        msg = f"the keyring failed ({type(error).__name__}); {so}"
        raise KeyServiceError(msg) from error
    is_list = isinstance(contents, list | tuple) and len(contents) == len(entries)
    if not (is_list and all(isinstance(each, bytes) for each in contents)):
        msg = f"the keyring did not return one text of bytes for each value; {so}"
        raise KeyServiceError(msg)
    return list(contents)


def _finished(value: Any) -> Any:
    """Refuse what was returned to be awaited, where nobody awaits."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()  # it has not started, and must not be reported as never awaited
        msg = f"the keyring returned {type(value).__name__}, which only an AsyncDatabase awaits"
        raise InvalidRequestError(msg, code="WRONG_CLIENT")
    return value
