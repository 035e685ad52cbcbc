"""Where an attribute is inside an item: `address.city`, `tags[0]`.

May import `arithmetic`, `names`, `arguments`, `errors` and `limits`. A path knows nothing of
entities: whether its names are fields or attributes is its user's affair.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

import attrs

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.expressions.arithmetic import Operand
from transactscope.expressions.names import checked_name
from transactscope.limits import MAX_PATH_DEPTH

Part: TypeAlias = str | int

_STEP: Final = re.compile(r"(?P<name>[^\[\]]+)(?P<indexes>(?:\[[0-9]{1,9}\])*)")
_MOST_SHOWN: Final = 60  # characters of a path
_HINT: Final = 'write names and indexes as in "address.city" or "tags[0].color"'


@attrs.frozen
class Path(Operand):
    """A document path: a name, then names and list indexes. Hashable, and made by `path`.

    Attributes:
        parts: Names as str, list indexes as int, outermost first.
    """

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        first, *rest = self.parts
        return str(first) + "".join(_step_text(part) for part in rest)

    @property
    def root(self) -> str:
        """The top-level name."""
        return str(self.parts[0])

    @property
    def ends_in_index(self) -> bool:
        """Whether it is an element of a list: SET may append it, REMOVE shifts the others."""
        return isinstance(self.parts[-1], int)

    def overlaps(self, other: Path) -> bool:
        """Say whether DynamoDB refuses both paths in one update.

        It does if they are equal, if one holds the other, and if they disagree on whether
        there is a map or a list (`a.b` and `a[0]`) [Update expressions, Developer Guide,
        2026-11: "Two document paths overlap", "... conflict with each other"].

        Args:
            other: A path of the same item.

        Example:
            >>> path("a").overlaps(path("a.b")), path("a[0]").overlaps(path("a[1]"))
            (True, False)
        """
        for mine, others in zip(self.parts, other.parts, strict=False):
            if isinstance(mine, int) is not isinstance(others, int):
                return True
            if mine != others:
                return False
        return True


@exported_from("transactscope")
def path(text: str | Path) -> Path:
    """Name an attribute in SET: to copy it, or to do arithmetic with it. Nothing is sent.

    Args:
        text: Names with dots between them, list indexes in brackets counted from 0:
            `"price"`, `"address.city"`, `"tags[0]"`. A path is given back as it is.

    Raises:
        InvalidRequestError: The text is no path. Not sent.

    Example:
        >>> path("lines[0].price") - 5
        Arithmetic(left=Path(parts=('lines', 0, 'price')), operator='-', right=5)

    .. versionadded:: 0.1.0
    """
    if type(text) is str:
        return _parsed(text)
    with reading("path()"):
        if isinstance(text, Path):
            return text
        if not isinstance(text, str):
            raise _no_path(f"{type(text).__name__} is no path")
        return _parsed(text)


def _parsed(text: str) -> Path:
    parts = tuple(part for step in text.split(".") for part in _parts(step, text))
    if len(parts) > MAX_PATH_DEPTH:
        msg = f"{_shown(text)} has {len(parts)} names and indexes; DynamoDB takes {MAX_PATH_DEPTH}"
        raise InvalidRequestError(msg, code="INVALID_PATH")
    return Path(parts)


def _parts(step: str, text: str) -> tuple[Part, ...]:
    match = _STEP.fullmatch(step)
    if match is None:
        lacks_name = step == "" or step.startswith("[")
        problem = "a name is missing" if lacks_name else "an index is digits in brackets"
        raise _no_path(f"{text!r} is no path, {problem}")
    indexes = match["indexes"].strip("[]")
    name = checked_name(match["name"], "a path")
    return name, *(int(index) for index in indexes.split("][") if index)


def _step_text(part: Part) -> str:
    return f"[{part}]" if isinstance(part, int) else f".{part}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…")


def _no_path(problem: str) -> InvalidRequestError:
    return InvalidRequestError(f"{problem}: {_HINT}", code="INVALID_PATH")
