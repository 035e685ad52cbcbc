"""What came back: success, a clear no, or nothing that decides.

One table per question, so that every code of DynamoDB and every exception of
botocore has one place where its meaning is written down. Knows exceptions as
values only; it sends nothing and waits for nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final

import attrs
from botocore import exceptions as botocore_errors

from transactscope.errors import TransactScopeError


class Verdict(enum.Enum):
    """What an exception says about the data."""

    CANCELED = "canceled"  # answered, with reasons per action
    REFUSED = "refused"  # answered no
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"  # sent, and no answer that decides


# Errors that botocore raises before the first byte of a request leaves the machine.
NEVER_SENT: Final[tuple[type[Exception], ...]] = (
    botocore_errors.ParamValidationError,
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.NoAuthTokenError,
    botocore_errors.TokenRetrievalError,
    botocore_errors.SSOError,
    botocore_errors.NoRegionError,
    botocore_errors.InvalidRegionError,
    botocore_errors.UnknownEndpointError,
    botocore_errors.EndpointProviderError,
    botocore_errors.UnsupportedSignatureVersionError,
    botocore_errors.EndpointConnectionError,
    botocore_errors.ConnectTimeoutError,
    botocore_errors.ProxyConnectionError,
)

# Of these, the ones that the same request may outlive.
TRANSIENT_NEVER_SENT: Final[tuple[type[Exception], ...]] = (
    botocore_errors.CredentialRetrievalError,
    botocore_errors.EndpointConnectionError,
    botocore_errors.ConnectTimeoutError,
    botocore_errors.ProxyConnectionError,
)

CANCELED_CODE: Final = "TransactionCanceledException"
IN_PROGRESS_CODE: Final = "TransactionInProgressException"

# Top-level codes [Developer Guide, "Error handling with DynamoDB"; API Reference], 2026-11.
CONDITION_CODES: Final = frozenset({"ConditionalCheckFailedException"})
CONFLICT_CODES: Final = frozenset(
    {"TransactionConflictException", "ReplicatedWriteConflictException"}
)
THROTTLING_CODES: Final = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
    }
)
MISMATCH_CODES: Final = frozenset({"IdempotentParameterMismatchException"})
MISSING_TABLE_CODES: Final = frozenset({"ResourceNotFoundException", "TableNotFoundException"})

# A server fault may come before or after the write; a request in progress may still end
# either way. Neither decides.
UNDECIDED_CODES: Final = frozenset({"InternalServerError", "ServiceUnavailable", IN_PROGRESS_CODE})
_FIRST_SERVER_FAULT: Final = 500  # HTTP status


@attrs.frozen
class ErrorAnswer:
    """An error as DynamoDB answered it."""

    code: str
    message: str | None
    status: int | None
    request_id: str | None
    response: Mapping[str, Any] = attrs.field(repr=False)

    @classmethod
    def of(cls, error: BaseException) -> ErrorAnswer | None:
        """Read the answer that a client's exception carries, or None if it has none."""
        response = getattr(error, "response", None)
        if not isinstance(response, Mapping) or not isinstance(response.get("Error"), Mapping):
            return None
        metadata = response.get("ResponseMetadata") or {}
        return cls(
            code=str(response["Error"].get("Code", "Unknown")),
            message=response["Error"].get("Message"),
            status=metadata.get("HTTPStatusCode"),
            request_id=metadata.get("RequestId"),
            response=response,
        )


def verdict_on(error: BaseException) -> Verdict:
    """Say what a client's exception means for the data of a write."""
    if isinstance(error, (*NEVER_SENT, TransactScopeError)):  # ours: the transport refused
        return Verdict.NOT_SENT
    answer = ErrorAnswer.of(error)
    if answer is None or _undecided(answer):
        return Verdict.UNKNOWN
    return Verdict.CANCELED if answer.code == CANCELED_CODE else Verdict.REFUSED


def _undecided(answer: ErrorAnswer) -> bool:
    is_server_fault = answer.status is not None and answer.status >= _FIRST_SERVER_FAULT
    return is_server_fault or answer.code in UNDECIDED_CODES
