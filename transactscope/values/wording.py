"""Words for error texts: types, mismatches, and the place of a value inside an entity.

May import `errors` only. This module never puts a value into words: texts name
types and attribute names, and nothing else.
"""

from __future__ import annotations

import re
import types
from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated, Any, Final, ForwardRef, Literal, Union, get_args, get_origin

from transactscope.errors import ConversionError

_STEPS: Final = re.compile(r"[.\[].*", re.DOTALL)
_LONGEST_KEY: Final = 60  # characters of a map key that an error text shows


def type_text(type_: Any) -> str:
    """Put a declared type into words, as one would annotate it.

    Example:
        >>> from transactscope.values.wording import type_text
        >>> type_text(dict[str, int | None])
        'dict[str, int | None]'
    """
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return type_text(arguments[0])
    if origin is Literal:
        return f"Literal[{', '.join(map(_literal_text, arguments))}]"
    texts = [type_text(argument) for argument in arguments]
    if is_union(type_):
        return " | ".join(texts)
    return f"{type_text(origin)}[{', '.join(texts)}]" if texts else _name(type_)


def _name(type_: Any) -> str:
    if type_ is None or type_ is type(None):
        return "None"
    if type_ is Ellipsis or isinstance(type_, str | ForwardRef):
        return "..." if type_ is Ellipsis else str(type_)
    # What is no type has no name, and its text could be long, or a value.
    return str(getattr(type_, "__name__", f"an object of {type(type_).__name__}"))


def is_union(type_: Any) -> bool:
    """Say whether a type is a union, in either notation.

    Example:
        >>> from transactscope.values.wording import is_union
        >>> is_union(int | None), is_union(int)
        (True, False)
    """
    return get_origin(type_) in {Union, types.UnionType}


def _literal_text(value: Any) -> str:
    return str(value) if isinstance(value, Enum) else repr(value)


def mismatch(type_: Any, value: Any) -> ConversionError:
    """Make the error for a value that is not of its declared type.

    Example:
        >>> from transactscope.values.wording import mismatch
        >>> print(mismatch(int, "secret"))
        int expected, not str
    """
    return refusal(f"{type_text(type_)} expected, not {type(value).__name__}", type_)


def refusal(problem: str, type_: Any) -> ConversionError:
    """Make an error that knows the declared type.

    Example:
        >>> from transactscope.values.wording import refusal
        >>> refusal("too long", str).type
        'str'
    """
    return ConversionError(problem, type=type_text(type_))


def not_supported(type_: Any) -> ConversionError:
    """Make the error for a type that nothing converts.

    Example:
        >>> from transactscope.values.wording import not_supported
        >>> print(not_supported(complex))
        complex is not supported: register hooks for it
    """
    return refusal(f"{type_text(type_)} is not supported: register hooks for it", type_)


@contextmanager
def declared_as(type_: Any) -> Generator[None, None, None]:
    """Make errors inside name the type that was declared, not what it is stored as.

    Example:
        >>> from transactscope.errors import ConversionError
        >>> from transactscope.values.wording import declared_as
        >>> try:
        ...     with declared_as(int):
        ...         raise ConversionError("too long")
        ... except ConversionError as error:
        ...     error.type
        'int'
    """
    try:
        yield
    except ConversionError as error:
        error.type = type_text(type_)
        raise


def placed(error: ConversionError, step: str) -> ConversionError:
    """Put a step in front of the error's path, and return the error.

    A path begins with a class's name only where that class is the outermost one: a
    name that an inner class put there is taken out again.

    Args:
        error: The error. It is changed.
        step: `.title`, `[2]`, or a class's name with such steps behind it.

    Example:
        >>> from transactscope.errors import ConversionError
        >>> from transactscope.values.wording import placed
        >>> error = placed(ConversionError("too long"), "Track.title")
        >>> print(placed(placed(error, "[2]"), "Album.tracks"))
        Album.tracks[2].title: too long
    """
    steps = _STEPS.search(error.path)
    error.path = f"{step}{steps.group() if steps else ''}"
    return error


def key_step(key: str) -> str:
    """Write a map's key as a step of a path.

    Example:
        >>> from transactscope.values.wording import key_step
        >>> key_step("city"), key_step("a b")
        ('.city', "['a b']")
    """
    if len(key) > _LONGEST_KEY:
        key = f"{key[: _LONGEST_KEY - 1]}…"
    return f".{key}" if key.isidentifier() else f"[{key!r}]"
