"""What error texts show of arguments, whatever these are.

May import nothing.
"""

from __future__ import annotations

from typing import Any, Final

_MOST_SHOWN: Final = 100  # characters


def shown(argument: Any) -> str:
    """Write an argument as in Python, cut short; where that cannot be done, name its class.

    A number can be too large for it, a list too deep, and a `__repr__` can raise.

    Example:
        >>> from transactscope.testing.showing import shown
        >>> shown("x"), shown(10**5000), len(shown("x" * 1000))
        ("'x'", 'an object of int', 100)
    """
    try:
        text = repr(argument)
        return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
    except Exception:  # noqa: BLE001 - an error text must not fail
        return f"an object of {type(argument).__name__}"
