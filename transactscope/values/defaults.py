"""Leaving a value out of an item because it is the field's default.

May import `classes`, `hooks`, `nesting` and `wire`. Values are compared as they are stored, so
`False` is no 0, and a number is equal however it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import attrs

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.classes import ClassField
from transactscope.values.hooks import Writer
from transactscope.values.nesting import whole_item
from transactscope.values.wire import canonical

LEFT_OUT: Final[AttributeValue] = {}
"""What a writer returns for a value that is not to be stored."""


def leaving_out_default(field: ClassField, write: Writer) -> Writer:
    """Make the writer of a field with `OmitIfDefault`; it returns `LEFT_OUT` for the default.

    Args:
        field: The field.
        write: Writes its values.
    """
    default = default_maker(field.default)

    @cache
    def stored_default() -> Any:
        with whole_item():  # wherever the object is that happens to be the first
            return canonical(write(default()))

    def write_unless_default(value: Any) -> AttributeValue:
        try:
            unwanted = stored_default()
        except ConversionError:  # an empty set, which cannot be stored and need not be
            made = default()
            return LEFT_OUT if type(value) is type(made) and value == made else write(value)
        wire = write(value)
        return LEFT_OUT if canonical(wire) == unwanted else wire

    return write_unless_default


def default_maker(default: Any) -> Callable[[], Any]:
    """Return what makes the default of a field, from the default as the field has it.

    Example:
        >>> from transactscope.values.defaults import default_maker
        >>> default_maker(attrs.Factory(list))(), default_maker(3)()
        ([], 3)
    """
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return default.factory  # type: ignore[no-any-return]
    return lambda: default
