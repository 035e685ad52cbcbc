"""The values and protocols that users annotate with.

May import `descriptions` only. Everything here is data: no other module is needed
to create, compare, print or pickle it.
"""

from __future__ import annotations

import enum
import pickle
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias, TypeVar

import attrs

from transactscope.descriptions import describe_action

__all__ = [
    "NO_ERROR",
    "Action",
    "Answer",
    "AsyncAttempt",
    "AsyncTransport",
    "Attempt",
    "AttributeValue",
    "CancellationReason",
    "CircuitBreaker",
    "CommitResult",
    "DynamoDBClient",
    "ExplainedAction",
    "Explanation",
    "FrozenRequest",
    "Health",
    "Item",
    "Savepoint",
    "StoredItem",
    "Transport",
]

_E = TypeVar("_E")

AttributeValue: TypeAlias = dict[str, Any]
"""One typed value as DynamoDB writes it: `{"S": str}`, `{"N": str}`, `{"B": bytes}`,
`{"BOOL": bool}`, `{"NULL": True}`, `{"L": [AttributeValue, ...]}`,
`{"M": {str: AttributeValue}}`, `{"SS": [str, ...]}`, `{"NS": [str, ...]}`, `{"BS": [bytes, ...]}`.
"""

Item: TypeAlias = dict[str, AttributeValue]
"""A whole item, or a key: attribute names to AttributeValues."""

StoredItem: TypeAlias = Mapping[str, Mapping[str, Any]]
"""An item as someone else made it, for example a boto3 client's answer; only read."""

Answer: TypeAlias = Mapping[str, Any]
"""What DynamoDB answered, as a boto3 client returns it."""

NO_ERROR = "None"
"""The reason code that DynamoDB gives an action that had no error of its own."""


@attrs.frozen
class FrozenRequest:
    """One request, ready to be sent any number of times with the same content.

    Attributes:
        operation: The API's name of the operation, for example `TransactWriteItems`.
        body: The operation's parameters, as a boto3 client takes them. Never changed
            once the request exists.
        token: The client request token inside the body, or None for an operation
            that has none.
        tables: Every table that the request names, once each, in order of appearance.
    """

    operation: str
    body: Mapping[str, Any] = attrs.field(repr=False)
    token: str | None = None
    tables: tuple[str, ...] = ()


class Transport(Protocol):
    """Sends one frozen request once and returns DynamoDB's answer, or raises."""

    def __call__(self, request: FrozenRequest) -> Answer:
        """Send the request and return the answer."""
        ...


class AsyncTransport(Protocol):
    """Sends one frozen request once; its answer is awaited."""

    def __call__(self, request: FrozenRequest) -> Awaitable[Answer]:
        """Send the request and return the answer."""
        ...


class Health(enum.Enum):
    """What a request has shown of DynamoDB's health; a circuit breaker is told.

    `GOOD`: it answered, also where the answer was no, as for a false condition, a conflict,
    or a request that is not valid.
    `OVERLOADED`: throttling, a server error (5xx), a time-out, a lost or refused connection.
    `UNKNOWN`: nothing was learned, as the client refused to send, or the wait was cut off.

    Example:
        >>> from transactscope.types import Health
        >>> Health.OVERLOADED.value
        'overloaded'
    """

    GOOD = "good"
    OVERLOADED = "overloaded"
    UNKNOWN = "unknown"


class CircuitBreaker(Protocol):
    """Is asked before every request of a database, and told what came back.

    For an `AsyncDatabase` both may be coroutine functions. One breaker may be called by
    many threads or tasks at once.

    What else `admit` or `report` raises than what is said here is a mistake of the breaker.
    It is logged (`transactscope.breaker`), and everything goes on as if there were no breaker.
    """

    def admit(self, request: FrozenRequest) -> Any:
        """Let the request be sent, and return a ticket for the report about it.

        Args:
            request: What is about to be sent. Its body holds values.

        Raises:
            CircuitOpenError: It must not be sent now. Nothing is.
        """
        ...

    def report(self, ticket: Any, health: Health) -> Any:
        """Learn what came of a request that was admitted.

        Args:
            ticket: What `admit` returned for it.
            health: What it has shown. After an interruption it is `UNKNOWN`. A process that
                ends, or a coroutine that is closed, may never report.
        """
        ...


