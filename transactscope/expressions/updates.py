"""The door to updates: `set=`, `add=`, `remove=` and `delete=` become one `Update`.

May import `assignments`, `clauses`, `literals`, `paths` and `vocabulary`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

import attrs

from transactscope.errors import InvalidKeyError, InvalidRequestError
from transactscope.expressions.assignments import set_value
from transactscope.expressions.clauses import (
    AddClause,
    Clause,
    DeleteClause,
    RawUpdate,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.literals import Literal, literal
from transactscope.expressions.paths import Path, path
from transactscope.expressions.vocabulary import Vocabulary

__all__ = ["RawUpdate", "Update", "update_from"]

PathLike: TypeAlias = str | Path

# [Update expressions, "ADD" and "DELETE", Developer Guide, 2026-11]
_ADDABLE: Final = ("N", "SS", "NS", "BS")
_SETS: Final = ("SS", "NS", "BS")


@attrs.frozen
class _Target:
    """A path that one of the four words was given, in the user's names and in ours."""

    word: str
    path: Path
    resolved: Path

    def __str__(self) -> str:
        return f"{self.word} {self.path}"


_MakeClause: TypeAlias = Callable[[_Target, Any, Vocabulary], Clause]


def update_from(
    *,
    set: Mapping[PathLike, Any] | None = None,  # noqa: A002 - DynamoDB's word
    add: Mapping[PathLike, Any] | None = None,
    remove: PathLike | Iterable[PathLike] | None = None,
    delete: Mapping[PathLike, Any] | None = None,
    vocabulary: Vocabulary,
) -> Update:
    """Read what a caller wants changed in one item. Nothing is sent.

    Args:
        set: Paths to values, or to `path(...)`, `if_not_exists(...)`, `list_append(...)`
            and `path(...)` plus or minus one operand.
        add: Paths to numbers or sets.
        remove: One path, or several.
        delete: Paths to sets.
        vocabulary: What resolves names and converts values.

    Raises:
        InvalidRequestError: There is nothing to do, a name is unknown or the library's own, two
            paths overlap, or an operand or a type stands where DynamoDB does not take it. Not sent.
        InvalidKeyError: A path belongs to the key. Not sent.
        ConversionError: A value does not fit its attribute's type. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(
        ...     resolve=lambda path: path,
        ...     type_at=lambda path: int,
        ...     convert=lambda value, declared, path: {"N": str(value)},
        ...     key_names=frozenset({"id"}),
        ...     version_name=None,
        ...     managed_names={},
        ... )
        >>> changes = {"set": {"price": path("list_price")}, "remove": "note"}
        >>> update = update_from(**changes, vocabulary=vocabulary)
        >>> [str(clause.path) for clause in update.clauses]
        ['price', 'note']
    """
    given = {"set": _items("set", set), "remove": [(name, None) for name in _removed(remove)]}
    given |= {"add": _items("add", add), "delete": _items("delete", delete)}
    wanted = [
        (_target(word, name, vocabulary), value)
        for word, items in given.items()
        for name, value in items
    ]
    if not wanted:
        msg = "an update needs something to do: set=, add=, remove= or delete="
        raise InvalidRequestError(msg, code="EMPTY_UPDATE")
    _refuse_overlaps([target for target, _ in wanted])
    return Update(
        tuple(_CLAUSES[target.word](target, value, vocabulary) for target, value in wanted)
    )


def _items(word: str, given: Any) -> Iterable[tuple[Any, Any]]:
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise InvalidRequestError(f"{word}= takes a mapping of paths, not {type(given).__name__}")
    return given.items()


def _removed(given: Any) -> Iterable[Path]:
    if given is None:
        return ()
    if isinstance(given, str | Path):
        return (path(given),)
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise InvalidRequestError(f"remove= takes paths, not {type(given).__name__}")
    paths = [path(name) for name in given]
    # One update has one text, whatever the hashes: the text is part of an idempotent request.
    return sorted(paths, key=str) if isinstance(given, AbstractSet) else paths


def _target(word: str, name: PathLike, vocabulary: Vocabulary) -> _Target:
    written = path(name)
    target = _Target(word, written, vocabulary.resolve(written))
    if target.resolved.root in vocabulary.key_names:
        raise InvalidKeyError(f"{target}: the key of an item cannot be changed")
    if vocabulary.version_name is not None and vocabulary.version_name == target.resolved.root:
        msg = f"{target}: a version is raised by every write, and never written by hand"
        raise InvalidRequestError(msg, code="VERSION_BY_HAND")
    what = vocabulary.managed_names.get(target.resolved.root)
    if what is not None:
        msg = f"{target}: it is {what}, which every update writes by itself"
        raise InvalidRequestError(msg, code="WRITTEN_BY_LIBRARY")
    return target


def _refuse_overlaps(targets: Iterable[_Target]) -> None:
    for one, other in itertools.combinations(targets, 2):
        if one.resolved.overlaps(other.resolved):
            msg = f"{one} and {other} overlap: one update writes each place once"
            raise InvalidRequestError(msg, code="OVERLAPPING_PATHS")


def _set(target: _Target, value: Any, vocabulary: Vocabulary) -> Clause:
    return SetClause(target.resolved, set_value(value, target.path, vocabulary))


def _remove(target: _Target, _: Any, __: Vocabulary) -> Clause:
    return RemoveClause(target.resolved)


def _add(target: _Target, value: Any, vocabulary: Vocabulary) -> Clause:
    return AddClause(target.resolved, _operand(target, value, vocabulary, _ADDABLE))


def _delete(target: _Target, value: Any, vocabulary: Vocabulary) -> Clause:
    return DeleteClause(target.resolved, _operand(target, value, vocabulary, _SETS))


_CLAUSES: Final[dict[str, _MakeClause]] = {
    "set": _set,
    "remove": _remove,
    "add": _add,
    "delete": _delete,
}


def _operand(
    target: _Target, value: Any, vocabulary: Vocabulary, allowed: tuple[str, ...]
) -> Literal:
    converted = literal(value, vocabulary.type_at(target.path), target.path, vocabulary)
    if converted.tag not in allowed:
        msg = f"{target}: takes values of type {', '.join(allowed)}, not {converted.tag}"
        raise InvalidRequestError(msg, code="UNSUPPORTED_OPERAND")
    return converted
