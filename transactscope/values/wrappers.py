"""Types that stand for another type: Annotated, NewType, Final and type variables.

May import `hooks`. They convert as what they stand for; what `Annotated` carries is
for others to read.
"""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    NewType,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from transactscope.values.hooks import Kind, Tags, reader, write_hook, writer

if TYPE_CHECKING:
    import cattrs


def unwrapped(type_: Any) -> Any:
    """Return the type that a type stands for, or the type itself.

    Example:
        >>> from typing import Annotated, NewType
        >>> from transactscope.values.wrappers import unwrapped
        >>> unwrapped(Annotated[NewType("UserId", int), "a marker"])
        <class 'int'>
    """
    inner = _inner(type_)
    return type_ if inner is type_ else unwrapped(inner)


def _inner(type_: Any) -> Any:
    if get_origin(type_) in {Annotated, Final}:
        return get_args(type_)[0]
    if isinstance(type_, NewType):
        return type_.__supertype__
    if isinstance(type_, TypeVar):
        return Union[type_.__constraints__ or (type_.__bound__ or Any,)]  # noqa: UP007 - a tuple
    return type_


def _tags(type_: Any, converter: cattrs.Converter) -> Tags:
    return write_hook(_inner(type_), converter).tags()


WRAPPERS: Final = Kind(
    matches=lambda type_: _inner(type_) is not type_,
    writer=lambda type_, converter: writer(_inner(type_), converter),
    reader=lambda type_, converter: reader(_inner(type_), converter),
    tags=_tags,
)
