"""What SET may write beside literals, paths and arithmetic: `if_not_exists`, `list_append`.

May import `arithmetic`, `paths`, `arguments` and `errors`. The nodes hold what the user wrote;
`assignments` turns them into the same nodes with attribute names and `Literal`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.expressions.arithmetic import Operand
from transactscope.expressions.paths import Path, path


@attrs.frozen
class IfNotExists(Operand):
    """The attribute at a path, or a default where there is none.

    Attributes:
        path: The attribute.
        default: A path or a plain value; a `Literal` once resolved.
    """

    path: Path
    default: object


@attrs.frozen
class ListAppend(Operand):
    """Two lists, one after the other.

    Attributes:
        first: A path, an `IfNotExists`, or a plain list; a `Literal` once resolved.
        second: As `first`. At most one of both is a literal.
    """

    no_arithmetic = "list_append(...) is a list"

    first: object
    second: object


@exported_from("transactscope")
def if_not_exists(attribute: str | Path, default: Any) -> IfNotExists:
    """Take an attribute's value in SET, or a default where it is absent. Nothing is sent.

    Args:
        attribute: The path that is read.
        default: A value, converted by the declared type of `attribute`; or `path(...)`.

    Raises:
        InvalidRequestError: The text is no path. Not sent.

    Example:
        >>> if_not_exists("visits", 0) + 1
        Arithmetic(left=IfNotExists(path=Path(parts=('visits',)), default=0), operator='+', right=1)

    .. versionadded:: 0.1.0
    """
    return IfNotExists(path(attribute), default)


@exported_from("transactscope")
def list_append(
    first: str | Path | IfNotExists | Sequence[Any],
    second: str | Path | IfNotExists | Sequence[Any],
) -> ListAppend:
    """Put two lists together in SET. Nothing is sent.

    Args:
        first: The list that comes first: a path, `if_not_exists(...)`, or a list or tuple
            of values. A str is a path.
        second: The list that comes after it, given in the same ways. Values are converted
            by the declared type of the other one's path.

    Raises:
        InvalidRequestError: Both are values, one is none of these, or a text is no path.
            Not sent.

    Example:
        >>> list_append("tags", ["new"])
        ListAppend(first=Path(parts=('tags',)), second=['new'])
        >>> list_append(["first"], if_not_exists("tags", [])).first
        ['first']

    .. versionadded:: 0.1.0
    """
    with reading("list_append()"):
        if _is_list(first) and _is_list(second):
            raise _refused("one literal list at most: write both as one value")
        return ListAppend(_list_operand(first), _list_operand(second))


def _list_operand(operand: object) -> object:
    if isinstance(operand, str | Path):
        return path(operand)
    if isinstance(operand, IfNotExists) or _is_list(operand):
        return operand
    raise _refused(f"a path, if_not_exists(...), a list or a tuple, not {type(operand).__name__}")


def _is_list(operand: object) -> bool:
    return isinstance(operand, list | tuple)


def _refused(problem: str) -> InvalidRequestError:
    return InvalidRequestError(f"list_append() takes {problem}", code="UNSUPPORTED_OPERAND")
