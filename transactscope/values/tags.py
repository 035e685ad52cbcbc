"""Which type tags the values of a declared type can have.

May import `hooks`. Key attributes, table definitions and unions are decided by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transactscope.values.hooks import Tags, write_hook

if TYPE_CHECKING:
    import cattrs


def wire_tags(type_: Any, converter: cattrs.Converter) -> Tags:
    """Return the type tags that values of a declared type can have.

    Args:
        type_: The declared type.
        converter: The converter that knows the user's hooks. A type that only such a hook
            knows can have all tags, as far as can be told.

    Example:
        >>> from transactscope.values.tags import wire_tags
        >>> from transactscope.values import make_converter
        >>> sorted(wire_tags(int | None, make_converter()))
        ['N', 'NULL']
    """
    return write_hook(type_, converter).tags()
