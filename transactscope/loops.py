"""Whether a with-block that is being left leads back to its loop.

`return` and `break` leave a with-block without an exception, and so does running off its
end. Where a commit has failed and is to be tried again, they must not be mistaken for one
another: a `return` would go on as if the commit had succeeded. Python does not tell them
apart, but the byte code of the block does. Imports nothing from this package.
"""

from __future__ import annotations

import bisect
import dis
from types import CodeType, FrameType
from typing import Final

import attrs

_LOOPS: Final = frozenset({"FOR_ITER", "GET_ANEXT"})
_RETURNS: Final = frozenset({"RETURN_VALUE", "RETURN_CONST"})
_RAISES: Final = frozenset({"RAISE_VARARGS", "RERAISE"})


@attrs.frozen
class Place:
    """One instruction of a function: the one that a frame is at."""

    code: CodeType
    offset: int

    @classmethod
    def of(cls, frame: FrameType) -> Place:
        """Return where a frame is right now."""
        return cls(frame.f_code, frame.f_lasti)


def comes_back(here: Place, loop: Place) -> bool:
    """Say whether a for-loop is asked for its next round, whatever way is taken from a place.

    An exception is no such way: nobody takes it for a success.

    Args:
        here: Where a with-block calls `__exit__`.
        loop: Where the iterator was asked for an item.

    Returns:
        False also wherever that cannot be told: another function, no for-loop, unknown code.
    """
    if here.code is not loop.code:
        return False
    steps = {step.offset: step for step in dis.get_instructions(here.code)}
    offsets = sorted(steps)
    at_loop = steps.get(loop.offset)
    if at_loop is None or at_loop.opname not in _LOOPS:
        return False
    start = _entry(loop.offset, steps, offsets)
    waiting, seen, is_asked = [here.offset], {here.offset}, False
    while waiting:
        offset = waiting.pop()
        step = steps.get(offset)
        if step is not None and step.opname in _RETURNS:
            return False
        for following in _following(step, offset, offsets):
            if following == start:
                # A jump backwards is the loop's next round; from above, it would begin anew.
                if offset < following:
                    return False
                is_asked = True
            elif following not in seen:
                seen.add(following)
                waiting.append(following)
    return is_asked


def _entry(offset: int, steps: dict[int, dis.Instruction], offsets: list[int]) -> int:
    """Return where jumps to an instruction lead: its large argument stands before it."""
    position = offsets.index(offset)
    while position and steps[offsets[position - 1]].opname == "EXTENDED_ARG":
        position -= 1
    return offsets[position]


def _following(step: dis.Instruction | None, offset: int, offsets: list[int]) -> list[int]:
    """List where an instruction may lead, exceptions left aside."""
    name = "" if step is None else step.opname
    if name in _RAISES:
        return []
    found = []
    if step is not None and step.opcode in (*dis.hasjrel, *dis.hasjabs):
        found.append(int(step.argval))
    is_final = name.startswith("JUMP_") and "_IF_" not in name
    position = bisect.bisect_right(offsets, offset)
    if not is_final and position < len(offsets):
        found.append(offsets[position])
    return found
