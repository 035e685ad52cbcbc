"""A query for one class, or for several that share a table: what they have in common.

Items of several classes are told apart by their discriminators (`entities.kinds`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from transactscope.core.encrypting import condition_vocabulary
from transactscope.core.naming import EntityVocabulary
from transactscope.core.queries.keys import QueriedKey
from transactscope.entities.indexes import Index
from transactscope.entities.kinds import classes_of
from transactscope.entities.mapping import EntityMapping, KeyAttribute, mapping_of
from transactscope.errors import InvalidRequestError
from transactscope.expressions.paths import Path

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.frozen
class Kinds:
    """The classes of the items that a query finds.

    Attributes:
        target: The class, or the union of classes.
        mappings: Their mappings, at least one.
        table: The table that all are stored in, as it is sent.
    """

    target: Any
    mappings: tuple[EntityMapping, ...]
    table: str

    @property
    def name(self) -> str:
        """The classes, in words."""
        return " | ".join(mapping.name for mapping in self.mappings)

    def indexes(self, name: str | None) -> tuple[Index, ...]:
        """Return an index as each of the classes declares it; nothing for the table.

        Raises:
            InvalidRequestError: One does not declare it. Not sent.
        """
        if name is None:
            return ()
        return tuple(mapping.index(name) for mapping in self.mappings)

    def queried(self, indexes: Sequence[Index], converter: Converter) -> QueriedKey:
        """Return the key that a query goes by.

        A sort key that the classes compose in different ways can be named as an attribute only.

        Raises:
            InvalidRequestError: They have no key in common. Not sent.
        """
        owners: Sequence[Index | EntityMapping] = indexes or self.mappings
        partitions = [owner.partition for owner in owners]
        sorts = [owner.sort for owner in owners]
        where = f"index {indexes[0].name!r} of {self.name}" if indexes else self.name
        names = {None if sort is None else sort.attribute for sort in sorts}
        if any(other != partitions[0] for other in partitions) or len(names) > 1:
            msg = f"{where}: the classes have different keys, so one query cannot find all of them"
            raise InvalidRequestError(msg, code="INVALID_UNION")
        sort = sorts[0]
        if sort is not None and any(other != sort for other in sorts):
            sort = KeyAttribute(sort.attribute, field=sort.attribute)
        return QueriedKey(self.mappings[0], where, partitions[0], sort, converter)

    def vocabulary(self, converter: Converter) -> EntityVocabulary:
        """Return what names and values mean for all of the classes."""
        members = tuple(
            condition_vocabulary(EntityVocabulary(mapping, converter)) for mapping in self.mappings
        )
        if len(members) == 1:
            return members[0]
        return CommonVocabulary(self.mappings[0], converter, members)


def kinds_of(target: Any, table_of: Callable[[EntityMapping], str]) -> Kinds:
    """Return the classes that a query is for.

    Raises:
        InvalidRequestError: They are no entities, cannot be told apart, or are stored in several
            tables. Not sent.
    """
    mappings = tuple(mapping_of(cls) for cls in classes_of(target))
    tables = [table_of(mapping) for mapping in mappings]
    kinds = Kinds(target, mappings, tables[0])
    if len(set(tables)) > 1:
        msg = f"{kinds.name} are stored in several tables: {', '.join(tables)}"
        raise InvalidRequestError(msg, code="INVALID_UNION")
    return kinds


@attrs.frozen
class CommonVocabulary(EntityVocabulary):
    """Names are the fields of any of the classes; one that several have means the same in all.

    Attributes:
        members: The vocabularies of the classes.
    """

    members: tuple[EntityVocabulary, ...]

    def resolve(self, path: Path) -> Path:
        """Return the path in attribute names."""
        return self._knowing(path).resolve(path)

    def type_at(self, path: Path) -> Any:
        """Return the declared type at a path."""
        return self._knowing(path).type_at(path)

    def _knowing(self, path: Path) -> EntityVocabulary:
        """Return the first class's that knows a name, if all that know it agree."""
        knowing: list[EntityVocabulary] = []
        unknown: InvalidRequestError | None = None
        for member in self.members:
            try:
                member.resolve(path)
            except InvalidRequestError as error:
                unknown = unknown or error
            else:
                knowing.append(member)
        if unknown is not None and not knowing:
            raise unknown
        meanings = {(member.resolve(path), repr(member.type_at(path))) for member in knowing}
        if len(meanings) > 1:
            names = " | ".join(member.mapping.name for member in self.members)
            msg = f"{path} does not mean the same for all of {names}"
            raise InvalidRequestError(msg, code="INVALID_UNION")
        return knowing[0]
