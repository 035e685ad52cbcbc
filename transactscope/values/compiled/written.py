"""How one value is written in the source of an encoder.

May import `source` and `texts`. The lines of source that are added here refuse with `return None`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from transactscope.values.compiled.source import Code, Piece, Source, joined
from transactscope.values.compiled.texts import visible

REFUSE: Final = "return None"

_BODY: Final = 2  # how far the lines of a function are indented that are not in a loop or a branch


@attrs.define
class EncoderSource(Source):
    """The source of an encoder.

    Attributes:
        is_quick: Whether texts that are always there are taken as they are, on the condition that
            nothing in all of them together has to be escaped: one look instead of many. Another
            encoder, which is not quick, does what does not meet the condition.
        raw: Expressions for such texts, as items of a list.
    """

    is_quick: bool = False
    raw: list[str] = attrs.field(factory=list)

    @property
    def takes_raw(self) -> bool:
        """Whether the text that is next can be taken as it is."""
        return self.is_quick and self.depth == _BODY


@attrs.frozen
class Written:
    """The text and the size of one value.

    Attributes:
        pieces: The pieces of its JSON text.
        fixed: The part of its size that is known beforehand, less the characters that expressions
            among the pieces put around what counts.
        surpluses: Expressions for the surplus of pieces that are expressions.
        content: An expression for the tag and the content, if it is a text or a number.
    """

    pieces: list[Piece]
    fixed: int = 0
    surpluses: tuple[str, ...] = ()
    content: str = ""

    @property
    def text(self) -> str:
        """An expression for the whole text."""
        return joined(self.pieces)

    @property
    def surplus(self) -> str:
        """An expression for the surplus of the whole text."""
        literals = (piece for piece in self.pieces if isinstance(piece, str))
        known = self.fixed - sum(map(visible, literals))
        return " + ".join([str(known), *self.surpluses])


NULL: Final = Written(['{"NULL":true}'], fixed=1)
LEFT_OUT: Final = Written([])


def demand(source: Source, value: str, *classes: type) -> None:
    """Refuse a value that has exactly none of these classes."""
    names = [source.constant(class_, "class_") for class_ in classes]
    tests = " and ".join(f"type({value}) is not {name}" for name in names)
    with source.block(f"if {tests}"):
        source.line(REFUSE)


def either(
    source: Source, condition: str, written: Written, otherwise: Callable[[], Written]
) -> Written:
    """Write one thing where a condition is true, and else what a function writes."""
    text, surplus = source.name("text"), source.name("surplus")
    with source.block(f"if {condition}"):
        assign(source, written, text, surplus)
    with source.block("else"):
        assign(source, otherwise(), text, surplus)
    return Written([Code(text)], 0, (surplus,))


def assign(source: Source, written: Written, text: str, surplus: str) -> None:
    """Give a text, and its surplus, the names."""
    source.line(f"{text} = {written.text}")
    source.line(f"{surplus} = {written.surplus}")
