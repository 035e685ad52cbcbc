"""Several calls on one item become the one action that DynamoDB takes per item.

The result of the one action is exactly that of the calls one after the other. Where
that cannot be shown, the call is refused: an error beats a guess. Three facts decide:
DynamoDB judges conditions and right sides on the item before the action, an Update
creates an absent item, and a Put replaces everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

import attrs

from transactscope.core.actions import ONCE, Kind, StagedAction
from transactscope.core.guards import Guard, version_guard, without_repetition
from transactscope.core.merging import CannotFoldError, keys_as_paths, merged, refuse_too_long
from transactscope.descriptions import describe_action
from transactscope.errors import DuplicateTargetError, InvalidRequestError
from transactscope.expressions.application import apply_update
from transactscope.expressions.clauses import Update
from transactscope.expressions.conditions import Condition, all_of
from transactscope.expressions.effects import (
    are_disjoint,
    cannot_fail,
    paths_read_by_condition,
    paths_written,
)
from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import And
from transactscope.types import Item


@attrs.frozen
class Term:
    """One call's condition, as far as it is sent: what decides whose `raises=` speaks."""

    call: StagedAction
    condition: Condition


@attrs.frozen(eq=False)
class Fold:
    """What the calls on one item come to.

    Attributes:
        calls: The calls, in order.
        action: The one action that they are, under the conditions that users demand.
        terms: These conditions, by call.
        guards: What else must be true of the stored item.
    """

    calls: tuple[StagedAction, ...]
    action: StagedAction
    terms: tuple[Term, ...]
    guards: tuple[Guard, ...] = ()

    @classmethod
    def of(cls, call: StagedAction) -> Fold:
        """Return the fold of a first call: itself."""
        return cls((call,), call, _terms(call, call.condition), _guards(call))

    @property
    def has_delete(self) -> bool:
        """Whether one of the calls deletes the item, whatever comes after it."""
        return any(call.kind == "Delete" for call in self.calls)

    def after_read(self, guards: Iterable[Guard]) -> Fold:
        """Return the fold of an item that was read: under the guards of the reads, too."""
        own = (attrs.evolve(guard, is_read=True) for guard in self.guards)
        return attrs.evolve(self, guards=without_repetition((*guards, *own)))

    @cached_property
    def to_send(self) -> StagedAction:
        """The one action that is sent: under the guards and the conditions."""
        if not self.guards:
            return self.action
        if len(self.calls) == 1 and not any(guard.is_read for guard in self.guards):
            return self.action.alone
        guards = (guard.condition for guard in self.guards)
        condition = all_of(*guards, *(term.condition for term in self.terms))
        return self.action.changed(condition=condition)

    def describe(self) -> str:
        """Say verb, class, table, key and all call sites in one line."""
        action = self.action
        lines = tuple(call.call for call in self.calls)
        return describe_action(action.verb, action.entity_class, action.table, action.key, lines)


def folded(first: Fold, second: StagedAction) -> Fold:
    """Return the fold of all calls so far and one more on the same item.

    Raises:
        DuplicateTargetError: The two do not fold; says why, and names all call sites. Not sent.
    """
    try:
        _refuse_marker(first, second)
        fold = _FOLDERS[first.action.kind, second.kind](first, second)
        refuse_too_long(fold.to_send)
    except CannotFoldError as reason:
        msg = f"two actions on one item, and {reason}: {first.describe()}; {second.describe()}"
        raise DuplicateTargetError(msg, why=str(reason)) from None
    return fold


def _refuse_marker(first: Fold, second: StagedAction) -> None:
    """Keep a marker as it is: what is stored of it later is compared with it."""
    if ONCE in (first.action.verb, second.verb):
        raise CannotFoldError("one of them is the marker of once()")


def _after_check(first: Fold, second: StagedAction) -> Fold:
    """Both speak about the stored item: both conditions are demanded."""
    return _fold(first, second, second, _terms(second, second.condition))


def _check_after_put(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _known_item(first))
    return _fold(first, second, first.action)


def _put_after_put(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _known_item(first))
    action = first.action.changed(item=second.item, entity_class=second.entity_class)
    return _fold(first, second, action)


def _update_after_put(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _known_item(first))
    item = _applied(second, first.action.item)
    return _fold(first, second, first.action.changed(item=item))


def _delete_after_put(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _known_item(first))
    return _fold(first, second, second)


def _check_after_update(first: Fold, second: StagedAction) -> Fold:
    return _fold(first, second, first.action, _terms(second, _still_to_ask(first, second)))


def _write_after_update(first: Fold, second: StagedAction) -> Fold:
    """Overwrite the update; its own type error would go with it, so it must have none."""
    update = first.action.update
    if not isinstance(update, Update) or not cannot_fail(update):
        raise CannotFoldError("the first may fail, which the second would hide")
    return _fold(first, second, second, _terms(second, _still_to_ask(first, second)))


