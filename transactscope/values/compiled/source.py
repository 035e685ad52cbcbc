"""Python source that is put together at run time, and compiled.

May import nothing of the package. Whatever comes from a user, names of fields above all, gets into
the source as the literal that `repr` writes of it, or not at all: objects are globals whose names
are made here.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, cast

import attrs

_INDENT: Final = "    "


@attrs.frozen
class Code:
    """An expression that yields a text, as opposed to the text itself."""

    source: str


Piece: TypeAlias = str | Code
"""A part of a text: as it is, or an expression that yields it."""


@attrs.define
class Source:
    """The source of one function, line by line."""

    _lines: list[str] = attrs.field(factory=list)
    _globals: dict[str, Any] = attrs.field(factory=dict)
    _depth: int = 0
    _names: int = 0

    @property
    def depth(self) -> int:
        """How far the next line is indented."""
        return self._depth

    def name(self, hint: str) -> str:
        """Return a name that nothing else has."""
        self._names += 1
        return f"{hint}{self._names}"

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(f"{_INDENT * self._depth}{text}")

    @contextmanager
    def block(self, head: str) -> Generator[None, None, None]:
        """Add a line that ends with a colon, and indent what follows inside of the with-block."""
        self.line(f"{head}:")
        self._depth += 1
        yield
        self._depth -= 1

    def constant(self, value: Any, hint: str) -> str:
        """Return the name under which the function finds an object."""
        for name, known in self._globals.items():
            if known is value:
                return name
        name = self.name(hint)
        self._globals[name] = value
        return name

    def compiled(self, name: str) -> Callable[..., Any]:
        """Compile the function of that name."""
        code = compile("\n".join(self._lines), f"<transactscope {name}>", "exec", dont_inherit=True)
        found = dict(self._globals)
        exec(code, found)  # noqa: S102 - made of constants and literals alone
        return cast("Callable[..., Any]", found[name])


def joined(pieces: list[Piece]) -> str:
    r"""Return the source of one expression that yields the pieces as one text.

    Literals and f-strings that stand side by side are one f-string to Python, so no brace of a
    literal needs an escape.

    Example:
        >>> from transactscope.values.compiled.source import Code, joined
        >>> joined(['{"S":', Code("escape(value)"), "}"])
        '\'{"S":\' f"{escape(value)}" \'}\''
    """
    return " ".join(map(_piece, _merged(pieces))) or "''"


def joined_exactly(pieces: list[Piece]) -> str:
    """Return the same for expressions that may yield texts of classes of their own.

    An f-string would ask such a text what to write. This reads it.

    Example:
        >>> from transactscope.values.compiled.source import Code, joined_exactly
        >>> joined_exactly(["a", "b", Code("value")])
        "''.join(('ab', value, ))"
    """
    items = (repr(piece) if isinstance(piece, str) else piece.source for piece in _merged(pieces))
    return f"''.join(({''.join(f'{item}, ' for item in items)}))"


def _merged(pieces: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece:  # a Code is true, whatever it yields
            merged.append(piece)
    return merged


def _piece(piece: Piece) -> str:
    return repr(piece) if isinstance(piece, str) else f'f"{{{piece.source}}}"'


def attribute_source(owner: str, name: str) -> str:
    """Return the source of what reads an attribute of an object.

    Example:
        >>> from transactscope.values.compiled.source import attribute_source
        >>> attribute_source("value", "title"), attribute_source("value", "class")
        ('value.title', "getattr(value, 'class')")
    """
    is_simple = is_plain_name(name)
    return f"{owner}.{name}" if is_simple else f"getattr({owner}, {name!r})"


def is_plain_name(name: str) -> bool:
    """Say whether source can have a name as it is.

    Python reads other letters than those of ASCII as others again, and keywords as what they are.

    Example:
        >>> from transactscope.values.compiled.source import is_plain_name
        >>> is_plain_name("title"), is_plain_name("class"), is_plain_name("a b")
        (True, False, False)
    """
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
