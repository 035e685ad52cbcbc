"""For tests of code that uses this library: faults that no engine shows, and a record of what left.

Works below whatever sends, on a boto3 or aiobotocore client of any engine. May import `errors`,
`types`, `transports` and botocore; nothing else of the library imports it, and it needs no tool of
tests.
"""

from __future__ import annotations

from transactscope.testing.faults import Fault
from transactscope.testing.injection import Faults
from transactscope.testing.making import (
    answer,
    calling,
    canceled,
    conflict,
    error,
    lost_answer,
    lost_request,
    no_connection,
    raised,
    throttled,
)
from transactscope.testing.recorder import RecordedRequest, RequestRecorder

__all__ = [
    "Fault",
    "Faults",
    "RecordedRequest",
    "RequestRecorder",
    "answer",
    "calling",
    "canceled",
    "conflict",
    "error",
    "lost_answer",
    "lost_request",
    "no_connection",
    "raised",
    "throttled",
]
