"""One fault of every kind that happens by itself.

May import what makes them. Must not know where faults are hooked in.
"""

from __future__ import annotations

from transactscope.exporting import exported_from
from transactscope.testing.doubts import (
    GARBAGE,
    checked_flag,
    garbage,
    in_progress,
    lost_answer,
    lost_request,
    server_error,
)
from transactscope.testing.faults import Fault
from transactscope.testing.refusals import conflict, no_connection, throttled, throttling_error


@exported_from("transactscope.testing")
def every_fault(*, applied: bool | None = None) -> tuple[Fault, ...]:
    """Make one fault of every kind that happens by itself. Nothing is sent.

    For `Faults.at_random` in tests that run for a while, and for a list of cases. They are those
    that TransactWriteItems can meet, always in the same order; `in_progress()` is the only
    one that other operations cannot. What needs to be told more is left out: `canceled`,
    `error`, `answer`, `raised`, `calling`; and so is `unprocessed`, which only batches meet.

    Args:
        applied: False leaves out those whose request is applied all the same, which an
            engine that ignores client request tokens would apply again; True gives those
            alone; None means all.

    Raises:
        InvalidRequestError: `applied` is none of these. Not sent.

    Example:
        >>> from transactscope.testing import every_fault
        >>> every_fault(applied=True)
        (server_error(applied=True), lost_answer(), garbage(applied=True))

    .. versionadded:: 0.1.0
    """
    after = (server_error(applied=True), lost_answer(), garbage(applied=True))
    if applied is not None and checked_flag(applied):
        return after
    without = (
        conflict(),
        throttled(),
        throttling_error(),
        in_progress(),
        server_error(),
        lost_request(),
        no_connection(),
        *(garbage(kind) for kind in GARBAGE),
    )
    return without if applied is False else (*without, *after)
