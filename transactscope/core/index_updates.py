"""What an update by key has to do so that the indexes of its item stay right.

A composed index key is an attribute of its own. An update of one of its fields that left it as
it is would leave the item under its old key in the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from transactscope.entities.index_keys import check_index_value, composed_index_key
from transactscope.entities.keys import EntityKey
from transactscope.entities.mapping import EntityMapping, KeyAttribute
from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.expressions.arithmetic import Operand
from transactscope.expressions.clauses import Clause, RemoveClause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path, path

if TYPE_CHECKING:
    from cattrs import Converter


def index_clauses(
    mapping: EntityMapping,
    target: EntityKey[Any],
    changes: Mapping[str, Any],
    update: Update,
    converter: Converter,
) -> Iterator[Clause]:
    """Return what else an update has to write, and refuse what no index takes.

    Args:
        mapping: The mapping of the item's class.
        target: The item's key.
        changes: What the caller asked for, under AWS's four words.
        update: What it comes to.
        converter: Writes values.

    Raises:
        InvalidKeyError: A value cannot be the key of an index. Not sent.
        InvalidRequestError: A composed index key would be written by hand, or cannot be composed
            of what the update says. Not sent.
    """
    if not mapping.indexes:
        return
    known = dict(zip(mapping.key_fields, target.parts, strict=True)) | _assigned(changes)
    for key, _ in mapping.index_keys:
        if key.template is None:
            _check_plain(mapping, key, update)
        else:
            yield from _composed(mapping, key, known, update, converter)


def _assigned(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that get a value that is known here."""
    given = ((path(name), value) for name, value in (changes.get("set") or {}).items())
    return {
        name.root: value
        for name, value in given
        if len(name.parts) == 1 and not isinstance(value, Operand)
    }


def _check_plain(mapping: EntityMapping, key: KeyAttribute, update: Update) -> None:
    for clause in update.clauses:
        if not isinstance(clause, SetClause) or not isinstance(clause.value, Literal):
            continue
        if clause.path.parts != (key.attribute,):
            continue
        if clause.value.tag == "NULL":
            where = f"{mapping.name}.{key.field}"
            msg = f"{where} is the key of an index, which takes no NULL; remove the field instead"
            raise InvalidKeyError(msg, path=where)
        check_index_value(mapping, key, clause.value.value)


def _composed(
    mapping: EntityMapping,
    key: KeyAttribute,
    known: Mapping[str, Any],
    update: Update,
    converter: Converter,
) -> Iterator[Clause]:
    place = Path((key.attribute,))
    roots = {clause.path.root for clause in update.clauses}
    if key.attribute in roots:
        msg = f"{mapping.name}: {key.attribute} is composed of fields; update these instead"
        raise InvalidRequestError(msg, code="INDEX_KEY_BY_HAND")
    touched = [name for name in key.fields if mapping.fields[name].attribute in roots]
    removed = {clause.path for clause in update.clauses if isinstance(clause, RemoveClause)}
    if any(Path((mapping.fields[name].attribute,)) in removed for name in touched):
        yield RemoveClause(place)
    elif all(name in known for name in key.fields):
        value = composed_index_key(mapping, key, known, converter)
        yield RemoveClause(place) if value is None else SetClause(place, Literal(value))
    elif touched:
        missing = ", ".join(name for name in key.fields if name not in known)
        msg = (
            f"{mapping.name}: {key.attribute} is composed of {', '.join(key.fields)}, and it is "
            f"not said what {missing} will be; set all of them to values, or read the item and "
            "use update(entity)"
        )
        raise InvalidRequestError(msg, code="INDEX_KEY_UNKNOWN")
