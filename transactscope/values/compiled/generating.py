"""From a declared type to a function: the way through shapes and source.

May import all modules beside it. It is imported when the first function is needed: importing what
generates takes longer than what is generated saves in a program that converts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from transactscope.values.compiled.reading import Reading
from transactscope.values.compiled.shapes import Object, is_known, read_shape, written_shape
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


def object_decoder(type_: Any, converter: cattrs.Converter) -> Callable[[Any], Any] | None:
    """Generate the decoder of a class, if it is one whose members are known."""
    shape = read_shape(type_, converter, level=0)
    return Reading(converter).members_decoder(shape) if isinstance(shape, Object) else None


def is_known_in_both_ways(type_: Any, converter: cattrs.Converter) -> bool:
    """Say whether nothing in a type is left to the plain path, neither written nor read."""
    shapes = written_shape(type_, converter, level=1), read_shape(type_, converter, level=1)
    return all(map(is_known, shapes))
