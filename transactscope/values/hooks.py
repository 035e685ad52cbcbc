"""What converts one type: the hooks that cattrs keeps, and how ours find each other.

May import `errors`, `types`, `nesting`, `wire` and `wording`, and cattrs for
annotations only. This module knows no single type: `kinds` has the list of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union, get_args, get_origin

import attrs

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.nesting import current_level
from transactscope.values.wire import ALL_TAGS, checked_at, unpack
from transactscope.values.wording import is_union, not_supported, refusal, type_text

if TYPE_CHECKING:
    import cattrs

Writer: TypeAlias = Callable[[Any], AttributeValue]
"""Turns a Python value into an AttributeValue, or raises ConversionError."""

Reader: TypeAlias = Callable[[Any], Any]
"""Turns an AttributeValue into a Python value, or raises ConversionError."""

Tags: TypeAlias = frozenset[str]


@attrs.frozen
class Kind:
    """A family of types that convert alike.

    Attributes:
        matches: Whether a declared type is of this kind.
        writer: Makes the writer of one declared type.
        reader: Makes the reader of one declared type.
        tags: Says which type tags values of one declared type can have.
    """

    matches: Callable[[Any], bool]
    writer: Callable[[Any, cattrs.Converter], Writer]
    reader: Callable[[Any, cattrs.Converter], Reader]
    tags: Callable[[Any, cattrs.Converter], Tags]


@attrs.frozen(eq=False)
class WriteHook:
    """Our unstructure hook for one type.

    Attributes:
        write: Writes a value of exactly the declared type.
        tags: Says which type tags such values can have.
        write_by_class: Writes a value that has this class, with no type declared.
        type: The declared type that it is made for; None where it only stands for a user's hook.
        converter: The converter that it is made for; None likewise.
        compiled: What `values.compiled` has generated for the type. It is gone with the hook, and
            cattrs forgets all hooks of ours when a user registers another one.
    """

    write: Writer
    tags: Callable[[], Tags]
    write_by_class: Writer = attrs.Factory(lambda self: self.write, takes_self=True)
    type: Any = None
    converter: Any = None
    compiled: dict[Any, Any] = attrs.field(factory=dict, init=False, repr=False)

    def __call__(self, value: Any) -> AttributeValue:
        """Write a value for cattrs."""
        return self.write_by_class(value)


@attrs.frozen(eq=False)
class ReadHook:
    """Our structure hook for one type.

    Attributes:
        read: Reads an AttributeValue.
        type: The declared type that it is made for.
        converter: The converter that it is made for.
        compiled: As in `WriteHook`.
    """

    read: Reader
    type: Any
    converter: Any
    compiled: dict[Any, Any] = attrs.field(factory=dict, init=False, repr=False)

    def __call__(self, value: Any, _type: Any) -> Any:
        """Read a value for cattrs."""
        return self.read(value)


@attrs.frozen(eq=False)
class SharedWriteHook:
    """Our unstructure hook for a class and, as cattrs follows the MRO, for its subclasses."""

    hook_for: Callable[[Any], WriteHook]
    write: Writer

    def __call__(self, value: Any) -> AttributeValue:
        """Write a value for cattrs."""
        return self.write(value)


@attrs.frozen(eq=False)
class SharedReadHook:
    """Our structure hook for a class and, as cattrs follows the MRO, for its subclasses."""

    hook_for: Callable[[Any], ReadHook]

    def __call__(self, value: Any, type_: Any) -> Any:
        """Read a value for cattrs."""
        return self.hook_for(type_).read(value)


def write_hook(type_: Any, converter: cattrs.Converter) -> WriteHook:
    """Find the hook that writes values of a declared type, the user's own ones included.

    Example:
        >>> from transactscope.values.hooks import write_hook
        >>> from transactscope.values import make_converter
        >>> write_hook(int, make_converter()).write(3)
        {'N': '3'}
    """
    type_ = _hashable(type_)
    hook = converter.get_unstructure_hook(type_)
    if isinstance(hook, SharedWriteHook):
        return hook.hook_for(type_)
    if isinstance(hook, WriteHook):
        return hook
    return WriteHook(_users_writer(hook, type_), tags=lambda: ALL_TAGS)


def speaks_attribute_values(converter: Any) -> bool:
    """Say whether it is a converter, and one with our hooks.

    Example:
        >>> import cattrs
        >>> from transactscope.values import make_converter
        >>> from transactscope.values.hooks import speaks_attribute_values
        >>> speaks_attribute_values(make_converter()), speaks_attribute_values(cattrs.Converter())
        (True, False)
    """
    if isinstance(converter, type) or not hasattr(converter, "get_unstructure_hook"):
        return False
    return isinstance(converter.get_unstructure_hook(object), WriteHook)


def writer(type_: Any, converter: cattrs.Converter) -> Writer:
    """Find what writes values of a declared type.

    Example:
        >>> from transactscope.values.hooks import writer
        >>> from transactscope.values import make_converter
        >>> writer(list[int], make_converter())([3])
        {'L': [{'N': '3'}]}
    """
    return write_hook(type_, converter).write


def reader(type_: Any, converter: cattrs.Converter) -> Reader:
    """Find what reads values of a declared type, the user's own hooks included.

    Example:
        >>> from transactscope.values.hooks import reader
        >>> from transactscope.values import make_converter
        >>> reader(int, make_converter())({"N": "3"})
        3
    """
    hook = read_hook(type_, converter)
    return hook.read if isinstance(hook, ReadHook) else _users_reader(hook, _hashable(type_))


def read_hook(type_: Any, converter: cattrs.Converter) -> ReadHook | Callable[[Any, Any], Any]:
    """Find the hook that reads values of a declared type: ours, or the user's own as it is.

    Example:
        >>> from transactscope.values.hooks import read_hook
        >>> from transactscope.values import make_converter
        >>> read_hook(int, make_converter()).read({"N": "3"})
        3
    """
    type_ = _hashable(type_)
    hook = converter.get_structure_hook(type_)
    return hook.hook_for(type_) if isinstance(hook, SharedReadHook) else hook


def is_made_for(hook: Any, type_: Any, converter: cattrs.Converter) -> bool:
    """Say whether a hook is ours, and no user has registered it for another type.

    Args:
        hook: What `write_hook` or `read_hook` has found.
        type_: The declared type that it was found for.
        converter: The converter that it was found on.

    Example:
        >>> from decimal import Decimal
        >>> from transactscope.values.hooks import is_made_for, write_hook
        >>> from transactscope.values import make_converter
        >>> converter = make_converter()
        >>> is_made_for(write_hook(Decimal, converter), Decimal, converter)
        True
        >>> converter.register_unstructure_hook(Decimal, str)
        >>> is_made_for(write_hook(Decimal, converter), Decimal, converter)
        False
    """
    is_ours = isinstance(hook, WriteHook | ReadHook)
    return is_ours and hook.converter is converter and bool(hook.type == _hashable(type_))


def content_of(wire: Any, tag: str, type_: Any) -> Any:
    """Return the content of an AttributeValue that has to have that tag.

    Example:
        >>> from transactscope.values.hooks import content_of
        >>> content_of({"S": "a"}, "S", str)
        'a'
    """
    try:
        actual, content = unpack(wire)
    except ConversionError as error:
        error.type = type_text(type_)
        raise
    if actual != tag:
        raise refusal(f"type tag {tag} expected, not {actual}", type_)
    return content


def _users_writer(hook: Callable[[Any], Any], type_: Any) -> Writer:
    def write(value: Any) -> AttributeValue:
        wire = _guarded(type_, hook, value)
        return checked_at(current_level(), wire)

    return write


def _users_reader(hook: Callable[[Any, Any], Any], type_: Any) -> Reader:
    def read(value: Any) -> Any:
        return _guarded(type_, hook, value, type_)

    return read


def _guarded(type_: Any, hook: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return hook(*arguments)
    except ConversionError:
        raise
    except Exception as error:
        raise refusal(f"its hook raised {type(error).__name__}", type_) from error


def _hashable(type_: Any) -> Any:
    """Return the type as cattrs can look it up: without markers that have no hash."""
    if _has_hash(type_):
        return type_
    bare = _without_markers(type_)
    if not _has_hash(bare):  # it is an object, and no type
        raise not_supported(type_)
    return bare


def _has_hash(type_: Any) -> bool:
    try:
        hash(type_)
    except TypeError:
        return False
    return True


def _without_markers(type_: Any) -> Any:
    arguments = get_args(type_)
    if get_origin(type_) is Annotated:
        return _without_markers(arguments[0])
    if not arguments:
        return type_
    bare = tuple(_without_markers(argument) for argument in arguments)
    return Union[bare] if is_union(type_) else get_origin(type_)[bare]  # noqa: UP007 - a tuple
