"""The scope for synchronous code: SQL's transaction block over one request."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from transactscope.base_scope import BaseScope
from transactscope.entities.keys import EntityKey
from transactscope.environment import environment_of
from transactscope.exporting import exported_from
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from transactscope.database import Database
    from transactscope.types import DynamoDBClient

T = TypeVar("T")


@exported_from("transactscope")
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
        timeout: Seconds after which a commit is not tried again; None means the database's
            `RetryPolicy`.

    Raises:
        InvalidRequestError: The client, the token or the timeout cannot be used. Not sent.

    Example:
        >>> from transactscope import TransactScope
        >>> with TransactScope(client) as tx:
        ...     _ = tx.insert(Account("A-1", 10))
        ...     _ = tx.insert(Account("A-2", 20))
        >>> tx.state.name, tx.result.sent
        ('COMMITTED', True)

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        database_or_client: Database | DynamoDBClient,
        *,
        client_request_token: str | None = None,
        timeout: float | None = None,
    ) -> None:
        super().__init__(environment_of(database_or_client), client_request_token, timeout)

    def commit(self) -> CommitResult:
        """Send everything that is staged as one TransactWriteItems request.

        Nothing is sent if nothing is staged. Leaving the block does the same. What was read
        here with a guard goes along, as part of what is written or as a ConditionCheck. A
        conflict or throttling, after which nothing was applied, is met by sending the same
        again, within the database's `RetryPolicy`. So is an answer that does not tell: the
        client request token makes the same request apply once, however often it arrives.

        Returns:
            What DynamoDB said about the success.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            StaleReadError: What was read here, or a version, is not what is stored any more;
                nothing was applied.
            ConditionFailedError: A condition was false; nothing was applied.
            TransactionConflictError: Another transaction was at work on an item; nothing
                was applied.
            ThrottledError: There was no capacity left; nothing was applied.
            TransactionCanceledError: Canceled for another reason; nothing was applied.
            IdempotencyMismatchError: The token, or a marker of `once`, was used with other
                content; nothing was applied now.
            TableNotFoundError: A table does not exist; nothing was applied.
            RequestRejectedError: Refused as a whole; nothing was applied.
            DuplicateTargetError: Two actions have one item (only where a raw put left
                that to the server); nothing was applied.
            NotSentError: No connection, no credentials; nothing was sent.
            KeyServiceError: The keyring has no key for encrypted fields; nothing was sent.
            ItemTooLargeError: An item is too large with its fields encrypted. Not sent.
            TransactionTooLargeError: The same of all items together. Not sent.
            CommitOutcomeUnknownError: It was sent, and no answer told whether it was applied,
                nor did those to the same request sent again; the scope is in doubt, and
                `resolve()` asks once more.
            ExceptionGroup: It is committed, and hooks of `on_commit` raised.

        Example:
            >>> from transactscope import TransactScope
            >>> tx = TransactScope(client).begin()
            >>> _ = tx.insert(Account("A-1"))
            >>> tx.commit().sent
            True
        """
        return self._environment.run(self._committing())

    def resolve(self) -> CommitResult:
        """Find out how a commit in doubt has ended, by sending the same once more.

        Sends the same TransactWriteItems request with the same token, within the database's
        `RetryPolicy`: if it was applied it is not applied again, else it is applied now. That
        holds for 600 seconds from the first send [Developer Guide, "DynamoDB transactions: how
        it works", 2026-11], less the client's connect timeout, so that the request arrives
        in time; for a scope with a marker of `once` it holds at any time. `on_commit` hooks
        run if it ends committed.

        Returns:
            What DynamoDB said about the success; `replayed` if it had been applied before.

        Raises:
            ScopeStateError: The scope is not in doubt. Not sent.
            CommitOutcomeUnknownError: It is too late, and nothing was sent; or no answer told
                this time either. The scope stays in doubt.
            TransactScopeError: What `commit` raises where nothing was applied; the scope is
                canceled then.
            ExceptionGroup: It is committed, and hooks of `on_commit` raised.

        Example:
            >>> from transactscope import Database, RetryPolicy, TransactScope, errors
            >>> from transactscope.testing import Faults, lost_answer
            >>> db = Database(client, retry=RetryPolicy(max_attempts=1))
            >>> with Faults(client) as faults:
            ...     faults.next("TransactWriteItems", lost_answer())
            ...     try:
            ...         with TransactScope(db) as tx:
            ...             _ = tx.put(Account("A-1", 10))
            ...     except errors.CommitOutcomeUnknownError as unknown:
            ...         result = unknown.scope.resolve()
            >>> tx.state.name, result.attempts
            ('COMMITTED', 2)
        """
        return self._environment.run(self._resolving())

    @overload
    def get(self, target: type[T], /, *key: object, guard: bool = True) -> T | None: ...
    @overload
    def get(self, target: EntityKey[T], /, *, guard: bool = True) -> T | None: ...
    def get(self, target: Any, /, *key: object, guard: bool = True) -> Any:
        """Read one item as it will be after what is staged here, or None.

        SQL's SELECT ... FOR UPDATE, without a lock: the commit demands that the stored item
        is still as it was read, or absent, else it raises `StaleReadError`. A scope that
        stages nothing sends nothing, so its reads are not validated.

        Sends one strongly consistent GetItem; nothing where the item was read here before,
        or where a staged put or delete says by itself what it will be. The same object is
        returned until something staged changes the item.

        Args:
            target: An entity class followed by its key's parts, or an `EntityKey`.
            key: One value per field of the key.
            guard: False reads without a guard: the commit does not care whether the item
                changes.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            TooManyActionsError: Its guard would be a 101st action. Not sent.
            InvalidRequestError: It is no entity, its key is incomplete, its guard would be
                longer than an expression may be, or a staged update cannot be applied to
                what is stored. Nothing is written.
            ConversionError: The stored item does not fit the class.
            DecryptionError: An encrypted field was not sealed for this item by this keyring.
            KeyServiceError: The keyring has no key to open an encrypted field with.
            TableNotFoundError: The table does not exist.
            ThrottledError: There was no capacity left.
            RequestRejectedError: DynamoDB refused the read.
            NotSentError: No answer came; a read changes nothing.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> with TransactScope(db) as tx:
            ...     account = tx.get(Account, "A-1")
            ...     account.balance -= 4
            ...     _ = tx.update(account)
            >>> db.get(Account, "A-1")
            Account(number='A-1', balance=6)
        """
        return self._environment.run(self._getting(target, key, guard=guard))

    @overload
    def get_many(self, *keys: EntityKey[T], guard: bool = True) -> list[T | None]: ...
    @overload
    def get_many(self, *keys: EntityKey[Any], guard: bool = True) -> list[Any]: ...
    def get_many(self, *keys: EntityKey[Any], guard: bool = True) -> list[Any]:
        """Read several items at one moment, in the order of their keys, None for absent ones.

        What `get` says holds for each. Sends one TransactGetItems for those that were not
        read here yet, or nothing.

        Args:
            keys: The keys, of any entity classes; one may come twice.
            guard: As in `get`, for all of them.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidKeyError: One is no `EntityKey`. Not sent.
            TooManyActionsError: There are more than 100, or their guards would need more
                than 100 actions. Not sent.
            TransactionConflictError: Others kept writing to the items.
            TransactionCanceledError: DynamoDB refused one of the reads; see its reasons.
            TransactScopeError: What `get` raises besides.

        Example:
            >>> from transactscope import EntityKey, TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1", 10))
            ...     tx.get_many(EntityKey(Account, "A-1"), EntityKey(Account, "A-2"))
            [Account(number='A-1', balance=10), None]
        """
        return self._environment.run(self._getting_many(keys, guard=guard))

    def __enter__(self) -> Self:
        return self._enter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        return self._environment.run(self._leaving(error))
