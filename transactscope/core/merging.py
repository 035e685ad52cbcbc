"""Two updates of one item as one update.

The second sees what the first has written, the one update does not. So they merge
only where the second does not read what the first writes, or where the two
clauses on one path have a known sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from transactscope.core.actions import StagedAction
from transactscope.core.fitting import misfit
from transactscope.errors import InvalidRequestError
from transactscope.expressions.application import apply_update
from transactscope.expressions.clauses import (
    AddClause,
    Clause,
    DeleteClause,
    RawUpdate,
    RemoveClause,
    SetClause,
    Update,
)
from transactscope.expressions.effects import (
    are_disjoint,
    cannot_fail,
    paths_read_by_update,
    paths_written,
)
from transactscope.expressions.literals import Literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path
from transactscope.types import Item
from transactscope.values.numbers import parse_decimal


class CannotFoldError(Exception):
    """Two actions cannot be one; the text says why, as what could follow an "and"."""


def merged(
    first: Update | RawUpdate | None, second: Update | RawUpdate | None, key: Item
) -> Update:
    """Return the update that does what both do, one after the other.

    Raises:
        CannotFoldError: There is none, or it cannot be shown.
    """
    if not isinstance(first, Update) or not isinstance(second, Update):
        raise CannotFoldError("an update that was given as text cannot be merged")
    clauses = {clause.path: clause for clause in first.clauses}
    written = paths_written(first) | keys_as_paths(key)
    for clause in second.clauses:
        earlier = clauses.get(clause.path)
        if earlier is None:
            _refuse_dependent(clause, written)
            clauses[clause.path] = clause
        else:
            clauses[clause.path] = _paired(earlier, clause, written)
    return Update(tuple(clauses.values()))


def keys_as_paths(key: Item) -> frozenset[Path]:
    """Return the key's attributes as paths: an update that creates the item writes them too."""
    return frozenset(Path((name,)) for name in key)


def refuse_too_long(action: StagedAction) -> None:
    """Refuse an action whose folded expressions are over DynamoDB's limits.

    Raises:
        CannotFoldError: They are, or two texts define one placeholder in two ways.
    """
    try:
        rendered = action.rendered
    except InvalidRequestError as problem:
        raise CannotFoldError(f"their expressions do not fit together ({problem})") from None
    found = misfit(rendered)
    if found is not None:
        raise CannotFoldError(f"together they are too much: {found.text}")


def _refuse_dependent(clause: Clause, written: frozenset[Path]) -> None:
    if not are_disjoint([clause.path], written):
        raise CannotFoldError(f"both write at {clause.path}")
    if not are_disjoint(_read_by(clause), written):
        raise CannotFoldError(f"the second reads what the first writes, for {clause.path}")


def _paired(first: Clause, second: Clause, written: frozenset[Path]) -> Clause:
    """Merge two clauses on one path."""
    if second.path.ends_in_index:
        raise CannotFoldError(f"both write the list element {second.path}")
    pair = _PAIRS.get((type(first), type(second)))
    if pair is None:
        raise CannotFoldError(f"their changes of {second.path} have no common form")
    if not are_disjoint(_read_by(second) - {second.path}, written):
        raise CannotFoldError(f"the second reads what the first writes, for {second.path}")
    together: Clause = pair(first, second)
    return together


def _last(first: Clause, second: Clause) -> Clause:
    """Let the second overwrite the first, which must not have an error of its own to lose."""
    if second.path in _read_by(second):
        raise CannotFoldError(f"the second reads what the first writes, for {second.path}")
    if not cannot_fail(first):
        raise CannotFoldError(f"the first may fail at {first.path}, which the second would hide")
    return second


def _set_twice(first: Any, second: Any) -> Clause:
    if isinstance(first.value, ListAppend) and isinstance(second.value, ListAppend):
        return _appended_twice(first, second)
    if _is_default_of(second.path, second.value):
        kept: Clause = first  # after it something is there, so the second changes nothing
        return kept
    return _last(first, second)


