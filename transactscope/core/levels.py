"""The open savepoints of a scope: marks in its log, one inside the other.

A savepoint is used by two methods or as a with-block. Only who has entered a block may use the
scope until it is left: what others stage meanwhile would be dropped with it.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from transactscope.core.states import ScopeState
from transactscope.errors import ScopeStateError


@attrs.define(eq=False)
class Mark:
    """A savepoint: how much was staged when it was made, and whether it is a block.

    Attributes:
        length: How many calls.
        hooks: How many hooks.
        user: The thread or task that has entered its with-block and not left it; None
            without a block.
    """

    length: int
    hooks: int
    user: object | None = None

    @property
    def has_block(self) -> bool:
        """Whether it is a with-block that has been entered and not left."""
        return self.user is not None


@attrs.define(eq=False)
class Levels:
    """The savepoints of a scope.

    Attributes:
        marks: Those that are open, outermost first.
    """

    marks: list[Mark] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.marks)

    def open(self, mark: Mark) -> Mark:
        """Add a savepoint inside all others."""
        self.marks.append(mark)
        return mark

    def is_open(self, mark: Mark) -> bool:
        """Whether this very savepoint is open."""
        return any(each is mark for each in self.marks)

    def close_from(self, verb: str, mark: Mark) -> None:
        """Close a savepoint and those inside it."""
        del self.marks[self.position(verb, mark) :]

    def close_inside(self, verb: str, mark: Mark) -> None:
        """Close what is inside a savepoint, which stays open."""
        del self.marks[self.position(verb, mark) + 1 :]

    def close_all(self) -> None:
        """Close all of them: as in SQL, a commit releases what is open."""
        self.marks.clear()

    def forget_call(self, position: int) -> None:
        """Count one call less: marks count calls, and one that came before them is gone."""
        for mark in self.marks:
            mark.length -= position < mark.length

    def position(self, verb: str, mark: Mark) -> int:
        """Return which level a savepoint is.

        Raises:
            ScopeStateError: It is closed, or the block of one inside it was not left yet.
        """
        position = next((n for n, each in enumerate(self.marks) if each is mark), None)
        if position is None:
            problem = "it is closed, by itself or by an outer one"
        elif any(inner.has_block for inner in self.marks[position + 1 :]):
            problem = "the block of a savepoint inside it has not been left yet"
        else:
            return position
        msg = f"{verb} of this savepoint is not possible: {problem}"
        raise ScopeStateError(msg, state=ScopeState.ACTIVE)

    def require_block_of(self, verb: str, user: Callable[[], object]) -> None:
        """Refuse whoever has not entered the innermost open block.

        Raises:
            ScopeStateError: Another thread or task has.
        """
        if not self.marks:
            return
        inside = next((mark.user for mark in reversed(self.marks) if mark.has_block), None)
        if inside is not None and inside is not user():
            msg = (
                f"{verb} is not possible: another thread or task is inside the block of a "
                "savepoint of this scope"
            )
            raise ScopeStateError(msg, state=ScopeState.ACTIVE)

    def enter(self, mark: Mark, user: object) -> None:
        """Let a savepoint be a with-block, which only its own end may close.

        Raises:
            ScopeStateError: It is closed, or its block has been entered before.
        """
        self.position("entering the block", mark)
        if mark.has_block:
            msg = "this savepoint's block has been entered and not been left yet"
            raise ScopeStateError(msg, state=ScopeState.ACTIVE)
        mark.user = user
