"""Every error of the library, sorted by what happened to the data.

May import `types` only. An error's text never contains attribute values other
than the key of the item it is about; what DynamoDB said word for word is kept
in attributes and in `__cause__`.

    TransactScopeError
    ├── ScopeStateError              not sent: the scope was used wrongly
    ├── ConversionError              not sent: says the path and the type
    │   └── DecryptionError
    ├── InvalidRequestError          not sent: DynamoDB would refuse it
    │   ├── TooManyActionsError  TransactionTooLargeError  ItemTooLargeError
    │   ├── InvalidKeyError  InvalidTableNameError
    │   ├── DuplicateTargetError  BatchTooLargeError
    │   └── InvalidPageTokenError
    ├── TransactionRefusedError      answered no: nothing was applied
    │   ├── TransactionCanceledError
    │   │   ├── ConditionFailedError  StaleReadError
    │   │   └── TransactionConflictError  ThrottledError
    │   └── IdempotencyMismatchError  TableNotFoundError  RequestRejectedError
    ├── BatchIncompleteError         partly done: .result says what is not
    ├── CommitOutcomeUnknownError    in doubt: it may have been applied
    └── NotSentError                 not sent: no connection, no credentials
        └── CircuitOpenError  KeyServiceError
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from transactscope.types import CancellationReason

__all__ = [
    "BatchIncompleteError",
    "BatchTooLargeError",
    "CircuitOpenError",
    "CommitOutcomeUnknownError",
    "ConditionFailedError",
    "ConversionError",
    "DecryptionError",
    "DuplicateTargetError",
    "IdempotencyMismatchError",
    "InvalidKeyError",
    "InvalidPageTokenError",
    "InvalidRequestError",
    "InvalidTableNameError",
    "ItemTooLargeError",
    "KeyServiceError",
    "NotSentError",
    "RequestRejectedError",
    "ScopeStateError",
    "StaleReadError",
    "TableNotFoundError",
    "ThrottledError",
    "TooManyActionsError",
    "TransactScopeError",
    "TransactionCanceledError",
    "TransactionConflictError",
    "TransactionRefusedError",
    "TransactionTooLargeError",
]


class TransactScopeError(Exception):
    """The base of every error that this library raises.

    Attributes:
        retryable: Whether doing the same again, unchanged, may succeed.

    .. versionadded:: 0.1.0
    """

    retryable: bool = False


class ScopeStateError(TransactScopeError):
    """A scope was used in a state that does not allow it. Nothing was sent.

    Attributes:
        state: The `ScopeState` that the scope was in.

    .. versionadded:: 0.1.0
    """

    def __init__(self, message: str, *, state: Any = None) -> None:
        super().__init__(message)
        self.state = state


class ConversionError(TransactScopeError):
    """A value and its declared type do not fit. Nothing was written.

    Attributes:
        path: Where the value is, for example `Album.tracks[2].title`.
        type: The type that was declared, as text.

    .. versionadded:: 0.1.0
    """

    def __init__(self, problem: str, *, path: str = "", type: str = "") -> None:  # noqa: A002
        super().__init__(problem)
        self.path: str = path
        self.type = type

    def __str__(self) -> str:
        problem = super().__str__()
        return f"{self.path}: {problem}" if self.path else problem

    def within(self, outer: str) -> Self:
        """Put the place that holds this one in front of the path, and return the error."""
        self.path = f"{outer}{self.path}"
        return self


class DecryptionError(ConversionError):
    """A stored value of an encrypted field was not sealed for this place by this keyring.

    It was changed, cut off, moved from another item, attribute or table, sealed under a key that
    the keyring does not have, or is not encrypted at all. Nothing was written.

    .. versionadded:: 0.1.0
    """

    code: str = "DECRYPTION_FAILED"


class InvalidRequestError(TransactScopeError, ValueError):
    """DynamoDB would refuse this, or it would not mean what it says. Nothing was sent.

    Attributes:
        code: One stable word for the kind of mistake, for example `INVALID_KEY`.

    .. versionadded:: 0.1.0
    """

    code: str = "INVALID_REQUEST"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class TooManyActionsError(InvalidRequestError):
    """More than 100 actions in one transaction. Nothing was sent.

    .. versionadded:: 0.1.0
    """

    code = "TOO_MANY_ACTIONS"


class TransactionTooLargeError(InvalidRequestError):
    """The items of one transaction are over 4 MB together. Nothing was sent.

    .. versionadded:: 0.1.0
    """

    code = "TRANSACTION_TOO_LARGE"


class ItemTooLargeError(InvalidRequestError):
    """One item is over 400 KB. Nothing was sent.

    .. versionadded:: 0.1.0
    """

    code = "ITEM_TOO_LARGE"


class InvalidKeyError(InvalidRequestError):
    """A key is incomplete, empty, too long, mistyped, or would be changed. Nothing was sent.

    Attributes:
        path: The part of the key that it is about, for example `Album.artist`, or empty.

    .. versionadded:: 0.1.0
    """

    code = "INVALID_KEY"

    def __init__(self, message: str, *, code: str | None = None, path: str = "") -> None:
        super().__init__(message, code=code)
        self.path = path


class InvalidTableNameError(InvalidRequestError):
    """A table name or ARN that DynamoDB does not allow. Nothing was sent.

    .. versionadded:: 0.1.0
    """

    code = "INVALID_TABLE_NAME"


class DuplicateTargetError(InvalidRequestError):
    """Two actions on one item that one request cannot carry. Nothing was applied.

    Attributes:
        why: Why they do not fold, as a part of a sentence that speaks of the first and the
            second; empty where only the server found them.

    .. versionadded:: 0.1.0
    """

    code = "DUPLICATE_TARGET"

    def __init__(self, message: str, *, code: str | None = None, why: str = "") -> None:
        super().__init__(message, code=code)
        self.why = why


class BatchTooLargeError(InvalidRequestError):
    """More than one batch request takes, and `chunk=False` allows one only. Nothing was sent.

    .. versionadded:: 0.1.0
    """

    code = "BATCH_SIZE_EXCEEDED"


class InvalidPageTokenError(InvalidRequestError):
    """A page token is not one that was made here, for this query and caller, or it has expired.

    Which of these it is, is not told: whoever holds a token must not learn anything by trying.

    .. versionadded:: 0.1.0
    """

    code = "INVALID_PAGE_TOKEN"


class TransactionRefusedError(TransactScopeError):
    """DynamoDB answered no: nothing was applied.

    Attributes:
        code: DynamoDB's error code, for example `ValidationException`, or None.
        server_message: DynamoDB's own text, which may quote values, or None.
        request_id: DynamoDB's id of the answer, or None.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        server_message: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.server_message = server_message
        self.request_id = request_id


