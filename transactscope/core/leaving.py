"""How a with-block of a scope ends: by itself, by an exception, or by `Rollback`."""

from __future__ import annotations

import enum
from typing import Any

from transactscope.core.states import ScopeState, misuse
from transactscope.exporting import exported_from


@exported_from("transactscope")
class Rollback(Exception):  # noqa: N818 - not an error: a way out of a block, as in psycopg
    """Raise it to leave a block of a scope quietly, with what the block staged dropped.

    Args:
        scope: The scope to leave as a whole, or the savepoint whose block to leave; None
            leaves the innermost block.

    Example:
        >>> from transactscope import Rollback, TransactScope
        >>> with TransactScope(client) as tx:
        ...     _ = tx.insert(Account("A-1"))
        ...     raise Rollback
        >>> tx.state.name
        'ROLLED_BACK'

    .. versionadded:: 0.1.0
    """

    def __init__(self, scope: Any = None) -> None:
        super().__init__()
        self.scope = scope

    def is_for(self, scope: Any) -> bool:
        """Whether this block is where it stops."""
        return self.scope is None or self.scope is scope


class Ending(enum.Enum):
    """What leaving a block has to do."""

    COMMIT = enum.auto()
    ROLLBACK = enum.auto()
    NOTHING = enum.auto()


def ending(state: ScopeState, error: BaseException | None) -> Ending:
    """Say what leaving the block does; after an explicit commit or rollback, nothing."""
    if state is not ScopeState.ACTIVE:
        return Ending.NOTHING
    return Ending.COMMIT if error is None else Ending.ROLLBACK


def swallows(scope: Any, state: ScopeState, error: BaseException | None) -> bool:
    """Whether the block keeps the exception to itself: only a `Rollback` that is meant for it.

    Raises:
        ScopeStateError: The block asks for a rollback after its commit was sent.
    """
    if not isinstance(error, Rollback) or not error.is_for(scope):
        return False
    if state in (ScopeState.COMMITTED, ScopeState.IN_DOUBT):
        raise misuse("Rollback", state) from error
    return True
