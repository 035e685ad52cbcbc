"""The noun that services share: one client, its settings, and immediate verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from transactscope.attempts import Attempts
from transactscope.base_database import BaseDatabase
from transactscope.environment import SYNCHRONOUS
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from transactscope.entities.keys import EntityKey
    from transactscope.flows.effects import Flow

T = TypeVar("T")


class Database(BaseDatabase[CommitResult]):
    """A DynamoDB client with the settings that scopes and single calls share.

    Its verbs send one plain request each, at once: `put`, `insert` and `replace` a PutItem,
    `update` an UpdateItem, `delete` a DeleteItem, `get` a GetItem, with the same guards
    and the same errors as in a scope.

    Atomicity: each call is atomic by itself; use a `TransactScope` for several.
    What is sent: one request per verb, again only where that cannot change what it does:
    after a clear no that is only for the moment, and, for a put or delete without any
    condition, after an answer that does not tell. Other writes whose answer does not tell
    whether they were applied raise `CommitOutcomeUnknownError`.
    Threads: may be shared by any number of threads, as boto3's clients may.

    Args:
        client: A boto3 DynamoDB client.
        retry: How often and how long what failed only for the moment is tried again; None
            means `RetryPolicy()`.
        converter: Made by `values.make_converter`, or your own after
            `values.configure_converter`; None means the library's own.
        table_names: Maps the tables of entities to the tables of this deployment: a
            mapping (names that are not in it stay as they are) or a function.
        clock: Tells the time in seconds, from any point on; it must never go back.
        sleep: Called with seconds wherever the library waits; None means `time.sleep`.
        random: Gives a number from 0.0 to 1.0, for the length of pauses.
        new_token: Makes the client request tokens of scopes, 1-36 characters each.
        wall_clock: Tells the time in seconds since 1970. A commit in doubt is sent again only
            while both clocks say that DynamoDB still knows its token.
        breaker: A circuit breaker, as `ext.breaker.Breaker` or your own: it is asked before
            every request of the verbs, and of the scopes of this database. None means that
            there is none. What it refuses raises `CircuitOpenError`, and is not sent.

    Raises:
        InvalidRequestError: The client or a setting cannot be used. Not sent.

    Example:
        >>> from transactscope import Database
        >>> db = Database(client, table_names={"Account": "Account"})
        >>> _ = db.insert(Account("A-1", 10))
        >>> db.get(Account, "A-1")
        Account(number='A-1', balance=10)
    """

    _connector = SYNCHRONOUS

    @overload
    def get(self, target: type[T], /, *key: object, guard: bool = True) -> T | None: ...
    @overload
    def get(self, target: EntityKey[T], /, *, guard: bool = True) -> T | None: ...
    def get(self, target: Any, /, *key: object, guard: bool = True) -> Any:  # noqa: ARG002
        """Read one item, or None. Sends one strongly consistent GetItem.

        Args:
            target: An entity class followed by its key's parts, or an `EntityKey`.
            key: One value per field of the key.
            guard: Taken so that the same code can read through a scope; outside a scope
                there is no commit that a guard could stop, so both values mean the same.

        Raises:
            InvalidRequestError: It is no entity, or its key is incomplete. Not sent.
            ConversionError: A part of the key or the stored item does not fit the class.
            TableNotFoundError: The table does not exist.
            RequestRejectedError: DynamoDB refused the read.
            NotSentError: No answer came; a read changes nothing.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> db.get(EntityKey(Account, "A-1")) is None
            True
        """
        return self._run(self._getting(target, key))

    def attempts(self, timeout: float | None = None) -> Attempts:
        """Return attempts at one transaction, to be made until one is committed.

        Nothing is sent by itself. Each attempt is a block with a scope of its own; the loop
        goes on, after a pause, where what was read had changed or another transaction was
        at work. One `RetryPolicy` counts all attempts and all time.

        Args:
            timeout: Seconds after which no further attempt begins; None means that of the
                `RetryPolicy`.

        Raises:
            InvalidRequestError: The timeout is no number from 0 on. Not sent.

        Example:
            >>> from transactscope import Database
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> for attempt in db.attempts():
            ...     with attempt as tx:
            ...         account = tx.get(Account, "A-1")
            ...         account.balance += 1
            ...         _ = tx.update(account)
            >>> db.get(Account, "A-1")
            Account(number='A-1', balance=11)
        """
        return Attempts(self._environment, timeout)

    def create_table(self, entity_class: type[Any]) -> None:
        """Create an entity's table and wait until it can be used.

        Sends CreateTable (on-demand capacity) and DescribeTable until the table is ACTIVE,
        for at most a minute. A table that exists already with the same key is left alone.

        Args:
            entity_class: The entity class whose table and key are meant.

        Raises:
            InvalidRequestError: It is no entity, a key attribute's type is not known to be
                S, N or B, or the table exists with another key.
            RequestRejectedError: DynamoDB refused, or the table did not become ACTIVE.
            NotSentError: No answer came.

        Example:
            >>> from transactscope import Database
            >>> Database(client).create_table(Account)
        """
        self._run(self._creating_table(entity_class))

    def _run(self, flow: Flow[Any]) -> Any:
        return self._environment.run(flow)
