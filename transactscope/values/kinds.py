"""The list of all kinds of types that convert, in the order in which they are asked.

May import every other module of the package that defines a kind. A new kind of type is a new
module, and one more entry here.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from transactscope.values.choices import ENUMS, FLAGS, LITERALS
from transactscope.values.encrypted import SECRETS
from transactscope.values.expiry import EXPIRIES
from transactscope.values.hooks import Kind, Reader, ReadHook, WriteHook, Writer, writer
from transactscope.values.mappings import MAPPINGS
from transactscope.values.objects import OBJECTS
from transactscope.values.scalars import SCALARS
from transactscope.values.sequences import EXACT_TUPLES, LISTS, LONG_TUPLES
from transactscope.values.sets import SETS
from transactscope.values.times import TIMES
from transactscope.values.unions import UNIONS
from transactscope.values.untyped import UNTYPED
from transactscope.values.wording import not_supported
from transactscope.values.wrappers import WRAPPERS

if TYPE_CHECKING:
    import cattrs


def _refuse_all(type_: Any, _converter: cattrs.Converter) -> Writer | Reader:
    def refuse(_value: Any) -> Any:
        raise not_supported(type_)

    return refuse


_UNSUPPORTED: Final = Kind(
    matches=lambda _type: True,
    writer=_refuse_all,
    reader=_refuse_all,
    tags=lambda _type, _converter: frozenset(),
)

_KINDS: Final = (
    UNTYPED,
    SECRETS,
    EXPIRIES,
    WRAPPERS,
    *SCALARS,
    *TIMES,
    FLAGS,
    ENUMS,
    LITERALS,
    UNIONS,
    LISTS,
    LONG_TUPLES,
    EXACT_TUPLES,
    SETS,
    MAPPINGS,
    OBJECTS,
    _UNSUPPORTED,
)


def build_write_hook(type_: Any, converter: cattrs.Converter) -> WriteHook:
    """Build our hook that writes values of one type. Users' hooks for it are not asked.

    Example:
        >>> from transactscope.values.kinds import build_write_hook
        >>> from transactscope.values import make_converter
        >>> build_write_hook(int, make_converter())(3)
        {'N': '3'}
    """
    kind = _kind_of(type_)
    tags = functools.partial(kind.tags, type_, converter)
    write = kind.writer(type_, converter)
    by_class = write if kind is not _UNSUPPORTED else _plain_class_writer(type_, converter)
    return WriteHook(write, tags, by_class, type_, converter)


def build_read_hook(type_: Any, converter: cattrs.Converter) -> ReadHook:
    """Build our hook that reads values of one type. Users' hooks for it are not asked.

    Example:
        >>> from transactscope.values.kinds import build_read_hook
        >>> from transactscope.values import make_converter
        >>> build_read_hook(int, make_converter())({"N": "3"}, int)
        3
    """
    return ReadHook(_kind_of(type_).reader(type_, converter), type_, converter)


def _kind_of(type_: Any) -> Kind:
    return next(kind for kind in _KINDS if kind.matches(type_))


def _plain_class_writer(class_: Any, converter: cattrs.Converter) -> Writer:
    """Find what writes an object of an unsupported class as the supported one that it is.

    An OrderedDict is stored as the dict that it is, but no field can ask for one back.
    """
    for base in getattr(class_, "__mro__", ())[1:]:
        if base is not object and _kind_of(base) is not _UNSUPPORTED:
            return writer(base, converter)
    return _refuse_all(class_, converter)
