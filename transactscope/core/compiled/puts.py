"""From an entity to its staged put in one step, where nothing is asked for beside it.

Most calls are such puts, and most of what a large transaction costs the client is spent on them.
So this says in one function what elsewhere is said in several: it is `ClassPlan.written_entity`,
`Shape.tail` and `encoded_action` in one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transactscope.core.actions import next_serial
from transactscope.core.compiled.encoded import EncodedAction, encoded_action
from transactscope.limits import MAX_ITEM_BYTES

if TYPE_CHECKING:
    from types import FrameType

    from transactscope.core.compiled.plans import ClassPlan, PutWriter
    from transactscope.core.compiled.shapes import Shape


def put_writer(plan: ClassPlan, shape: Shape) -> PutWriter:
    """Return what writes the puts of one class and verb, in one table.

    Args:
        plan: What is known of the class.
        shape: That of the verb without a condition of the user's.

    Returns:
        A function that takes an entity and the frame of the call. It may raise anything for an
        entity that is not a usual one.
    """
    if plan.members is None or plan.has_composed_key:
        return _by_steps(plan, shape)
    encode, find_target, kind_size = plan.members, plan.target, plan.kind_size
    head, tail = f",{shape.head}", f"{plan.kind}{shape.tail}"

    def write(entity: Any, frame: FrameType) -> EncodedAction | None:
        written = encode(entity)
        if written is None:
            return None
        members, size, contents = written
        size += kind_size
        target = find_target(contents)
        if target is None or size > MAX_ITEM_BYTES:
            return None
        action = EncodedAction()
        action.source = (
            shape,
            f"{head}{members}{tail}".encode(),
            size,
            target,
            entity,
            None,
            frame.f_code,
            frame.f_lasti,
            next_serial(),
        )
        return action

    return write


def _by_steps(plan: ClassPlan, shape: Shape) -> PutWriter:
    """Return the same for a class with a key that is composed of fields."""
    head, tail = f",{shape.head}", shape.tail

    def write(entity: Any, frame: FrameType) -> EncodedAction | None:
        members, size, target = plan.written_entity(entity)
        if size > MAX_ITEM_BYTES:
            return None
        content = f"{head}{members}{tail}".encode()
        return encoded_action(shape, content, size, target, entity=entity, raises=None, frame=frame)

    return write
