"""Making a shape: the plain way is gone once, and what it made is turned into text with gaps.

So a shape says what the plain way says, and whatever the plain way would refuse has no shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.compiled.plans import ClassPlan
from transactscope.core.compiled.shapes import Shape, Unusual, with_literals
from transactscope.core.freeze import expression_members
from transactscope.core.naming import EntityVocabulary
from transactscope.expressions.clauses import AddClause, SetClause, Update
from transactscope.expressions.least import least_sizes
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import ListAppend
from transactscope.types import AttributeValue
from transactscope.types.json_text import json_text
from transactscope.values.compiled import is_closed, row_encoder

if TYPE_CHECKING:
    from transactscope.expressions.paths import Path

_NUMBER: Final = "N"
_NULL: Final = "NULL"


@attrs.frozen(eq=False)
class Converted:
    """A value of a call, its declared type, and what it was converted to."""

    value: Any
    declared: Any
    wire: AttributeValue


@attrs.frozen
class RecordingVocabulary(EntityVocabulary):
    """A vocabulary that keeps what it converted, in order."""

    record: list[Converted] = attrs.field(factory=list)

    def convert(self, value: Any, declared: Any, path: Path) -> AttributeValue:
        """Convert a value by its declared type and keep it."""
        wire = super().convert(value, declared, path)
        self.record.append(Converted(value, declared, wire))
        return wire


def shape_of(
    action: StagedAction,
    plan: ClassPlan,
    values: Sequence[Any],
    vocabulary: RecordingVocabulary,
) -> Shape | None:
    """Return the shape of an action that the plain way has made.

    Args:
        action: The action.
        plan: What is known of its class.
        values: The values of the call, as they were found in it.
        vocabulary: What the plain way has converted values with.

    Returns:
        None if there is none: a value was found elsewhere, or users' code converts it.

    Raises:
        Unusual: A call with other values may have one.
    """
    record, converter = vocabulary.record, vocabulary.converter
    if [id(each.value) for each in record] != [id(value) for value in values]:
        return None
    if not all(is_closed(each.declared, converter) for each in record):
        return None
    rendered = action.rendered
    numbers = {id(each.wire): number for number, each in enumerate(record)}
    update = action.update if isinstance(action.update, Update) else None
    left = {id(literal) for literal in _left(update)}
    literals = {id(literal.value): literal for literal in _literals((action.condition, update))}
    columns: dict[bool, list[tuple[int, str, Any]]] = {True: [], False: []}
    constants, stand_ins, least = [], {}, _least(action)
    for placeholder, wire in rendered.values.items():
        literal, label = literals[id(wire)], f"{json_text(placeholder)}:"
        number = numbers.get(id(wire))
        if number is None:
            constants.append(label + json_text(wire))
            continue
        if literal.tag == _NULL:  # a shape is for one type tag, and another call may have it
            raise Unusual
        is_left = id(literal) in left
        columns[is_left].append((number, label, record[number].declared))
        stand_ins[placeholder] = literal
        least -= literal.size if is_left else 0
    size = rendered.size - sum(literal.size for literal in stand_ins.values())
    own = {id(literal): Literal({literal.tag: None}) for literal in stand_ins.values()}
    part = "Item" if action.kind == "Put" else "Key"
    return Shape(
        verb=action.verb,
        kind=action.kind,
        table=action.table,
        entity_class=plan.mapping.cls,
        key_attributes=tuple(key.attribute for key in plan.mapping.key_attributes),
        key_names=plan.key_names,
        head=f'{{"{action.kind}":{{"TableName":{json_text(action.table)},"{part}":{{',
        expressions=f"}}{_text_of_expressions(action)}",
        left=row_encoder(columns[True], converter) if columns[True] else None,
        passing=row_encoder(columns[False], converter) if columns[False] else None,
        constants=tuple(constants),
        size=size,
        least=least,
        condition=with_literals(action.condition, own),
        update=with_literals(update, own),
        stand_ins={name: own[id(literal)] for name, literal in stand_ins.items()},
    )


def _least(action: StagedAction) -> int:
    """Count what an update leaves beside the key."""
    if not isinstance(action.update, Update):
        return 0
    return sum(least_sizes(action.update).values())


def _text_of_expressions(action: StagedAction) -> str:
    members = expression_members(action.rendered)
    members.pop("ExpressionAttributeValues", None)
    return f",{json_text(members)[1:-1]}" if members else ""


def _literals(node: Any) -> Iterator[Literal]:
    if isinstance(node, Literal):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from _literals(part)
    elif attrs.has(type(node)):
        for field in attrs.fields(type(node)):
            yield from _literals(getattr(node, field.name))


def _left(update: Update | None) -> Iterator[Literal]:
    """Find the values whose bytes are in the item afterwards; see `least_sizes`."""
    for clause in () if update is None else update.clauses:
        if isinstance(clause, AddClause) and clause.value.tag != _NUMBER:
            yield clause.value
        elif isinstance(clause, SetClause):
            sides = clause.value
            found = (sides.first, sides.second) if isinstance(sides, ListAppend) else (sides,)
            yield from (side for side in found if isinstance(side, Literal))
