"""What came back, as a circuit breaker sees it: is DynamoDB well, overloaded, or unknown?

An answer is a sign of health, whatever it says of the data. Knows exceptions as values only,
as `answers` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from botocore import exceptions as botocore_errors

from transactscope.core.answers import CANCELED_CODE, THROTTLING_CODES, ErrorAnswer
from transactscope.core.reasons import THROTTLED
from transactscope.types import Health

# The top-level codes of a server that cannot serve, with any status
# [Developer Guide, "Error handling with DynamoDB", 2026-11]. A transaction in progress is none.
FAULT_CODES: Final = frozenset({"InternalServerError", "ServiceUnavailable"})
_FIRST_SERVER_FAULT: Final = 500  # HTTP status

# No answer came, or no connection. A certificate that is not trusted and a proxy that is not
# configured rightly are mistakes of this side and stand in neither list.
NO_ANSWER: Final[tuple[type[Exception], ...]] = (
    botocore_errors.EndpointConnectionError,
    botocore_errors.ConnectTimeoutError,
    botocore_errors.ProxyConnectionError,
    botocore_errors.ReadTimeoutError,
    botocore_errors.ConnectionClosedError,
    botocore_errors.IncompleteReadError,
    botocore_errors.ResponseStreamingError,
    ConnectionError,  # Python's own, as clients that are not botocore's raise them
    TimeoutError,
)

_CODE: Final = re.compile(r"[A-Za-z]+")


def health_of(error: BaseException) -> Health:
    """Say what an exception that came instead of an answer shows of DynamoDB's health."""
    answer = ErrorAnswer.of(error)
    if answer is not None:
        return Health.OVERLOADED if _is_overload(answer) else Health.GOOD
    return Health.OVERLOADED if isinstance(error, NO_ANSWER) else Health.UNKNOWN


def _is_overload(answer: ErrorAnswer) -> bool:
    if answer.status is not None and answer.status >= _FIRST_SERVER_FAULT:
        return True
    if answer.code == CANCELED_CODE:
        return not THROTTLED.isdisjoint(_reason_codes(answer))
    return answer.code in FAULT_CODES or answer.code in THROTTLING_CODES


def _reason_codes(answer: ErrorAnswer) -> Iterable[Any]:
    """Name the codes of a cancellation, from its message where a server sent no list."""
    reasons = answer.response.get("CancellationReasons")
    if reasons:
        return [reason.get("Code") for reason in reasons if isinstance(reason, Mapping)]
    return _CODE.findall((answer.message or "").rpartition("[")[2])
