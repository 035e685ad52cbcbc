"""What a scope would send, in words and bytes.

Made of the same folds and the same rendering as the request, so it cannot say
anything else. Its texts contain values: they are for whoever asks, not for logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from transactscope.core.folding import Fold
from transactscope.core.sealing import has_secrets
from transactscope.expressions.clauses import RawUpdate, Update
from transactscope.expressions.rendering import Rendered, render
from transactscope.types import ExplainedAction, Explanation

_PLACEHOLDER: Final = re.compile(r"[#:][A-Za-z0-9_]+")
_LONGEST_VALUE: Final = 60  # characters of one value


def explanation(folds: Iterable[Fold]) -> Explanation:
    """Explain what these folds will send."""
    return Explanation(tuple(_row(index, fold) for index, fold in enumerate(folds)))


def _row(index: int, fold: Fold) -> ExplainedAction:
    action = fold.to_send
    rendered = action.rendered
    return ExplainedAction(
        index=index,
        kind=action.kind,
        verb=action.verb,
        table=action.table,
        key=action.key,
        entity_class=action.entity_class,
        condition=_inlined(rendered.condition, rendered),
        changes=_changes(fold),
        bytes=action.size,
        is_exact=action.kind == "Put" and not has_secrets(action),
        calls=tuple(call.call for call in fold.calls),
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
