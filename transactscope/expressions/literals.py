"""A value that an expression carries, and how it is made from a Python value.

May import `arithmetic`, `paths`, `vocabulary` and boto3's condition classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs
from boto3.dynamodb.conditions import AttributeBase, ConditionBase

from transactscope.errors import InvalidRequestError
from transactscope.expressions.arithmetic import Operand
from transactscope.expressions.paths import Path
from transactscope.expressions.vocabulary import Vocabulary
from transactscope.types import AttributeValue
from transactscope.values.sizes import value_size


@attrs.frozen
class Literal:
    """One value on the wire. It stays out of error texts and of its own repr.

    Attributes:
        value: The AttributeValue, for example `{"S": str}`.
    """

    value: AttributeValue = attrs.field(repr=False)

    @property
    def tag(self) -> str:
        """Its type tag, for example `S`."""
        return next(iter(self.value))

    @property
    def content(self) -> Any:
        """What the type tag stands before."""
        return self.value[self.tag]

    @cached_property
    def size(self) -> int:
        """How many bytes it has in an item, and beside others in a request."""
        return value_size(self.value)


def literal(value: Any, declared: Any, path: Path, vocabulary: Vocabulary) -> Literal:
    """Convert a value by a declared type.

    A part of an expression is no value, wherever it is hidden: as a value it would be
    stored as a map of its own attributes.

    Args:
        value: What the user wrote.
        declared: The type that it has to have; `Any` means its own.
        path: Where it goes, for error texts.
        vocabulary: What converts it.

    Raises:
        InvalidRequestError: It is or holds a part of an expression. Not sent.
        ConversionError: It does not fit the declared type. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(convert=lambda value, declared, path: {"N": str(value)})
        >>> literal(10, int, Path(("balance",)), vocabulary).value
        {'N': '10'}
    """
    misplaced = _expression_in(value)
    if misplaced is not None:
        msg = f"{path}: {type(misplaced).__name__} cannot be used as a value here"
        raise InvalidRequestError(msg, code="UNSUPPORTED_OPERAND")
    return Literal(vocabulary.convert(value, declared, path))


def _expression_in(value: object) -> object | None:
    if isinstance(value, Operand | AttributeBase | ConditionBase):
        return value
    found = (_expression_in(inner) for inner in _inside(value))
    return next((misplaced for misplaced in found if misplaced is not None), None)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple | set | frozenset) else ()
