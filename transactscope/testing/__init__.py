"""For tests of code that uses this library: faults that no engine shows, and a record of what left.

Works below whatever sends, on a boto3 or aiobotocore client of any engine. May import `errors`,
`types`, `transports` and botocore; nothing else of the library imports it, and it needs no tool of
tests. pytest's fixtures, which hand it out, stand in `_transactscope_pytest`.
"""

from __future__ import annotations

from transactscope.testing.doubts import (
    garbage,
    in_progress,
    lost_answer,
    lost_request,
    server_error,
    timed_out,
)
from transactscope.testing.every import every_fault
from transactscope.testing.faults import Fault
from transactscope.testing.injection import Faults
from transactscope.testing.leftovers import unprocessed
from transactscope.testing.making import answer, calling, canceled, error, raised
from transactscope.testing.recorder import RecordedRequest, RequestRecorder
from transactscope.testing.refusals import conflict, no_connection, throttled, throttling_error
from transactscope.testing.waiting import NoWaiting, no_waiting

__all__ = [
    "Fault",
    "Faults",
    "NoWaiting",
    "RecordedRequest",
    "RequestRecorder",
    "answer",
    "calling",
    "canceled",
    "conflict",
    "error",
    "every_fault",
    "garbage",
    "in_progress",
    "lost_answer",
    "lost_request",
    "no_connection",
    "no_waiting",
    "raised",
    "server_error",
    "throttled",
    "throttling_error",
    "timed_out",
    "unprocessed",
]
