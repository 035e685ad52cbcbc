"""The operands of one test: which are attributes, which are values, and of what type.

May import `literals`, `paths`, `predicates` and `vocabulary`, and boto3's condition
classes. Values are converted by the type of the attribute that they are compared with.

Rules about operands, checked 2026-11: Developer Guide, "Condition and filter expressions,
operators, and functions", and the messages of the service that are quoted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.conditions import Size as Boto3Size

from transactscope.errors import InvalidRequestError
from transactscope.expressions.literals import Literal, literal
from transactscope.expressions.paths import Path, path
from transactscope.expressions.predicates import Size, Value
from transactscope.expressions.vocabulary import Vocabulary
from transactscope.values.numbers import parse_decimal

_ORDERABLE: Final = ("S", "N", "B")


def compared(
    test: str,
    operands: Iterable[object],
    vocabulary: Vocabulary,
    *,
    literal_type: Callable[[Any], Any] = lambda declared: declared,
) -> tuple[Value, ...]:
    """Resolve operands that are compared with each other.

    Args:
        test: The operator or function, for error texts.
        operands: boto3's `Attr`, `Key` and `size()`, our `path(...)`, and values.
        vocabulary: What resolves names and converts values.
        literal_type: The type that values must have, from the attribute's declared type.

    Raises:
        InvalidRequestError: A name is unknown, there are only values, or an operand is
            compared with itself. Not sent.
        ConversionError: A value does not fit. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(
        ...     resolve=lambda path: path,
        ...     type_at=lambda path: int,
        ...     convert=lambda value, declared, path: {"N": str(value)},
        ... )
        >>> compared("=", [Attr("balance"), 10], vocabulary)[1].value
        {'N': '10'}
    """
    written = [_written(operand) for operand in operands]
    attribute = next((operand for operand in written if isinstance(operand, Path | Size)), None)
    if attribute is None:
        raise refused(f"{test} compares values only; one operand must be an attribute")
    convert = _converter(test, attribute, vocabulary, literal_type)
    values = tuple(
        _resolved(operand, vocabulary) if isinstance(operand, Path | Size) else convert(operand)
        for operand in written
    )
    # "The first operand must be distinct from the remaining operands for this operator or
    # function"
    if written[0] is attribute and values[0] in values[1:]:
        raise refused(f"{test} compares {attribute_text(attribute)} with itself")
    return values


def attribute_path(test: str, operand: object) -> Path:
    """Return the path of an operand that has to be an attribute.

    Raises:
        InvalidRequestError: It is something else. Not sent.

    Example:
        >>> print(attribute_path("contains()", Attr("address.city")))
        address.city
    """
    written = _written(operand)
    if not isinstance(written, Path):
        raise refused(f"{test} takes an attribute, not {type(operand).__name__}")
    return written


def check_tags(test: str, values: Iterable[Value], allowed: Sequence[str] = _ORDERABLE) -> None:
    """Refuse values of types that a test does not take.

    Raises:
        InvalidRequestError: A value has another type. Not sent.

    Example:
        >>> check_tags("<", [path("balance"), Literal({"N": "10"})])
    """
    for value in values:
        if isinstance(value, Literal) and value.tag not in allowed:
            raise refused(f"{test} takes values of type {', '.join(allowed)}, not {value.tag}")


def check_bounds(test: str, low: Value, high: Value) -> None:
    """Refuse two literal bounds that nothing can be between.

    "The BETWEEN operator requires same data type for lower and upper bounds", and "upper
    bound to be greater than or equal to lower bound".

    Raises:
        InvalidRequestError: Their types differ, or they are in the wrong order. Not sent.

    Example:
        >>> check_bounds("BETWEEN", Literal({"N": "9"}), Literal({"N": "10"}))
    """
    if not isinstance(low, Literal) or not isinstance(high, Literal):
        return
    if low.tag != high.tag:
        raise refused(f"{test} takes bounds of one type, not {low.tag} and {high.tag}")
    if _order(low) > _order(high):
        raise refused(f"{test} takes the lower bound first")


def attribute_text(attribute: Path | Size) -> str:
    """Name an attribute or its size in an error text.

    Example:
        >>> attribute_text(Size(path("tags")))
        'size(tags)'
    """
    return f"size({attribute.path})" if isinstance(attribute, Size) else str(attribute)


def refused(problem: str) -> InvalidRequestError:
    """Make the error for a condition that DynamoDB would refuse or read otherwise.

    Example:
        >>> refused("IN takes a list").code
        'INVALID_CONDITION'
    """
    return InvalidRequestError(problem, code="INVALID_CONDITION")


def _written(operand: object) -> object:
    """Read an operand as a path or a size of the user's names, or give the value back."""
    if type(operand) is Boto3Size:
        (sized,) = operand.get_expression()["values"]
        return Size(attribute_path("size()", sized))
    if type(operand) is Attr or type(operand) is Key:
        return path(operand.name)
    return operand


def _resolved(attribute: Path | Size, vocabulary: Vocabulary) -> Path | Size:
    if isinstance(attribute, Size):
        return Size(vocabulary.resolve(attribute.path))
    return vocabulary.resolve(attribute)


def _converter(
    test: str,
    attribute: Path | Size,
    vocabulary: Vocabulary,
    literal_type: Callable[[Any], Any],
) -> Callable[[object], Literal]:
    if isinstance(attribute, Path):
        declared = literal_type(vocabulary.type_at(attribute))
        return lambda value: literal(value, declared, attribute, vocabulary)

    def number(value: object) -> Literal:
        converted = literal(value, Any, attribute.path, vocabulary)
        check_tags(f"{attribute_text(attribute)} {test}", [converted], ["N"])
        return converted

    return number


def _order(value: Literal) -> Any:
    """Return what DynamoDB sorts by: numbers by value, strings by their UTF-8 bytes."""
    if value.tag == "N":
        return parse_decimal(value.content)
    return value.content.encode() if value.tag == "S" else bytes(value.content)
