"""The door to conditions: whatever a caller gives as `condition=` becomes one tree.

May import `predicates`, `raw`, `translation` and `vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transactscope.errors import InvalidRequestError
from transactscope.expressions.predicates import (
    Condition,
    RawCondition,
    all_of,
    equals,
    exists,
    not_exists,
)
from transactscope.expressions.raw import definitions, raw
from transactscope.expressions.translation import translate
from transactscope.expressions.vocabulary import Vocabulary

__all__ = [
    "Condition",
    "RawCondition",
    "all_of",
    "condition_from",
    "equals",
    "exists",
    "not_exists",
]


def condition_from(
    condition: object,
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
    vocabulary: Vocabulary,
) -> Condition | None:
    """Read what a caller gave as `condition=`, `names=` and `values=`. Nothing is sent.

    Args:
        condition: A boto3 condition tree, an expression string, or None for no demand.
        names: The `#names` of a string.
        values: The `:values` of a string, in Python.
        vocabulary: What resolves names and converts values.

    Raises:
        InvalidRequestError: It is none of these or incomplete, a name is unknown, or
            `names=` and `values=` are no mappings or have no string that they belong to.
            Not sent.
        ConversionError: A value does not fit its attribute's type. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(
        ...     resolve=lambda path: path,
        ...     type_at=lambda path: int,
        ...     convert=lambda value, declared, path: {"N": str(value)},
        ... )
        >>> from boto3.dynamodb.conditions import Attr
        >>> condition_from(Attr("balance").gte(10), None, None, vocabulary).right.value
        {'N': '10'}
        >>> condition_from("attribute_exists(id)", None, None, vocabulary).text
        'attribute_exists(id)'
    """
    if isinstance(condition, str):
        return raw(condition, names, values, vocabulary)
    if definitions(names, "names") or definitions(values, "values"):
        msg = "names= and values= belong to a condition that is a string"
        raise InvalidRequestError(msg, code="INVALID_EXPRESSION")
    return None if condition is None else translate(condition, vocabulary)
