"""What a flow may ask its driver to do."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

import attrs

from transactscope.types import FrozenRequest

R = TypeVar("R")


@attrs.frozen
class Pause:
    """Wait before going on.

    Attributes:
        seconds: How long.
    """

    seconds: float


Effect: TypeAlias = FrozenRequest | Pause
"""Send this request and hand back the `Answer`; or pause and hand back None."""

Flow: TypeAlias = Generator[Effect, Any, R]
"""Yields effects, receives what came of them, returns R."""
