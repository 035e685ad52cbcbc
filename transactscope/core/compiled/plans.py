"""What is worked out once for each entity class: how its keys, items and calls are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from transactscope.core.compiled.shapes import Encoder, Shape, Unusual
from transactscope.entities.mapping import EntityMapping
from transactscope.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from transactscope.types.json_text import from_json
from transactscope.values.compiled import MembersEncoder

MAX_SHAPES: Final = 256
"""How many shapes are kept for one class; the oldest goes when there is one more."""

Contents: TypeAlias = Sequence[tuple[str, str]]
"""The values of a key's attributes, each as its type tag and its content."""

Target: TypeAlias = tuple[str, ...]
"""What `core.actions.item_target` returns."""

_SURELY_FITS: Final = 256  # characters: each has four bytes at most, and a sort key takes 1,024


@attrs.define(eq=False)
class Shapes:
    """The shapes of one class, by verb and form, and which forms have none."""

    _known: dict[Hashable, Shape | None] = attrs.field(factory=dict)

    def get(self, form: Hashable) -> Shape | None:
        """Return the shape of a form, if it was made."""
        return self._known.get(form)

    def is_unusual(self, form: Hashable) -> bool:
        """Whether it was found that the form has no shape."""
        return form in self._known

    def keep(self, form: Hashable, shape: Shape | None) -> None:
        """Keep what was found of a form, in the place of the oldest one where there are many."""
        while len(self._known) >= MAX_SHAPES:
            self._known.pop(next(iter(self._known)), None)
        self._known[form] = shape


class KeyPart(NamedTuple):
    """How one attribute of a key is written.

    Attributes:
        label: What stands before the value, `"artist":`.
        size: The bytes of the name.
        encode: Writes the value.
    """

    label: str
    size: int
    encode: Encoder


@attrs.frozen(eq=False)
class ClassPlan:
    """How the calls with one class are written.

    Attributes:
        mapping: What is known of the class.
        key_names: The names of the key's attributes.
        target: Says which item a key is; None for a key that may be empty or too long.
        key_parts: What writes a key.
        members: What writes a whole entity.
        kind: The JSON of the discriminator, with a comma before it; empty without one.
        kind_size: Its bytes.
        puts: The shapes of puts without a condition of the user's, by verb.
        shapes: The shapes of all other calls.
    """

    mapping: EntityMapping
    key_names: frozenset[str]
    target: Callable[[Contents], Target | None]
    key_parts: tuple[KeyPart, ...]
    members: MembersEncoder
    kind: str
    kind_size: int
    puts: dict[str, Shape] = attrs.field(factory=dict)
    shapes: Shapes = attrs.field(factory=Shapes)

    def written_key(self, values: Sequence[Any]) -> tuple[str, int, Target]:
        """Return a key's JSON members, its bytes, and which item it is.

        Raises:
            Unusual: The plain way has to judge these values.
        """
        texts, size, contents = [], 0, []
        for (label, label_size, encode), value in zip(self.key_parts, values, strict=True):
            written = None if value is None else encode(value)
            if written is None:
                raise Unusual
            text, value_size = written
            texts.append(label + text)
            size += label_size + value_size
            contents.append(("S", value) if type(value) is str else _content(text))
        target = self.target(contents)
        if target is None:
            raise Unusual
        return ",".join(texts), size, target


def target_maker(table: str, attributes: tuple[str, ...]) -> Callable[[Contents], Target | None]:
    """Return what says which item a key is, for the keys of one table.

    Args:
        table: The table's name.
        attributes: The names of the key's attributes, that of the partition key first.
    """
    if len(attributes) == 1:
        return _by_partition_key(table, *attributes)
    return _by_both_keys(table, *attributes)


def _by_partition_key(table: str, name: str) -> Callable[[Contents], Target | None]:
    def target(contents: Contents) -> Target | None:
        ((tag, content),) = contents
        if 0 < len(content) <= _SURELY_FITS or _fits(content, MAX_PARTITION_KEY_BYTES):
            return table, name, tag, content
        return None

    return target


def _by_both_keys(table: str, name: str, sort_name: str) -> Callable[[Contents], Target | None]:
    is_sorted = name < sort_name

    def target(contents: Contents) -> Target | None:
        (tag, content), (sort_tag, sort_content) = contents
        if not (0 < len(content) <= _SURELY_FITS or _fits(content, MAX_PARTITION_KEY_BYTES)):
            return None
        if not (0 < len(sort_content) <= _SURELY_FITS or _fits(sort_content, MAX_SORT_KEY_BYTES)):
            return None
        if is_sorted:
            return table, name, tag, content, sort_name, sort_tag, sort_content
        return table, sort_name, sort_tag, sort_content, name, tag, content

    return target


def _fits(content: str, limit: int) -> bool:
    return 0 < len(content.encode()) <= limit


def _content(text: str) -> tuple[str, str]:
    ((tag, content),) = from_json(text).items()
    if type(content) is not str:  # bytes, which are seldom a key
        raise Unusual
    return tag, content
