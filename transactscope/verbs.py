"""The verbs that write, once for everything that has them.

A scope stages what a verb builds, a database sends it at once; what they build
is the same, so guards and errors are the same inside and outside a scope.
"""

from __future__ import annotations

import abc
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from transactscope.arguments import reading
from transactscope.core.actions import Raises, StagedAction
from transactscope.core.building import ActionBuilder, ConditionLike, Terms, changes_of
from transactscope.core.callsite import user_frame
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.core.compiled.encoded import EncodedAction
from transactscope.entities.keys import EntityKey, entity_key
from transactscope.entities.mapping import mapping_of_instance
from transactscope.errors import InvalidRequestError

if TYPE_CHECKING:
    from transactscope.expressions.paths import Path

R = TypeVar("R")


class Verbs(abc.ABC, Generic[R]):
    """`put`, `insert`, `replace`, `update` and `delete`, each building one action.

    R is what a verb gives back: the staged `Action` in a scope, a result in a database.
    """

    @abc.abstractmethod
    def _perform(self, action: StagedAction) -> R:
        """Stage the action, or send it."""

    @abc.abstractmethod
    def _perform_encoded(self, call: EncodedAction) -> R:
        """Do the same with an action that is ready to be sent."""

    @property
    @abc.abstractmethod
    def _builder(self) -> ActionBuilder:
        """What turns entities into actions."""

    @property
    @abc.abstractmethod
    def _compiled(self) -> CompiledBuilder:
        """What writes usual calls at once, and returns None for others."""

    @abc.abstractmethod
    def _require_usable(self, verb: str) -> None:
        """Refuse the verb where the state does not allow it, before anything else is said."""

    def put(
        self,
        entity: object,
        *,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R:
        """Write a whole entity over whatever is stored under its key.

        A scope stages it (nothing is sent); a database sends one PutItem.

        Args:
            entity: An instance of an entity class, converted now.
            condition: What must be true of the stored item: a boto3 `Attr` tree over the
                entity's fields, or an expression string.
            names: The `#names` of an expression string, `{"#s": "status"}`.
            values: The `:values` of an expression string as Python values, `{":o": "open"}`.
            raises: An exception or its class, raised from the cancellation if the
                condition is false.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: It is no entity, its key is incomplete or too long, a name
                is unknown, or an expression is too long. Not sent.
            TooManyActionsError: It would be a 101st item. Not sent.
            ItemTooLargeError: The item would have over 409,600 bytes. Not sent.
            TransactionTooLargeError: All items of the scope would have over 4,194,304 bytes
                together. Not sent.
            DuplicateTargetError: It does not fold with what is staged on the item. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.

        Example:
            >>> from transactscope import Attr, TransactScope
            >>> with TransactScope(client) as tx:
            ...     action = tx.put(Account("A-1", 10), condition=Attr("balance").lt(10))
            ...     tx.rollback()
            >>> action.verb
            'put'
        """
        is_bare = condition is None and names is None and values is None and raises is None
        terms = None if is_bare else Terms(condition, names, values, raises)
        return self._perform_put("put", entity, terms)

    def insert(
        self,
        entity: object,
        *,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R:
        """Write a whole entity that must not be stored yet: SQL's INSERT.

        A scope stages it (nothing is sent); a database sends one PutItem. Takes and
        raises what `put` does; if the item is there, the commit (or the database's call)
        raises `ConditionFailedError` with the stored item.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1"))
            >>> with TransactScope(client) as tx:
            ...     _ = tx.insert(Account("A-1"), raises=KeyError("A-1 is taken"))
            Traceback (most recent call last):
                ...
            KeyError: 'A-1 is taken'
        """
        is_bare = condition is None and names is None and values is None and raises is None
        terms = None if is_bare else Terms(condition, names, values, raises)
        return self._perform_put("insert", entity, terms)

    def replace(
        self,
        entity: object,
        *,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R:
        """Write a whole entity that must be stored already.

        A scope stages it (nothing is sent); a database sends one PutItem. Takes and
        raises what `put` does; if the item is absent, the commit (or the database's call)
        raises `ConditionFailedError`.

        Example:
            >>> from transactscope import TransactScope, errors
            >>> try:
            ...     with TransactScope(client) as tx:
            ...         _ = tx.replace(Account("A-9"))
            ... except errors.ConditionFailedError as error:
            ...     print(error.failures[0].verb, error.failures[0].item)
            replace None
        """
        is_bare = condition is None and names is None and values is None and raises is None
        terms = None if is_bare else Terms(condition, names, values, raises)
        return self._perform_put("replace", entity, terms)

    @overload
    def update(
        self,
        target: type[Any] | EntityKey[Any],
        /,
        *key: object,
        set: Mapping[str | Path, Any] | None = None,
        add: Mapping[str | Path, Any] | None = None,
        remove: str | Path | Iterable[str | Path] | None = None,
        delete: Mapping[str | Path, Any] | None = None,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R: ...
    @overload
    def update(
        self,
        target: object,
        /,
        *,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R | None: ...
    def update(
        self,
        target: object,
        /,
        *key: object,
        set: Mapping[str | Path, Any] | None = None,  # noqa: A002 - AWS's word
        add: Mapping[str | Path, Any] | None = None,
        remove: str | Path | Iterable[str | Path] | None = None,
        delete: Mapping[str | Path, Any] | None = None,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R | None:
        """Change attributes of one item: AWS's SET, ADD, REMOVE and DELETE.

        By key, a scope stages it (nothing is sent) and a database sends one UpdateItem. As
        in DynamoDB an absent item is created; a condition can demand that it is there.

        An entity that was read in a scope is written back by `update(entity)`: only what
        was changed since, so that attributes that its class does not know stay. If nothing
        was changed, a condition is staged as a check; without one nothing is staged, and None
        is returned.

        Args:
            target: An entity class followed by its key's parts, an `EntityKey`, or, in a
                scope, an entity that `get` returned there, or a changed copy of it.
            key: One value per field of the key.
            set: Paths to values, or to `if_not_exists(...)`, `list_append(...)`,
                `path(...)`, and `path(...)` plus or minus one operand.
            add: Paths to numbers (added, from 0 if absent) or sets (united).
            remove: Paths of attributes to remove; one path may be given as it is.
            delete: Paths to sets whose elements are taken out of the stored set.
            condition: As in `put`.
            names: As in `put`.
            values: As in `put`.
            raises: As in `put`.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: There is nothing to do, a name is unknown, a path belongs
                to the key or is the version, two paths overlap, an expression is too long, or
                the entity was not read in this scope. Not sent.
            TooManyActionsError: It would be a 101st item. Not sent.
            ItemTooLargeError: The item would surely have over 409,600 bytes. Not sent.
            TransactionTooLargeError: All items of the scope would have over 4,194,304 bytes
                together. Not sent.
            DuplicateTargetError: It does not fold with what is staged on the item. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.

        Example:
            >>> from transactscope import Attr, Database, path
            >>> db = Database(client)
            >>> _ = db.put(Account("A-1", 30))
            >>> _ = db.update(
            ...     Account, "A-1", add={"balance": -10}, condition=Attr("balance").gte(10)
            ... )
            >>> _ = db.update(Account, "A-1", set={"balance": path("balance") + 5})
            >>> db.get(Account, "A-1")
            Account(number='A-1', balance=25)
        """
        terms = Terms(condition, names, values, raises)
        changes = changes_of(set, add, remove, delete)
        call = self._compiled.update(target, key, changes, terms, user_frame())
        if call is not None:
            return self._perform_encoded(call)
        self._require_usable("update()")
        with reading("update()"):
            action = self._update_by_key(target, key, changes, terms)
        return self._perform_update_of(target, terms) if action is None else self._perform(action)

    def delete(
        self,
        target: object,
        /,
        *key: object,
        condition: ConditionLike = None,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        raises: Raises = None,
    ) -> R:
        """Delete one item; an absent one is no error unless a condition says so.

        A scope stages it (nothing is sent); a database sends one DeleteItem.

        Args:
            target: An entity, an entity class followed by its key's parts, or an `EntityKey`.
            key: One value per field of the key.
            condition: As in `put`.
            names: As in `put`.
            values: As in `put`.
            raises: As in `put`.

        Raises:
            ScopeStateError: The scope is not active. Not sent.
            InvalidRequestError: It is no entity, its key is incomplete, a name is unknown, or
                an expression is too long. Not sent.
            TooManyActionsError: It would be a 101st item. Not sent.
            TransactionTooLargeError: All items of the scope would have over 4,194,304 bytes
                together. Not sent.
            DuplicateTargetError: It does not fold with what is staged on the item. Not sent.
            ConversionError: A value does not fit its field's type. Not sent.

        Example:
            >>> from transactscope import TransactScope
            >>> with TransactScope(client) as tx:
            ...     action = tx.delete(Account, "A-1")
            >>> action.key
            {'number': {'S': 'A-1'}}
        """
        terms = Terms(condition, names, values, raises)
        call = self._compiled.delete(target, key, terms, user_frame())
        if call is not None:
            return self._perform_encoded(call)
        self._require_usable("delete()")
        with reading("delete()"):
            action = self._builder.delete(target, key, terms)
        return self._perform(action)

    @abc.abstractmethod
    def _perform_update_of(self, entity: object, terms: Terms) -> R | None:
        """Write back what was changed in an entity, or refuse to."""

    def _perform_put(self, verb: str, entity: object, terms: Terms | None) -> R:
        call = self._compiled.put(verb, entity, terms, user_frame())
        if call is not None:
            return self._perform_encoded(call)
        self._require_usable(f"{verb}()")
        with reading(f"{verb}()"):
            action = self._builder.put(verb, entity, terms or Terms())
        return self._perform(action)

    def _update_by_key(
        self, target: Any, key: tuple[object, ...], changes: Mapping[str, Any], terms: Terms
    ) -> StagedAction | None:
        """Build the update of an item by its key; None if an entity is to be written back."""
        if isinstance(target, type | EntityKey):
            return self._builder.update(entity_key(target, key), changes, terms)
        mapping_of_instance(target)  # anything but an entity is refused as such
        if key or any(change is not None for change in changes.values()):
            msg = (
                "update(entity) takes no key and no set=, add=, remove= or delete=: it writes what "
                "was changed in the entity"
            )
            raise InvalidRequestError(msg)
        return None
