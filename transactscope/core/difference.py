"""What was changed in an entity since it was read, as an update.

Both sides are written by the converter, so a default that was filled in on reading is no
change. What the class does not know of the stored item is left where it is, and so is what
the library writes itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from transactscope.core.stamps import not_compared
from transactscope.entities.items import from_item, to_item
from transactscope.entities.mapping import EntityMapping
from transactscope.expressions.clauses import Clause, RemoveClause, SetClause, Update
from transactscope.expressions.literals import Literal
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item
from transactscope.values.unions import TYPE_ATTRIBUTE
from transactscope.values.wire import canonical

if TYPE_CHECKING:
    from cattrs import Converter

_NOTHING: Final[AttributeValue] = {}


def difference(
    mapping: EntityMapping, entity: object, item: Item, converter: Converter
) -> Update | None:
    """Return what makes the item say what the entity says; None if it does.

    Args:
        mapping: What is known of the entity's class.
        entity: The entity, changed or not.
        item: The item as it is now, for the scope.
        converter: Writes both sides.
    """
    read = to_item(from_item(mapping.cls, item, converter=converter), converter=converter)
    wanted = to_item(entity, converter=converter)
    left_alone = {key.attribute for key in mapping.key_attributes}
    left_alone |= not_compared(mapping, wanted)
    names = [name for name in {**read, **wanted} if name not in left_alone]
    clauses = tuple(clause for name in names for clause in _change(name, item, read, wanted))
    return Update(clauses) if clauses else None


def _change(name: str, item: Item, read: Item, wanted: Item) -> Iterator[Clause]:
    path = Path((name,))
    if name not in wanted:
        yield RemoveClause(path)
    elif name not in read or canonical(read[name]) != canonical(wanted[name]):
        stored, before = item.get(name, _NOTHING), read.get(name, _NOTHING)
        yield SetClause(path, Literal(_with_unknown_members(stored, before, wanted[name])))


def _with_unknown_members(
    stored: AttributeValue, read: AttributeValue, wanted: AttributeValue
) -> AttributeValue:
    """Keep the members of maps that the class did not read, where it is still the same class."""
    if not all("M" in value for value in (stored, read, wanted)):
        return wanted
    if read["M"].get(TYPE_ATTRIBUTE) != wanted["M"].get(TYPE_ATTRIBUTE):
        return wanted
    known = {
        name: _with_unknown_members(
            stored["M"].get(name, _NOTHING), read["M"].get(name, _NOTHING), value
        )
        for name, value in wanted["M"].items()
    }
    unknown = {
        name: value
        for name, value in stored["M"].items()
        if name not in read["M"] and name not in known
    }
    return {"M": {**known, **unknown}}
