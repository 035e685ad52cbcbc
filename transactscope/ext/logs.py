"""Observers that write logs, for the standard library's `logging`."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from transactscope.errors import InvalidRequestError
from transactscope.types import Event, EventKind

__all__ = ["EventLog"]

_LEVELS: Final[Mapping[EventKind, int]] = MappingProxyType(
    {
        EventKind.BEGIN: logging.DEBUG,
        EventKind.STAGE: logging.DEBUG,
        EventKind.ATTEMPT: logging.DEBUG,
        EventKind.RETRY: logging.INFO,
        EventKind.COMMIT: logging.INFO,
        EventKind.CANCEL: logging.INFO,
        EventKind.IN_DOUBT: logging.WARNING,
        EventKind.ROLLBACK: logging.DEBUG,
    }
)


class EventLog:
    """An observer that writes a log record for every event. It sends nothing.

    A record has a text for people and, as its attributes, what `Event.as_extra` gives, for
    programs: a formatter that writes JSON finds everything there. It has no values of items and
    no keys. Where a level is off, nothing is done but to find that out.

    Args:
        logger: Where to; None means the logger `transactscope.events`.
        levels: Levels for some kinds of events, instead of DEBUG for `BEGIN`, `STAGE`,
            `ATTEMPT` and `ROLLBACK`, INFO for `RETRY`, `COMMIT` and `CANCEL`, WARNING for
            `IN_DOUBT`.

    Raises:
        InvalidRequestError: The logger is none, or a level is no number. Not sent.

    Example:
        >>> import logging
        >>> from transactscope import Database
        >>> from transactscope.ext.logs import EventLog
        >>> from transactscope.types import EventKind
        >>> quiet = EventLog(levels={EventKind.COMMIT: logging.DEBUG})
        >>> db = Database(client, observers=[quiet])
        >>> _ = db.put(Account("A-1", 10))

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        logger: logging.Logger | None = None,
        *,
        levels: Mapping[EventKind, int] | None = None,
    ) -> None:
        self._logger = _checked_logger(logger)
        self._levels = {**_LEVELS, **_checked_levels(levels)}

    def __call__(self, event: Event) -> None:
        """Write a record, if its level is on."""
        level = self._levels[event.kind]
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", _text(event), extra=event.as_extra())


def _text(event: Event) -> str:
    """Say what has happened in one line: `get(): attempt 1, GetItem on Account, 0.004 seconds`."""
    told = [event.kind.value]
    if event.kind is EventKind.ATTEMPT:
        told = [f"attempt {event.attempts}"]
    if event.operation is not None:
        told.append(f"{event.operation} on {', '.join(event.tables)}")
    if event.action is not None:
        told.append(f"{event.action.table}, staged at {event.action.call}")
    if event.error is not None:
        told.append(f"{type(event.error).__name__} ({event.error_code})")
    if event.seconds is not None:
        told.append(f"{event.seconds:.3f} seconds")
    if event.client_request_token is not None:
        told.append(f"client request token {event.client_request_token}")
    return f"{event.verb}(): {', '.join(told)}"


def _checked_logger(logger: Any) -> logging.Logger:
    if logger is None:
        return logging.getLogger("transactscope.events")
    if isinstance(logger, logging.Logger):
        return logger
    msg = f"logger= must be a logging.Logger, not {type(logger).__name__}"
    raise InvalidRequestError(msg)


def _checked_levels(levels: Any) -> Mapping[EventKind, int]:
    if levels is None:
        return {}
    if not isinstance(levels, Mapping):
        msg = f"levels= must be a mapping of EventKind to levels, not {type(levels).__name__}"
        raise InvalidRequestError(msg)
    for kind, level in levels.items():
        told = kind.name if isinstance(kind, EventKind) else f"of {type(kind).__name__}"
        if not isinstance(kind, EventKind) or isinstance(level, bool) or not isinstance(level, int):
            msg = (
                "levels= must map an EventKind to a level of logging, as logging.DEBUG, and maps "
                f"a key {told} to {type(level).__name__}"
            )
            raise InvalidRequestError(msg)
    return levels