class DynamoDBClient(Protocol):
    """What TransactScope needs of a client: boto3's low-level DynamoDB client has it."""

    def transact_write_items(self, *args: Any, **kwargs: Any) -> Any:
        """Send one TransactWriteItems request."""
        ...


class Savepoint(Protocol):
    """A mark in a scope: what was staged after it can be dropped on its own.

    Made by `savepoint()` of a scope; used as a with-block, or by its two methods.
    """

    @property
    def is_open(self) -> bool:
        """Whether it can still be rolled back or released."""
        ...

    def release(self) -> None:
        """Close it and keep what was staged since. Nothing is sent."""
        ...

    def rollback(self) -> None:
        """Drop what was staged since; it stays open. Nothing is sent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool: ...


class Attempt(Protocol):
    """One attempt at a transaction, made by `Database.attempts()`: a with-block.

    Entering it gives the scope of the attempt.
    """

    @property
    def number(self) -> int:
        """Which attempt it is; the first one is 1."""
        ...

    def __enter__(self) -> Any: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool: ...


class AsyncAttempt(Protocol):
    """One attempt at a transaction, made by `AsyncDatabase.attempts()`: an async with-block."""

    @property
    def number(self) -> int:
        """Which attempt it is; the first one is 1."""
        ...

    def __aenter__(self) -> Awaitable[Any]: ...

    def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Awaitable[bool]: ...


@attrs.frozen(eq=False, repr=False)
class Action:
    """One staged action. Every verb of a scope returns the one that it staged.

    Attributes:
        verb: The verb that staged it: `put`, `insert`, `replace`, `update`, `delete`, `check` or
            `once`.
        table: The table's name as it is sent.
        key: The item's key, `{"artist": {"S": str}}`; None for a raw put whose table's
            key attributes nothing else in the scope describes.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        call: Where it was staged, `file:line`.
    """

    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    call: str

    def __repr__(self) -> str:
        return f"<Action {self.describe()}>"

    def describe(self) -> str:
        """Say verb, class, table, key and call site in one line, without other values."""
        return describe_action(self.verb, self.entity_class, self.table, self.key, (self.call,))


@attrs.frozen
class CancellationReason:
    """What DynamoDB said about one action of a canceled transaction.

    Attributes:
        index: The position in `.reasons`, which are ordered by the calls that staged them.
        code: The reason code as sent, an open set of strings: `None` (no error),
            `ConditionalCheckFailed`, `TransactionConflict`, `ThrottlingError`,
            `ProvisionedThroughputExceeded`, `ItemCollectionSizeLimitExceeded`,
            `ValidationError`, and whatever a server says beyond these.
        message: DynamoDB's own text, which may quote values, or None.
        verb: The verb that staged the action, or None if the reason has no action.
        table: The table's name as it was sent.
        key: The item's key as AttributeValues.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        item: The stored item that the condition was judged on, as an entity. As plain
            AttributeValues where it has no class or cannot be read as one. None if
            nothing was stored.
        calls: Where the action was staged, `file:line` for every call it came from.
        stored: The stored item as AttributeValues, or None.
        is_stale: Whether the condition that failed was a guard: what was read in the scope,
            or the version that the entity has, is not what is stored.
    """

    index: int
    code: str
    message: str | None = attrs.field(default=None, repr=False)
    verb: str | None = None
    table: str | None = None
    key: Item | None = None
    entity_class: type | None = None
    item: Any = attrs.field(default=None, repr=False)
    calls: tuple[str, ...] = ()
    stored: Item | None = attrs.field(default=None, repr=False, eq=False)
    is_stale: bool = False

    @property
    def failed(self) -> bool:
        """Whether this action had an error of its own."""
        return self.code != NO_ERROR

    def describe(self) -> str:
        """Say index, action, code and call sites in one line, without values beyond the key."""
        action = describe_action(self.verb, self.entity_class, self.table, self.key, self.calls)
        code = f"{self.code} (not as it was read)" if self.is_stale else self.code
        return f"[{self.index}] {code}: {action}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle; an item of a class that cannot be pickled travels as AttributeValues."""
        values = attrs.asdict(self, recurse=False)
        try:
            pickle.dumps((self.entity_class, self.item))
        except Exception:  # noqa: BLE001 - whatever a foreign class raises, the reason must travel
            values.update(entity_class=None, item=self.stored)
        return _rebuild_reason, (values,)


