"""What a commit will send, in words."""

from collections import defaultdict
from collections.abc import Mapping

import attrs

from transactscope.descriptions import describe_action
from transactscope.exporting import exported_from
from transactscope.types.wire import Item


@exported_from("transactscope.types")
@attrs.frozen
class ActionSummary:
    """One action as a commit sends it, without values beyond the key.

    Attributes:
        index: Its position in the request.
        kind: AWS's word for it: `Put`, `Update`, `Delete` or `ConditionCheck`.
        verb: The verb that staged it.
        table: The table's name as it is sent.
        key: The item's key as AttributeValues, or None where it is not known.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        bytes: The size of the item in bytes, as DynamoDB counts it.
        is_exact: Whether that is the size of the whole item; else it is the least that the
            item can have, because only DynamoDB knows the rest.
        write_units: The write units that it consumes, computed from sizes: that of the item as it
            is stored or as it will be, whichever is larger. What a replay or a failed condition
            consumes is not in it.
        is_exact_cost: Whether it is just that many, with those of the indexes that the class
            declares; else it is the least, because the stored item is not known.
        is_conditional: Whether it has a condition of any kind, guards included.
        guarded_values: How many loaded values it demands to be unchanged, because what was read
            has no version; 0 where there is a version, or nothing was read.
        calls: Where it was staged, `file:line` for every call it came from.

    .. versionadded:: 0.1.0
    """

    index: int
    kind: str
    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    bytes: int
    is_exact: bool
    write_units: int
    is_exact_cost: bool
    is_conditional: bool
    guarded_values: int
    calls: tuple[str, ...]


@exported_from("transactscope.types")
@attrs.frozen
class ExplainedAction(ActionSummary):
    """One action as a commit will send it, in words. The texts contain values.

    It has the attributes of `ActionSummary`, and two more.

    Attributes:
        condition: What must be true of the stored item, or None.
        changes: What is written, one text per attribute or clause.

    .. versionadded:: 0.1.0
    """

    condition: str | None = attrs.field(repr=False)
    changes: tuple[str, ...] = attrs.field(repr=False)

    def __str__(self) -> str:
        what = describe_action(self.verb, self.entity_class, self.table, self.key, self.calls)
        size = _size(self.bytes, is_exact=self.is_exact)
        cost = _units(self.write_units, is_exact=self.is_exact_cost)
        lines = [f"[{self.index}] {self.kind}, {size}, {cost}: {what}"]
        lines += [f"    {change}" for change in self.changes]
        lines += [f"    if {self.condition}"] if self.condition is not None else []
        return "\n".join(lines)


@exported_from("transactscope.types")
@attrs.frozen
class Explanation:
    """What a commit will send. `str()` of it is the whole as text; it contains values.

    Units are computed from sizes, as DynamoDB computes them, and nothing is asked for them.

    Attributes:
        rows: One per action, in the order of the request.
        read_units_by_table: The read units that the reads of this scope have consumed so far. An
            estimate: each read counts once, however often it was sent, and those through
            `tx.client` are not in it.

    .. versionadded:: 0.1.0
    """

    rows: tuple[ExplainedAction, ...]
    read_units_by_table: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def bytes(self) -> int:
        """The sizes of all items together, in bytes."""
        return sum(row.bytes for row in self.rows)

    @property
    def is_exact(self) -> bool:
        """Whether `bytes` is exact; else it is the least that they can have."""
        return all(row.is_exact for row in self.rows)

    @property
    def write_units(self) -> int:
        """The write units that the commit will consume; see `is_exact_cost`."""
        return sum(row.write_units for row in self.rows)

    @property
    def is_exact_cost(self) -> bool:
        """Whether `write_units` is exact; else it is the least that the commit can consume."""
        return all(row.is_exact_cost for row in self.rows)

    @property
    def write_units_by_table(self) -> Mapping[str, int]:
        """The write units by table, by the names that are sent."""
        units: defaultdict[str, int] = defaultdict(int)
        for row in self.rows:
            units[row.table] += row.write_units
        return dict(units)

    @property
    def read_units(self) -> int:
        """The read units of all tables; see `read_units_by_table`."""
        return sum(self.read_units_by_table.values())

    def __str__(self) -> str:
        figures = [
            _counted(len(self.rows), "action"),
            _size(self.bytes, is_exact=self.is_exact),
            _units(self.write_units, is_exact=self.is_exact_cost),
        ]
        if self.read_units:
            figures.append(f"{_counted(self.read_units, 'read unit')} so far")
        return "\n".join([", ".join(figures), *map(str, self.rows)])


def _size(size: int, *, is_exact: bool) -> str:
    return f"{'' if is_exact else 'at least '}{size} bytes"


def _units(units: int, *, is_exact: bool) -> str:
    return f"{'' if is_exact else 'at least '}{_counted(units, 'write unit')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
