"""What is sent, action by action, without values beyond the keys.

It is made of the same folds as the request, or of what was written of it at the calls, so it cannot
say anything else. Observers may ask for it at every commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from transactscope.core.actions import READ, StagedAction
from transactscope.core.compiled.encoded import EncodedAction, key_of
from transactscope.core.cost import ABSENT, Cost, cost_of, demands_absence, known_before
from transactscope.core.folding import Fold
from transactscope.core.guards import Guard, compared_attributes, leaves_nothing_open
from transactscope.core.reads import Found, Reads
from transactscope.core.sealing import has_secrets
from transactscope.core.units import SINGLE, TRANSACTIONAL, read_units, write_units
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.expressions.conditions import Condition
from transactscope.expressions.evaluation import Known
from transactscope.types import ActionSummary, Item


def summaries(folds: Iterable[Fold], reads: Reads) -> tuple[ActionSummary, ...]:
    """Sum up what a commit of these folds sends, after these reads."""
    return tuple(_of_fold(index, fold, reads) for index, fold in enumerate(folds))


def summaries_of_encoded(actions: Iterable[EncodedAction]) -> tuple[ActionSummary, ...]:
    """Do the same for actions that are sent as they were written, each on an item of its own."""
    return tuple(_alone(index, action, TRANSACTIONAL) for index, action in enumerate(actions))


def summary_of(action: StagedAction) -> ActionSummary:
    """Sum up an action that is sent as PutItem, UpdateItem or DeleteItem."""
    return _alone(0, action.alone, SINGLE)


def read_units_by_table(reads: Reads) -> Mapping[str, int]:
    """Count what reads have consumed, each once, by the size of what it has found."""
    units: defaultdict[str, int] = defaultdict(int)
    for found in reads.found.values():
        price = TRANSACTIONAL if found.is_transactional else SINGLE
        units[found.read.table] += read_units(found.item, price)
    return dict(units)


def _of_fold(index: int, fold: Fold, reads: Reads) -> ActionSummary:
    found = reads.stored(fold.action.target)
    guards = [guard for guard in fold.guards if guard.call.verb == READ]
    before = None if found is None else _as_read(found, guards)
    compared = set() if found is None else _compared(found, guards)
    calls = (*fold.calls, *(guard.call for guard in guards))
    cost = _cost(fold.to_send, before, calls, TRANSACTIONAL)
    return _summary(index, fold.to_send, fold.calls, cost, guarded_values=len(compared))


def _alone(index: int, action: StagedAction, price: int) -> ActionSummary:
    """Sum up an action on whose item nothing else is staged, and which was not read."""
    if isinstance(action, EncodedAction) and action.kind == "Put":
        return _encoded_put(index, action, price)
    return _summary(index, action, (action,), _cost(action, None, (action,), price))


def _as_read(found: Found, guards: Iterable[Guard]) -> Known | None:
    """Return what is stored, if a guard demands that it is what was read."""
    if not any(leaves_nothing_open(guard, found.item) for guard in guards):
        return None
    return ABSENT if found.item is None else Known(found.item, is_complete=True)


def _compared(found: Found, guards: Iterable[Guard]) -> set[str]:
    return {name for guard in guards for name in compared_attributes(guard, found.item)}


def _cost(
    action: StagedAction, before: Known | None, calls: Iterable[StagedAction], price: int
) -> Cost:
    known = known_before(_condition(action), _key(action) or {}) if before is None else before
    return cost_of(action, known, _mappings(calls), price)


def _mappings(calls: Iterable[StagedAction]) -> Iterator[EntityMapping]:
    classes = dict.fromkeys(call.entity_class for call in calls)
    return (mapping_of(each) for each in classes if each is not None)


def _summary(
    index: int,
    action: StagedAction,
    calls: Iterable[StagedAction],
    cost: Cost,
    guarded_values: int = 0,
) -> ActionSummary:
    return ActionSummary(
        index=index,
        kind=action.kind,
        verb=action.verb,
        table=action.table,
        key=_key(action),
        entity_class=action.entity_class,
        bytes=action.size,
        is_exact=action.kind == "Put" and not has_secrets(action),
        write_units=cost.units,
        is_exact_cost=cost.is_exact,
        is_conditional=_condition(action) is not None,
        guarded_values=guarded_values,
        calls=tuple(call.call for call in calls),
    )


def _key(action: StagedAction) -> Item | None:
    return key_of(action.source) if isinstance(action, EncodedAction) else action.key


def _condition(action: StagedAction) -> Condition | None:
    """Return what must be true; of what was written as bytes with stand-ins for all values."""
    return action.source[0].condition if isinstance(action, EncodedAction) else action.condition


def _encoded_put(index: int, action: EncodedAction, price: int) -> ActionSummary:
    """Do what `_summary` does for the most usual action: its item is whole, in no index, alone."""
    shape, _, size, *_ = action.source
    condition = shape.condition
    is_new = condition is not None and demands_absence(condition, shape.key_names)
    return ActionSummary(
        index=index,
        kind=shape.kind,
        verb=shape.verb,
        table=shape.table,
        key=key_of(action.source),
        entity_class=shape.entity_class,
        bytes=size,
        is_exact=True,
        write_units=write_units(size, price),
        is_exact_cost=is_new,
        is_conditional=condition is not None,
        guarded_values=0,
        calls=(action.call,),
    )