def _is_default_of(path: Path, value: Any) -> bool:
    """Say whether a value is what is at a path, and a literal where nothing is."""
    is_default = isinstance(value, IfNotExists) and isinstance(value.default, Literal)
    return is_default and value.path == path


def _removed_twice(_: Clause, second: Clause) -> Clause:
    """Remove once: a second time removes nothing."""
    return second


def _added_after_remove(first: Any, second: Any) -> Clause:
    if not cannot_fail(first):
        raise CannotFoldError(f"the first may fail at {first.path}")
    return SetClause(second.path, second.value)


def _added_after_set(first: Any, second: Any) -> Clause:
    if not isinstance(first.value, Literal) or len(first.path.parts) > 1:
        raise CannotFoldError(f"what the first sets {first.path} to is not known here")
    return SetClause(first.path, _sum(first.value, second))


def _added_twice(first: Any, second: Any) -> Clause:
    """Add up; numbers only of one sign, or a sum in between could be out of range."""
    if first.is_once:
        return AddClause(second.path, second.value, is_once=True)
    if first.value.tag != second.value.tag or not _of_one_sign(first.value, second.value):
        raise CannotFoldError(f"what both add to {first.path} has no exact sum")
    return AddClause(first.path, _sum(first.value, second))


def _deleted_twice(first: Any, second: Any) -> Clause:
    if first.value.tag != second.value.tag:
        raise CannotFoldError(f"they delete elements of two types from {first.path}")
    together = _sum(first.value, AddClause(second.path, second.value))
    return DeleteClause(first.path, together)


def _sum(start: Literal, clause: AddClause) -> Literal:
    """Let DynamoDB's ADD, as it is computed here, add to a value that is known."""
    place = Path(("value",))
    try:
        item = apply_update(Update((AddClause(place, clause.value),)), {"value": start.value}, {})
    except InvalidRequestError:
        raise CannotFoldError(f"what is added to {clause.path} does not fit it") from None
    return Literal(item["value"])


def _of_one_sign(first: Literal, second: Literal) -> bool:
    if first.tag != "N":
        return True
    return parse_decimal(first.content) * parse_decimal(second.content) >= 0


def _appended_twice(first: SetClause, second: SetClause) -> Clause:
    """Join two appends, or two prepends, of literal lists to one list."""
    inner, outer = _append_parts(first), _append_parts(second)
    if inner is None or outer is None or inner[1] != outer[1]:
        raise CannotFoldError(f"their changes of the list {first.path} have no common form")
    base, appends, values = inner
    if appends:
        return SetClause(first.path, ListAppend(base, Literal({"L": [*values, *outer[2]]})))
    return SetClause(first.path, ListAppend(Literal({"L": [*outer[2], *values]}), base))


def _append_parts(clause: SetClause) -> tuple[Any, bool, list[Any]] | None:
    """Take `list_append` of a clause's own list and a literal apart: list, at the end?, values."""
    value: Any = clause.value
    for base, added, appends in (
        (value.first, value.second, True),
        (value.second, value.first, False),
    ):
        own = base.path if isinstance(base, IfNotExists) else base
        default_is_known = not isinstance(base, IfNotExists) or isinstance(base.default, Literal)
        if own == clause.path and default_is_known and isinstance(added, Literal):
            return base, appends, added.content
    return None


def _read_by(clause: Clause) -> frozenset[Path]:
    return paths_read_by_update(Update((clause,)))


_PAIRS: Final[dict[tuple[type, type], Callable[[Any, Any], Clause]]] = {
    (SetClause, SetClause): _set_twice,
    (SetClause, RemoveClause): _last,
    (RemoveClause, SetClause): _last,
    (RemoveClause, RemoveClause): _removed_twice,
    (RemoveClause, AddClause): _added_after_remove,
    (SetClause, AddClause): _added_after_set,
    (AddClause, AddClause): _added_twice,
    (DeleteClause, DeleteClause): _deleted_twice,
}
"""What two clauses on one path come to; a pair that is not here is refused."""
