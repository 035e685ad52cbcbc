"""Expressions that users write as text: kept as they are, their placeholders checked.

May import `clauses`, `literals`, `names`, `paths`, `predicates` and `vocabulary`. DynamoDB's
expressions have no string literals [Expressions, Developer Guide, 2026-11], so every
`#`, `:` and parenthesis in a text is what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from transactscope.errors import InvalidRequestError
from transactscope.expressions.clauses import RawUpdate
from transactscope.expressions.literals import literal
from transactscope.expressions.names import checked_name
from transactscope.expressions.paths import Path
from transactscope.expressions.predicates import RawCondition
from transactscope.expressions.vocabulary import Vocabulary
from transactscope.limits import MAX_PLACEHOLDER_BYTES
from transactscope.types import AttributeValue

_PLACEHOLDER: Final = re.compile(r"[#:][A-Za-z0-9_]*")
_PARENTHESES: Final = {"(": 1, ")": -1}
_MOST_SHOWN: Final = 40  # characters of a placeholder


def raw(
    text: str,
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
    vocabulary: Vocabulary,
) -> RawCondition:
    """Take a condition that was written as text. Nothing is sent.

    Args:
        text: The expression: `"#s = :open"`.
        names: Its names, `{"#s": "status"}`, in attribute names.
        values: Its values in Python, `{":open": "OPEN"}`, converted by their own types.
        vocabulary: What converts them.

    Raises:
        InvalidRequestError: The text is blank, its parentheses do not match, or its
            placeholders and the definitions are not the same. Not sent.
        ConversionError: A value cannot be stored. Not sent.

    Example:
        >>> from types import SimpleNamespace
        >>> vocabulary = SimpleNamespace(convert=lambda value, declared, path: {"S": value})
        >>> raw("#s = :open", {"#s": "status"}, {":open": "OPEN"}, vocabulary).values
        {':open': {'S': 'OPEN'}}
    """
    wire = {
        placeholder: literal(value, Any, Path((str(placeholder),)), vocabulary).value
        for placeholder, value in definitions(values, "values").items()
    }
    condition = raw_condition(text, names, wire)
    refuse_unused((text,), names, wire)
    return condition


def raw_condition(
    text: str, names: Mapping[str, str] | None, values: Mapping[str, AttributeValue] | None
) -> RawCondition:
    """Take a condition as a boto3 client is given it.

    Args:
        text: The expression.
        names: `ExpressionAttributeNames`; only those that the text uses are kept.
        values: `ExpressionAttributeValues`, already checked; the same.

    Raises:
        InvalidRequestError: The text is blank, its parentheses do not match, or it uses
            a placeholder that is not defined. Not sent.

    Example:
        >>> raw_condition("#n > :v", {"#n": "n", "#m": "m"}, {":v": {"N": "1"}}).names
        {'#n': 'n'}
    """
    return RawCondition(text, *_definitions(text, names, values))


def raw_update(
    text: str, names: Mapping[str, str] | None, values: Mapping[str, AttributeValue] | None
) -> RawUpdate:
    """Take an update as a boto3 client is given it; see `raw_condition`.

    Example:
        >>> raw_update("REMOVE #n", {"#n": "n"}, None).text
        'REMOVE #n'
    """
    return RawUpdate(text, *_definitions(text, names, values))


def refuse_unused(
    texts: Iterable[str | None],
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
) -> None:
    """Refuse definitions that no text uses, as DynamoDB does.

    Args:
        texts: The expressions of one request; None for one that it does not have.
        names: All definitions of names.
        values: All definitions of values.

    Raises:
        InvalidRequestError: One is not used, or they are no mapping. Not sent.

    Example:
        >>> refuse_unused(["#n = :v", None], {"#n": "n"}, {":v": {"N": "1"}})
    """
    used = {found for text in texts if text is not None for found in _PLACEHOLDER.findall(text)}
    for placeholder in [*definitions(names, "names"), *definitions(values, "values")]:
        if placeholder not in used:
            raise _refused(f"{placeholder} is defined and never used")


def _definitions(
    text: str, names: Mapping[str, str] | None, values: Mapping[str, AttributeValue] | None
) -> tuple[dict[str, str], dict[str, AttributeValue]]:
    _check_text(text)
    known_names, known_values = definitions(names, "names"), definitions(values, "values")
    for sign, known in (("#", known_names), (":", known_values)):
        _check_placeholders(sign, known)
    _check_names(known_names)
    used = dict.fromkeys(_PLACEHOLDER.findall(text))
    for placeholder in used:
        if placeholder not in known_names and placeholder not in known_values:
            raise _refused(f"{placeholder} is used and not defined in names= or values=")
    return _kept(known_names, used), _kept(known_values, used)


def _check_text(text: object) -> None:
    if not isinstance(text, str) or not text.strip():
        raise _refused("an expression is a text that is not blank")
    if not is_balanced(text):
        # `a) OR (b` would be one condition beside another, not inside its own parentheses.
        raise _refused("the parentheses of an expression do not match")


def is_balanced(text: str) -> bool:
    """Whether every parenthesis of a text has its partner, in the right order.

    Example:
        >>> is_balanced("(a) AND (b)"), is_balanced("a) OR (b")
        (True, False)
    """
    depth = 0
    for character in text:
        depth += _PARENTHESES.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def definitions(given: Any, what: str) -> Mapping[Any, Any]:
    """Return the names or values of a text, none where None is given. Nothing is sent.

    Args:
        given: What somebody gave as such.
        what: `names` or `values`, for the error text.

    Raises:
        InvalidRequestError: It is no mapping; what is false is none, either. Not sent.

    Example:
        >>> definitions({"#s": "status"}, "names"), definitions(None, "values")
        ({'#s': 'status'}, {})
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _refused(f"{what}= takes a mapping, not {type(given).__name__}")
    return given


def _check_placeholders(sign: str, known: Mapping[Any, Any]) -> None:
    for placeholder in known:
        matches = isinstance(placeholder, str) and _PLACEHOLDER.fullmatch(placeholder)
        if not matches or not placeholder.startswith(sign) or placeholder == sign:
            raise _refused(f"{placeholder!r} is no placeholder: {sign} and letters, digits or _")
        if len(placeholder) > MAX_PLACEHOLDER_BYTES:  # of ASCII, a byte each
            msg = (
                f"the placeholder {placeholder[:_MOST_SHOWN]}… has {len(placeholder)} bytes; "
                f"DynamoDB takes {MAX_PLACEHOLDER_BYTES}, {sign} included"
            )
            raise InvalidRequestError(msg, code="PLACEHOLDER_TOO_LONG")


def _check_names(names: Mapping[str, Any]) -> None:
    for placeholder, name in names.items():
        if not isinstance(name, str) or not name:
            raise _refused(f"{placeholder} stands for no attribute name")
        checked_name(name, placeholder)


def _kept(known: Mapping[str, Any], used: Iterable[str]) -> dict[str, Any]:
    return {name: known[name] for name in used if name in known}


def _refused(problem: str) -> InvalidRequestError:
    return InvalidRequestError(problem, code="INVALID_EXPRESSION")
