"""cattrs converters that speak AttributeValues.

May import `errors`, `types`, `expiry`, `hooks` and `kinds`. This is the only module that needs
cattrs at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import cattrs

from transactscope.errors import InvalidRequestError
from transactscope.types import AttributeValue
from transactscope.values.expiry import is_expiry
from transactscope.values.hooks import SharedReadHook, SharedWriteHook, Writer
from transactscope.values.kinds import build_read_hook, build_write_hook

# cattrs has hooks of its own for these classes, and finds them for subclasses as well. They
# come before every factory, so they are replaced one by one; bool would be found as an int.
_SHARED_CLASSES: Final = (str, bytes, int, bool, float, Path)

# Without these a factory of the user's that needs one of them would fail while it is asked.
_UNKNOWN_TO_CATTRS: Final = (date, time, timedelta, Decimal, UUID, bytearray)


def make(**options: Any) -> cattrs.Converter:
    """Make a converter whose every hook is ours.

    Example:
        >>> from transactscope.values.converter import make
        >>> make().unstructure(3)
        {'N': '3'}
    """
    converter = cattrs.Converter(**options)
    _register(converter, lambda _type: True, lambda _type: True)
    return converter


def configure(converter: cattrs.Converter) -> None:
    """Make every hook of a converter ours, except those that its user has registered.

    Example:
        >>> import cattrs
        >>> from transactscope.values.converter import configure
        >>> converter = cattrs.Converter()
        >>> configure(converter)
        >>> converter.unstructure(3)
        {'N': '3'}
    """
    _refuse_other(converter)
    before = converter.copy()
    for class_ in _UNKNOWN_TO_CATTRS:
        if _is_cattrs_own(before.get_structure_hook, class_):
            before.register_structure_hook(class_, _stand_in)
    _register(
        converter,
        lambda type_: is_expiry(type_) or _is_cattrs_own(before.get_unstructure_hook, type_),
        lambda type_: is_expiry(type_) or _is_cattrs_own(before.get_structure_hook, type_),
    )


def _refuse_other(converter: Any) -> None:
    if not isinstance(converter, cattrs.BaseConverter):
        problem = f"a cattrs converter expected, not {type(converter).__name__}"
        raise InvalidRequestError(problem, code="INVALID_CONVERTER")


def _register(
    converter: cattrs.Converter,
    is_ours_to_write: Callable[[Any], bool],
    is_ours_to_read: Callable[[Any], bool],
) -> None:
    # cattrs keeps structure hooks for unions apart, and would ask for them after ours.
    unions = getattr(converter, "_union_struct_registry", {})
    _share_write_hooks(converter)
    _share_read_hooks(converter)
    converter.register_unstructure_hook_factory(is_ours_to_write, build_write_hook)
    converter.register_structure_hook_factory(
        lambda type_: type_ not in unions and is_ours_to_read(type_), build_read_hook
    )


def _share_write_hooks(converter: cattrs.Converter) -> None:
    hook_for = cache(partial(build_write_hook, converter=converter))
    for class_ in _not_the_users(converter.get_unstructure_hook):
        hook = SharedWriteHook(hook_for, _shared_writer(class_, hook_for))
        converter.register_unstructure_hook(class_, hook)


def _shared_writer(class_: type, hook_for: Callable[[Any], Writer]) -> Writer:
    def write(value: Any) -> AttributeValue:
        is_member = isinstance(value, Enum) and isinstance(value, class_)
        return hook_for(type(value) if is_member else class_)(value)

    return write


def _share_read_hooks(converter: cattrs.Converter) -> None:
    hook_for = cache(partial(build_read_hook, converter=converter))
    find, plain = converter.get_structure_hook, cattrs.Converter()
    # Before cattrs 26 Enum is one of those classes, and is simply called as they are.
    enums = [Enum] if find(Enum) is plain.get_structure_hook(str) else []
    for class_ in [*_not_the_users(find), *enums]:
        converter.register_structure_hook(class_, SharedReadHook(hook_for))


def _not_the_users(find: Callable[[Any], Any]) -> list[type]:
    """List the shared classes for which the user has registered no hook."""
    untouched = {class_ for class_ in _SHARED_CLASSES if _is_cattrs_own(find, class_)}
    inherited = {bool} if find(bool) is find(int) else set()
    return [class_ for class_ in _SHARED_CLASSES if class_ in untouched | inherited]


def _is_cattrs_own(find: Callable[[Any], Any], type_: Any) -> bool:
    """Say whether the hook that is found is none that a user has written.

    cattrs can find a hook, and cannot say whose it is. Its own are functions of its modules,
    functions that it has generated, and builtin classes; none can make an AttributeValue.
    """
    try:
        hook = find(type_)
    except Exception:  # noqa: BLE001 - there is none; factories say so as they like
        return True
    package = str(getattr(hook, "__module__", None)).partition(".")[0]
    return hook is _stand_in or package in {"None", "builtins", "cattrs"}


def _stand_in(_wire: Any, _type: Any) -> None:
    """Stand for a hook of ours while factories of the user's are asked what they know."""
