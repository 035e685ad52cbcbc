"""Which HTTP status stands for which error: what the pages about servers have in common."""

from transactscope import errors
from transactscope.testing import conflict, error, garbage, lost_request, no_connection, throttled

STATUSES = {
    "BatchIncompleteError": 500,
    "BatchTooLargeError": 500,
    "CircuitOpenError": 503,
    "CommitOutcomeUnknownError": 504,
    "ConditionFailedError": 409,
    "ConversionError": 500,
    "DecryptionError": 500,
    "DuplicateTargetError": 500,
    "IdempotencyMismatchError": 422,
    "InvalidKeyError": 422,
    "InvalidPageTokenError": 422,
    "InvalidRequestError": 500,
    "InvalidTableNameError": 500,
    "ItemTooLargeError": 422,
    "KeyServiceError": 500,
    "NotSentError": 500,
    "RequestRejectedError": 500,
    "ScopeStateError": 500,
    "StaleReadError": 503,
    "TableNotFoundError": 500,
    "ThrottledError": 503,
    "TooManyActionsError": 500,
    "TransactScopeError": 500,
    "TransactionCanceledError": 500,
    "TransactionConflictError": 503,
    "TransactionRefusedError": 500,
    "TransactionTooLargeError": 500,
}

DECIDED_BY_RETRYABLE = [
    (errors.NotSentError("no connection", retryable=True), 503),
    (errors.KeyServiceError("no answer", retryable=True), 503),
    (errors.StaleReadError("an old version", retryable=False), 409),
]

# What every attempt of a commit meets, and what the caller is told.
MET = [
    (conflict(), 503),
    (throttled(), 503),
    (no_connection(), 503),
    (lost_request(), 504),
    (garbage(), 504),
    (error("AccessDeniedException"), 500),
    (error("ResourceNotFoundException"), 500),
]


def name_of(met):
    """Name a case of `MET` for the report."""
    fault, status = met
    return f"{fault!r}-{status}"


def every_class():
    """Name every error of the library, with one of it and its status."""
    for name in errors.__all__:
        yield name, getattr(errors, name)("text"), STATUSES[name]
