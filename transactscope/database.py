"""The noun that services share: one client, its settings, and immediate verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from transactscope.attempts import Attempts
from transactscope.base_database import BaseDatabase
from transactscope.core.terms import BatchTerms, QueryTerms
from transactscope.environment import SYNCHRONOUS
from transactscope.exporting import exported_from
from transactscope.types import CommitResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import UnionType

    from boto3.dynamodb.conditions import ConditionBase

    from transactscope.entities.keys import EntityKey, ProjectedKey
    from transactscope.flows.batch import Crew
    from transactscope.flows.effects import Flow
    from transactscope.queries import Query
    from transactscope.types import BatchGetResult, BatchResult

T = TypeVar("T")


@exported_from("transactscope")
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
            while both clocks say that DynamoDB still knows its token. Fields with `CreatedAt`
            and `UpdatedAt` get this time.
        breaker: A circuit breaker, as `ext.breaker.Breaker` or your own: it is asked before
            every request of the verbs, and of the scopes of this database. None means that
            there is none. What it refuses raises `CircuitOpenError`, and is not sent.
        direct: Whether requests may go past botocore, over the client's own connections and
            with its own credentials, where that makes no difference but in time; False sends
            each through the client. So does the environment variable `TRANSACTSCOPE_DIRECT=0`.
        keyring: Seals and opens the fields with `Encrypted`, as `ext.encryption.KmsKeyring` or
            your own. Without one, classes with such fields are refused.
        observers: Functions that are called with an `Event` for everything that happens in the
            verbs, and in the scopes of this database, as `ext.logs.EventLog` or your own. What
            they raise is logged, and changes nothing.

    Raises:
        InvalidRequestError: The client or a setting cannot be used. Not sent.

    Example:
        >>> from transactscope import Database
        >>> db = Database(client, table_names={"Account": "Account"})
        >>> _ = db.insert(Account("A-1", 10))
        >>> db.get(Account, "A-1")
        Account(number='A-1', balance=10)

    .. versionadded:: 0.1.0
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
            DecryptionError: An encrypted field was not sealed for this item by this keyring.
            TableNotFoundError: The table does not exist.
            RequestRejectedError: DynamoDB refused the read.
            NotSentError: No answer came; a read changes nothing.
            KeyServiceError: The keyring has no key to open an encrypted field with.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> db.get(EntityKey(Account, "A-1")) is None
            True
        """
        return self._run(self._getting(target, key))

    @overload
    def transact_get(self, *keys: EntityKey[T]) -> list[T | None]: ...
    @overload
    def transact_get(self, *keys: ProjectedKey) -> list[Mapping[str, Any] | None]: ...
    @overload
    def transact_get(self, *keys: EntityKey[Any] | ProjectedKey) -> list[Any]: ...
    def transact_get(self, *keys: EntityKey[Any] | ProjectedKey) -> list[Any]:
        """Read several items as they are at one moment, in the order of their keys.

        Sends one TransactGetItems, again after a conflict or whatever else may pass, within the
        `RetryPolicy`; nothing without keys. A transaction of others is seen as a whole or not at
        all [Developer Guide, "DynamoDB transactions: how it works", 2026-11]. It costs two read
        units per started 4 KB of each item, and for an item that is absent.

        Args:
            keys: The keys, of any entity classes and tables, at most 100 different ones. One
                that comes twice is read once and answered twice. `EntityKey.only` asks for some
                fields of an item.

        Returns:
            One entry per key: the entity, or for `EntityKey.only` a mapping of the names of
            fields to Python values; None for an item that is absent.

        Raises:
            InvalidKeyError: One is no `EntityKey`, or cannot be a key. Not sent.
            TooManyActionsError: There are more than 100 different keys. Not sent.
            ConversionError: A stored item does not fit its class.
            TransactionConflictError: Others kept writing to the items.
            ThrottledError: There was no capacity left.
            TransactionCanceledError: DynamoDB refused one of the reads; see its reasons.
            TableNotFoundError: A table does not exist.
            RequestRejectedError: DynamoDB refused the request.
            NotSentError: No answer came; a read changes nothing.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> db.transact_get(EntityKey(Account, "A-1"), EntityKey(Account, "A-2"))
            [Account(number='A-1', balance=10), None]
        """
        return self._run(self._transact_getting(keys))  # type: ignore[no-any-return]

    @overload
    def batch_get(
        self,
        keys: Iterable[EntityKey[T]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> BatchGetResult[T]: ...
    @overload
    def batch_get(
        self,
        keys: Iterable[EntityKey[Any]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> BatchGetResult[Any]: ...
    def batch_get(
        self,
        keys: Iterable[EntityKey[Any]],
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        consistent: bool = False,
        timeout: float | None = None,
        raises: bool = True,
    ) -> BatchGetResult[Any]:
        """Read any number of items by their keys; not as of one moment.

        Sends BatchGetItem requests of up to 100 keys, several at once; nothing without keys. Keys
        that DynamoDB leaves unprocessed are asked for again, after pauses, and so is whatever
        else may pass. Each item is read for itself: between two of them others may write. Reads
        as of one moment are `transact_get`.

        Keys are taken from the iterable as they are sent; the items are held until the end. For
        constant memory, call it for some keys after the others.

        Args:
            keys: `EntityKey`s, of any entity classes and tables. One that comes again is
                answered together with the first.
            chunk: The most keys of one request, 1 to 100; None means 100. False allows one
                request only, and refuses more keys than fit into it.
            in_flight: How many requests may be under way at once, 1 or more. More than 1 are
                sent from threads; give the client as many connections (`max_pool_connections`).
            progress: Called with the number of keys that were answered since its last call, in
                the caller's thread: `tqdm(...).update` fits. What it raises ends the call.
            consistent: Whether the reads are strongly consistent, at twice the cost.
            timeout: Seconds after which no further request is sent; None means no end as long as
                there is progress. Without any, a request is given up as the `RetryPolicy` says.
            raises: False returns the result also where keys were given up.

        Returns:
            A mapping of the keys to entities, None for an item that is absent.

        Raises:
            InvalidRequestError: An argument or a key cannot be used.
            BatchTooLargeError: `chunk=False`, and more keys than one request takes. Not sent.
            ConversionError: A key or a stored item does not fit its class.
            BatchIncompleteError: Keys were given up; its result has the others.
            TableNotFoundError: A table does not exist.
            RequestRejectedError: DynamoDB refused a request.
            NotSentError: No credentials, or the circuit breaker is open.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> read = db.batch_get(EntityKey(Account, number) for number in ("A-1", "A-2"))
            >>> read[EntityKey(Account, "A-1")]
            Account(number='A-1', balance=10)
            >>> [key.parts for key in read.missing]
            [('A-2',)]
        """
        terms = BatchTerms(
            chunk=chunk, in_flight=in_flight, progress=progress, timeout=timeout, raises=raises
        )
        return self._run(  # type: ignore[no-any-return]
            self._batch_getting(keys, terms, consistent=consistent)
        )

    def batch_write(
        self,
        puts: Iterable[object] = (),
        deletes: Iterable[object] = (),
        *,
        chunk: int | Literal[False] | None = None,
        in_flight: int = 4,
        progress: Callable[[int], object] | None = None,
        timeout: float | None = None,
        raises: bool = True,
    ) -> BatchResult:
        """Write and delete any number of items; each for itself, and not as one.

        This is no transaction: it has no conditions, some of it may be done and some not, and
        others see each item as soon as it is written. What has to happen together belongs into a
        `TransactScope`.

        Sends BatchWriteItem requests of up to 25 puts and deletes and 16 MB, several at once;
        nothing without input. What DynamoDB leaves unprocessed is sent again, after pauses, and
        so is whatever else may pass: doing it twice is as good as once. An item is never in two
        requests at once. Where it comes again in the input, the later waits for the earlier; in
        one request DynamoDB refuses it, and so does this.

        Puts are taken from their iterable first, deletes after them, as they are sent, and are
        not kept: any number of them takes the same memory.

        Args:
            puts: Entities, written over whatever is stored under their keys.
            deletes: `EntityKey`s, or entities. An absent item is no error.
            chunk: The most puts and deletes of one request, 1 to 25; None means 25. False allows
                one request only, and refuses more than fits into it.
            in_flight: How many requests may be under way at once, 1 or more. More than 1 are
                sent from threads; give the client as many connections (`max_pool_connections`).
            progress: Called with the number of puts and deletes that were done since its last
                call, in the caller's thread: `tqdm(...).update` fits. What it raises ends the
                call; what was under way is waited for.
            timeout: Seconds after which no further request is sent; None means no end as long as
                there is progress. Without any, a request is given up as the `RetryPolicy` says.
            raises: False returns the result also where something was given up.

        Returns:
            Counts, consumed capacity, and what was not done.

        Raises:
            InvalidRequestError: An argument, or the first of what was given cannot be used, or is
                an entity with a version, whose guard a batch cannot carry. Nothing was applied.
            DuplicateTargetError: An item comes twice in what would be one request. Nothing was
                applied.
            BatchTooLargeError: `chunk=False`, and more than one request takes. Not sent.
            ConversionError: A value does not fit its field's type. Nothing was applied.
            TableNotFoundError: A table does not exist. Nothing was applied.
            RequestRejectedError: DynamoDB refused. Nothing was applied.
            NotSentError: No credentials, or the circuit breaker is open. Nothing was applied.
            BatchIncompleteError: Something was given up; or one of the errors above came when
                other requests had been sent. Its `result` says what was not done.

        Example:
            >>> from transactscope import Database, EntityKey
            >>> db = Database(client)
            >>> accounts = (Account(f"A-{number}", 10) for number in range(60))
            >>> result = db.batch_write(accounts, deletes=[EntityKey(Account, "B-1")])
            >>> result.done, result.requests, result.is_complete
            (61, 3, True)
        """
        terms = BatchTerms(
            chunk=chunk, in_flight=in_flight, progress=progress, timeout=timeout, raises=raises
        )
        return self._run(  # type: ignore[no-any-return]
            self._batch_writing(puts, deletes, terms)
        )

    @overload
    def query(
        self,
        entity_class: type[T],
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> Query[T]: ...
    @overload
    def query(
        self,
        entity_class: type[Any],
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: Iterable[str],
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> Query[Mapping[str, Any]]: ...
    @overload
    def query(
        self,
        entity_class: UnionType,
        /,
        *key: object,
        filter: ConditionBase | str | None = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> Query[Any]: ...
    def query(
        self,
        entity_class: type[Any] | UnionType,
        /,
        *key: object,
        filter: ConditionBase | str | None = None,  # noqa: A002 - DynamoDB's word
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        index: str | None = None,
        only: Iterable[str] | None = None,
        reverse: bool = False,
        limit: int | None = None,
        page_size: int | None = None,
        consistent: bool = False,
        start_after: Mapping[str, Any] | None = None,
    ) -> Query[Any]:
        """Return an iterator over the items of one partition, in the order of their sort keys.

        Nothing is sent by the call. One Query request is sent for each page, when its first item
        is asked for, and again after whatever may pass. Pages without items are followed. What
        is read is not one moment, and what others insert meanwhile may be seen or not; there are
        no queries inside a scope, which could not guard them.

        Args:
            entity_class: The entity class of all items that the query finds, or a union of
                classes with discriminators, `Order | Profile`.
            key: One value per field of the partition key, then, if wanted, a condition on
                the sort key: `query(Order, "u-1", Key("number").gte(5))`; or a condition on
                both: `query(Order, Key("user_id").eq("u-1") & Key("number").gte(5))`. Names are
                fields, or attributes of the key. Where the sort key is composed and has no
                condition, its literal beginning limits the query to the items of the class.
            filter: What must be true of the items that are returned, an `Attr` tree or an
                expression string. DynamoDB reads the others, too, and they cost the same.
            names: The `#names` of a filter that is a string.
            values: The `:values` of a filter that is a string, as Python values.
            index: The name of an index of the class; None for the table.
            only: Names of fields: mappings of these to Python values are returned in place of
                entities. A field whose attribute is not stored is not in them.
            reverse: Whether to go from the greatest sort key to the least.
            limit: How many items are returned in all; None for all that there are.
            page_size: How many items DynamoDB reads for one page at most; None for 1 MB.
            consistent: Whether reads are strongly consistent; not possible on a global index.
            start_after: DynamoDB's LastEvaluatedKey, AttributeValues by name: the query goes on
                behind it. `last_evaluated_key` of the iterator is one, at any item.

        Returns:
            An iterator with `last_evaluated_key` and `pages()`.

        Raises:
            InvalidRequestError: The class has no such index, the key condition is none that
                DynamoDB takes or that can be said exactly, an index lacks fields of the
                entity, or another argument is wrong. Not sent.
            InvalidKeyError: A value cannot be a key. Not sent.
            ConversionError: A value does not fit its field; or, of the iterator, an item is
                none of the class: the iterator stays before it.
            TableNotFoundError: Of the iterator: the table does not exist.
            ThrottledError: Of the iterator: there was no capacity left.
            RequestRejectedError: Of the iterator: DynamoDB refused the query.
            NotSentError: Of the iterator: no answer came; a read changes nothing.

        Example:
            >>> from transactscope import Database, Key
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 10))
            >>> list(db.query(Account, "A-1"))
            [Account(number='A-1', balance=10)]
            >>> query = db.query(Account, Key("number").eq("A-1"), only=["balance"])
            >>> next(query), query.last_evaluated_key
            ({'balance': 10}, None)
        """
        terms = QueryTerms(
            filter,
            names,
            values,
            index,
            only,
            reverse,
            limit,
            page_size,
            consistent,
            start_after,
        )
        from transactscope.queries import Query, planned  # noqa: PLC0415 - see there

        return Query(self._environment, planned(self._environment, entity_class, key, terms))

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

    def create_table(
        self,
        entity_class: type[Any],
        *others: type[Any],
        billing: Literal["PAY_PER_REQUEST", "PROVISIONED"] = "PAY_PER_REQUEST",
        read_units: int | None = None,
        write_units: int | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Create the table of one or several entity classes and wait until it can be used.

        Sends CreateTable with the key and the indexes of all classes, then DescribeTable until
        the table and its global indexes are ACTIVE. Where a class has a field for time to live,
        DescribeTimeToLive, and UpdateTimeToLive if it is not enabled. A table that is there
        already with the same key and indexes is left alone.

        Args:
            entity_class: The entity class whose table is meant.
            others: More classes of the same table.
            billing: `"PAY_PER_REQUEST"` for a table on demand, or `"PROVISIONED"`.
            read_units: Read capacity units of a provisioned table, and of each of its global
                indexes.
            write_units: The same for write capacity units.
            timeout: Seconds to wait for ACTIVE.

        Raises:
            InvalidRequestError: One is no entity, a key attribute's type is not known to be
                S, N or B, the classes cannot share one table, or the table exists with another
                key or other indexes; the text lists the differences.
            RequestRejectedError: DynamoDB refused, or something did not become ACTIVE.
            ThrottledError: There was no capacity left.
            NotSentError: No answer came.

        Example:
            >>> from transactscope import Database
            >>> Database(client).create_table(Account)
        """
        units = billing, read_units, write_units
        self._run(self._creating_table((entity_class, *others), units, timeout))

    def _run(self, flow: Flow[Any]) -> Any:
        return self._environment.run(flow)

    def _crew(self, in_flight: int) -> Crew:
        from transactscope.crews import crew_of  # noqa: PLC0415 - of batches only

        return crew_of(in_flight, self._environment.run)