def _rebuild_reason(values: dict[str, Any]) -> CancellationReason:
    return CancellationReason(**values)


@attrs.frozen
class ExplainedAction:
    """One action as a commit will send it, in words. The texts contain values.

    Attributes:
        index: Its position in the request.
        kind: AWS's word for it: `Put`, `Update`, `Delete` or `ConditionCheck`.
        verb: The verb that staged it.
        table: The table's name as it is sent.
        key: The item's key as AttributeValues, or None where it is not known.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        condition: What must be true of the stored item, or None.
        changes: What is written, one text per attribute or clause.
        bytes: The size of the item in bytes, as DynamoDB counts it.
        is_exact: Whether that is the size of the whole item; else it is the least that the
            item can have, because only DynamoDB knows the rest.
        calls: Where it was staged, `file:line` for every call it came from.
    """

    index: int
    kind: str
    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    condition: str | None = attrs.field(repr=False)
    changes: tuple[str, ...] = attrs.field(repr=False)
    bytes: int
    is_exact: bool
    calls: tuple[str, ...]

    def __str__(self) -> str:
        what = describe_action(self.verb, self.entity_class, self.table, self.key, self.calls)
        size = f"{'' if self.is_exact else 'at least '}{self.bytes} bytes"
        lines = [f"[{self.index}] {self.kind}, {size}: {what}"]
        lines += [f"    {change}" for change in self.changes]
        lines += [f"    if {self.condition}"] if self.condition is not None else []
        return "\n".join(lines)


@attrs.frozen
class Explanation:
    """What a commit will send. `str()` of it is the whole as text; it contains values.

    Attributes:
        rows: One per action, in the order of the request.
    """

    rows: tuple[ExplainedAction, ...]

    @property
    def bytes(self) -> int:
        """The sizes of all items together, in bytes."""
        return sum(row.bytes for row in self.rows)

    @property
    def is_exact(self) -> bool:
        """Whether `bytes` is exact; else it is the least that they can have."""
        return all(row.is_exact for row in self.rows)

    def __str__(self) -> str:
        count = f"{len(self.rows)} action{'' if len(self.rows) == 1 else 's'}"
        size = f"{'' if self.is_exact else 'at least '}{self.bytes} bytes"
        return "\n".join([f"{count}, {size}", *map(str, self.rows)])


def _no_current(entity: _E) -> _E:
    """Find an entity in a result that nobody asked the library to keep entities for."""
    return entity


@attrs.frozen
class CommitResult:
    """What is known after a successful commit, or after a single write of a `Database`.

    Attributes:
        sent: Whether a request was sent; False when nothing was staged.
        client_request_token: The token that the request carried; None for a single write.
        request_id: DynamoDB's id of the answer, or None.
        capacity: Consumed capacity units per table, as far as DynamoDB reported them.
        replayed: Whether the same was committed before, so that this request wrote nothing:
            DynamoDB reported it of the token, or a stored marker of `once` says it.
        attempts: How many times the request was sent.
    """

    sent: bool
    client_request_token: str | None = None
    request_id: str | None = None
    capacity: Mapping[str, float] = attrs.field(factory=dict)
    replayed: bool = False
    attempts: int = 0
    _find: Callable[[Any], Any] = attrs.field(default=_no_current, repr=False, eq=False)

    def current(self, entity: _E) -> _E:
        """Return an entity that was written here with the version that it has now.

        Nothing is sent. An object that can be changed has its new version already and is
        returned itself; of a frozen one this is a changed copy.

        Args:
            entity: What a verb was given, or an entity of the same class and key.

        Raises:
            InvalidRequestError: No entity of this class and key was written.

        Example:
            >>> from attrs import frozen
            >>> from transactscope import Database, entity
            >>> @entity("Account", partition_key="number", version="version")
            ... @frozen
            ... class Frozen:
            ...     number: str
            ...     version: int | None = None
            >>> new = Frozen("A-1")
            >>> Database(client).insert(new).current(new)
            Frozen(number='A-1', version=1)
        """
        return self._find(entity)  # type: ignore[no-any-return]
