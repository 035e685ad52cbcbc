"""What SET writes, from the user's operands to resolved ones.

May import `arithmetic`, `clauses`, `literals`, `operands`, `paths` and `vocabulary`.
Every literal gets the type of the attribute that it meets.
"""

from __future__ import annotations

from transactscope.errors import InvalidRequestError
from transactscope.expressions.arithmetic import Arithmetic
from transactscope.expressions.clauses import SetValue
from transactscope.expressions.literals import Literal, literal
from transactscope.expressions.operands import IfNotExists, ListAppend
from transactscope.expressions.paths import Path
from transactscope.expressions.vocabulary import Vocabulary


def set_value(value: object, target: Path, vocabulary: Vocabulary) -> SetValue:
    """Resolve what SET writes at a path.

    Args:
        value: A path, `if_not_exists(...)`, `list_append(...)`, arithmetic, or a value.
        target: The path that is written, in the user's names.
        vocabulary: What resolves names and converts values.

    Raises:
        InvalidRequestError: A name is unknown, or an operand stands where DynamoDB does
            not take it. Not sent.
        ConversionError: A value does not fit its attribute's type. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(
        ...     resolve=lambda path: path,
        ...     type_at=lambda path: int,
        ...     convert=lambda value, declared, path: {"N": str(value)},
        ... )
        >>> set_value(Path(("price",)) - 5, Path(("price",)), vocabulary).right.value
        {'N': '5'}
    """
    if isinstance(value, ListAppend):
        return _list_append(value, target, vocabulary)
    if isinstance(value, Arithmetic):
        left = _number(value.left, target, vocabulary)
        return Arithmetic(left, value.operator, _number(value.right, target, vocabulary))
    if isinstance(value, IfNotExists):
        return _if_not_exists(value, vocabulary)
    return _path_or_literal(value, target, vocabulary)


def _path_or_literal(value: object, typed_by: Path, vocabulary: Vocabulary) -> Path | Literal:
    if isinstance(value, Path):
        return vocabulary.resolve(value)
    return literal(value, vocabulary.type_at(typed_by), typed_by, vocabulary)


def _if_not_exists(value: IfNotExists, vocabulary: Vocabulary) -> IfNotExists:
    default = _path_or_literal(value.default, value.path, vocabulary)
    return IfNotExists(vocabulary.resolve(value.path), default)


def _number(value: object, target: Path, vocabulary: Vocabulary) -> object:
    """Resolve an operand of + or -; a literal has the type of what is written, a number."""
    if isinstance(value, IfNotExists):
        resolved = _if_not_exists(value, vocabulary)
        _require_tag("N", resolved.default, target, "arithmetic")
        return resolved
    if isinstance(value, Path):
        return vocabulary.resolve(value)
    number = literal(value, vocabulary.type_at(target), target, vocabulary)
    _require_tag("N", number, target, "arithmetic")
    return number


def _list_append(value: ListAppend, target: Path, vocabulary: Vocabulary) -> ListAppend:
    sides = (value.first, value.second)
    typed_by = next(_attribute(side) for side in sides if isinstance(side, Path | IfNotExists))
    first, second = (_list(side, typed_by, target, vocabulary) for side in sides)
    return ListAppend(first, second)


def _list(side: object, typed_by: Path, target: Path, vocabulary: Vocabulary) -> object:
    if isinstance(side, IfNotExists):
        resolved = _if_not_exists(side, vocabulary)
        _require_tag("L", resolved.default, target, "list_append()")
        return resolved
    operand = _path_or_literal(side, typed_by, vocabulary)
    _require_tag("L", operand, target, "list_append()")
    return operand


def _attribute(side: Path | IfNotExists) -> Path:
    return side.path if isinstance(side, IfNotExists) else side


def _require_tag(tag: str, operand: object, target: Path, where: str) -> None:
    if isinstance(operand, Literal) and operand.tag != tag:
        msg = f"{target}: {where} takes values of type {tag}, not {operand.tag}"
        raise InvalidRequestError(msg, code="UNSUPPORTED_OPERAND")
