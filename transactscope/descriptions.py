"""Actions and keys in words, for error texts and logs.

Imports nothing from this package. The only values that are ever shown are those of
keys, and long ones are shortened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LONGEST_SHOWN: Final = 40  # characters of one key attribute
_MOST_CALLS: Final = 8  # lines of code that one text names


def describe_action(
    verb: str | None,
    entity_class: type | None,
    table: str | None,
    key: Mapping[str, Any] | None,
    calls: tuple[str, ...],
) -> str:
    """Put an action into words for an error text: no attribute values other than the key."""
    if verb is None:
        return "an action that this scope did not stage"
    name = f" {entity_class.__name__}" if entity_class is not None else ""
    happened = "read" if verb == "get" else "staged"
    where = f", {happened} at {_listed(calls)}" if calls else ""
    return f"{verb}{name} in table {table}, {describe_key(key)}{where}"


def _listed(calls: tuple[str, ...]) -> str:
    """List the lines of code once each; of very many, the first and how many more."""
    lines = list(dict.fromkeys(calls))
    more = len(lines) - _MOST_CALLS
    shown = lines[:_MOST_CALLS] + ([f"{more} more"] if more > 0 else [])
    return " and ".join(shown)


def describe_key(key: Mapping[str, Any] | None) -> str:
    """Put a key into words, long values shortened."""
    if key is None:
        return "key not known"
    parts = (f"{name}={_shown(value)}" for name, value in key.items())
    return "key " + ", ".join(parts)


def _shown(value: Mapping[str, Any]) -> str:
    tag, content = next(iter(value.items()))
    if tag == "B":
        return f"<{len(content)} bytes>"
    text = repr(content) if tag == "S" else str(content)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
