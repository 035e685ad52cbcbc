"""What a commit will send, in words."""

import attrs

from transactscope.descriptions import describe_action
from transactscope.exporting import exported_from
from transactscope.types.wire import Item


@exported_from("transactscope.types")
@attrs.frozen
class ExplainedAction:
    """One action as a commit will send it, in words. The texts contain values.

    Attributes:
        index: Its position in the request.
        kind: AWS's word for it: `Put`, `Update`, `Delete` or `ConditionCheck`.
        verb: The verb that staged it.
        table: The table's name as it is sent.
        key: The item's key as AttributeValues, or None where it is not known.
        entity_class: The entity class, or None for an action staged through `tx.client`.
        condition: What must be true of the stored item, or None.
        changes: What is written, one text per attribute or clause.
        bytes: The size of the item in bytes, as DynamoDB counts it.
        is_exact: Whether that is the size of the whole item; else it is the least that the
            item can have, because only DynamoDB knows the rest.
        calls: Where it was staged, `file:line` for every call it came from.

    .. versionadded:: 0.1.0
    """

    index: int
    kind: str
    verb: str
    table: str
    key: Item | None
    entity_class: type | None
    condition: str | None = attrs.field(repr=False)
    changes: tuple[str, ...] = attrs.field(repr=False)
    bytes: int
    is_exact: bool
    calls: tuple[str, ...]

    def __str__(self) -> str:
        what = describe_action(self.verb, self.entity_class, self.table, self.key, self.calls)
        size = f"{'' if self.is_exact else 'at least '}{self.bytes} bytes"
        lines = [f"[{self.index}] {self.kind}, {size}: {what}"]
        lines += [f"    {change}" for change in self.changes]
        lines += [f"    if {self.condition}"] if self.condition is not None else []
        return "\n".join(lines)


@exported_from("transactscope.types")
@attrs.frozen
class Explanation:
    """What a commit will send. `str()` of it is the whole as text; it contains values.

    Attributes:
        rows: One per action, in the order of the request.

    .. versionadded:: 0.1.0
    """

    rows: tuple[ExplainedAction, ...]

    @property
    def bytes(self) -> int:
        """The sizes of all items together, in bytes."""
        return sum(row.bytes for row in self.rows)

    @property
    def is_exact(self) -> bool:
        """Whether `bytes` is exact; else it is the least that they can have."""
        return all(row.is_exact for row in self.rows)

    def __str__(self) -> str:
        count = f"{len(self.rows)} action{'' if len(self.rows) == 1 else 's'}"
        size = f"{'' if self.is_exact else 'at least '}{self.bytes} bytes"
        return "\n".join([f"{count}, {size}", *map(str, self.rows)])
