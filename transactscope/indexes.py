"""Secondary indexes, for `entity(..., indexes=[...])`."""

from __future__ import annotations

from transactscope.entities.indexes import GlobalIndex, LocalIndex

__all__ = ["GlobalIndex", "LocalIndex"]
