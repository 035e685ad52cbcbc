"""A staged action of which only the bytes were made."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final, TypeAlias

from transactscope.core.actions import StagedAction, next_serial
from transactscope.core.compiled.shapes import Shape
from transactscope.expressions.rendering import render
from transactscope.types import Item
from transactscope.types.json_text import from_json

Source: TypeAlias = tuple[Shape, bytes, int, tuple[str, ...], object, Any, CodeType, int, int]
"""What an encoded action was made of; a plain tuple, because one is made for every call.

1. What it shares with calls like it.
2. The member of `TransactItems` as it is sent, in UTF-8, after a comma.
3. The bytes of the item, or the least that it can have.
4. What tells the item from every other.
5. The user's object.
6. What the user wants raised if the condition is false.
7. The code that made the call,
8. and where in it.
9. The place of the call among all calls.
"""


class EncodedAction(StagedAction):
    """A staged action whose facts are read from its bytes when they are first asked for.

    Nothing but the bytes can have changed meanwhile: they were written at the call, and so the
    facts are those of the call, whatever became of the user's objects.
    """

    __slots__ = ("__weakref__", "_facts", "source")
    source: Source
    _facts: dict[str, Any]

    @property
    def encoded(self) -> bytes:
        """The action as a member of `TransactItems`, in JSON."""
        return self.source[1][1:]

    def __getattr__(self, name: str) -> Any:
        """Find a fact, and keep it if it takes long."""
        if name in _FINDERS:
            return _FINDERS[name](self.source)
        if name == "_facts":
            self._facts = _facts_in(self.source)
            return self._facts
        if name == "rendered":
            facts = self._facts
            if name not in facts:
                facts[name] = render(condition=facts["condition"], update=facts["update"])
            return facts[name]
        if name in _READ_FROM_BYTES:
            return self._facts[name]
        msg = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg, name=name, obj=self)

    def __reduce__(self) -> tuple[Any, ...]:
        return copy.copy, (self.changed(),)


def encoded_action(
    shape: Shape,
    content: bytes,
    size: int,
    target: tuple[str, ...],
    *,
    entity: object,
    raises: Any,
    frame: FrameType,
) -> EncodedAction:
    """Make the action of a call that was written as bytes, without looking at anything."""
    action = EncodedAction()
    action.source = (
        shape,
        content,
        size,
        target,
        entity,
        raises,
        frame.f_code,
        frame.f_lasti,
        next_serial(),
    )
    return action


def key_of(source: Source) -> Item:
    """Return the item's key without reading the bytes."""
    shape, _, _, target, *_ = source
    found = {
        name: {tag: content}
        for name, tag, content in zip(target[1::3], target[2::3], target[3::3], strict=True)
    }
    return {name: found[name] for name in shape.key_attributes}


def _call(source: Source) -> str:
    """Return `file:line` of the call."""
    *_, code, instruction, _ = source
    place = id(code), instruction  # one of its own: the code is kept with it
    known = _known_calls.get(place)
    if known is None:
        if len(_known_calls) >= _MOST_KNOWN_CALLS:
            _known_calls.clear()
        known = _known_calls[place] = (_place(code, instruction), code)
    return known[0]


def _place(code: CodeType, instruction: int) -> str:
    lines = (
        line
        for first, last, line in code.co_lines()
        if first <= instruction < last and line is not None
    )
    return f"{code.co_filename}:{next(lines, code.co_firstlineno)}"


_MOST_KNOWN_CALLS: Final = 1024
_known_calls: Final[dict[tuple[int, int], tuple[str, CodeType]]] = {}
"""Where calls were made: finding a line takes long in a long function."""

_FINDERS: Final[dict[str, Callable[[Source], Any]]] = {
    "verb": lambda source: source[0].verb,
    "table": lambda source: source[0].table,
    "entity_class": lambda source: source[0].entity_class,
    "kind": lambda source: source[0].kind,
    "size": lambda source: source[2],
    "target": lambda source: source[3],
    "entity": lambda source: source[4],
    "raises": lambda source: source[5],
    "call": _call,
    "serial": lambda source: source[8],
    "expected": lambda _: None,
}

_READ_FROM_BYTES: Final = frozenset({"key", "item", "update", "condition"})


def _facts_in(source: Source) -> dict[str, Any]:
    shape, content, *_ = source
    members = from_json(content[1:])[shape.kind]
    item = members.get("Item")
    key = members.get("Key")
    if key is None:
        key = {name: item[name] for name in shape.key_attributes}
    condition, update = shape.trees(members.get("ExpressionAttributeValues", {}))
    return {"key": key, "item": item, "update": update, "condition": condition}
