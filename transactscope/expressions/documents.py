"""Items as documents: finding, writing and removing what is at a path.

May import `paths`, `errors` and `types`.
"""

from __future__ import annotations

from typing import Any

from transactscope.errors import InvalidRequestError
from transactscope.expressions.paths import Path
from transactscope.types import AttributeValue, Item


def find(item: Item, path: Path) -> AttributeValue | None:
    """Return what is at a path; None if nothing is.

    Example:
        >>> find({"tags": {"L": [{"S": "new"}]}}, Path(("tags", 0)))
        {'S': 'new'}
    """
    value: AttributeValue | None = {"M": item}
    for part in path.parts:
        value = None if value is None else _child(value, part)
    return value


def put(item: Item, path: Path, value: AttributeValue) -> None:
    """Write a value at a path of the item itself; past a list's end it is appended.

    Raises:
        InvalidRequestError: There is no map or list to write to. Not sent.

    Example:
        >>> item = {"tags": {"L": []}}
        >>> put(item, Path(("tags", 9)), {"S": "new"})
        >>> item
        {'tags': {'L': [{'S': 'new'}]}}
    """
    container, part = _container(item, path), path.parts[-1]
    # "the new element is appended to the end of the list" [Update expressions, "Adding
    # elements to a list", Developer Guide, 2026-11].
    if isinstance(part, int) and part >= len(container):
        container.append(value)
    else:
        container[part] = value


def remove(item: Item, path: Path) -> None:
    """Remove what is at a path of the item itself; nothing there is no error.

    Raises:
        InvalidRequestError: There is no map or list that could hold it. Not sent.

    Example:
        >>> item = {"a": {"N": "1"}, "b": {"N": "2"}}
        >>> remove(item, Path(("a",)))
        >>> item
        {'b': {'N': '2'}}
    """
    container, part = _container(item, path), path.parts[-1]
    is_there = part < len(container) if isinstance(part, int) else part in container
    if is_there:
        del container[part]


def not_applicable(path: Path, problem: str) -> InvalidRequestError:
    """Make the error for an update that DynamoDB would refuse on this item.

    Example:
        >>> print(not_applicable(Path(("a", "b")), "there is no map to write to"))
        a.b: there is no map to write to
    """
    return InvalidRequestError(f"{path}: {problem}", code="UPDATE_NOT_APPLICABLE")


def _child(value: AttributeValue, part: str | int) -> AttributeValue | None:
    if isinstance(part, str):
        members: Item = value.get("M", {})
        return members.get(part)
    elements: list[AttributeValue] = value.get("L", [])
    return elements[part] if part < len(elements) else None


def _container(item: Item, path: Path) -> Any:
    """Return the map or list that the last part of the path is in."""
    *outer, last = path.parts
    parent = find(item, Path(tuple(outer)))
    tag, word = ("L", "list") if isinstance(last, int) else ("M", "map")
    if parent is None or tag not in parent:
        raise not_applicable(path, f"there is no {word} that could hold it")
    return parent[tag]
