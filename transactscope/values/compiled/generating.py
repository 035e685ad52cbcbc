"""From a declared type to a function: the way through shapes and source.

May import all modules beside it. It is imported when the first function is needed: importing what
generates takes longer than what is generated saves in a program that converts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from transactscope.values.compiled.reading import Reading
from transactscope.values.compiled.shapes import (
    Expiry,
    Object,
    Optional,
    Shape,
    is_known,
    read_shape,
    written_shape,
)
from transactscope.values.compiled.writing import Writing
from transactscope.values.compiled.written import EncoderSource

if TYPE_CHECKING:
    import cattrs


def value_encoder(type_: Any, converter: cattrs.Converter) -> Callable[[Any], Any]:
    """Generate the encoder of a declared type."""
    return Writing(converter).value_encoder(written_shape(type_, converter, level=1))


def object_encoder(
    type_: Any, converter: cattrs.Converter, keep: tuple[str, ...]
) -> Callable[[Any], Any] | None:
    """Generate the encoder of a class's members, if it is one whose members are known."""
    shape = written_shape(type_, converter, level=0)
    if not isinstance(shape, Object):
        return None
    return Writing(converter, EncoderSource(is_quick=True)).members_encoder(shape, keep)


def row_encoder(
    columns: Sequence[tuple[int, str, Any]], converter: cattrs.Converter
) -> Callable[[Any], Any]:
    """Generate the encoder of some values of a sequence, none of them NULL."""
    shapes = [
        (number, label, _never_null(written_shape(type_, converter, level=1)))
        for number, label, type_ in columns
    ]
    return Writing(converter, EncoderSource(is_quick=True)).row_encoder(shapes)


def _never_null(shape: Shape) -> Shape:
    """Return the shape of the values that are not None, which has one type tag."""
    if isinstance(shape, Optional):
        return shape.inner
    return attrs.evolve(shape, takes_none=False) if isinstance(shape, Expiry) else shape


def object_decoder(type_: Any, converter: cattrs.Converter) -> Callable[[Any], Any] | None:
    """Generate the decoder of a class, if it is one whose members are known."""
    shape = read_shape(type_, converter, level=0)
    return Reading(converter).members_decoder(shape) if isinstance(shape, Object) else None


def is_known_in_both_ways(type_: Any, converter: cattrs.Converter) -> bool:
    """Say whether nothing in a type is left to the plain path, neither written nor read."""
    shapes = written_shape(type_, converter, level=1), read_shape(type_, converter, level=1)
    return all(map(is_known, shapes))
