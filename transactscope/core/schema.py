"""The table that entities need, in the words of CreateTable, and how an existing one differs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from transactscope.arguments import reading
from transactscope.entities.index_keys import projected_by
from transactscope.entities.indexes import Index
from transactscope.entities.mapping import EntityMapping, KeyAttribute
from transactscope.errors import InvalidRequestError
from transactscope.values.tags import wire_tags

if TYPE_CHECKING:
    from cattrs import Converter

_KEY_TYPES: Final = ("HASH", "RANGE")  # AWS's names for partition and sort key on the wire
_KEY_TAGS: Final = frozenset({"S", "N", "B"})
_MEMBERS: Final = {"global": "GlobalSecondaryIndexes", "local": "LocalSecondaryIndexes"}


@attrs.frozen
class Billing:
    """How a table is paid for.

    Attributes:
        mode: `PAY_PER_REQUEST`, or `PROVISIONED` with the units of the table and of each of its
            global indexes.
        read_units: Read capacity units.
        write_units: Write capacity units.
    """

    mode: Literal["PAY_PER_REQUEST", "PROVISIONED"] = "PAY_PER_REQUEST"
    read_units: int | None = None
    write_units: int | None = None

    def __attrs_post_init__(self) -> None:
        units = (self.read_units, self.write_units)
        with reading("create_table()"):
            if self.mode == "PAY_PER_REQUEST" and units == (None, None):
                return
            if self.mode == "PROVISIONED" and all(type(unit) is int and unit > 0 for unit in units):
                return
        msg = (
            'billing= is "PAY_PER_REQUEST", or "PROVISIONED" with read_units= and write_units= '
            "from 1 on"
        )
        raise InvalidRequestError(msg, code="INVALID_BILLING")

    @property
    def throughput(self) -> dict[str, Any]:
        """What the table and each global index say of it; nothing if they are on demand."""
        if self.mode == "PAY_PER_REQUEST":
            return {}
        units = {"ReadCapacityUnits": self.read_units, "WriteCapacityUnits": self.write_units}
        return {"ProvisionedThroughput": units}


@attrs.frozen
class IndexShape:
    """An index as tables can be compared by it.

    Attributes:
        kind: `global` or `local`.
        key: Its key attributes and their types, partition key first.
        projection: `ALL`, `KEYS_ONLY` or `INCLUDE`.
        included: The attributes that are copied beside the keys, in alphabetical order.
    """

    kind: str
    key: tuple[tuple[str, str], ...]
    projection: str
    included: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = f" {', '.join(self.included)}" if self.included else ""
        return f"{self.kind}, {_shown(self.key)}, projects {self.projection}{names}"


@attrs.frozen
class TableShape:
    """A table as it can be compared with another one.

    Attributes:
        key: Its key attributes and their types, partition key first.
        indexes: Its secondary indexes by name.
    """

    key: tuple[tuple[str, str], ...]
    indexes: Mapping[str, IndexShape]

    def differences(self, found: TableShape) -> Iterator[str]:
        """Say in words how a table that was found differs from this one, which is wanted."""
        if found.key != self.key:
            yield f"its key is {_shown(found.key)}, not {_shown(self.key)}"
        for name in sorted({*self.indexes, *found.indexes}):
            wanted, there = self.indexes.get(name), found.indexes.get(name)
            if there is None:
                yield f"it has no index {name!r} ({wanted})"
            elif wanted is None:
                yield f"it has an index {name!r} that is not declared ({there})"
            elif there != wanted:
                yield f"its index {name!r} is {there}; declared is {wanted}"


def wanted_shape(mappings: Sequence[EntityMapping], converter: Converter) -> TableShape:
    """Return the table that serves all of these classes.

    Raises:
        InvalidRequestError: They need different tables, or the type of a key attribute is not
            known. Not sent.
    """
    shapes = [_shape_of(mapping, converter) for mapping in mappings]
    for (one, mine), (other, theirs) in itertools.combinations(
        zip(mappings, shapes, strict=True), 2
    ):
        _refuse_conflict(one, mine, other, theirs)
    indexes = {name: index for shape in shapes for name, index in shape.indexes.items()}
    return TableShape(shapes[0].key, indexes)


def found_shape(description: Mapping[str, Any]) -> TableShape:
    """Return the table that DescribeTable describes."""
    types = {
        entry["AttributeName"]: entry["AttributeType"]
        for entry in description.get("AttributeDefinitions", ())
    }
    indexes = {
        entry["IndexName"]: _found_index(kind, entry, types)
        for kind, member in _MEMBERS.items()
        for entry in description.get(member) or ()
    }
    return TableShape(_found_key(description, types), indexes)


def table_definition(shape: TableShape, table: str, billing: Billing) -> dict[str, Any]:
    """Return the parameters of CreateTable."""
    keys = [shape.key, *(index.key for index in shape.indexes.values())]
    types = dict(itertools.chain.from_iterable(keys))
    definition: dict[str, Any] = {
        "TableName": table,
        "KeySchema": _key_schema(shape.key),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": tag} for name, tag in types.items()
        ],
        "BillingMode": billing.mode,
        **billing.throughput,
    }
    for kind, member in _MEMBERS.items():
        own = billing.throughput if kind == "global" else {}  # a local one uses its table's
        entries = [
            _index_definition(name, index) | own
            for name, index in shape.indexes.items()
            if index.kind == kind
        ]
        if entries:
            definition[member] = entries
    return definition


def ttl_attribute(mappings: Iterable[EntityMapping]) -> str | None:
    """Return the attribute by which a table's items expire, or None.

    Raises:
        InvalidRequestError: Two classes name different ones. Not sent.
    """
    found = [(mapping.name, mapping.ttl_attribute) for mapping in mappings]
    named = [(name, attribute) for name, attribute in found if attribute is not None]
    if len({attribute for _, attribute in named}) > 1:
        shown = ", ".join(f"{name}.{attribute}" for name, attribute in named)
        msg = f"a table has one attribute for time to live, and these classes name more: {shown}"
        raise InvalidRequestError(msg, code="TABLE_CONFLICT")
    return named[0][1] if named else None


def _refuse_conflict(
    one: EntityMapping, mine: TableShape, other: EntityMapping, theirs: TableShape
) -> None:
    wanted = TableShape(mine.key, {**theirs.indexes, **mine.indexes})
    found = TableShape(theirs.key, {**mine.indexes, **theirs.indexes})
    problems = list(wanted.differences(found))
    types = dict(itertools.chain(mine.key, *(index.key for index in mine.indexes.values())))
    for name, tag in itertools.chain(theirs.key, *(i.key for i in theirs.indexes.values())):
        if types.get(name, tag) != tag:
            problems.append(f"its attribute {name} is of type {tag}, not {types[name]}")
    if problems:
        msg = f"{other.name} does not fit the table of {one.name}: {'; '.join(problems)}"
        raise InvalidRequestError(msg, code="TABLE_CONFLICT")


def _shape_of(mapping: EntityMapping, converter: Converter) -> TableShape:
    key = _wanted_key(mapping, mapping.key_attributes, converter)
    indexes = {index.name: _wanted_index(mapping, index, converter) for index in mapping.indexes}
    return TableShape(key, indexes)


def _wanted_key(
    mapping: EntityMapping, keys: Iterable[KeyAttribute], converter: Converter
) -> tuple[tuple[str, str], ...]:
    return tuple((key.attribute, _key_tag(mapping, key, converter)) for key in keys)


def _wanted_index(mapping: EntityMapping, index: Index, converter: Converter) -> IndexShape:
    kind = "local" if index.is_local else "global"
    key = _wanted_key(mapping, index.key_attributes, converter)
    if isinstance(index.projection, str):
        return IndexShape(kind, key, index.projection)
    always = {key.attribute for key in (*index.key_attributes, *mapping.key_attributes)}
    included = tuple(sorted(projected_by(mapping, index) - always))
    return IndexShape(kind, key, "INCLUDE" if included else "KEYS_ONLY", included)


def _found_index(kind: str, entry: Mapping[str, Any], types: Mapping[str, str]) -> IndexShape:
    projection = entry.get("Projection") or {}
    included = tuple(sorted(projection.get("NonKeyAttributes") or ()))
    kind_of_projection = str(projection.get("ProjectionType"))
    return IndexShape(kind, _found_key(entry, types), kind_of_projection, included)


def _found_key(entry: Mapping[str, Any], types: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    schema = {key["KeyType"]: key["AttributeName"] for key in entry.get("KeySchema", ())}
    names = [schema[kind] for kind in _KEY_TYPES if kind in schema]
    return tuple((name, types.get(name, "?")) for name in names)


def _index_definition(name: str, index: IndexShape) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.included:
        projection["NonKeyAttributes"] = list(index.included)
    return {"IndexName": name, "KeySchema": _key_schema(index.key), "Projection": projection}


def _key_schema(key: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for (name, _), kind in zip(key, _KEY_TYPES, strict=False)
    ]


def _shown(key: Iterable[tuple[str, str]]) -> str:
    return ", ".join(
        f"{name} {kind} {tag}" for (name, tag), kind in zip(key, _KEY_TYPES, strict=False)
    )


def _key_tag(mapping: EntityMapping, key: KeyAttribute, converter: Converter) -> str:
    if key.template is not None:
        return "S"
    (field,) = key.fields
    tags = wire_tags(mapping.fields[field].type, converter)
    if key not in mapping.key_attributes:  # what is None is not in the index
        tags = tags - {"NULL"}
    if len(tags) != 1 or not tags <= _KEY_TAGS:
        msg = (
            f"{mapping.name}.{field} is a key attribute, and its declared type does not say "
            "whether it is stored as S, N or B"
        )
        raise InvalidRequestError(msg, code="INVALID_ENTITY")
    return next(iter(tags))