class TransactionCanceledError(TransactionRefusedError):
    """DynamoDB canceled the transaction: nothing was applied.

    Attributes:
        reasons: One `CancellationReason` per action of the request, in the order of
            the calls that staged them. Empty if the server gave none.
        failures: The reasons of the actions that failed.

    .. versionadded:: 0.1.0
    """

    transient_codes: ClassVar[frozenset[str]] = frozenset(
        {"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}
    )

    def __init__(
        self, message: str, *, reasons: tuple[CancellationReason, ...] = (), **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self.reasons = reasons
        if reasons:
            codes = {reason.code for reason in self.failures}
            self.retryable: bool = bool(codes) and codes <= self.transient_codes

    @property
    def failures(self) -> tuple[CancellationReason, ...]:
        """The reasons of the actions that failed, in the same order."""
        return tuple(reason for reason in self.reasons if reason.failed)


class ConditionFailedError(TransactionCanceledError):
    """A condition was false on the stored item: nothing was applied.

    .. versionadded:: 0.1.0
    """


class StaleReadError(TransactionCanceledError):
    """What was read had changed by the time of the commit: nothing was applied.

    Attributes:
        retryable: Whether reading again in a new scope can help. False where an entity
            that was not read in the scope has another version than the stored item.

    .. versionadded:: 0.1.0
    """

    def __init__(self, message: str, *, retryable: bool = True, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retryable = retryable


class TransactionConflictError(TransactionCanceledError):
    """Another transaction was working on an item: nothing was applied.

    .. versionadded:: 0.1.0
    """

    retryable = True


class ThrottledError(TransactionCanceledError):
    """The table or account had no capacity left at the moment: nothing was applied.

    .. versionadded:: 0.1.0
    """

    retryable = True


class IdempotencyMismatchError(TransactionRefusedError):
    """The client request token was used before with other content: nothing was applied now.

    Or a marker of `once` is stored with other content, or only some of several markers are.

    .. versionadded:: 0.1.0
    """


class TableNotFoundError(TransactionRefusedError):
    """A table does not exist in this account and Region: nothing was applied.

    .. versionadded:: 0.1.0
    """


class RequestRejectedError(TransactionRefusedError):
    """DynamoDB rejected the request as a whole, as for access rights: nothing was applied.

    .. versionadded:: 0.1.0
    """


class BatchIncompleteError(TransactScopeError):
    """A batch came to its end, and not all of it was done: some of it may be, the rest is not.

    What caused it, if it was an error, is its `__cause__`.

    Attributes:
        result: The `BatchResult` or `BatchGetResult` so far: it lists exactly what was not done,
            and apart from that what may have been.
        retryable: Whether doing again what was left over may succeed.

    .. versionadded:: 0.1.0
    """

    def __init__(self, message: str, *, result: Any = None, retryable: bool = True) -> None:
        super().__init__(message)
        self.result = result
        self.retryable = retryable


class CommitOutcomeUnknownError(TransactScopeError):
    """The write was sent and its answer never came: it was applied wholly or not at all.

    Attributes:
        client_request_token: The token that the request carried, or None for a
            write that has none.
        scope: The scope that is in doubt, or None outside a scope. Not pickled.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self, message: str, *, client_request_token: str | None = None, scope: Any = None
    ) -> None:
        super().__init__(message)
        self.client_request_token = client_request_token
        self.scope = scope

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "scope": None}
        return type(self), self.args, state


class NotSentError(TransactScopeError):
    """The request never reached DynamoDB: nothing was applied.

    Attributes:
        retryable: Whether the same request may get through later.

    .. versionadded:: 0.1.0
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class CircuitOpenError(NotSentError):
    """The circuit breaker is open: nothing was sent. The library does not try again.

    Attributes:
        retry_after: Seconds until the breaker may admit a request, or None if it does not say.
        retryable: False: who is refused has to wait, not to repeat.

    .. versionadded:: 0.1.0
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class KeyServiceError(NotSentError):
    """The keyring had no key to seal or open with, as where its key service is down.

    Nothing was sent to DynamoDB, or what was read cannot be shown; nothing was applied.

    Attributes:
        retryable: Whether the same may succeed later.

    .. versionadded:: 0.1.0
    """

    code: str = "KEY_SERVICE"
