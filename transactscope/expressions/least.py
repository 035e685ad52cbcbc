"""How large an item is at least after an update, whatever is stored.

May import `arithmetic`, `clauses`, `literals`, `operands`, `paths` and `values`. What depends
on the stored item counts with the least that it can be, and often that is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import AddClause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Part, Path
from transactscope.values.sizes import CONTAINER_BYTES, element_size, text_size

_NUMBER_BYTES: Final = 1  # of zero, the shortest number
_NOTHING: Final = 0  # of an empty text


def least_sizes(update: Update) -> dict[str, int]:
    """Count the bytes that an update leaves at least in each attribute that it surely leaves.

    It is about the item after the update: an update that DynamoDB refuses leaves nothing, so
    what has to be there for it, as the map around what is set, is counted, too.

    Returns:
        Names of attributes to the bytes of name and value.

    Example:
        >>> set_city = SetClause(Path(("address", "city")), Literal({"S": "Paris"}))
        >>> least_sizes(Update((set_city,)))  # 7 + 3 for the map, 1 + 4 + 5 for what is in it
        {'address': 20}
    """
    sizes: dict[str, int] = {}
    counted: set[tuple[Part, ...]] = set()
    for clause in update.clauses:
        if isinstance(clause, SetClause | AddClause):
            root = clause.path.root
            added = _place_size(clause.path.parts, _left_by(clause))
            added += sum(_containers(clause.path, counted))
            sizes[root] = sizes.get(root, 0) + added
    return sizes


def _containers(path: Path, counted: set[tuple[Part, ...]]) -> Iterator[int]:
    """Count the maps and lists around a path, each once in an update."""
    for depth in range(1, len(path.parts)):
        outer = path.parts[:depth]
        if outer not in counted:
            counted.add(outer)
            yield _place_size(outer, CONTAINER_BYTES)


def _place_size(parts: tuple[Part, ...], size: int) -> int:
    """Count a value with what its place takes: its name, and in a list or map one byte more."""
    *outer, last = parts
    return element_size(last, size) if outer else text_size(str(last)) + size


def _left_by(clause: SetClause | AddClause) -> int:
    """Count what is at the clause's path afterwards."""
    if isinstance(clause, SetClause):
        return _OPERANDS[type(clause.value)](clause.value)
    return _NUMBER_BYTES if clause.value.tag == "N" else clause.value.size


def _literal(operand: Literal) -> int:
    return operand.size


def _stored(_: Path | IfNotExists) -> int:
    return _NOTHING


def _list_append(operand: ListAppend) -> int:
    """Count the list and those of its elements that are known."""
    sides = (operand.first, operand.second)
    known = (side.size - CONTAINER_BYTES for side in sides if isinstance(side, Literal))
    return CONTAINER_BYTES + sum(known)


def _arithmetic(_: Arithmetic) -> int:
    return _NUMBER_BYTES


_OPERANDS: Final[dict[type, Callable[[Any], int]]] = {
    Literal: _literal,
    Path: _stored,
    IfNotExists: _stored,
    ListAppend: _list_append,
    Arithmetic: _arithmetic,
}
