"""Versions: which one an item is expected to have, and which one it has after a commit.

All calls on one item speak about the version that is stored before the commit, and the
commit raises it once. Objects learn of it after the commit, and never before. So it is with
the times that the library writes.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from transactscope.core.actions import ExpectedVersion, StagedAction
from transactscope.core.folding import Fold
from transactscope.core.reads import Reads
from transactscope.entities.keys import field_value
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.expressions.clauses import AddClause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item
from transactscope.values import from_attribute_value
from transactscope.values.classes import ClassField
from transactscope.values.numbers import parse_decimal
from transactscope.values.wire import canonical

if TYPE_CHECKING:
    from cattrs import Converter

_FIRST: Final = 1
_LAST: Final = 10**37  # one more has 38 digits, as many as a number may have


def version_of(mapping: EntityMapping, entity: object, converter: Converter) -> ExpectedVersion:
    """Return the version that an entity has, which must be the stored one.

    Raises:
        ConversionError: It is no whole number, or so large that one more is no number that
            DynamoDB takes. Not sent.
    """
    field = _version_field(mapping)
    number = getattr(entity, field.name)
    value = None if number is None else field_value(mapping, field.name, number, converter)
    if number is not None and number > _LAST:
        problem = "this version cannot be raised any further"
        raise ConversionError(problem, path=f"{mapping.name}.{field.name}", type="int")
    return ExpectedVersion(field.attribute, value)


def version_of_new(mapping: EntityMapping) -> ExpectedVersion:
    """Return what an insert says of the stored version: there is none, whatever the object has."""
    return ExpectedVersion(_version_field(mapping).attribute, None, is_demanded=False)


def next_version(expected: ExpectedVersion) -> AttributeValue:
    """Return the version that a commit writes."""
    if expected.value is None:
        return {"N": str(_FIRST)}
    return {"N": str(int(parse_decimal(expected.value["N"])) + 1)}


def raised_version(mapping: EntityMapping) -> AddClause:
    """Return the part of an update that raises the version, from nothing to the first."""
    path = Path((_version_field(mapping).attribute,))
    return AddClause(path, Literal({"N": str(_FIRST)}), is_once=True)


def refuse_other_version(reads: Reads, fold: Fold | None, call: StagedAction) -> None:
    """Refuse an entity whose version contradicts what is known of its item in this scope.

    Raises:
        InvalidRequestError: It is neither the version that was read, nor the one that an
            entity had that is staged on the same item. Not sent.
    """
    expected = call.expected
    if expected is None or not expected.is_demanded:
        return
    if fold is not None and fold.has_delete and expected.value is None:
        return  # once the item is deleted, an object without a version is right
    known = list(_staged_versions(fold, expected.attribute))
    if call.target in reads.guarded:
        known.append(_read_version(reads, call.target, expected.attribute))
    for version in known:
        if not _is_same(version, expected.value):
            msg = (
                f"{call.describe()}: its {expected.attribute} is not the one that this scope "
                "knows of the item; stage the object that was read, or a changed copy of it, and "
                "leave the version alone"
            )
            raise InvalidRequestError(msg, code="OTHER_VERSION")


def as_before_the_commit(item: Item, reads: Reads, fold: Fold, cls: type) -> Item:
    """Return an item with the version that is stored now, as all objects have it in a scope."""
    field = mapping_of(cls).version
    if field is None:
        return item
    others = {name: value for name, value in item.items() if name != field.attribute}
    staged = next(_staged_versions(fold, field.attribute), None)
    read = _read_version(reads, fold.action.target, field.attribute)
    version = staged if fold.has_delete or read is None else read
    return others if version is None else {**others, field.attribute: version}


@attrs.frozen(eq=False)
class Written:
    """An entity that was committed: as it was given, and as it is stored now."""

    mapping: EntityMapping
    given: Any
    current: Any

    def is_of(self, entity: object) -> bool:
        """Whether an object has this class and this key."""
        return type(entity) is self.mapping.cls and all(
            getattr(entity, name) == getattr(self.given, name) for name in self.mapping.key_fields
        )


def unchanged(entity: Any) -> Written:
    """Return an entity that is stored as it was given."""
    return Written(mapping_of(type(entity)), entity, entity)


def written_entities(folds: Sequence[Fold], converter: Converter) -> Iterator[Written]:
    """Give the entities of a commit their new versions and times, frozen ones as copies.

    Of several objects for one item only the last has what is stored now. An object that an
    update by key has passed by keeps its version, so that it counts as stale.

    Args:
        folds: What was committed.
        converter: Reads the times.
    """
    for fold in folds:
        call = _last_write(fold)
        if call is not None and call.entity is not None and fold.action.kind != "Delete":
            mapping = mapping_of(call.entity_class)
            yield Written(mapping, call.entity, _current(mapping, call, fold, converter))


def _version_field(mapping: EntityMapping) -> Any:
    return mapping.version


def _read_version(reads: Reads, target: Hashable, attribute: str) -> AttributeValue | None:
    found = reads.stored(target)
    return None if found is None or found.item is None else found.item.get(attribute)


def _staged_versions(fold: Fold | None, attribute: str) -> Iterator[AttributeValue | None]:
    """Find what staged objects say of the stored version, back to where the item was deleted."""
    says_nothing = True
    for call in () if fold is None else reversed(fold.calls):
        is_delete = call.kind == "Delete"
        if call.expected is not None and call.expected.attribute == attribute:
            if says_nothing or not is_delete:
                yield call.expected.value
            says_nothing = False
        if is_delete:
            return


def _is_same(known: AttributeValue | None, expected: AttributeValue | None) -> bool:
    if known is None or expected is None:
        return known is expected
    return canonical(known) == canonical(expected)


def _last_write(fold: Fold) -> StagedAction | None:
    writes = (call for call in reversed(fold.calls) if call.kind != "ConditionCheck")
    return next(writes, None)


def _current(mapping: EntityMapping, call: StagedAction, fold: Fold, converter: Converter) -> Any:
    changes = [*_new_version(mapping, call, fold), *_new_times(mapping, call, fold, converter)]
    return _changed(call.entity, changes) if changes else call.entity


def _new_version(
    mapping: EntityMapping, call: StagedAction, fold: Fold
) -> Iterator[tuple[ClassField, Any]]:
    field = mapping.version
    if field is None or call.expected is None:
        return
    item = fold.action.item
    stored = next_version(call.expected) if item is None else item[field.attribute]
    yield field, int(parse_decimal(stored["N"]))


def _new_times(
    mapping: EntityMapping, call: StagedAction, fold: Fold, converter: Converter
) -> Iterator[tuple[ClassField, Any]]:
    for field in (mapping.lifecycle.created_at, mapping.lifecycle.updated_at):
        stored = None if field is None else _written_at(fold, field.attribute)
        if field is None or stored is None:
            continue
        value = from_attribute_value(stored, field.type, converter=converter)
        if getattr(call.entity, field.name) != value:
            yield field, value


def _written_at(fold: Fold, attribute: str) -> AttributeValue | None:
    """Return the value that a commit has certainly left in an attribute, where it is known."""
    action = fold.action
    if action.item is not None:
        return action.item.get(attribute)
    clauses = action.update.clauses if isinstance(action.update, Update) else ()
    for clause in clauses:
        if isinstance(clause, SetClause) and clause.path == Path((attribute,)):
            return clause.value.value if isinstance(clause.value, Literal) else None
    return None


def _changed(entity: Any, changes: Sequence[tuple[ClassField, Any]]) -> Any:
    try:
        for field, value in changes:
            setattr(entity, field.name, value)
    except (attrs.exceptions.FrozenError, dataclasses.FrozenInstanceError):
        return _changed_copy(entity, changes)
    return entity


def _changed_copy(entity: Any, changes: Sequence[tuple[ClassField, Any]]) -> Any:
    arguments = {field.argument: value for field, value in changes if field.init}
    if not arguments:
        changed = copy.copy(entity)
    elif attrs.has(type(entity)):
        changed = attrs.evolve(entity, **arguments)
    else:
        changed = dataclasses.replace(entity, **arguments)
    for field, value in changes:
        if not field.init:
            object.__setattr__(changed, field.name, value)  # as attrs sets such a field itself
    return changed
