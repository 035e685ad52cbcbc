"""The scope for synchronous code: SQL's transaction block over one request."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from transactscope.base_scope import BaseScope
from transactscope.core.leaving import Ending, ending, swallows
from transactscope.entities.keys import EntityKey, entity_key
from transactscope.entities.mapping import not_available
from transactscope.environment import environment_of
from transactscope.errors import CommitOutcomeUnknownError
from transactscope.flows import commit, read
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from transactscope.database import Database
    from transactscope.types import DynamoDBClient

T = TypeVar("T")


class TransactScope(BaseScope):
    """A transaction: stage writes with its verbs, leave the block to commit them all.

    Atomicity: everything staged is applied together or not at all, in one Region.
    What is sent: nothing until the commit, then one TransactWriteItems request, or none
    if nothing is staged. An exception in the block sends nothing and propagates.
    Threads: a scope may be handed from thread to thread; two using it at once is an error.
    Re-use: a scope is used once; every verb outside its active time raises.
    After an error: `ConditionFailedError` and its siblings say that nothing was applied,
    `CommitOutcomeUnknownError` that it cannot be known.

    Args:
        database_or_client: A `Database`, or a boto3 DynamoDB client.
        client_request_token: Makes a repeated request apply once within ten minutes
            (1-36 characters); None makes a random one at begin.

    Raises:
        InvalidRequestError: The client or the token cannot be used. Not sent.

    Example:
        >>> from transactscope import TransactScope
        >>> with TransactScope(client) as tx:
        ...     _ = tx.insert(Account("A-1", 10))
        ...     _ = tx.insert(Account("A-2", 20))
        >>> tx.state.name, tx.result.sent
        ('COMMITTED', True)
    """

    def __init__(
        self,
        database_or_client: Database | DynamoDBClient,
        *,
        client_request_token: str | None = None,
    ) -> None:
        super().__init__(environment_of(database_or_client), client_request_token)

    def commit(self) -> CommitResult:
        """Send everything that is staged as one TransactWriteItems request.

        Nothing is sent if nothing is staged. Leaving the block does the same.

        Returns:
            What DynamoDB said about the success.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            ConditionFailedError: A condition was false; nothing was applied.
            TransactionConflictError: Another transaction was at work on an item; nothing
                was applied.
            ThrottledError: There was no capacity left; nothing was applied.
            TransactionCanceledError: Canceled for another reason; nothing was applied.
            IdempotencyMismatchError: The token was used with other content; nothing was
                applied now.
            TableNotFoundError: A table does not exist; nothing was applied.
            RequestRejectedError: Refused as a whole; nothing was applied.
            DuplicateTargetError: Two actions have one item (only where a raw put left
                that to the server); nothing was applied.
            NotSentError: No connection, no credentials; nothing was sent.
            CommitOutcomeUnknownError: It was sent and the answer does not tell; the scope
                is in doubt.

        Example:
            >>> from transactscope import TransactScope
            >>> tx = TransactScope(client).begin()
            >>> _ = tx.insert(Account("A-1"))
            >>> tx.commit().sent
            True
        """
        with self._exclusively("commit()"):
            try:
                return self._environment.run(commit.commit(self._transaction))
            except CommitOutcomeUnknownError as error:
                error.scope = self
                raise

    @overload
    def get(self, target: type[T], /, *key: object, guard: bool = True) -> T | None: ...
    @overload
    def get(self, target: EntityKey[T], /, *, guard: bool = True) -> T | None: ...
    def get(self, target: Any, /, *key: object, guard: bool = True) -> Any:
        """Read one item as it will be after what is staged here, or None.

        Sends one strongly consistent GetItem, or nothing where a staged put or delete
        says by itself what the item will be.

        Args:
            target: An entity class followed by its key's parts, or an `EntityKey`.
            key: One value per field of the key.
            guard: Pass False: reads that are guarded until the commit are not available yet.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: `guard` is True, it is no entity, its key is incomplete, or
                a staged update cannot be applied to what is stored. Nothing is written.
            ConversionError: The stored item does not fit the class.
            TableNotFoundError: The table does not exist.
            RequestRejectedError: DynamoDB refused the read.
            NotSentError: No answer came; a read changes nothing.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.put(Account("A-1", 10))
            ...     tx.get(Account, "A-1", guard=False)
            Account(number='A-1', balance=10)
        """
        self._require_usable("get()")
        if guard:
            raise not_available("get(..., guard=True)", "pass guard=False for an unguarded read")
        located = entity_key(target, key)
        mapping, wire_key = self._builder.located(located, ())
        table = self._builder.table(mapping)
        with self._exclusively("get()"):
            staged = self._transaction.staged_on(table, wire_key)
            converter = self._environment.converter
            flow = read.get(mapping.cls, table, wire_key, converter, staged)
            return self._environment.run(flow)

    def __enter__(self) -> Self:
        return self._enter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        todo = ending(self.state, error)
        if todo is Ending.COMMIT:
            self.commit()
        elif todo is Ending.ROLLBACK and error is not None:
            self._rollback_because(error)
        return swallows(self, self.state, error)
