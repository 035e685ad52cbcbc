"""What calls have in common that differ in their values only: one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Never

import attrs

from transactscope.core.actions import Kind
from transactscope.expressions.clauses import Update
from transactscope.expressions.conditions import Condition
from transactscope.expressions.literals import Literal
from transactscope.limits import MAX_SUBSTITUTION_BYTES
from transactscope.types import AttributeValue

RowEncoder = Callable[[Sequence[Any]], tuple[str, int] | None]
"""Writes some values of a call, and counts their bytes; None: the plain way has to judge them."""

ENDING: Final = ',"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}'
"""How every member ends; see `core.freeze`."""


class Unusual(Exception):  # noqa: N818 - a way out that nobody outside sees
    """The plain way has to look at this call."""


def _tail_without_values(shape: Shape) -> str:
    values = f',"ExpressionAttributeValues":{{{",".join(shape.constants)}}}'
    return f"{shape.expressions}{values if shape.constants else ''}{ENDING}"


@attrs.frozen(eq=False)
class Shape:
    """Everything about a call but its item or key, its values and its place in the code.

    Attributes:
        verb: The verb.
        kind: AWS's word for the action.
        table: The table's name as it is sent.
        entity_class: The class.
        key_attributes: The names of the key's attributes, that of the partition key first.
        key_names: The same as a set, the same one for all shapes of a class.
        head: The JSON of the member up to the item or key.
        expressions: The JSON of the expressions that follow, names included.
        left: Writes those of the call's values that are in the item afterwards, each behind its
            placeholder; None if there are none.
        passing: Writes the others.
        constants: The JSON of the values that never differ.
        size: The bytes that names and constant values stand for.
        least: The bytes that an update leaves beside the key and its values.
        condition: The condition, with a stand-in for each value.
        update: The update, the same.
        stand_ins: The stand-ins by placeholder, `:v0`.
    """

    verb: str
    kind: Kind
    table: str
    entity_class: type
    key_attributes: tuple[str, ...]
    key_names: frozenset[str]
    head: str
    expressions: str
    left: RowEncoder | None = None
    passing: RowEncoder | None = None
    constants: tuple[str, ...] = ()
    size: int = 0
    least: int = 0
    condition: Condition | None = None
    update: Update | None = None
    stand_ins: Mapping[str, Literal] = attrs.field(factory=dict)
    tail: str = attrs.field(
        init=False, default=attrs.Factory(_tail_without_values, takes_self=True)
    )

    def filled(self, values: Sequence[Any]) -> tuple[str, int]:
        """Return the JSON from the expressions on, and the bytes that an update leaves.

        Raises:
            Unusual: The plain way has to judge these values.
        """
        if not values:
            return self.tail, self.least
        texts, substituted, least = list(self.constants), self.size, self.least
        if self.left is not None:
            text, size = self.left(values) or _refuse()
            texts.append(text)
            substituted += size
            least += size
        if self.passing is not None:
            text, size = self.passing(values) or _refuse()
            texts.append(text)
            substituted += size
        if substituted > MAX_SUBSTITUTION_BYTES:
            raise Unusual
        joined = ",".join(texts)
        return f'{self.expressions},"ExpressionAttributeValues":{{{joined}}}{ENDING}', least

    def trees(self, values: Mapping[str, AttributeValue]) -> tuple[Condition | None, Update | None]:
        """Return condition and update with the values that were sent, by their placeholders."""
        if not self.stand_ins:
            return self.condition, self.update
        literals = {id(each): Literal(values[name]) for name, each in self.stand_ins.items()}
        return with_literals(self.condition, literals), with_literals(self.update, literals)


def _refuse() -> Never:
    raise Unusual


def with_literals(node: Any, literals: Mapping[int, Literal]) -> Any:
    """Return a tree with other literals in the place of some, which are given by identity."""
    if isinstance(node, Literal):
        return literals.get(id(node), node)
    if isinstance(node, tuple):
        return tuple(with_literals(part, literals) for part in node)
    if not attrs.has(type(node)):
        return node
    parts = (getattr(node, field.name) for field in attrs.fields(type(node)) if field.init)
    return type(node)(*(with_literals(part, literals) for part in parts))
