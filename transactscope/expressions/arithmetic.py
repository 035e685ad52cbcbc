"""The one `+` or `-` that a SET value may have.

May import `arguments` and `errors`, and the mark of `values` for what is no value. This module does
not know which operands exist: whatever is an `Operand` takes part.
"""

from __future__ import annotations

import typing
from typing import ClassVar, TypeAlias

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.values.marks import NoValue

Operator: TypeAlias = typing.Literal["+", "-"]


class Operand(NoValue):
    """What SET takes beside literals: `+` and `-` make an `Arithmetic` of it."""

    __slots__ = ()

    why_no_value = "it stands alone in set=, and inside of no value"
    no_arithmetic: ClassVar[str] = ""  # why not, where DynamoDB takes no + or - here

    def __add__(self, other: object) -> Arithmetic:
        return _combined(self, "+", other)

    def __radd__(self, other: object) -> Arithmetic:
        return _combined(other, "+", self)

    def __sub__(self, other: object) -> Arithmetic:
        return _combined(self, "-", other)

    def __rsub__(self, other: object) -> Arithmetic:
        return _combined(other, "-", self)


@attrs.frozen
class Arithmetic(Operand):
    """A sum or difference of two operands.

    Attributes:
        left: A path, an `if_not_exists(...)`, or a number; a `Literal` once resolved.
        operator: `+` or `-`.
        right: As `left`.
    """

    # A value is one operand, or two with a sign between them [Update expressions, "SET",
    # Developer Guide, 2026-11].
    no_arithmetic = "DynamoDB takes one + or - per value; compute the constant part beforehand"

    left: object
    operator: Operator
    right: object


def _combined(left: object, operator: Operator, right: object) -> Arithmetic:
    with reading(f"an operand of {operator}"):
        for operand in (left, right):
            if isinstance(operand, Operand) and operand.no_arithmetic:
                msg = f"no {operator} here: {operand.no_arithmetic}"
                raise InvalidRequestError(msg, code="UNSUPPORTED_OPERAND")
    return Arithmetic(left, operator, right)
