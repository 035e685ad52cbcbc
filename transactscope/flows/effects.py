"""What a flow may ask its driver to do."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

import attrs

from transactscope.errors import TransactScopeError
from transactscope.types import FrozenRequest

R = TypeVar("R")


@attrs.frozen
class Pause:
    """Wait before going on.

    Attributes:
        seconds: How long.
        error: Why what was sent last is sent again after it; None where it is not.
    """

    seconds: float
    error: TransactScopeError | None = None


@attrs.frozen(eq=False)
class Call:
    """Call a function of the user's, and await what it returns where that can be.

    Attributes:
        function: The function.
        argument: What it is called with.
    """

    function: Callable[[Any], Any]
    argument: Any


Effect: TypeAlias = FrozenRequest | Pause | Call
"""Send this request and hand back the `Answer`; pause and hand back None; or call something."""

Flow: TypeAlias = Generator[Effect, Any, R]
"""Yields effects, receives what came of them, returns R."""
