"""Log records: what they say beside their text, and that writing one can do no harm."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, Final

PREFIX: Final = "transactscope_"
_OF_THE_CALLER: Final = 2  # what `logging` calls the line that the record is about


def facts_for_log(**facts: Any) -> dict[str, Any]:
    """Return what `logging` takes as `extra=`: these facts, under names that no other record has.

    No fact may be a value of an item, or a key.

    Example:
        >>> from transactscope.types.records import facts_for_log
        >>> facts_for_log(operation="PutItem", attempts=2)
        {'transactscope_operation': 'PutItem', 'transactscope_attempts': 2}
    """
    return {f"{PREFIX}{name}": fact for name, fact in facts.items()}


def write_record(
    logger: logging.Logger,
    level: int,
    text: str,
    *arguments: object,
    facts: dict[str, Any],
    exc_info: bool = False,
) -> None:
    """Write a log record. A filter or handler that raises decides nothing about the data.

    `logging` lets through what a filter raises, and what a handler does not catch itself. It is
    told as handlers tell their own errors: on standard error, unless `logging.raiseExceptions`
    is off. Interruptions are let through.

    Args:
        logger: Where to.
        level: A level of `logging`.
        text: The text, with places for the arguments.
        arguments: What stands there.
        facts: As for `facts_for_log`.
        exc_info: Whether the exception that is being handled belongs to it.

    Example:
        >>> import logging
        >>> write_record(logging.getLogger("quiet"), logging.DEBUG, "%d", 1, facts={"count": 1})
    """
    try:
        logger.log(
            level,
            text,
            *arguments,
            exc_info=exc_info,
            extra=facts_for_log(**facts),
            stacklevel=_OF_THE_CALLER,
        )
    except Exception:  # noqa: BLE001 - whatever is installed there
        if logging.raiseExceptions and sys.stderr is not None:
            traceback.print_exc()
