"""From a verb and an entity to the bytes of one action, where the call is a usual one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from transactscope.core.actions import StagedAction
from transactscope.core.building import ActionBuilder, Terms, composing_fields
from transactscope.core.compiled.asking import form_of_changes, form_of_terms
from transactscope.core.compiled.encoded import EncodedAction, encoded_action
from transactscope.core.compiled.making import RecordingVocabulary, shape_of
from transactscope.core.compiled.plans import (
    MAX_PLANS,
    ClassPlan,
    PutWriter,
    key_parts,
    target_maker,
)
from transactscope.core.compiled.puts import put_writer
from transactscope.core.compiled.shapes import Shape, Unusual
from transactscope.core.naming import refuse_long_names
from transactscope.core.tables import table_id
from transactscope.entities.keys import EntityKey, entity_key
from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.limits import MAX_ITEM_BYTES
from transactscope.types.json_text import json_text
from transactscope.values.compiled import members_encoder
from transactscope.values.sizes import attribute_size

if TYPE_CHECKING:
    from types import FrameType

_Build: TypeAlias = Callable[[RecordingVocabulary], StagedAction]


@attrs.define(eq=False)
class CompiledBuilder:
    """Writes usual calls as bytes. For others it returns None: the plain way has to look at them.

    It refuses nothing and raises nothing: whatever is wrong, the plain way says it.

    Attributes:
        plain: What builds all calls, and refuses what cannot be.
    """

    plain: ActionBuilder
    _hook: Any = None
    _plans: dict[Hashable, ClassPlan | bool] = attrs.field(factory=dict)
    _named_once: dict[type, ClassPlan] = attrs.field(factory=dict)  # no function names the table

    def up_to_date(self) -> CompiledBuilder:
        """Return this, rid of everything that was made before a hook was registered meanwhile.

        cattrs makes new hooks for all types then, also for this one.
        """
        hook = self.plain.converter.get_unstructure_hook(object)
        if hook is not self._hook:
            self._plans.clear()
            self._named_once.clear()
            self._hook = hook
        return self

    def put(
        self, verb: str, entity: Any, terms: Terms | None, frame: FrameType
    ) -> EncodedAction | None:
        """Write the Put of `put`, `insert` or `replace`."""
        try:
            plan = self.plan_of(type(entity))
            if terms is None:
                write = plan.puts.get(verb) or self._simple_put(plan, verb, entity)
                return write(entity, frame)
            members, size, target = plan.written_entity(entity)
            if size > MAX_ITEM_BYTES:
                return None
            values: list[Any] = []
            form = verb, form_of_terms(terms, values)
            shape = plan.shapes.get(form) or self._put_shape(plan, form, entity, terms, values)
            tail, _ = shape.filled(values)
            content = f",{shape.head}{members}{tail}".encode()
            return encoded_action(
                shape, content, size, target, entity=entity, raises=terms.raises, frame=frame
            )
        except Exception:  # noqa: BLE001 - see the class
            return None

    def update(
        self,
        target: Any,
        parts: tuple[Any, ...],
        changes: Mapping[str, Any],
        terms: Terms,
        frame: FrameType,
    ) -> EncodedAction | None:
        """Write the Update of an item by its key."""
        try:
            if not isinstance(target, type | EntityKey):
                return None
            plan, parts = self._located(target, parts)
            if plan.writes_more:
                return None
            values: list[Any] = []
            changed = form_of_changes(changes, values)
            values += [parts[number] for number in plan.composing]
            form = "update", changed, form_of_terms(terms, values)
            shape = plan.shapes.get(form)
            if shape is None:

                def build(vocabulary: RecordingVocabulary) -> StagedAction:
                    key: EntityKey[Any] = entity_key(plan.mapping.cls, parts)
                    return self.plain.update(key, changes, terms, vocabulary=vocabulary)

                shape = self._new_shape(plan, form, values, build)
            return _keyed(plan, shape, parts, values, raises=terms.raises, frame=frame)
        except Exception:  # noqa: BLE001 - see the class
            return None

    def delete(
        self, target: Any, parts: tuple[Any, ...], terms: Terms, frame: FrameType
    ) -> EncodedAction | None:
        """Write the Delete of an entity or of an item by its key."""
        return self._without_changes("delete", target, parts, terms, frame)

    def check(
        self, target: Any, parts: tuple[Any, ...], terms: Terms, frame: FrameType
    ) -> EncodedAction | None:
        """Write the ConditionCheck of an item."""
        return self._without_changes("check", target, parts, terms, frame)

    def _without_changes(
        self, verb: str, target: Any, parts: tuple[Any, ...], terms: Terms, frame: FrameType
    ) -> EncodedAction | None:
        try:
            plan, parts = self._located(target, parts)
            values: list[Any] = []
            form = verb, form_of_terms(terms, values)
            shape = plan.shapes.get(form)
            if shape is None:
                plain = self.plain.delete if verb == "delete" else self.plain.check

                def build(vocabulary: RecordingVocabulary) -> StagedAction:
                    key: EntityKey[Any] = entity_key(plan.mapping.cls, parts)
                    return plain(key, (), terms, vocabulary=vocabulary)

                shape = self._new_shape(plan, form, values, build)
            return _keyed(plan, shape, parts, values, raises=terms.raises, frame=frame)
        except Exception:  # noqa: BLE001 - see the class
            return None

    def _put_shape(
        self, plan: ClassPlan, form: tuple[str, Hashable], entity: object, terms: Terms, values: Any
    ) -> Shape:
        def build(vocabulary: RecordingVocabulary) -> StagedAction:
            return self.plain.put(form[0], entity, terms, vocabulary=vocabulary)

        return self._new_shape(plan, form, values, build)

    def _simple_put(self, plan: ClassPlan, verb: str, entity: object) -> PutWriter:
        shape = self._put_shape(plan, (verb, ()), entity, Terms(), [])
        return plan.puts.setdefault(verb, put_writer(plan, shape))

    def _new_shape(
        self, plan: ClassPlan, form: Hashable, values: list[Any], build: _Build
    ) -> Shape:
        """Make a shape of a call, and keep it.

        Raises:
            Unusual: It has none.
        """
        if plan.shapes.is_unusual(form):
            raise Unusual
        vocabulary = RecordingVocabulary(plan.mapping, self.plain.converter)
        shape = shape_of(build(vocabulary), plan, values, vocabulary)
        plan.shapes.keep(form, shape)
        if shape is None:
            raise Unusual
        return shape

    def _located(self, target: Any, parts: tuple[Any, ...]) -> tuple[ClassPlan, tuple[Any, ...]]:
        """Return the plan of what a verb was pointed at, and the parts of the key.

        Raises:
            Unusual: There is no plan, or there are more parts than one would think.
        """
        if isinstance(target, type):
            plan = self.plan_of(target)
        elif parts:
            raise Unusual
        elif type(target) is EntityKey:
            plan, parts = self.plan_of(target.entity_class), target.parts
        else:
            plan = self.plan_of(type(target))
            if plan.mapping.version is not None:  # the object has one to expect
                raise Unusual
            parts = tuple(getattr(target, name) for name in plan.mapping.key_fields)
        return plan, parts

    def plan_of(self, cls: type) -> ClassPlan:
        """Return the plan of a class.

        Raises:
            Unusual: There is none.
        """
        plan = self._named_once.get(cls) or self._plan(cls)
        if plan is None:
            raise Unusual
        return plan

    def _plan(self, cls: type) -> ClassPlan | None:
        """Return the plan of a class, in the table that it has now: a function may name another."""
        key: Hashable = cls
        if self.plain.table_names is not None:
            key = cls, self.plain.table(mapping_of(cls))
        plan = self._plans.get(key)
        if plan is None:
            while len(self._plans) >= MAX_PLANS:
                self._plans.pop(next(iter(self._plans)), None)
                self._named_once.clear()
            plan = self._plans[key] = self._new_plan(mapping_of(cls)) or False
        if not isinstance(plan, ClassPlan):
            return None
        if key is cls:
            self._named_once[cls] = plan
        return plan

    def _new_plan(self, mapping: EntityMapping) -> ClassPlan | None:
        converter, table = self.plain.converter, self.plain.table(mapping)
        refuse_long_names(mapping)
        if table_id(table).home is not None or mapping.encrypted:
            return None
        parts = key_parts(mapping, converter)
        if parts is None:
            return None
        writes_more = _writes_more(mapping)
        attributes = tuple(key.attribute for key in mapping.key_attributes)
        has_composed_key = any(key.template is not None for key in mapping.key_attributes)
        kept = () if has_composed_key else mapping.key_fields
        is_whole = mapping.version is None and not writes_more
        return ClassPlan(
            mapping,
            frozenset(attributes),
            target_maker(table, attributes),
            parts,
            tuple(number for number, _ in composing_fields(mapping)),
            members_encoder(mapping.cls, converter, kept) if is_whole else None,
            *_discriminator(mapping),
            writes_more=writes_more,
        )


def _writes_more(mapping: EntityMapping) -> bool:
    """Whether puts and updates write times, or keys of indexes, beside what was asked for."""
    life = mapping.lifecycle
    return life.created_at is not None or life.updated_at is not None or bool(mapping.indexes)


def _discriminator(mapping: EntityMapping) -> tuple[str, int]:
    kind = mapping.discriminator
    if kind is None:
        return "", 0
    value = {"S": kind.tag}
    text = f",{json_text(kind.attribute)}:{json_text(value)}"
    return text, attribute_size(kind.attribute, value)


def _keyed(
    plan: ClassPlan,
    shape: Shape,
    parts: tuple[Any, ...],
    values: list[Any],
    *,
    raises: Any,
    frame: FrameType,
) -> EncodedAction | None:
    """Write an action that names its item by the key."""
    members, size, target = plan.written_key(parts)
    tail, left = shape.filled(values)
    size += left
    if size > MAX_ITEM_BYTES:
        return None
    content = f",{shape.head}{members}{tail}".encode()
    return encoded_action(shape, content, size, target, entity=None, raises=raises, frame=frame)
