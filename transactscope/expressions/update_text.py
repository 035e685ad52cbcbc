"""The text of an update: each keyword once, and its clauses behind it.

May import `aliases`, `arithmetic`, `clauses`, `literals`, `operands` and `paths`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from transactscope.expressions.aliases import Aliases
from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import (
    AddClause,
    DeleteClause,
    RawUpdate,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path


def update_text(update: Update | RawUpdate, aliases: Aliases) -> str:
    """Write an update in placeholders. A raw one is written as it is.

    Example:
        >>> update = Update((RemoveClause(Path(("a",))), RemoveClause(Path(("b", 0)))))
        >>> update_text(update, Aliases())
        'REMOVE #n0, #n1[0]'
    """
    if isinstance(update, RawUpdate):
        return update.text
    sections = (_section(kind, update, aliases) for kind in _SECTIONS)
    return " ".join(section for section in sections if section)


def _section(kind: type, update: Update, aliases: Aliases) -> str:
    keyword, write = _SECTIONS[kind]
    clauses = ", ".join(write(clause, aliases) for clause in update.clauses if type(clause) is kind)
    return f"{keyword} {clauses}" if clauses else ""


def _set(clause: SetClause, aliases: Aliases) -> str:
    return f"{aliases.path(clause.path)} = {_operand(clause.value, aliases)}"


def _remove(clause: RemoveClause, aliases: Aliases) -> str:
    return aliases.path(clause.path)


def _with_value(clause: AddClause | DeleteClause, aliases: Aliases) -> str:
    return f"{aliases.path(clause.path)} {aliases.literal(clause.value)}"


# An update has each of these sections at most once, in any order [Update expressions,
# Developer Guide, 2026-11].
_SECTIONS: Final[dict[type, tuple[str, Callable[[Any, Aliases], str]]]] = {
    SetClause: ("SET", _set),
    RemoveClause: ("REMOVE", _remove),
    AddClause: ("ADD", _with_value),
    DeleteClause: ("DELETE", _with_value),
}


def _operand(operand: object, aliases: Aliases) -> str:
    return _OPERANDS[type(operand)](operand, aliases)


def _literal(operand: Literal, aliases: Aliases) -> str:
    return aliases.literal(operand)


def _path(operand: Path, aliases: Aliases) -> str:
    return aliases.path(operand)


def _if_not_exists(operand: IfNotExists, aliases: Aliases) -> str:
    return f"if_not_exists({aliases.path(operand.path)}, {_operand(operand.default, aliases)})"


def _list_append(operand: ListAppend, aliases: Aliases) -> str:
    return f"list_append({_operand(operand.first, aliases)}, {_operand(operand.second, aliases)})"


def _arithmetic(operand: Arithmetic, aliases: Aliases) -> str:
    left, right = _operand(operand.left, aliases), _operand(operand.right, aliases)
    return f"{left} {operand.operator} {right}"


_OPERANDS: Final[dict[type, Callable[[Any, Aliases], str]]] = {
    Literal: _literal,
    Path: _path,
    IfNotExists: _if_not_exists,
    ListAppend: _list_append,
    Arithmetic: _arithmetic,
}
