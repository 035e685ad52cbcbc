"""What expressions cannot say of fields that are stored encrypted.

DynamoDB sees sealed bytes, which are others each time: it can say whether they are there, and no
more. What would compare them, compute with them or copy them is refused at the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from transactscope.core.naming import EntityVocabulary
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import InvalidRequestError
from transactscope.expressions.arithmetic import Operand
from transactscope.expressions.clauses import RemoveClause, SetClause, Update
from transactscope.expressions.conditions import Condition
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path, path
from transactscope.expressions.predicates import Call, RawCondition
from transactscope.values.secret import is_secret

_PRESENCE: Final = ("attribute_exists", "attribute_not_exists")
_WORD: Final = re.compile(r"(?<![#:.\w])[A-Za-z_]\w*")  # no placeholder, no name inside of a map


@attrs.frozen
class ConditionVocabulary(EntityVocabulary):
    """What names and values mean in conditions of a class that has encrypted fields."""

    def type_at(self, path: Path) -> Any:
        """Return the declared type at a path; nothing is compared with an encrypted field."""
        if self.mapping.attribute(path.root) in self.mapping.encrypted:
            raise _refused(self.mapping, path.root, _IN_CONDITIONS)
        return super().type_at(path)


def condition_vocabulary(vocabulary: EntityVocabulary) -> EntityVocabulary:
    """Return what conditions are read with, where a class may have encrypted fields."""
    mapping = vocabulary.mapping
    return ConditionVocabulary(mapping, vocabulary.converter) if mapping.encrypted else vocabulary


def refuse_in_condition(mapping: EntityMapping, condition: Condition | None) -> None:
    """Refuse a condition that is about more than whether an encrypted field is there.

    Raises:
        InvalidRequestError: It is. Not sent.
    """
    for name in _named(condition):
        if name in mapping.encrypted:
            raise _refused(mapping, _field(mapping, name), _IN_CONDITIONS)


def refuse_in_changes(mapping: EntityMapping, changes: Mapping[str, Any]) -> None:
    """Refuse what an update was asked to do with an encrypted field but SET a value and REMOVE.

    Raises:
        InvalidRequestError: It is ADD or DELETE, or what is to be set is computed. Not sent.
    """
    for word in ("set", "add", "delete"):
        given = changes[word]
        for name, value in given.items() if isinstance(given, Mapping) else ():
            written = path(name)
            field = mapping.fields.get(written.root)
            if field is None or field.attribute not in mapping.encrypted:
                continue
            if word != "set" or isinstance(value, Operand) or len(written.parts) > 1:
                raise _refused(mapping, field.name, _IN_UPDATES)


def refuse_in_update(mapping: EntityMapping, update: Update) -> None:
    """Refuse an update that reads an encrypted field, or writes a part of one.

    Raises:
        InvalidRequestError: It does. Not sent.
    """
    for clause in update.clauses:
        is_whole = len(clause.path.parts) == 1
        sets = isinstance(clause, SetClause) and isinstance(clause.value, Literal)
        if is_whole and (isinstance(clause, RemoveClause) or (sets and is_secret_set(clause))):
            continue
        for found in _paths(clause):
            if found.root in mapping.encrypted:
                raise _refused(mapping, _field(mapping, found.root), _IN_UPDATES)


def is_secret_set(clause: Any) -> bool:
    """Whether a clause sets a value that is stored encrypted."""
    return is_secret(clause.value.value)


_IN_CONDITIONS: Final = (
    "a condition can only ask whether it is there, Attr(...).exists() or not_exists(); what has to "
    "be compared needs a field of its own that is not encrypted"
)
_IN_UPDATES: Final = "an update can set it as a whole to a value, or remove it"


def _refused(mapping: EntityMapping, field: str, what: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"{mapping.name}.{field} is stored encrypted: {what}", code="ENCRYPTED_FIELD"
    )


def _field(mapping: EntityMapping, attribute: str) -> str:
    return next(each.name for each in mapping.fields.values() if each.attribute == attribute)


def _named(node: Any) -> Iterator[str]:
    """Find the attributes that a condition reads, but for those it asks the presence of."""
    if isinstance(node, RawCondition):
        yield from node.names.values()
        yield from _WORD.findall(node.text)
    elif isinstance(node, Path):
        yield node.root
    elif isinstance(node, Call) and node.function in _PRESENCE:
        yield from (each.root for each in node.operands if len(each.parts) > 1)  # type: ignore[union-attr]
    else:
        for inner in _inside(node):
            yield from _named(inner)


def _paths(node: Any) -> Iterator[Path]:
    if isinstance(node, Path):
        yield node
    else:
        for inner in _inside(node):
            yield from _paths(inner)


def _inside(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        yield from node
    elif attrs.has(type(node)) and not isinstance(node, Literal):
        yield from (getattr(node, field.name) for field in attrs.fields(type(node)))
