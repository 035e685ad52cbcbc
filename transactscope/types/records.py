"""What a log record says beside its text, for programs that read it."""

from __future__ import annotations

from typing import Any, Final

PREFIX: Final = "transactscope_"


def facts_for_log(**facts: Any) -> dict[str, Any]:
    """Return what `logging` takes as `extra=`: these facts, under names that no other record has.

    No fact may be a value of an item, or a key.

    Example:
        >>> from transactscope.types.records import facts_for_log
        >>> facts_for_log(operation="PutItem", attempts=2)
        {'transactscope_operation': 'PutItem', 'transactscope_attempts': 2}
    """
    return {f"{PREFIX}{name}": fact for name, fact in facts.items()}
