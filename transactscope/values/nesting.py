"""How deep the value that is being converted lies inside its attribute.

May import `limits`, `types` and `wire`. The level is kept per thread, because a
conversion runs from begin to end in one thread; it is back at 1 after each one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from transactscope.limits import MAX_NESTING_DEPTH
from transactscope.types import AttributeValue
from transactscope.values.wire import too_deep


class _Place(threading.local):
    level = 1


_place = _Place()


def current_level() -> int:
    """Return the level of the value that is being converted; the attribute's own is 1.

    Example:
        >>> from transactscope.values.nesting import current_level
        >>> current_level()
        1
    """
    return _place.level


@contextmanager
def whole_item() -> Generator[None, None, None]:
    """Say that what is converted meanwhile is an item: its attributes are on level 1.

    Example:
        >>> from transactscope.values.nesting import current_level, whole_item
        >>> with whole_item():
        ...     current_level()
        0
    """
    outer, _place.level = _place.level, 0
    try:
        yield
    finally:
        _place.level = outer


def on_level(level: int, convert: Callable[[Any], Any], value: Any) -> Any:
    """Convert a value as one that lies on that level.

    Example:
        >>> from transactscope.values.nesting import current_level, on_level
        >>> on_level(3, lambda value: (value, current_level()), "a")
        ('a', 3)
    """
    outer, _place.level = _place.level, level
    try:
        return convert(value)
    finally:
        _place.level = outer


def nested_writer(write: Callable[[Any], AttributeValue]) -> Callable[[Any], AttributeValue]:
    """Make a list's or a map's writer count its level, and refuse what is too deep.

    This is also what stops at a list that contains itself.

    Example:
        >>> from transactscope.values.nesting import nested_writer
        >>> nested_writer(lambda value: {"L": []})([])
        {'L': []}
    """

    def write_one_level_down(value: Any) -> AttributeValue:
        wire: AttributeValue = _one_level_down(write, value)
        _refuse_content_below(wire)
        return wire

    return write_one_level_down


def nested_reader(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make a list's or a map's reader count its level, and refuse what is too deep.

    Example:
        >>> from transactscope.values.nesting import nested_reader
        >>> nested_reader(lambda wire: [])({"L": []})
        []
    """

    def read_one_level_down(wire: Any) -> Any:
        value = _one_level_down(read, wire)
        _refuse_content_below(wire)
        return value

    return read_one_level_down


def _one_level_down(convert: Callable[[Any], Any], value: Any) -> Any:
    if _place.level > MAX_NESTING_DEPTH:
        raise too_deep()
    _place.level += 1
    try:
        return convert(value)
    finally:
        _place.level -= 1


def _refuse_content_below(wire: AttributeValue) -> None:
    if _place.level == MAX_NESTING_DEPTH and any(wire.values()):
        raise too_deep()
