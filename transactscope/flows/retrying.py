"""Every pause before something is sent again, and what is logged of it.

What is logged names the operation, tables, token and kind of error, and no value.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from transactscope.core.outcome import Judgement
from transactscope.core.retries import Budget
from transactscope.core.states import Event
from transactscope.flows.effects import Flow, Pause
from transactscope.types import FrozenRequest
from transactscope.types.records import write_record

_logger: Final = logging.getLogger("transactscope.retries")


def pause_before_resend(
    request: FrozenRequest, judgement: Judgement, budget: Budget, seconds: float
) -> Flow[None]:
    """Log that the same request is sent again, and wait."""
    is_ambiguous = judgement.event is Event.LOSE
    write_record(
        _logger,
        logging.WARNING if is_ambiguous else logging.INFO,
        "%s: attempt %d came to %s; the same is sent again in %.3f seconds",
        _described(request),
        budget.attempts,
        _kind(judgement),
        seconds,
        facts=dict(
            **_facts(request), **_facts_of(judgement), attempts=budget.attempts, seconds=seconds
        ),
    )
    yield Pause(seconds, judgement.error)


def log_rerun(error: Exception, number: int, seconds: float) -> None:
    """Log that a transaction begins anew, with fresh reads."""
    write_record(
        _logger,
        logging.INFO,
        "attempt %d at a transaction came to %s; it begins anew in %.3f seconds",
        number,
        type(error).__name__,
        seconds,
        facts={
            "attempts": number,
            "seconds": seconds,
            "error": type(error).__name__,
            "code": getattr(error, "code", None),
        },
    )


def log_doubt(request: FrozenRequest, judgement: Judgement, budget: Budget) -> None:
    """Log that a write ends in doubt."""
    write_record(
        _logger,
        logging.WARNING,
        "%s: in doubt after %d attempt(s), the last of which came to %s",
        _described(request),
        budget.attempts,
        _kind(judgement),
        facts=dict(**_facts(request), **_facts_of(judgement), attempts=budget.attempts),
    )


def log_batch(
    request: FrozenRequest, what: str, count: int, seconds: float | None, *, doubt: bool = False
) -> None:
    """Log that a part of a batch is sent again, or given up."""
    write_record(
        _logger,
        logging.INFO if seconds is not None and not doubt else logging.WARNING,
        "%s: a request %s; %d %s",
        _described(request),
        what,
        count,
        "given up" if seconds is None else f"sent again in {seconds:.3f} seconds",
        facts=dict(**_facts(request), count=count, seconds=seconds),
    )


def _described(request: FrozenRequest) -> str:
    token = "" if request.token is None else f", client request token {request.token}"
    return f"{request.operation} on {', '.join(request.tables)}{token}"


def _facts(request: FrozenRequest) -> dict[str, Any]:
    return {
        "operation": request.operation,
        "tables": list(request.tables),
        "token": request.token,
    }


def _facts_of(judgement: Judgement) -> dict[str, Any]:
    return {
        "error": type(judgement.error).__name__,
        "code": judgement.came or getattr(judgement.error, "code", None),
    }


def _kind(judgement: Judgement) -> str:
    """Name the error and what DynamoDB or the client said."""
    name = type(judgement.error).__name__
    what = judgement.came or getattr(judgement.error, "code", None)
    return name if what is None else f"{name} ({what})"
