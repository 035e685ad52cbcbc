"""What keyrings are made with: names of keys, as they stand in what is sealed, and functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from transactscope.errors import InvalidRequestError

_MOST_BYTES: Final = 255


def checked_name(name: Any) -> str:
    """Return the name of a key if it can stand in a sealed value.

    Raises:
        InvalidRequestError: It is no text of 1 to 255 bytes in UTF-8.
    """
    try:
        if isinstance(name, str) and 0 < len(name.encode()) <= _MOST_BYTES:
            return name
    except UnicodeEncodeError:  # half of a surrogate pair
        pass
    msg = f"the name of a key is a text of 1 to {_MOST_BYTES} bytes in UTF-8"
    raise InvalidRequestError(msg, code="INVALID_KEYRING")


def checked_function(name: str, function: Any) -> Callable[..., Any]:
    """Return what was given under a name, if it can be called.

    Raises:
        InvalidRequestError: It cannot.
    """
    if callable(function):
        return function  # type: ignore[no-any-return]
    msg = f"{name}= must be a function, not {type(function).__name__}"
    raise InvalidRequestError(msg, code="INVALID_KEYRING")
