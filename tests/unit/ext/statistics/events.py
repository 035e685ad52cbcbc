"""Events made by hand: what a database would tell its observers."""

import itertools

from tests.contract.entities import Account
from transactscope.errors import StaleReadError, ThrottledError, TransactionConflictError
from transactscope.types import ActionSummary, CancellationReason, Event, EventKind

TX = "TransactWriteItems"
CONFLICT, FAILED, THROTTLED = "TransactionConflict", "ConditionalCheckFailed", "ThrottlingError"

_works = itertools.count(1)


def event(kind, **facts):
    """Make one event of a scope."""
    defaults = {"time": 0.0, "work": 1, "is_scope": True, "verb": "commit"}
    return Event(kind=kind, **{**defaults, **facts})


def attempt(**facts):
    """Make an answer to a request, or what came instead."""
    defaults = {"operation": TX, "tables": ("Account",), "attempts": 1, "seconds": 0.004}
    return event(EventKind.ATTEMPT, **{**defaults, **facts})


def retry(error, **facts):
    """Make the pause after an attempt that failed."""
    defaults = {"operation": TX, "tables": ("Account",), "attempts": 1, "seconds": 0.01}
    return event(EventKind.RETRY, error=error, **{**defaults, **facts})


def commit(*actions, **facts):
    """Make the end of a scope that has committed these actions."""
    defaults = {"operation": TX, "tables": ("Account",), "attempts": 1, "seconds": 0.005}
    return event(EventKind.COMMIT, list_actions=lambda: actions, **{**defaults, **facts})


def cancel(error, **facts):
    """Make the end of a scope of which nothing was applied."""
    defaults = {"operation": TX, "tables": ("Account",), "attempts": 1, "seconds": 0.005}
    return event(EventKind.CANCEL, error=error, **{**defaults, **facts})


def scope(*actions, **facts):
    """List all events of a scope that commits at its first attempt."""
    work = next(_works)
    begun = event(EventKind.BEGIN, work=work, verb="begin")
    staged = [event(EventKind.STAGE, work=work, verb=action.verb) for action in actions]
    sent = attempt(work=work, write_units=facts.get("write_units", {}))
    return [begun, *staged, sent, commit(*actions, work=work, **facts)]


def action(kind="Put", **facts):
    """Make one action, of a put that demands nothing."""
    defaults = {
        "index": 0,
        "verb": kind.lower(),
        "table": "Account",
        "key": {"number": {"S": "A-1"}},
        "entity_class": Account,
        "bytes": 100,
        "is_exact": True,
        "write_units": 2,
        "is_exact_cost": False,
        "is_conditional": False,
        "guarded_values": 0,
        "calls": ("shop.py:7",),
    }
    return ActionSummary(**{"kind": kind, **defaults, **facts})


def reason(code=CONFLICT, number="A-1", table="Account", **facts):
    """Make what DynamoDB said of one action."""
    return CancellationReason(0, code, table=table, key={"number": {"S": number}}, **facts)


def conflict(*reasons):
    """Make the error of a commit that met other transactions."""
    return TransactionConflictError("text", reasons=reasons or (reason(),))


def stale(*reasons):
    """Make the error of a commit whose reads are not true any more."""
    return StaleReadError("text", reasons=reasons or (reason(FAILED, is_stale=True),))


def throttled(*reasons, code=None):
    """Make the error of a request for which there was no capacity."""
    return ThrottledError("text", reasons=reasons, code=code)
