"""Secondary indexes of an entity's table: how they are declared, and what they come to.

An index has no items of its own: DynamoDB keeps a copy of what is in the table. What an
entity has to do for it is to store the attributes of the index's key.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from transactscope.arguments import reading
from transactscope.entities.templates import KeyTemplate
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.limits import (
    MAX_LOCAL_INDEXES,
    MAX_TABLE_NAME_LENGTH,
    MIN_TABLE_NAME_LENGTH,
)

if TYPE_CHECKING:
    from transactscope.entities.mapping import KeyAttribute

Projection: TypeAlias = Literal["ALL", "KEYS_ONLY"] | tuple[str, ...]

# Characters of a name: Developer Guide, "Supported data types and naming rules", 2026-11.
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_SHOWN: Final = 40  # characters of a name that is none


def _checked_projection(projection: Any) -> Projection:
    with reading("an index"):
        if projection in ("ALL", "KEYS_ONLY"):
            return projection  # type: ignore[no-any-return]
        are_names = isinstance(projection, Iterable) and not isinstance(projection, str)
        names = tuple(projection) if are_names else ()
        is_right = bool(names) and all(isinstance(name, str) for name in names)
    if not is_right:
        msg = 'an index: projection must be "ALL", "KEYS_ONLY", or names of fields'
        raise InvalidRequestError(msg, code="INVALID_ENTITY")
    return names


def _check_name(_: object, __: object, name: Any) -> None:
    with reading("an index"):
        is_name = isinstance(name, str) and _NAME.fullmatch(name) is not None
        is_right = is_name and MIN_TABLE_NAME_LENGTH <= len(name) <= MAX_TABLE_NAME_LENGTH
    if not is_right:
        told = f" {name[:_SHOWN]!r}" if isinstance(name, str) else ""
        msg = (
            f"an index{told}: its name must have {MIN_TABLE_NAME_LENGTH} to "
            f"{MAX_TABLE_NAME_LENGTH} of the characters A-Z a-z 0-9 _ - ."
        )
        raise InvalidRequestError(msg, code="INVALID_ENTITY")


@exported_from("transactscope.indexes")
@attrs.frozen
class GlobalIndex:
    """A global secondary index: the items of a table under another key. Nothing is sent.

    An item is in the index if it has all attributes of the index's key. An entity that has None
    there is stored without the attribute, and so is not in the index.

    Args:
        name: The index's name, 3 to 255 of the characters `A-Z a-z 0-9 _ - .`.
        partition_key: The name of a field, or a `KeyTemplate`.
        sort_key: The same; None for an index without one.
        projection: `"ALL"`, `"KEYS_ONLY"`, or the names of the fields that are copied to the
            index beside the keys.

    Raises:
        InvalidRequestError: The name or the projection cannot be one. Not sent.

    Example:
        >>> from transactscope.indexes import GlobalIndex
        >>> GlobalIndex("by-email", partition_key="email").projection
        'ALL'

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=_check_name)
    partition_key: str | KeyTemplate = attrs.field(kw_only=True)
    sort_key: str | KeyTemplate | None = attrs.field(default=None, kw_only=True)
    projection: Projection = attrs.field(default="ALL", kw_only=True, converter=_checked_projection)


@exported_from("transactscope.indexes")
@attrs.frozen
class LocalIndex:
    """A local secondary index: the table's partitions, sorted otherwise. Nothing is sent.

    It can be made only together with its table, which has to have a sort key.

    Args:
        name: As for `GlobalIndex`.
        sort_key: The name of a field, or a `KeyTemplate`.
        projection: As for `GlobalIndex`.

    Raises:
        InvalidRequestError: The name or the projection cannot be one. Not sent.

    Example:
        >>> from transactscope.indexes import LocalIndex
        >>> LocalIndex("by-date", sort_key="date", projection=["total"]).projection
        ('total',)

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=_check_name)
    sort_key: str | KeyTemplate = attrs.field(kw_only=True)
    projection: Projection = attrs.field(default="ALL", kw_only=True, converter=_checked_projection)


@attrs.frozen
class Index:
    """An index of a class, its keys resolved.

    Attributes:
        name: Its name.
        is_local: Whether it has the partitions of the table.
        partition: Its partition key.
        sort: Its sort key, or None.
        projection: `"ALL"`, `"KEYS_ONLY"` or names of fields.
    """

    name: str
    is_local: bool
    partition: "KeyAttribute"
    sort: "KeyAttribute | None"
    projection: Projection

    @property
    def key_attributes(self) -> "tuple[KeyAttribute, ...]":
        """The partition key and, if there is one, the sort key."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


def resolved(
    owner: str,
    declared: Any,
    table_key: "tuple[KeyAttribute, ...]",
    key_attribute: "Callable[[Any, str], KeyAttribute]",
) -> tuple[Index, ...]:
    """Return what declarations of indexes come to.

    Args:
        owner: The class's name, for errors.
        declared: What was given as `indexes=`.
        table_key: The key of the table.
        key_attribute: Reads a field's name or a template; takes the place, for errors.

    Raises:
        InvalidRequestError: They cannot be indexes of this table. Not sent.
    """
    if not isinstance(declared, Iterable):
        kind = type(declared).__name__
        raise _refused(owner, f"indexes= takes several indexes, as in a list, not {kind}")
    indexes = tuple(_resolved(owner, one, table_key, key_attribute) for one in declared)
    names = [index.name for index in indexes]
    for name in names:
        if names.count(name) > 1:
            raise _refused(owner, f"two indexes are called {name!r}")
    if sum(index.is_local for index in indexes) > MAX_LOCAL_INDEXES:
        raise _refused(owner, f"a table has at most {MAX_LOCAL_INDEXES} local indexes")
    _refuse_two_meanings(owner, [*table_key, *(k for i in indexes for k in i.key_attributes)])
    return indexes


def _resolved(
    owner: str,
    declared: Any,
    table_key: "tuple[KeyAttribute, ...]",
    key_attribute: "Callable[[Any, str], KeyAttribute]",
) -> Index:
    if not isinstance(declared, GlobalIndex | LocalIndex):
        kind = type(declared).__name__
        raise _refused(owner, f"indexes= takes GlobalIndex and LocalIndex, not {kind}")
    is_local = isinstance(declared, LocalIndex)
    where = f"index {declared.name!r}"
    if isinstance(declared, LocalIndex):
        partition = table_key[0]
    else:
        partition = key_attribute(declared.partition_key, f"{where}: partition_key")
    sort = None
    if declared.sort_key is not None:
        sort = key_attribute(declared.sort_key, f"{where}: sort_key")
    index = Index(declared.name, is_local, partition, sort, declared.projection)
    attributes = [key.attribute for key in index.key_attributes]
    if len(set(attributes)) < len(attributes):
        raise _refused(owner, f"{where}: its partition and sort key are the same attribute")
    if is_local and len(table_key) == 1:
        raise _refused(owner, f"{where} is local, which needs a table with a sort key")
    if attributes == [key.attribute for key in table_key]:
        raise _refused(owner, f"{where} has the key of the table")
    return index


def _refuse_two_meanings(owner: str, keys: "Iterable[KeyAttribute]") -> None:
    known: dict[str, KeyAttribute] = {}
    for key in keys:
        if known.setdefault(key.attribute, key) != key:
            raise _refused(owner, f"{key.attribute!r} is composed in two ways by its keys")


def _refused(owner: str, problem: str) -> InvalidRequestError:
    return InvalidRequestError(f"{owner}: {problem}", code="INVALID_ENTITY")
