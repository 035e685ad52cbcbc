"""How many write units an action will consume, as far as that is known before it is sent.

A write is charged for the larger of what was stored and what is stored now, and a condition check
for the item that it looks at, or for the smallest where there is none [seen at the service].
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from transactscope.core.actions import StagedAction
from transactscope.core.index_cost import index_units, indexes_of
from transactscope.core.preview import stored_after
from transactscope.core.sealing import has_secrets
from transactscope.core.units import write_units
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import InvalidRequestError
from transactscope.expressions.conditions import Condition
from transactscope.expressions.evaluation import Known, Truth, evaluate
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import And, Call
from transactscope.types import Item
from transactscope.values.sizes import item_size

ABSENT: Final = Known({}, is_complete=True)
"""What is known of an item that is not stored."""

UNKNOWN: Final = Known({}, is_complete=False)
"""What is known of an item of which nothing is: it need not be stored."""


class Cost(NamedTuple):
    """What an action consumes.

    Attributes:
        units: Write units.
        is_exact: Whether it is just that many; else it is the least.
    """

    units: int
    is_exact: bool


def known_before(condition: Condition | None, key: Item) -> Known:
    """Return what is known of the stored item of an action that is carried out.

    Args:
        condition: What must be true of the item. Where it is not true of an absent item, there
            is one, which has at least its key.
        key: The item's key, as far as it is known.
    """
    if condition is None:
        return UNKNOWN
    if demands_absence(condition, key):
        return ABSENT
    is_stored = evaluate(condition, ABSENT) is Truth.NO
    return Known(key, is_complete=False) if is_stored else UNKNOWN


def demands_absence(condition: Condition, key_names: Collection[str]) -> bool:
    """Whether a condition is true of no stored item, because every item has its key."""
    if isinstance(condition, And):
        return any(demands_absence(term, key_names) for term in condition.terms)
    if not isinstance(condition, Call) or condition.function != "attribute_not_exists":
        return False
    (operand,) = condition.operands
    return isinstance(operand, Path) and len(operand.parts) == 1 and operand.root in key_names


def cost_of(
    action: StagedAction, before: Known, mappings: Iterable[EntityMapping], price: int
) -> Cost:
    """Return what an action consumes when it is carried out.

    It is exact where the item is known before and after: then what the indexes consume that the
    classes declare is in it. Else it is the least, which has nothing of indexes.

    Args:
        action: The action, as it is sent.
        before: What is known of the stored item.
        mappings: The classes of the item; none where it is not known as an entity.
        price: See `units`.
    """
    size = item_size(before.attributes)
    if not before.is_complete or has_secrets(action):
        left = action.size if action.kind in ("Put", "Update") else 0
        return Cost(write_units(max(size, left), price), is_exact=False)
    stored = before.attributes or None
    try:
        after = stored_after(action, stored)
    except InvalidRequestError:  # it is text, or it will be refused
        return Cost(write_units(max(size, action.size), price), is_exact=False)
    units = write_units(max(size, item_size(after or {})), price)
    return Cost(units + index_units(indexes_of(mappings), stored, after), is_exact=True)
