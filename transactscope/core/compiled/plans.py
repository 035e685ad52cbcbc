"""What is worked out once for each entity class: how its keys, items and calls are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import attrs

from transactscope.core.compiled.shapes import Shape, Unusual
from transactscope.entities.mapping import EntityMapping
from transactscope.entities.templates import parts_of
from transactscope.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from transactscope.types.json_text import from_json, json_text
from transactscope.values.compiled import Encoder, MembersEncoder, encoder, is_closed
from transactscope.values.sizes import text_size

if TYPE_CHECKING:
    from types import FrameType

    from cattrs import Converter

    from transactscope.core.compiled.encoded import EncodedAction

MAX_PLANS: Final = 1024
"""How many classes, each in each of its tables, are known at a time."""

MAX_SHAPES: Final = 256
"""How many shapes are kept for one class; the oldest goes when there is one more."""

Contents: TypeAlias = Sequence[tuple[str, str]]
"""The values of a key's attributes, each as its type tag and its content."""

Target: TypeAlias = tuple[str, ...]
"""What `core.actions.item_target` returns."""

_NUMBER: Final = '{"N":"'  # what follows is never escaped

PutWriter: TypeAlias = "Callable[[Any, FrameType], EncodedAction | None]"
"""Writes the put of an entity, for a call in a frame; None: the plain way has to do it."""

SURELY_FITS: Final = 256
"""Characters that fit into any key: each has four bytes at most, and a sort key takes 1,024."""


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
        is_composed: Whether a template composes it, so that no field is stored as it.
        write: Returns the JSON of the value, its bytes, and its type tag with its content, for the
            values of the fields that a key consists of. It raises `Unusual`.
    """

    label: str
    size: int
    is_composed: bool
    write: Callable[[Sequence[Any]], tuple[str, int, tuple[str, str]]]


def _has_composed_part(plan: ClassPlan) -> bool:
    return any(part.is_composed for part in plan.key_parts)


@attrs.frozen(eq=False)
class ClassPlan:
    """How the calls with one class are written.

    Attributes:
        mapping: What is known of the class.
        key_names: The names of the key's attributes.
        target: Says which item a key is; None for a key that may be empty or too long.
        key_parts: What writes a key.
        composing: Which parts of a key updates store as fields of their own.
        members: What writes a whole entity; None where its item is more than that.
        kind: The JSON of the discriminator, with a comma before it; empty without one.
        kind_size: Its bytes.
        writes_more: Whether the library has something of its own to write with puts and updates,
            so that they are left to the plain way.
        puts: What writes puts without a condition of the user's, by verb; see `puts`.
        shapes: The shapes of all other calls.
    """

    mapping: EntityMapping
    key_names: frozenset[str]
    target: Callable[[Contents], Target | None]
    key_parts: tuple[KeyPart, ...]
    composing: tuple[int, ...]
    members: MembersEncoder | None
    kind: str
    kind_size: int
    writes_more: bool
    puts: dict[str, PutWriter] = attrs.field(factory=dict)
    shapes: Shapes = attrs.field(factory=Shapes)
    has_composed_key: bool = attrs.field(
        init=False, default=attrs.Factory(_has_composed_part, takes_self=True)
    )

    def written_key(
        self, values: Sequence[Any], *, only_composed: bool = False
    ) -> tuple[str, int, Target]:
        """Return a key's JSON members, their bytes, and which item it is.

        Args:
            values: Those of the fields that the key consists of.
            only_composed: Whether to return only the members that are no fields.

        Raises:
            Unusual: The plain way has to judge these values.
        """
        texts, size, contents = [], 0, []
        for label, label_size, is_composed, write in self.key_parts:
            text, value_size, content = write(values)
            contents.append(content)
            if is_composed or not only_composed:
                texts.append(label + text)
                size += label_size + value_size
        target = self.target(contents)
        if target is None:
            raise Unusual
        return ",".join(texts), size, target

    def written_entity(self, entity: Any) -> tuple[str, int, Target]:
        """Return an entity's JSON members, their bytes, and which item it is.

        Raises:
            Unusual: The plain way has to write it.
        """
        written = None if self.members is None else self.members(entity)
        if written is None:
            raise Unusual
        members, size, contents = written
        if not self.has_composed_key:
            target = self.target(contents)
            if target is None:
                raise Unusual
            return members + self.kind, size + self.kind_size, target
        values = [getattr(entity, name) for name in self.mapping.key_fields]
        composed, composed_size, target = self.written_key(values, only_composed=True)
        return (
            f"{composed},{members}{self.kind}",
            composed_size + size + self.kind_size,
            target,
        )


def key_parts(mapping: EntityMapping, converter: Converter) -> tuple[KeyPart, ...] | None:
    """Return what writes the keys of a class; None where a hook of the user's converts a field."""
    types = {name: mapping.fields[name].type for name in mapping.key_fields}
    if not all(is_closed(type_, converter) for type_ in types.values()):
        return None
    return tuple(_key_parts(mapping, types, converter))


