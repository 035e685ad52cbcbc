"""Reads of whole items by usual keys: the request as bytes, and no action for each key.

Keys of which anything is unusual are left to the plain way, which alone refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from transactscope.core.actions import READ, BuiltAction
from transactscope.core.building import ActionBuilder
from transactscope.core.callsite import call_site
from transactscope.core.compiled.plans import MAX_PLANS, SURELY_FITS
from transactscope.core.compiled.shapes import Unusual
from transactscope.core.folding import Fold
from transactscope.core.naming import refuse_long_names
from transactscope.core.tables import table_id
from transactscope.entities.items import ItemReader, item_reader
from transactscope.entities.keys import EntityKey
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.limits import MAX_ACTIONS
from transactscope.types import FrozenRequest, StoredItem
from transactscope.types.json_text import from_json, json_text
from transactscope.values.compiled import encoder, is_closed
from transactscope.values.compiled.texts import escape

if TYPE_CHECKING:
    from cattrs import Converter

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
        read: Makes an entity of an item.
    """

    entity_class: type
    table: str
    written: Callable[[tuple[Any, ...]], str]
    read: ItemReader


Plans: TypeAlias = dict[tuple[type, str | None], ReadPlan | None]
"""Plans by class, and by the table's name where users say what that is; None for none."""

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


@attrs.define(eq=False)
class CompiledReads:
    """Writes reads by usual keys as bytes. For others it returns None.

    It refuses nothing and raises nothing: whatever is wrong, the plain way says it.

    Attributes:
        plain: What builds all reads, and refuses what cannot be.
    """

    plain: ActionBuilder
    _known: tuple[Any, Plans] = attrs.field(factory=lambda: (None, {}))

    def one(self, target: Any, parts: tuple[Any, ...]) -> QuickReads | None:
        """Write the GetItem that reads one item."""
        try:
            if type(target) is EntityKey and not parts:
                target, parts = target.entity_class, target.parts
            plan = self._plan(target, self._plans())
            get = plan.written(parts)
            content = f'{{{get},"ConsistentRead":true}}'.encode()
            request = FrozenRequest.of_content("GetItem", (content,), None, (plan.table,))
            return QuickReads(request, ((0, plan.read),), (get,), (plan,), call_site())
        except Exception:  # noqa: BLE001 - see the class
            return None

    def several(self, keys: Sequence[Any]) -> QuickReads | None:
        """Write the TransactGetItems that reads several items, each once."""
        try:
            return self._several(keys)
        except Exception:  # noqa: BLE001 - see the class
            return None

    def _several(self, keys: Sequence[Any]) -> QuickReads | None:
        known, found = self._plans(), dict[type, ReadPlan]()
        numbers: dict[str, int] = {}
        plans: list[ReadPlan] = []
        asked = []
        for key in keys:
            if type(key) is not EntityKey:
                return None
            cls = key.entity_class
            plan = found.get(cls)
            if plan is None:
                plan = found[cls] = self._plan(cls, known)
            get = plan.written(key.parts)
            number = numbers.setdefault(get, len(plans))
            if number == len(plans):
                plans.append(plan)
            asked.append((number, plan.read))
        if not 0 < len(plans) <= MAX_ACTIONS:
            return None
        members = '}},{"Get":{'.join(numbers)
        content = f'{{"TransactItems":[{{"Get":{{{members}}}}}]}}'.encode()
        tables = tuple(dict.fromkeys([plan.table for plan in plans]))
        request = FrozenRequest.of_content("TransactGetItems", (content,), None, tables)
        return QuickReads(request, asked, tuple(numbers), plans, call_site())

    def _plans(self) -> Plans:
        """Return the plans, without those that were made before a hook was registered.

        cattrs makes new hooks for all types then, also for this one.
        """
        converter, (hooks, plans) = self.plain.converter, self._known
        current = converter.get_unstructure_hook(object), converter.get_structure_hook(object)
        if current != hooks:
            plans = {}  # whoever is at work with the others does not write into these
            self._known = current, plans
        return plans

    def _plan(self, cls: Any, plans: Plans) -> ReadPlan:
        """Return the plan of a class, in the table that it has now: a function may name another.

        Raises:
            Unusual: There is none.
        """
        has_names = self.plain.table_names is not None
        key = cls, self.plain.table(mapping_of(cls)) if has_names else None
        if key not in plans:
            while len(plans) >= MAX_PLANS:
                plans.pop(next(iter(plans)), None)
            plans[key] = self._new_plan(mapping_of(cls), key[1])
        plan = plans[key]
        if plan is None:
            raise Unusual
        return plan

    def _new_plan(self, mapping: EntityMapping, given: str | None) -> ReadPlan | None:
        converter = self.plain.converter
        refuse_long_names(mapping)
        table = given or self.plain.table(mapping)
        types = [mapping.fields[name].type for name in mapping.key_fields]
        if (
            any(key.template is not None for key in mapping.key_attributes)
            or mapping.encrypted
            or table_id(table).home is not None
            or not all(is_closed(type_, converter) for type_ in types)
        ):
            return None
        labels = [f"{json_text(key.attribute)}:" for key in mapping.key_attributes]
        writers = [_part_writer(type_, converter) for type_ in types]
        head = f'"TableName":{json_text(table)},"Key":{{'
        return ReadPlan(
            mapping.cls,
            table,
            _key_writer(head, labels, writers),
            item_reader(mapping.cls, converter),
        )


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
        if text == _EMPTY or len(text) > SURELY_FITS or not text.startswith(_OPENINGS):
            raise Unusual
        return text

    return write


def _text_part(value: Any) -> str:
    if type(value) is not str or not 0 < len(value) <= SURELY_FITS:
        raise Unusual
    return f'{{"S":{escape(value)}}}'
