"""Encoders and decoders that are generated once for a declared type.

May import the modules of `values` above. The quick path does only what it is sure about. For
everything unusual it says that it did nothing, and the plain path does it, which ends in the right
result or in the right error: nothing here raises, and nothing guesses.

What is generated is kept on the hook that the converter has for the type. It goes with the
converter, and cattrs makes new hooks when a user registers one, so that none is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from transactscope.values.hooks import is_made_for, read_hook, write_hook

if TYPE_CHECKING:
    import cattrs

__all__ = [
    "NOT_DECODED",
    "Decoder",
    "Encoder",
    "MembersEncoder",
    "encoder",
    "is_closed",
    "members_decoder",
    "members_encoder",
    "row_encoder",
]

Encoder: TypeAlias = Callable[[Any], tuple[str, int] | None]
"""Writes a value as JSON text and counts its size; None: the plain path has to do it."""

MembersEncoder: TypeAlias = Callable[[Any], tuple[str, int, tuple[tuple[str, str], ...]] | None]
"""Writes an object's members, counts their size, and returns what was to be kept of them."""

Decoder: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""Makes an object of an item, or returns `NOT_DECODED`."""

NOT_DECODED: Final = object()
"""What a decoder returns for an item that the plain path has to read."""

_VALUE: Final = "value"
_CLOSED: Final = "closed"
_DECODER: Final = "decoder"


def encoder(type_: Any, converter: cattrs.Converter) -> Encoder:
    """Return what writes values of a declared type as JSON text. Nothing is sent, nothing raised.

    Args:
        type_: The declared type.
        converter: The converter that knows the user's hooks.

    Returns:
        A function that takes a value, and returns the JSON text of its AttributeValue, `{"N":"5"}`,
        and its size in bytes as `value_size` counts it; or None, where the plain path has to
        write the value.

    Example:
        >>> from transactscope.values import default_converter
        >>> from transactscope.values.compiled import encoder
        >>> encode = encoder(int, default_converter())
        >>> encode(5), encode("5")
        (('{"N":"5"}', 2), None)
    """
    try:
        from transactscope.values.compiled.generating import value_encoder  # noqa: PLC0415

        hook = write_hook(type_, converter)
        make = partial(value_encoder, type_, converter)
        return _made(_VALUE, hook, type_, converter, make) or _nothing
    except Exception:  # noqa: BLE001 - the plain path knows the right error
        return _nothing


def members_encoder(
    class_: type, converter: cattrs.Converter, keep: tuple[str, ...] = ()
) -> MembersEncoder:
    """Return what writes whole objects of a class. Nothing is sent, nothing raised.

    Args:
        class_: An attrs class or a dataclass.
        converter: The converter that knows the user's hooks.
        keep: Names of fields whose AttributeValues are wanted, too.

    Returns:
        A function that takes an object, and returns its attributes as the members of a JSON
        object, without braces; their size in bytes as `item_size` counts it; and for each field in
        `keep` its tag, "S" or "N", with its content. Or None, where the plain path has to write
        the object, or a field in `keep` is stored otherwise.

    Example:
        >>> import attrs
        >>> from transactscope.values import default_converter
        >>> from transactscope.values.compiled import members_encoder
        >>> @attrs.define
        ... class Album:
        ...     title: str
        ...     year: int
        >>> members_encoder(Album, default_converter(), keep=("title",))(Album("Blue Train", 1958))
        ('"title":{"S":"Blue Train"},"year":{"N":"1958"}', 22, (('S', 'Blue Train'),))
    """
    try:  # the usual case, and once per write
        return converter.get_unstructure_hook(class_).compiled[keep]  # type: ignore[attr-defined,no-any-return]
    except Exception:  # noqa: BLE001 - it has not been made, or never will be
        return _members_encoder(class_, converter, keep)


def _members_encoder(
    class_: type, converter: cattrs.Converter, keep: tuple[str, ...]
) -> MembersEncoder:
    try:
        from transactscope.values.compiled.generating import object_encoder  # noqa: PLC0415

        hook = write_hook(class_, converter)
        make = partial(object_encoder, class_, converter, keep)
        return _made(keep, hook, class_, converter, make) or _nothing
    except Exception:  # noqa: BLE001 - the plain path knows the right error
        return _nothing


def row_encoder(
    columns: Sequence[tuple[int, str, Any]], converter: cattrs.Converter
) -> Callable[[Sequence[Any]], tuple[str, int] | None]:
    """Return what writes some values of a sequence as one JSON text. Nothing is sent.

    Args:
        columns: Which values, what is written before each, and their declared types, for all of
            which `is_closed` is true. A value that is None is left to the plain path, whatever its
            type allows, so that every text has one type tag, always the same.
        converter: The converter that knows the user's hooks.

    Returns:
        A function that takes the sequence, and returns the texts with commas between them, and
        the bytes that the values have together; or None, where the plain path has to write them.

    Example:
        >>> from transactscope.values import default_converter
        >>> from transactscope.values.compiled import row_encoder
        >>> encode = row_encoder([(1, '":v":', int | None)], default_converter())
        >>> encode(["a", 5]), encode(["a", None])
        (('":v":{"N":"5"}', 2), None)
    """
    from transactscope.values.compiled import generating  # noqa: PLC0415 - see there

    return generating.row_encoder(columns, converter)


def members_decoder(class_: type, converter: cattrs.Converter) -> Decoder:
    """Return what makes objects of a class from items. Nothing is sent, nothing raised.

    Args:
        class_: An attrs class or a dataclass.
        converter: The converter that knows the user's hooks.

    Returns:
        A function that takes an item, `{"title": {"S": "Blue Train"}}`, and returns the object that
        `from_attribute_value({"M": item}, class_)` makes of it inside of `whole_item()`; or
        `NOT_DECODED`, where the plain path has to read the item.

    Example:
        >>> import attrs
        >>> from transactscope.values import default_converter
        >>> from transactscope.values.compiled import NOT_DECODED, members_decoder
        >>> @attrs.define
        ... class Album:
        ...     title: str
        >>> decode = members_decoder(Album, default_converter())
        >>> decode({"title": {"S": "Blue Train"}})
        Album(title='Blue Train')
        >>> decode({"title": {"N": "3"}}) is NOT_DECODED
        True
    """
    try:  # the usual case, and once per item that is read
        return converter.get_structure_hook(class_).compiled[_DECODER]  # type: ignore[attr-defined,no-any-return]
    except Exception:  # noqa: BLE001 - it has not been made, or never will be
        return _members_decoder(class_, converter)


def _members_decoder(class_: type, converter: cattrs.Converter) -> Decoder:
    try:
        from transactscope.values.compiled.generating import object_decoder  # noqa: PLC0415

        hook = read_hook(class_, converter)
        make = partial(object_decoder, class_, converter)
        return _made(_DECODER, hook, class_, converter, make) or _not_decoded
    except Exception:  # noqa: BLE001 - the plain path knows the right error
        return _not_decoded


def is_closed(type_: Any, converter: cattrs.Converter) -> bool:
    """Say whether values of a declared type are converted by generated code alone.

    There is no hook of a user's then, no type that says nothing, and no class that is unknown or
    contains itself; so what values become depends on nothing but them.

    Args:
        type_: The declared type.
        converter: The converter that knows the user's hooks.

    Example:
        >>> from transactscope.values import default_converter
        >>> from transactscope.values.compiled import is_closed
        >>> is_closed(list[int | None], default_converter()), is_closed(list, default_converter())
        (True, False)
    """
    try:
        from transactscope.values.compiled.generating import (  # noqa: PLC0415
            is_known_in_both_ways,
        )

        hook = write_hook(type_, converter)
        make = partial(is_known_in_both_ways, type_, converter)
        return bool(_made(_CLOSED, hook, type_, converter, make))
    except Exception:  # noqa: BLE001 - the plain path knows the right error
        return False


def _made(
    key: Any,
    hook: Any,
    type_: Any,
    converter: cattrs.Converter,
    make: Callable[[], Any],
) -> Any:
    """Return what is kept on a hook under a key; None where there is no such thing."""
    if not is_made_for(hook, type_, converter):  # a user has registered another one
        return None
    if key not in hook.compiled:
        hook.compiled[key] = make()
    return hook.compiled[key]


def _nothing(_value: Any) -> None:
    """Leave a value to the plain path."""


def _not_decoded(_item: Any) -> Any:
    return NOT_DECODED