def _key_parts(
    mapping: EntityMapping, types: Mapping[str, Any], converter: Converter
) -> Iterator[KeyPart]:
    numbers = {name: number for number, name in enumerate(mapping.key_fields)}
    encoders = {name: encoder(type_, converter) for name, type_ in types.items()}
    for key in mapping.key_attributes:
        if key.template is None:
            (name,) = key.fields
            write = _writer_of_field(numbers[name], encoders[name])
        else:
            prefix, slots = parts_of(key.template)
            pieces = [
                (numbers[slot.field], encoders[slot.field], slot.format_spec, slot.literal_after)
                for slot in slots
            ]
            write = _writer_of_template(prefix, pieces, encoder(str, converter))
        label = f"{json_text(key.attribute)}:"
        yield KeyPart(label, text_size(key.attribute), key.template is not None, write)


def _writer_of_field(
    number: int, encode: Encoder
) -> Callable[[Sequence[Any]], tuple[str, int, tuple[str, str]]]:
    def write(values: Sequence[Any]) -> tuple[str, int, tuple[str, str]]:
        value = values[number]
        written = None if value is None else encode(value)
        if written is None:
            raise Unusual
        text, size = written
        return text, size, ("S", value) if type(value) is str else _content(text)

    return write


def _writer_of_template(
    prefix: str, pieces: Sequence[tuple[int, Encoder, str, str]], encode_text: Encoder
) -> Callable[[Sequence[Any]], tuple[str, int, tuple[str, str]]]:
    """Do what `KeyTemplate.compose` does, for values about which there is nothing to say."""

    def write(values: Sequence[Any]) -> tuple[str, int, tuple[str, str]]:
        texts = [prefix]
        for number, encode, spec, literal in pieces:
            value = values[number]
            written = None if value is None else encode(value)
            if written is None:
                raise Unusual
            if spec:
                text = format(value, spec)
            else:
                text = value if type(value) is str else _content(written[0])[1]
            if not text or (literal and (text + literal).find(literal) != len(text)):
                raise Unusual
            texts += text, literal
        composed = "".join(texts)
        written = encode_text(composed)
        if written is None:
            raise Unusual
        return (*written, ("S", composed))

    return write


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
        if 0 < len(content) <= SURELY_FITS or _fits(content, MAX_PARTITION_KEY_BYTES):
            return table, name, tag, content
        return None

    return target


def _by_both_keys(table: str, name: str, sort_name: str) -> Callable[[Contents], Target | None]:
    is_sorted = name < sort_name

    def target(contents: Contents) -> Target | None:
        (tag, content), (sort_tag, sort_content) = contents
        if not (0 < len(content) <= SURELY_FITS or _fits(content, MAX_PARTITION_KEY_BYTES)):
            return None
        if not (0 < len(sort_content) <= SURELY_FITS or _fits(sort_content, MAX_SORT_KEY_BYTES)):
            return None
        if is_sorted:
            return table, name, tag, content, sort_name, sort_tag, sort_content
        return table, sort_name, sort_tag, sort_content, name, tag, content

    return target


def _fits(content: str, limit: int) -> bool:
    return 0 < len(content.encode()) <= limit


def _content(text: str) -> tuple[str, str]:
    if text.startswith(_NUMBER):
        return "N", text[len(_NUMBER) : -len('"}')]
    ((tag, content),) = from_json(text).items()
    if type(content) is not str:  # bytes, which are seldom a key
        raise Unusual
    return tag, content
