"""Entries of a batch as bytes, where entity or key are usual, and no action for each of them.

What is unusual is left to the plain way, which alone refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from transactscope.core.batches.entries import DELETE, GET, PUT, Entries, Entry
from transactscope.core.compiled.building import CompiledBuilder
from transactscope.core.compiled.plans import ClassPlan, Target
from transactscope.core.compiled.shapes import Unusual
from transactscope.entities.keys import EntityKey
from transactscope.limits import MAX_ITEM_BYTES
from transactscope.types import Item
from transactscope.types.json_text import from_json


@attrs.frozen(eq=False, repr=False)
class EncodedEntry(Entry):
    """An entry of which only the bytes were made. Its facts are read from them, and its target.

    Attributes:
        plan: What is known of its class.
        size: The bytes of the item that it writes, or of its key.
        content: The JSON of its parameters in UTF-8.
    """

    target: Target
    plan: ClassPlan
    # Nobody writes to them: a field of a frozen class reads as a property does, in less time.
    size: int  # pyright: ignore[reportIncompatibleMethodOverride]
    content: bytes  # pyright: ignore[reportIncompatibleMethodOverride]

    is_written: ClassVar[bool] = True

    @property
    def entity_class(self) -> type:
        """The class of the entity."""
        return self.plan.mapping.cls

    @property
    def table(self) -> str:
        """The table's name as it is sent: an ARN, which is another, has no plan."""
        return self.target[0]

    @property
    def key(self) -> Item:
        """The key of its item."""
        _, *parts = self.target
        found = dict(zip(parts[::3], zip(parts[1::3], parts[2::3], strict=True), strict=True))
        names = (key.attribute for key in self.plan.mapping.key_attributes)
        return {name: dict([found[name]]) for name in names}

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What a request says of it, as a client takes it."""
        parameters: Mapping[str, Any] = from_json(self.content)
        return parameters


@attrs.frozen(eq=False)
class CompiledEntries(Entries):
    """Writes usual entries as bytes, and makes all others the plain way.

    Attributes:
        compiled: Knows how classes are written; up to date.
    """

    compiled: CompiledBuilder

    def put(self, number: int, entity: object) -> Entry:
        """Return the entry that writes an entity; see `Entries`."""
        return self._written_put(number, entity) or super().put(number, entity)

    def delete(self, number: int, target: object) -> Entry:
        """Return the entry that deletes an item; see `Entries`."""
        opening, ending = '{"DeleteRequest":{"Key":{', "}}}"
        written = self._written_key(number, DELETE, target, opening, ending)
        return written or super().delete(number, target)

    def read(self, number: int, key: object) -> Entry:
        """Return the entry that reads an item; see `Entries`."""
        written = None
        if type(key) is EntityKey:
            written = self._written_key(number, GET, key, "{", "}")
        return written or super().read(number, key)

    def _written_put(self, number: int, entity: object) -> Entry | None:
        """Write an entity; None where the plain way has to do it."""
        try:
            plan = self.compiled.plan_of(type(entity))
            members, size, target = plan.written_entity(entity)
            if size > MAX_ITEM_BYTES:
                return None
            content = f'{{"PutRequest":{{"Item":{{{members}}}}}}}'.encode()
            return EncodedEntry(number, entity, PUT, target, plan, size, content)
        except Exception:  # noqa: BLE001 - the plain way knows the right error
            return None

    def _written_key(
        self, number: int, verb: str, given: object, opening: str, ending: str
    ) -> Entry | None:
        """Write a key; None where the plain way has to do it."""
        try:
            plan, parts = self._located(given)
            members, size, target = plan.written_key(parts)
            content = f"{opening}{members}{ending}".encode()
            return EncodedEntry(number, given, verb, target, plan, size, content)
        except Exception:  # noqa: BLE001 - the plain way knows the right error
            return None

    def _located(self, given: Any) -> tuple[ClassPlan, Sequence[Any]]:
        """Return the plan of what was given, and the parts of its key.

        Raises:
            Unusual: There is none, or it is an entity with a version to guard.
        """
        if type(given) is EntityKey:
            return self.compiled.plan_of(given.entity_class), given.parts
        plan = self.compiled.plan_of(type(given))
        if plan.mapping.version is not None:
            raise Unusual
        return plan, [getattr(given, name) for name in plan.mapping.key_fields]
