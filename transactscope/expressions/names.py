"""Attribute names, wherever an expression or an item has them.

May import `errors` and `limits`.
"""

from __future__ import annotations

from transactscope.errors import InvalidRequestError
from transactscope.limits import MAX_ATTRIBUTE_NAME_LENGTH


def checked_name(name: object, where: str) -> str:
    """Return an attribute's name if DynamoDB takes it.

    Args:
        name: The name.
        where: What it stands in, for the error text.

    Raises:
        InvalidRequestError: It is no text of 1 to 65,535 characters, or none that UTF-8 can
            write; code `INVALID_ATTRIBUTE_NAME`. Not sent.

    Example:
        >>> checked_name("price", "#p")
        'price'
    """
    if not isinstance(name, str):
        raise _refused(f"{where}: an attribute's name is a text, not {type(name).__name__}")
    if not 1 <= len(name) <= MAX_ATTRIBUTE_NAME_LENGTH:
        raise _refused(
            f"{where}: an attribute's name has 1 to {MAX_ATTRIBUTE_NAME_LENGTH} characters, "
            f"not {len(name)}"
        )
    if not name.isascii() and not _is_utf8(name):
        raise _refused(f"{where}: an attribute's name has half of a surrogate pair")
    return name


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(problem: str) -> InvalidRequestError:
    return InvalidRequestError(problem, code="INVALID_ATTRIBUTE_NAME")