def _update_after_update(first: Fold, second: StagedAction) -> Fold:
    kept = _terms(second, _still_to_ask(first, second))
    update = merged(first.action.update, second.update, _key(second))
    return _fold(first, second, first.action.changed(update=update), kept)


def _check_after_delete(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _ABSENT)
    return _fold(first, second, first.action)


def _put_after_delete(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _ABSENT)
    return _fold(first, second, second)


def _update_after_delete(first: Fold, second: StagedAction) -> Fold:
    _decide(second, _ABSENT)
    item = _applied(second, None)
    action = second.changed(kind="Put", item=item, update=None)
    return _fold(first, second, action)


_FOLDERS: Final[dict[tuple[Kind, Kind], Callable[[Fold, StagedAction], Fold]]] = {
    ("ConditionCheck", "ConditionCheck"): _after_check,
    ("ConditionCheck", "Put"): _after_check,
    ("ConditionCheck", "Update"): _after_check,
    ("ConditionCheck", "Delete"): _after_check,
    ("Put", "ConditionCheck"): _check_after_put,
    ("Put", "Put"): _put_after_put,
    ("Put", "Update"): _update_after_put,
    ("Put", "Delete"): _delete_after_put,
    ("Update", "ConditionCheck"): _check_after_update,
    ("Update", "Put"): _write_after_update,
    ("Update", "Update"): _update_after_update,
    ("Update", "Delete"): _write_after_update,
    ("Delete", "ConditionCheck"): _check_after_delete,
    ("Delete", "Put"): _put_after_delete,
    ("Delete", "Update"): _update_after_delete,
    ("Delete", "Delete"): _check_after_delete,
}
"""What is staged, what comes, and how the two become one."""

_ABSENT: Final = Known({}, is_complete=True)


def _fold(
    first: Fold, second: StagedAction, action: StagedAction, new_terms: tuple[Term, ...] = ()
) -> Fold:
    terms = (*first.terms, *new_terms)
    condition = all_of(*(term.condition for term in terms))
    folded_action = action.changed(condition=condition)
    # Once it is deleted no version is stored, which is what an object without one expects.
    is_new = second.expected is not None and second.expected.value is None
    new_guards = () if is_new and first.has_delete else _guards(second)
    guards = without_repetition((*first.guards, *new_guards))
    return Fold((*first.calls, second), folded_action, terms, guards)


def _guards(call: StagedAction) -> tuple[Guard, ...]:
    guard = version_guard(call)
    return () if guard is None else (guard,)


def _terms(call: StagedAction, condition: Condition | None) -> tuple[Term, ...]:
    return () if condition is None else (Term(call, condition),)


def _known_item(first: Fold) -> Known:
    return Known(first.action.item or {}, is_complete=True)


def _key(call: StagedAction) -> Item:
    return call.key or {}  # calls that fold have a key: it is how they were found to meet


def _decide(second: StagedAction, known: Known) -> None:
    """Judge a condition on an item that is fully known here; it must be true."""
    if second.condition is None:
        return
    truth = evaluate(second.condition, known)
    if truth is Truth.NO:
        raise CannotFoldError("the second's condition can never be true after the first")
    if truth is Truth.UNKNOWN:
        raise CannotFoldError("the second's condition cannot be judged here")


def _still_to_ask(first: Fold, second: StagedAction) -> Condition | None:
    """Return what of a condition has to be sent beside an update that came before it.

    After an update the item is there with its key, so what is about the key alone is decided
    here. The rest is judged by DynamoDB on the item before the update, which is the same only
    where the update does not write what is read.
    """
    update = first.action.update
    if second.condition is None:
        return None
    if not isinstance(update, Update):
        raise CannotFoldError("what the first writes was given as text")
    touched = paths_written(update) | keys_as_paths(_key(second))
    known = Known(_key(second), is_complete=False)
    return all_of(*(term for term in _conjuncts(second.condition) if _asks(term, known, touched)))


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, And):
        yield from condition.terms
    else:
        yield condition


def _asks(term: Condition, known: Known, touched: frozenset[Path]) -> bool:
    truth = evaluate(term, known)
    if truth is Truth.NO:
        raise CannotFoldError("the second's condition can never be true after the first")
    read = paths_read_by_condition(term)
    if truth is Truth.UNKNOWN and (read is None or not are_disjoint(read, touched)):
        raise CannotFoldError("the second's condition depends on what the first writes")
    return truth is Truth.UNKNOWN


def _applied(second: StagedAction, item: Item | None) -> Item:
    if not isinstance(second.update, Update):
        raise CannotFoldError("what the second writes was given as text")
    try:
        return apply_update(second.update, item, _key(second))
    except InvalidRequestError as problem:
        raise CannotFoldError(f"the second cannot apply to the first ({problem})") from None
