"""From a verb and an entity to one staged action.

Everything that a user can get wrong about one action is found here, at the call:
conversion, key, table name, names in expressions, sizes, `raises=`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from transactscope.core.actions import (
    ONCE,
    READ,
    BuiltAction,
    ExpectedVersion,
    Kind,
    Raises,
    StagedAction,
)
from transactscope.core.callsite import call_site
from transactscope.core.difference import difference
from transactscope.core.encrypting import (
    condition_vocabulary,
    refuse_in_changes,
    refuse_in_condition,
    refuse_in_update,
)
from transactscope.core.fitting import fitting
from transactscope.core.index_updates import index_clauses
from transactscope.core.naming import EntityVocabulary, refuse_long_names
from transactscope.core.sealing import clauses_with_tables, no_keyring, with_tables
from transactscope.core.stamps import stamping_clauses, stamps_of_put
from transactscope.core.tables import table_id
from transactscope.core.versions import (
    next_version,
    raised_version,
    version_of,
    version_of_new,
)
from transactscope.entities.items import as_entity_key, to_item
from transactscope.entities.keys import EntityKey, key_of
from transactscope.entities.mapping import EntityMapping, mapping_of, mapping_of_instance
from transactscope.errors import InvalidRequestError
from transactscope.expressions.clauses import AddClause, SetClause, Update
from transactscope.expressions.conditions import (
    Condition,
    all_of,
    condition_from,
    exists,
    not_exists,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.expressions.updates import update_from
from transactscope.types import Item, Keyring

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from cattrs import Converter

ConditionLike: TypeAlias = "ConditionBase | str | None"
TableNames: TypeAlias = Mapping[str, str] | Callable[[str], str] | None


class Terms(NamedTuple):
    """What every verb takes beside its item: `condition=`, `names=`, `values=`, `raises=`."""

    condition: ConditionLike = None
    names: Mapping[str, str] | None = None
    values: Mapping[str, Any] | None = None
    raises: Raises = None


@attrs.frozen
class ActionBuilder:
    """Builds actions for one database: its converter, clock, physical table names and keyring."""

    converter: Converter
    wall_clock: Callable[[], float]
    table_names: TableNames = None
    keyring: Keyring | None = None

    def put(
        self,
        verb: str,
        entity: object,
        terms: Terms,
        *,
        vocabulary: EntityVocabulary | None = None,
    ) -> StagedAction:
        """Build the Put of `put`, `insert`, `once` (must be absent), `replace` (be present).

        Whoever wants to see what is converted hands in a vocabulary of its own.
        """
        mapping = mapping_of_instance(entity)
        if verb == ONCE and mapping.encrypted:
            msg = (
                f"once() of {mapping.name}: a marker that is stored is compared with the one that "
                "is staged, which cannot be done with encrypted fields"
            )
            raise InvalidRequestError(msg, code="ENCRYPTED_FIELD")
        item = to_item(entity, converter=self.converter)
        key = {key.attribute: item[key.attribute] for key in mapping.key_attributes}
        expected = self._expected(mapping, entity, is_new=verb in ("insert", ONCE))
        if expected is not None:
            item[expected.attribute] = next_version(expected)
        item |= stamps_of_put(mapping, entity, self.wall_clock, self.converter)
        return self._action(
            verb,
            "Put",
            mapping,
            key,
            terms,
            presence=_presence(verb, mapping),
            item=item,
            entity=entity,
            expected=expected,
            vocabulary=vocabulary,
        )

    def update(
        self,
        target: EntityKey[Any],
        changes: Mapping[str, Any],
        terms: Terms,
        *,
        vocabulary: EntityVocabulary | None = None,
    ) -> StagedAction:
        """Build the Update of an item by its key."""
        mapping = mapping_of(target.entity_class)
        key = key_of(target, self.converter)
        used = vocabulary or self._vocabulary(mapping)
        if mapping.encrypted:
            refuse_in_changes(mapping, changes)
        update = update_from(**changes, vocabulary=used)
        indexed = index_clauses(mapping, target, changes, update, self.converter)
        composing = _composing_fields(mapping, target, used)
        stamps = stamping_clauses(mapping, self.wall_clock, self.converter, may_create=True)
        clauses = (*update.clauses, *indexed, *composing, *_raised(mapping), *stamps)
        return self._action(
            "update",
            "Update",
            mapping,
            key,
            terms,
            update=Update(clauses),
            vocabulary=vocabulary,
        )

    def update_entity(self, entity: object, item: Item, terms: Terms) -> StagedAction | None:
        """Build the Update that makes an item say what an entity says; None if it does."""
        mapping = mapping_of_instance(entity)
        changes = difference(mapping, entity, item, self.converter)
        if changes is None:
            return None
        stamps = stamping_clauses(mapping, self.wall_clock, self.converter, may_create=False)
        return self._action(
            "update",
            "Update",
            mapping,
            key_of(as_entity_key(entity, ()), self.converter),
            terms,
            update=Update((*changes.clauses, *_raised(mapping), *stamps)),
            entity=entity,
            expected=self._expected(mapping, entity),
        )

    def delete(
        self,
        target: Any,
        parts: tuple[object, ...],
        terms: Terms,
        *,
        vocabulary: EntityVocabulary | None = None,
    ) -> StagedAction:
        """Build the Delete of an entity, or of an item by its key."""
        mapping, key = self.located(target, parts)
        entity = None if isinstance(target, type | EntityKey) else target
        expected = None if entity is None else self._expected(mapping, entity)
        return self._action(
            "delete",
            "Delete",
            mapping,
            key,
            terms,
            entity=entity,
            expected=expected,
            vocabulary=vocabulary,
        )

    def read(self, key: EntityKey[Any]) -> StagedAction:
        """Build what stands for an item that is read: a check without a condition of its own."""
        mapping, wire_key = self.located(key, ())
        return self._action(READ, "ConditionCheck", mapping, wire_key, Terms())

    def check(
        self,
        target: Any,
        parts: tuple[object, ...],
        terms: Terms,
        *,
        vocabulary: EntityVocabulary | None = None,
    ) -> StagedAction:
        """Build the ConditionCheck of an entity, or of an item by its key."""
        if terms.condition is None:
            msg = "check() needs condition=: without one there is nothing to check"
            raise InvalidRequestError(msg, code="MISSING_CONDITION")
        mapping, key = self.located(target, parts)
        return self._action("check", "ConditionCheck", mapping, key, terms, vocabulary=vocabulary)

    def located(self, target: Any, parts: tuple[object, ...]) -> tuple[EntityMapping, Item]:
        """Return the mapping and the wire key of what a verb was pointed at."""
        key = as_entity_key(target, parts)
        return mapping_of(key.entity_class), key_of(key, self.converter)

    def table(self, mapping: EntityMapping) -> str:
        """Return the table's name as it is sent, checked."""
        return physical_name(mapping.table, self.table_names)

    def _vocabulary(self, mapping: EntityMapping) -> EntityVocabulary:
        return EntityVocabulary(mapping, self.converter)

    def _expected(
        self, mapping: EntityMapping, entity: object, *, is_new: bool = False
    ) -> ExpectedVersion | None:
        if mapping.version is None:
            return None
        return version_of_new(mapping) if is_new else version_of(mapping, entity, self.converter)

    def _action(
        self,
        verb: str,
        kind: Kind,
        mapping: EntityMapping,
        key: Item,
        terms: Terms,
        *,
        presence: Condition | None = None,
        item: Item | None = None,
        update: Update | None = None,
        entity: object | None = None,
        expected: ExpectedVersion | None = None,
        vocabulary: EntityVocabulary | None = None,
    ) -> StagedAction:
        refuse_long_names(mapping)
        users = condition_from(
            terms.condition,
            terms.names,
            terms.values,
            vocabulary or condition_vocabulary(self._vocabulary(mapping)),
        )
        if mapping.encrypted:
            item, update = self._encrypted(mapping, users, item, update)
        action = BuiltAction(
            verb=verb,
            table=self.table(mapping),
            key=key,
            entity_class=mapping.cls,
            call=call_site(),
            kind=kind,
            item=item,
            update=update,
            condition=all_of(presence, users),
            raises=_checked_raises(terms.raises),
            entity=entity,
            expected=expected,
        )
        return fitting(action)

    def _encrypted(
        self,
        mapping: EntityMapping,
        condition: Condition | None,
        item: Item | None,
        update: Update | None,
    ) -> tuple[Item | None, Update | None]:
        """Check what is said of encrypted fields, and let their values know where they belong."""
        overhead = self.required_keyring(mapping).overhead
        refuse_in_condition(mapping, condition)
        if update is not None:
            refuse_in_update(mapping, update)
            update = clauses_with_tables(mapping, update, overhead)
        return None if item is None else with_tables(mapping, item, overhead), update

    def required_keyring(self, mapping: EntityMapping) -> Keyring:
        """Return the keyring for a class that has encrypted fields.

        Raises:
            InvalidRequestError: There is none. Not sent.
        """
        if self.keyring is None:
            raise no_keyring(mapping.name)
        return self.keyring


