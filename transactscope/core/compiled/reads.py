"""Reads of whole items by usual keys: the request as bytes, and no action for each key.

Keys of which anything is unusual are left to the plain way, which alone refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from transactscope.core.actions import READ, BuiltAction
from transactscope.core.building import ActionBuilder
from transactscope.core.callsite import call_site
from transactscope.core.compiled.shapes import Unusual
from transactscope.core.folding import Fold
from transactscope.core.tables import table_id
from transactscope.entities.items import ItemReader, item_reader
from transactscope.entities.keys import EntityKey
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.limits import MAX_ACTIONS
from transactscope.types import FrozenRequest, StoredItem
from transactscope.types.json_text import from_json, json_text
from transactscope.values.compiled import encoder, is_closed
from transactscope.values.compiled.texts import escape
from transactscope.values.hooks import write_hook

if TYPE_CHECKING:
    from cattrs import Converter

MAX_PLANS: Final = 1024
"""How many classes, each in each of its tables, are known at a time."""

_SURELY_FITS: Final = 256  # characters: each has four bytes at most, and a sort key takes 1,024
_OPENINGS: Final = ('{"S":"', '{"N":"')  # bytes are seldom a key
_EMPTY: Final = '{"S":""}'

_Write: TypeAlias = Callable[[Any], str]


@attrs.frozen(eq=False)
class ReadPlan:
    """How the items of one class are asked for, in one table.

    Attributes:
        entity_class: The class.
        table: The table's name as it is sent.
        written: Writes the members of a Get in JSON, without braces; one item has one text.
        hooks: The types of the key's fields, and what wrote them when the plan was made.
    """

    entity_class: type
    table: str
    written: Callable[[tuple[Any, ...]], str]
    hooks: tuple[tuple[Any, Any], ...]


Asked: TypeAlias = tuple[int, ItemReader]
"""One key as it was asked for: the number of the Get, and what reads the item."""


@attrs.frozen(eq=False)
class QuickReads:
    """A request that reads items, and who asked for which of them.

    Attributes:
        request: The request.
        asked: Each key that was given, in order.
    """

    request: FrozenRequest
    asked: Sequence[Asked]
    _gets: Sequence[str]
    _plans: Sequence[ReadPlan]
    _call: str

    def __len__(self) -> int:
        return len(self._gets)

    def __iter__(self) -> Iterator[Fold]:
        """Make what stands for each read, where there is something to say about it."""
        for get, plan in zip(self._gets, self._plans, strict=True):
            key = from_json(f"{{{get}}}")["Key"]
            yield Fold.of(
                BuiltAction(READ, plan.table, key, plan.entity_class, self._call, "ConditionCheck")
            )

    def values(self, items: Sequence[StoredItem | None]) -> list[Any]:
        """Return what was asked for, out of the items that were found.

        Raises:
            ConversionError: An item does not fit its class.
        """
        return [
            None if (item := items[number]) is None else read(item) for number, read in self.asked
        ]


@attrs.frozen(eq=False)
class CompiledReads:
    """Writes reads by usual keys as bytes. For others it returns None.

    It refuses nothing and raises nothing: whatever is wrong, the plain way says it.

    Attributes:
        plain: What builds all reads, and refuses what cannot be.
    """

    plain: ActionBuilder
    _plans: dict[Hashable, ReadPlan] = attrs.field(factory=dict)

    def one(self, target: Any, parts: tuple[Any, ...]) -> QuickReads | None:
        """Write the GetItem that reads one item."""
        try:
            if type(target) is EntityKey and not parts:
                target, parts = target.entity_class, target.parts
            plan = self._plan(target)
            get = plan.written(parts)
            content = f'{{{get},"ConsistentRead":true}}'.encode()
            request = FrozenRequest.of_content("GetItem", (content,), None, (plan.table,))
            read = item_reader(target, self.plain.converter)
            return QuickReads(request, ((0, read),), (get,), (plan,), call_site())
        except Exception:  # noqa: BLE001 - see the class
            return None

    def several(self, keys: Sequence[Any]) -> QuickReads | None:
        """Write the TransactGetItems that reads several items, each once."""
        try:
            return self._several(keys)
        except Exception:  # noqa: BLE001 - see the class
            return None

    def _several(self, keys: Sequence[Any]) -> QuickReads | None:
        known: dict[type, tuple[ReadPlan, ItemReader]] = {}
        numbers: dict[str, int] = {}
        plans: list[ReadPlan] = []
        asked = []
        for key in keys:
            if type(key) is not EntityKey:
                return None
            cls = key.entity_class
            if cls not in known:
                known[cls] = self._plan(cls), item_reader(cls, self.plain.converter)
            plan, read = known[cls]
            get = plan.written(key.parts)
            number = numbers.setdefault(get, len(plans))
            if number == len(plans):
                plans.append(plan)
            asked.append((number, read))
        if not 0 < len(plans) <= MAX_ACTIONS:
            return None
        members = '}},{"Get":{'.join(numbers)
        content = f'{{"TransactItems":[{{"Get":{{{members}}}}}]}}'.encode()
        tables = tuple(dict.fromkeys([plan.table for plan in plans]))
        request = FrozenRequest.of_content("TransactGetItems", (content,), None, tables)
        return QuickReads(request, asked, tuple(numbers), plans, call_site())

    def _plan(self, cls: type) -> ReadPlan:
        """Return the plan of a class, in the table that it has now: a function may name another.

        Raises:
            Unusual: There is none.
        """
        mapping = mapping_of(cls)
        table = self.plain.table(mapping)
        plan = self._plans.get((cls, table))
        if plan is None or not self._is_in_force(plan):
            while len(self._plans) >= MAX_PLANS:
                self._plans.pop(next(iter(self._plans)), None)
            plan = self._plans[cls, table] = self._new_plan(mapping, table)
        return plan

    def _is_in_force(self, plan: ReadPlan) -> bool:
        """Whether no hook was registered that writes a part of the key another way."""
        converter = self.plain.converter
        return all(write_hook(type_, converter) is hook for type_, hook in plan.hooks)

    def _new_plan(self, mapping: EntityMapping, table: str) -> ReadPlan:
        converter = self.plain.converter
        types = [mapping.fields[name].type for name in mapping.key_fields]
        if (
            any(key.template is not None for key in mapping.key_attributes)
            or table_id(table).home is not None
            or not all(is_closed(type_, converter) for type_ in types)
        ):
            raise Unusual
        labels = [f"{json_text(key.attribute)}:" for key in mapping.key_attributes]
        writers = [_part_writer(type_, converter) for type_ in types]
        head = f'"TableName":{json_text(table)},"Key":{{'
        hooks = [(type_, write_hook(type_, converter)) for type_ in types]
        return ReadPlan(mapping.cls, table, _key_writer(head, labels, writers), tuple(hooks))


def _key_writer(
    head: str, labels: Sequence[str], writers: Sequence[_Write]
) -> Callable[[tuple[Any, ...]], str]:
    """Return what writes a Get. The attributes are in order, so that one item has one text."""
    if len(labels) == 1:
        return _writer_of_one(head + labels[0], *writers)
    (label, other_label), (write, write_other) = labels, writers
    if label < other_label:
        return _writer_of_two(head + label, write, f",{other_label}", write_other)
    in_order = _writer_of_two(head + other_label, write_other, f",{label}", write)
    return lambda parts: in_order(parts[::-1])


def _writer_of_one(head: str, write: _Write) -> Callable[[tuple[Any, ...]], str]:
    def written(parts: tuple[Any, ...]) -> str:
        (value,) = parts
        return f"{head}{write(value)}}}"

    return written


def _writer_of_two(
    head: str, write: _Write, label: str, write_other: _Write
) -> Callable[[tuple[Any, ...]], str]:
    def written(parts: tuple[Any, ...]) -> str:
        value, other = parts
        return f"{head}{write(value)}{label}{write_other(other)}}}"

    return written


def _part_writer(type_: Any, converter: Converter) -> _Write:
    if type_ is str:
        return _text_part
    encode = encoder(type_, converter)

    def write(value: Any) -> str:
        text, _ = encode(value) or (_EMPTY, 0)
        if text == _EMPTY or len(text) > _SURELY_FITS or not text.startswith(_OPENINGS):
            raise Unusual
        return text

    return write


def _text_part(value: Any) -> str:
    if type(value) is not str or not 0 < len(value) <= _SURELY_FITS:
        raise Unusual
    return f'{{"S":{escape(value)}}}'
