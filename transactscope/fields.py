"""Facts about single fields: markers for `Annotated[...]`, or for `entity(..., fields=...)`.

Markers without arguments are written as they are, `Annotated[datetime | None, TTL]`.
"""

from __future__ import annotations

from transactscope.values.markers import (
    TTL,
    Alias,
    CreatedAt,
    Encrypted,
    OmitIfDefault,
    OmitIfNone,
    UpdatedAt,
)

__all__ = ["TTL", "Alias", "CreatedAt", "Encrypted", "OmitIfDefault", "OmitIfNone", "UpdatedAt"]
