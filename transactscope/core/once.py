"""Markers: what tells a commit that it was applied before, however long ago.

A marker is inserted with everything else of its transaction. Where it is stored already, with
the same content, so is the rest.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import cast

import attrs

from transactscope.core.actions import ONCE, StagedAction
from transactscope.core.folding import Fold
from transactscope.core.reasons import CONDITION_FAILED
from transactscope.entities.mapping import mapping_of
from transactscope.types import CancellationReason, Item
from transactscope.values.wire import canonical


@attrs.frozen
class Marked:
    """What the markers of a canceled transaction say of it.

    Attributes:
        is_replay: Whether all of it was committed before.
        text: What was found, in a sentence.
    """

    is_replay: bool
    text: str


def has_markers(folds: Sequence[Fold]) -> bool:
    """Whether one of these inserts a marker."""
    return any(_is_marker(fold) for fold in folds)


def judge_markers(reasons: Sequence[CancellationReason], folds: Sequence[Fold]) -> Marked | None:
    """Say what stored markers mean; None if none is stored, or if the server shows none."""
    pairs = list(zip(reasons, folds, strict=False))
    markers = [(reason, fold) for reason, fold in pairs if _is_marker(fold)]
    stored = [(reason, fold) for reason, fold in markers if _is_stored(reason)]
    if not stored:
        return None
    others = [fold for reason, fold in stored if not _is_as_staged(fold.action, reason.stored)]
    if others:
        told = "; ".join(fold.describe() for fold in others)
        return Marked(
            is_replay=False,
            text=f"nothing was applied now: a marker is stored with other content: {told}",
        )
    absent = [fold for reason, fold in markers if not _is_stored(reason)]
    if absent:
        told = "; ".join(fold.describe() for fold in absent)
        return Marked(
            is_replay=False,
            text=f"nothing was applied now: one marker is stored, and another is not: {told}",
        )
    return Marked(is_replay=True, text="every marker is stored as it was to be written")


def _is_marker(fold: Fold) -> bool:
    return fold.action.verb == ONCE


def _is_stored(reason: CancellationReason) -> bool:
    return reason.code == CONDITION_FAILED and reason.stored is not None


def _is_as_staged(action: StagedAction, stored: Item | None) -> bool:
    """Compare the fields of the class, without those that say when and how often.

    What else an item has is composed of fields, as keys are, or not known to the class.
    """
    mapping = mapping_of(cast("type", action.entity_class))
    staged, found = action.item or {}, stored or {}
    names = {field.attribute for field in mapping.fields.values()} - mapping.volatile
    return all(_value(staged, name) == _value(found, name) for name in names)


def _value(item: Item, name: str) -> Hashable | None:
    return canonical(item[name]) if name in item else None
