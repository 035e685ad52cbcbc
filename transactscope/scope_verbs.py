"""The verbs that only a scope has: its life, its savepoints, and what is only staged.

None of them sends anything; the two that do, commit and resolve, are the shells' own.
"""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from transactscope.arguments import reading
from transactscope.core.actions import ONCE
from transactscope.core.building import ConditionLike, Terms
from transactscope.core.callsite import user_frame
from transactscope.core.hooks import checked_hook
from transactscope.savepoints import OpenSavepoint
from transactscope.types import Action, CommitResult, Savepoint
from transactscope.verbs import Verbs

if TYPE_CHECKING:
    from transactscope.core.actions import Raises
    from transactscope.core.transaction import Transaction
    from transactscope.observing import Watch


class ScopeVerbs(Verbs[Action]):
    """Begin, roll back, savepoints, hooks, checks and markers."""

    _transaction: Transaction
    _watch: Watch | None
    _is_async = False

    @abc.abstractmethod
    def _exclusively(self, verb: str) -> contextlib.AbstractContextManager[None]:
        """Let one caller in at a time."""

    def begin(self) -> Self:
        """Open the transaction. Nothing is sent.

        Returns:
            The scope, so that `with TransactScope(db).begin() as tx` reads well.

        Raises:
            ScopeStateError: It has begun before; a level inside it is a savepoint. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> tx = TransactScope(client).begin()
            >>> tx.state.name
            'ACTIVE'
            >>> tx.rollback()
        """
        with self._exclusively("begin()"):
            self._transaction.begin()
        if self._watch is not None:
            self._watch.begun(self._transaction.token)
        return self

    def rollback(self) -> None:
        """Drop everything that is staged and end. Nothing is sent.

        Raises:
            ScopeStateError: The scope is not active. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1"))
            ...     tx.rollback()
            >>> tx.staged
            ()
        """
        with self._exclusively("rollback()"):
            self._transaction.rollback()
        if self._watch is not None:
            self._watch.rolled_back()

    def savepoint(self) -> Savepoint:
        """Open a savepoint: what is staged from here on can be dropped on its own.

        Nothing is sent, now or later: a scope is one request, however many levels it has.

        Returns:
            A with-block that releases the savepoint at its end, and drops its own actions
            if an exception leaves it; or, without a block, `release()` and `rollback()`.

        Raises:
            ScopeStateError: The scope is not active. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1"))
            ...     try:
            ...         with tx.savepoint():
            ...             _ = tx.insert(Account("A-2"))
            ...             raise KeyError
            ...     except KeyError:
            ...         pass
            >>> [action.key for action in tx.staged]
            [{'number': {'S': 'A-1'}}]
        """
        with self._exclusively("savepoint()"):
            return OpenSavepoint(self._transaction, self._exclusively)

    def unstage(self, action: Action) -> None:
        """Drop one staged action. Nothing is sent.

        Args:
            action: What a verb returned, or one of `staged`.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: The action is not staged here. Not sent.
            DuplicateTargetError: Later actions on the same item need it; it stays. Not sent.
            ItemTooLargeError: What is left on the item would be too large without it, as where
                it removes something; it stays. Not sent.
            TransactionTooLargeError: The same of all items; it stays. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     action = tx.insert(Account("A-1"))
            ...     tx.unstage(action)
            >>> tx.staged
            ()
        """
        with self._exclusively("unstage()"):
            self._transaction.unstage(action)

    def on_commit(self, hook: Callable[[CommitResult], Any]) -> None:
        """Have a function called once the scope is committed. Nothing is sent.

        Hooks run after the commit, in order, each with the result, also where nothing was
        staged. All of them run; what they raise comes as one ExceptionGroup, which says
        that the data is committed. A savepoint that is rolled back drops its hooks.

        Args:
            hook: A plain function that takes the `CommitResult`; in an `AsyncTransactScope`
                a coroutine function, too.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: It cannot be called, or would never be awaited. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1"))
            ...     tx.on_commit(lambda result: print("sent:", result.sent))
            sent: True
        """
        with self._exclusively("on_commit()"), reading("on_commit()"):
            self._transaction.add_hook(checked_hook(hook, may_be_awaited=self._is_async))

    def check(
        self,
        target: object,
        /,
        *key: object,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> Action:
        """Stage a condition on an item that is not written. Nothing is sent.

        Args:
            target: An entity, an entity class followed by its key's parts, or an `EntityKey`.
            key: One value per field of the key.
            condition: What must be true of the stored item: a boto3 `Attr` tree over the
                entity's fields, or an expression string.
            names: The `#names` of an expression string.
            values: The `:values` of an expression string, as Python values.
            raises: An exception or its class, raised from the cancellation if the
                condition is false.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: There is no condition, it is no entity, its key is
                incomplete, a name is unknown, or it does not fold with what is staged on
                the item. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.

        Example:
            >>> from transactscope import Attr, TransactScope, errors
            >>> try:
            ...     with TransactScope(client) as tx:
            ...         _ = tx.insert(Account("A-1"))
            ...         _ = tx.check(Account, "A-2", condition=Attr("balance").gt(0))
            ... except errors.ConditionFailedError as error:
            ...     print(error.failures[0].index, error.failures[0].key)
            1 {'number': {'S': 'A-2'}}
        """
        terms = Terms(condition, names, values, raises)
        call = self._compiled.check(target, key, terms, user_frame())
        if call is not None:
            return self._perform_encoded(call)
        self._require_usable("check()")
        with reading("check()"):
            action = self._builder.check(target, key, terms)
        return self._perform(action)

    def once(self, marker: object) -> Action:
        """Stage a marker that makes the whole transaction apply once, at any time. Nothing is sent.

        The marker is an entity of a class of yours that is inserted with everything else, for
        example one that is named after the message or request that is being worked on. Where it
        is stored already with the same content, all of this was committed before: the commit
        writes nothing, ends `COMMITTED` and says so in `result.replayed`; hooks run, entities
        stay as they are. The version, times of the library and time to live are not compared.

        A client request token does the same for ten minutes; a marker does as long as it is
        stored, and for a scope that is made anew.

        Args:
            marker: The entity. Of several, all have to be stored, or none.

        Returns:
            The staged action. The commit raises `IdempotencyMismatchError` where the marker is
            stored with other content.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.
            InvalidRequestError: It is no entity, or DynamoDB would refuse it. Not sent.
            DuplicateTargetError: Something else is staged on the marker's item. Not sent.

        Example:
            >>> from transactscope import Database, TransactScope
            >>> db = Database(client)
            >>> def receive():
            ...     with TransactScope(db) as tx:
            ...         _ = tx.once(Account("message-7"))
            ...         _ = tx.update(Account, "A-1", add={"balance": 10})
            ...     return tx.result.replayed
            >>> receive(), receive(), db.get(Account, "A-1").balance
            (False, True, 10)
        """
        self._require_usable("once()")
        with reading("once()"):
            action = self._builder.put(ONCE, marker, Terms())
        return self._perform(action)
