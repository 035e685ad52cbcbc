"""What expressions read and write, and which of them cannot fail.

May import `clauses`, `condition_text`, `literals`, `operands`, `paths` and `predicates`. Whoever
merges two expressions asks here whether one has anything to do with the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import attrs

from transactscope.expressions.clauses import (
    AddClause,
    Clause,
    DeleteClause,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.condition_text import raws_in
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import Condition


def paths_read_by_condition(condition: Condition) -> frozenset[Path] | None:
    """Return every path that a condition reads; None if a part of it was written as text.

    Example:
        >>> from transactscope.expressions.predicates import Comparison, Size
        >>> (read,) = paths_read_by_condition(Comparison("<", Size(Path(("a", 0))), Literal({})))
        >>> print(read)
        a[0]
    """
    if next(raws_in(condition), None) is not None:
        return None
    return frozenset(_paths_in(condition))


def paths_written(update: Update) -> frozenset[Path]:
    """Return every path that an update writes.

    Example:
        >>> [str(path) for path in paths_written(Update((RemoveClause(Path(("a",))),)))]
        ['a']
    """
    return frozenset(clause.path for clause in update.clauses)


def paths_read_by_update(update: Update) -> frozenset[Path]:
    """Return every path whose value an update needs: right sides, and what ADD and DELETE change.

    That a nested path's outer map or list is there is needed, too, and not listed: what
    changes that writes a path which is not disjoint from the nested one.

    Example:
        >>> copied = SetClause(Path(("a",)), Path(("b",)))
        >>> sorted(str(path) for path in paths_read_by_update(Update((copied,))))
        ['b']
    """
    return frozenset(path for clause in update.clauses for path in _read_by(clause))


def are_disjoint(one: Iterable[Path], other: Iterable[Path]) -> bool:
    """Say whether nothing that is written at some paths can be seen at the others.

    A path holds the paths below it. An element of a list has to do with all others: SET past
    the end appends, and REMOVE shifts what comes behind [Update expressions, Developer
    Guide, 2026-11].

    Example:
        >>> from transactscope.expressions.paths import path
        >>> are_disjoint([path("a.b")], [path("a.c")]), are_disjoint([path("a[0]")], [path("a[1]")])
        (True, False)
    """
    others = tuple(other)
    return not any(_meet(mine, theirs) for mine in one for theirs in others)


def cannot_fail(change: Update | Clause) -> bool:
    """Say whether a change applies to every item, whatever its attributes are.

    True of SET and REMOVE of a whole attribute, if SET writes a value, or one where there is
    none, and of raising a version, which is a number wherever it is. The size of the item is
    left out of account.

    Example:
        >>> cannot_fail(RemoveClause(Path(("a",)))), cannot_fail(RemoveClause(Path(("a", "b"))))
        (True, False)
    """
    if isinstance(change, Update):
        return all(cannot_fail(clause) for clause in change.clauses)
    if not _is_top_level(change.path):
        return False
    if isinstance(change, SetClause):
        return _is_always_there(change.value)
    return isinstance(change, RemoveClause) or (isinstance(change, AddClause) and change.is_once)


def _read_by(clause: Clause) -> Iterator[Path]:
    if isinstance(clause, SetClause):
        yield from _paths_in(clause.value)
    elif isinstance(clause, AddClause | DeleteClause):
        yield clause.path


def _paths_in(node: object) -> Iterator[Path]:
    """Find the paths in a node of any kind, and in all that it is made of."""
    if isinstance(node, Path):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from _paths_in(part)
    elif attrs.has(type(node)):
        yield from _paths_in(attrs.astuple(cast("attrs.AttrsInstance", node), recurse=False))


def _meet(one: Path, other: Path) -> bool:
    return one.overlaps(other) or _is_in_list_of(one, other) or _is_in_list_of(other, one)


def _is_in_list_of(element: Path, other: Path) -> bool:
    outer = element.parts[:-1]
    return element.ends_in_index and other.parts[: len(outer)] == outer


def _is_always_there(value: object) -> bool:
    if isinstance(value, IfNotExists):
        return _is_top_level(value.path) and isinstance(value.default, Literal)
    return isinstance(value, Literal)


def _is_top_level(path: Path) -> bool:
    return len(path.parts) == 1