def composing_fields(mapping: EntityMapping) -> Iterator[tuple[int, str]]:
    """Return the fields that only a composed key has, and which part of the key each is."""
    attributes = {key.attribute for key in mapping.key_attributes}
    for number, field in enumerate(mapping.key_fields):
        if mapping.attribute(field) not in attributes:
            yield number, field


def _composing_fields(
    mapping: EntityMapping, target: EntityKey[Any], vocabulary: EntityVocabulary
) -> Iterator[SetClause]:
    """Store the fields of a composed key too: an update may create the item.

    The key alone determines them, so setting them on an item that exists changes nothing.
    """
    for number, field in composing_fields(mapping):
        part, declared = target.parts[number], mapping.fields[field].type
        value = Literal(vocabulary.convert(part, declared, Path((field,))))
        yield SetClause(Path((mapping.attribute(field),)), value)


def physical_name(table: str, table_names: TableNames) -> str:
    """Return the name that a logical table has in a database, checked."""
    if isinstance(table_names, Mapping):
        table = table_names.get(table, table)
    elif table_names is not None:
        table = table_names(table)
    table_id(table)
    return table


def changes_of(
    set: Mapping[str | Path, Any] | None,  # noqa: A002 - the field's word
    add: Mapping[str | Path, Any] | None,
    remove: str | Path | Iterable[str | Path] | None,
    delete: Mapping[str | Path, Any] | None,
) -> dict[str, Any]:
    """Gather what an update was asked to do, under AWS's four words."""
    return {"set": set, "add": add, "remove": remove, "delete": delete}


def _raised(mapping: EntityMapping) -> tuple[AddClause, ...]:
    return () if mapping.version is None else (raised_version(mapping),)


def _presence(verb: str, mapping: EntityMapping) -> Condition | None:
    """Return what `insert`, `once` and `replace` demand of the stored item.

    The partition key's attribute exists exactly where the item does [Condition expressions,
    Developer Guide, 2026-11].
    """
    partition = Path((mapping.partition.attribute,))
    if verb in ("insert", ONCE):
        return not_exists(partition)
    return exists(partition) if verb == "replace" else None


def _checked_raises(raises: Any) -> Raises:
    is_class = isinstance(raises, type) and issubclass(raises, Exception)
    if raises is None or is_class or isinstance(raises, Exception):
        return raises  # type: ignore[no-any-return]
    msg = f"raises= must be an exception or an exception class, not {type(raises).__name__}"
    raise InvalidRequestError(msg)
