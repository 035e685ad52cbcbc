"""What a scope would send, in words, bytes and units.

Made of the same folds and the same rendering as the request, so it cannot say
anything else. Its texts contain values: they are for whoever asks, not for logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from transactscope.core.folding import Fold
from transactscope.core.reads import Reads
from transactscope.core.summaries import read_units_by_table, summaries
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.rendering import Rendered, render
from transactscope.types import ActionSummary, ExplainedAction, Explanation

_PLACEHOLDER: Final = re.compile(r"[#:][A-Za-z0-9_]+")
_LONGEST_VALUE: Final = 60  # characters of one value


def explanation(folds: Sequence[Fold], reads: Reads) -> Explanation:
    """Explain what these folds will send, and what the reads of their scope have consumed."""
    rows = zip(summaries(folds, reads), folds, strict=True)
    return Explanation(
        tuple(_row(summary, fold) for summary, fold in rows), read_units_by_table(reads)
    )


def _row(summary: ActionSummary, fold: Fold) -> ExplainedAction:
    rendered = fold.to_send.rendered
    return ExplainedAction(
        **attrs.asdict(summary, recurse=False),
        condition=_inlined(rendered.condition, rendered),
        changes=_changes(fold),
    )


def _changes(fold: Fold) -> tuple[str, ...]:
    action = fold.action
    if action.item is not None:
        return tuple(f"{name} = {_shown(value)}" for name, value in action.item.items())
    if isinstance(action.update, Update):
        return tuple(_update_text(Update((clause,))) for clause in action.update.clauses)
    return () if action.update is None else (_update_text(action.update),)


def _update_text(update: Update | RawUpdate) -> str:
    rendered = render(condition=None, update=update)
    return _inlined(rendered.update, rendered) or ""


def _inlined(text: str | None, rendered: Rendered) -> str | None:
    """Put names and values where their placeholders stand."""
    if text is None:
        return None
    shown = dict(rendered.names)
    shown |= {placeholder: _shown(value) for placeholder, value in rendered.values.items()}
    return _PLACEHOLDER.sub(lambda match: shown[match[0]], text)


def _shown(value: Mapping[str, Any]) -> str:
    (content,) = value.values()
    text = str(content) if "N" in value else repr(content)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
