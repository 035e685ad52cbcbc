"""What the names and values of an expression mean: the seam to entity classes.

May import `paths` and `types`. Whoever builds expressions is given a vocabulary; this
package never looks at an entity class itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue


class Vocabulary(Protocol):
    """How the names and values of one entity class become attributes and AttributeValues."""

    @property
    def key_names(self) -> frozenset[str]:
        """Every top-level attribute that no update may touch."""
        ...

    @property
    def version_name(self) -> str | None:
        """The top-level name of the version, which the library alone writes; None without one."""
        ...

    @property
    def managed_names(self) -> Mapping[str, str]:
        """Other top-level attributes that the library writes with updates, and what they are."""
        ...

    def resolve(self, path: Path, /) -> Path:
        """Return the path in attribute names.

        Raises:
            InvalidRequestError: The top-level name is unknown; code `UNKNOWN_FIELD`.
        """
        ...

    def type_at(self, path: Path, /) -> Any:
        """Return the declared type at a path of fields, `Any` where none is known."""
        ...

    def element_type(self, declared: Any, /) -> Any:
        """Return the type of a collection's elements, `Any` where none is known."""
        ...

    def convert(self, value: Any, declared: Any, path: Path, /) -> AttributeValue:
        """Convert a value by its declared type, by its own where that is `Any`.

        Raises:
            ConversionError: It does not fit; the error names the path.
        """
        ...
