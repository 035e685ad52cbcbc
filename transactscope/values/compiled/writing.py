"""Source of encoders: from a shape to a function.

May import all modules beside it but `reading`, and the modules of `values` that convert. An encoder
returns None where the plain path has to do it, and whatever is raised in it means the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from transactscope.errors import ConversionError
from transactscope.types.json_text import json_text
from transactscope.values.classes import ClassField
from transactscope.values.compiled import texts
from transactscope.values.compiled.scalar_writing import write_choice, write_expiry, write_scalar
from transactscope.values.compiled.shapes import (
    Choice,
    Elements,
    Entries,
    ExactItems,
    Expiry,
    Items,
    Member,
    Object,
    Optional,
    Other,
    Scalar,
    Shape,
)
from transactscope.values.compiled.source import (
    Code,
    Piece,
    Source,
    attribute_source,
    joined_exactly,
)
from transactscope.values.compiled.written import (
    LEFT_OUT,
    NULL,
    REFUSE,
    EncoderSource,
    Written,
    assign,
    demand,
    either,
)
from transactscope.values.defaults import LEFT_OUT as NOT_STORED
from transactscope.values.defaults import default_maker, leaving_out_default
from transactscope.values.hooks import Writer, writer
from transactscope.values.nesting import on_level
from transactscope.values.objects import check_can_be_made
from transactscope.values.sizes import CONTAINER_BYTES, element_size, text_size, value_size

if TYPE_CHECKING:
    import cattrs

Column: TypeAlias = tuple[int, str, Shape]
"""Which value of a sequence it is, what is written before it, and its shape."""

_UNSET: Final = object()
_MEMBER_BYTES: Final = element_size(0, 0)
_EMPTY_LIST: Final = Written(['{"L":[]}'], CONTAINER_BYTES)


@attrs.define
class Writing:
    """Writes the source of one encoder, from the outside in."""

    converter: cattrs.Converter
    source: EncoderSource = attrs.field(factory=EncoderSource)

    def value_encoder(self, shape: Shape) -> Callable[[Any], Any]:
        """Make the encoder of one value: its text and its size."""
        with self._function():
            self._return(self._written(shape, "value"))
        return self.source.compiled("encode")

    def members_encoder(self, shape: Object, keep: tuple[str, ...]) -> Callable[[Any], Any]:
        """Make the encoder of an object: the text of its members, their size, what is kept."""
        contents = dict.fromkeys(keep, "")
        with self._function():
            demand(self.source, "value", shape.class_)
            members = self._members(shape, "value", contents)
            if self.source.raw:
                self._look_at_raw_texts(_careful(self.converter, shape, keep))
            if all(contents.values()):
                self._return(members, f", ({''.join(f'{contents[name]}, ' for name in keep)})")
            else:  # it is no field, or neither a text nor a number
                self.source.line(REFUSE)
        return self.source.compiled("encode")

    def row_encoder(self, columns: Sequence[Column]) -> Callable[[Any], Any]:
        """Make the encoder of some values of a sequence, each behind its label: text and size."""
        with self._function():
            parts = [self._column(*column) for column in columns]
            if self.source.raw:
                self._look_at_raw_texts(_careful_row(self.converter, columns))
            self._return(_row("", parts, ""))
        return self.source.compiled("encode")

    def _column(self, number: int, label: str, shape: Shape) -> Written:
        name = self.source.name("value")
        self.source.line(f"{name} = value[{number}]")
        if shape == Scalar(str) and self.source.takes_raw:
            demand(self.source, name, str)
        written = self._written(shape, name)
        return attrs.evolve(written, pieces=[label, *written.pieces])

    @contextmanager
    def _function(self) -> Generator[None, None, None]:
        with self.source.block("def encode(value)"):
            with self.source.block("try"):
                yield
            with self.source.block("except Exception"):
                self.source.line(REFUSE)

    def _return(self, written: Written, more: str = "") -> None:
        line, block = self.source.line, self.source.block
        text = joined_exactly(written.pieces) if self.source.raw else written.text
        line(f"text = {text}")
        line(f"size = len(text) + {written.surplus}")
        with block("if not text.isascii()"):
            line("size += len(text.encode()) - len(text)")
        with block(r"if '\\' in text"):
            line(f"size -= {self._known(texts.escapes)}(text)")
        line(f"return text, size{more}")

    def _look_at_raw_texts(self, careful: Callable[[Any], Any]) -> None:
        """Add the lines that leave an object to another encoder if a text has to be escaped."""
        line, to_escape = self.source.line, self._known(texts.TO_ESCAPE)
        line(f"raw = ''.join([{', '.join(self.source.raw)}]).encode()")
        with self.source.block(f"if len(raw.translate(None, {to_escape})) != len(raw)"):
            line(f"return {self._known(careful)}(value)")

    def _written(self, shape: Shape, value: str) -> Written:
        """Add the lines that a value needs which has that name in the source."""
        methods: dict[type, Callable[[Any, str], Written]] = {
            Scalar: self._scalar,
            Expiry: self._expiry,
            Choice: self._choice,
            Optional: self._optional,
            Items: self._items,
            ExactItems: self._exact_items,
            Elements: self._elements,
            Entries: self._entries,
            Object: self._object,
            Other: self._left_to_others,
        }
        return methods[type(shape)](shape, value)

    def _scalar(self, shape: Scalar, value: str) -> Written:
        return write_scalar(self.source, shape, value)

    def _expiry(self, shape: Expiry, value: str) -> Written:
        return write_expiry(self.source, shape, value)

    def _choice(self, shape: Choice, value: str) -> Written:
        return write_choice(self.source, shape, value, self.converter)

    def _optional(self, shape: Optional, value: str) -> Written:
        condition, inner = f"{value} is None", shape.inner
        return either(self.source, condition, NULL, lambda: self._written(inner, value))

    def _left_to_others(self, shape: Other, value: str) -> Written:
        return self._other(writer(shape.type, self.converter), shape.level, value)

    def _items(self, shape: Items, value: str) -> Written:
        demand(self.source, value, *shape.classes)
        if shape.item == Scalar(str):
            return self._texts(value)
        item = self.source.name("item")
        with self._loop(f"for {item} in {value}") as parts:
            parts.add(self._written(shape.item, item))
        return parts.between('{"L":[', "]}")

    def _texts(self, value: str) -> Written:
        """Write a list of texts, which most lists are, without a loop of ours."""
        inner, takes_raw = self.source.name("text"), self.source.takes_raw
        before, between, after = '{"S":"', '"},{"S":"', '"}'
        each = _MEMBER_BYTES - len(before) - len(after) - len(",")
        if takes_raw:  # a copy, because it is looked at later than it is written
            self.source.line(f"{value} = [*{value}]")
            self.source.raw.append(f"*{value}")

        def written() -> Written:
            self.source.line(f"{inner} = {between!r}.join({self._contents(value, takes_raw)})")
            pieces: list[Piece] = ['{"L":[', before, Code(inner), after, "]}"]
            # `before` and `after` stand once among the pieces, and are counted there already.
            fixed = CONTAINER_BYTES + len(before) + len(after) + len(",")
            return Written(pieces, fixed, (f"{each} * len({value})",))

        return either(self.source, f"not {value}", _EMPTY_LIST, written)

    def _contents(self, value: str, is_raw: bool) -> str:  # noqa: FBT001 - it is passed on
        """Return an expression for the texts of a list, as they stand between quotes."""
        item, escape = self.source.name("item"), self._known(texts.escape)
        return value if is_raw else f"[{escape}({item})[1:-1] for {item} in {value}]"

    def _exact_items(self, shape: ExactItems, value: str) -> Written:
        demand(self.source, value, tuple)
        names = [self.source.name("item") for _ in shape.items]
        self.source.line(f"{', '.join(names)}, = {value}")
        written = [self._written(item, name) for item, name in zip(shape.items, names, strict=True)]
        count = len(written)
        return _row('{"L":[', written, "]}", CONTAINER_BYTES + count * _MEMBER_BYTES)

    def _elements(self, shape: Elements, value: str) -> Written:
        demand(self.source, value, *shape.classes)
        element, elements = self.source.name("element"), self.source.name("elements")
        with self.source.block(f"for {element} in {value}"):
            demand(self.source, element, shape.element)
        self.source.line(f"{elements} = sorted({value})")
        with self.source.block(f"if not {elements}"):
            self.source.line(REFUSE)
        if shape.element is int:
            return self._whole_elements(elements)
        if takes_raw := self.source.takes_raw:
            self.source.raw.append(f"*{elements}")
        text, between = self.source.name("text"), '","'
        contents = self._contents(elements, takes_raw)
        self.source.line(f"{text} = {between!r}.join({contents})")
        surplus = f"{-len(between)} * len({elements}) + {len(between)}"
        return Written(['{"SS":["', Code(text), '"]}'], 0, (surplus,))

    def _whole_elements(self, value: str) -> Written:
        element = self.source.name("element")
        with self._loop(f"for {element} in {value}") as parts:
            number = write_scalar(self.source, Scalar(int), element)
            parts.add(Written(['"', *number.pieces[1:-1], '"'], -_MEMBER_BYTES, number.surpluses))
        return parts.between('{"NS":[', "]}", 0)

    def _entries(self, shape: Entries, value: str) -> Written:
        demand(self.source, value, dict)
        key, item = self.source.name("key"), self.source.name("item")
        with self._loop(f"for {key}, {item} in {value}.items()") as parts:
            demand(self.source, key, str)
            written = self._written(shape.value, item)
            name = Code(f"{self._known(texts.escape)}({key})")
            fixed = written.fixed - len('""')
            parts.add(Written([name, ":", *written.pieces], fixed, written.surpluses))
        return parts.between('{"M":{', "}}")

    @contextmanager
    def _loop(self, head: str) -> Generator[_Parts, None, None]:
        parts = _Parts(self.source, self.source.name("parts"), self.source.name("surplus"))
        self.source.line(f"{parts.texts} = []")
        self.source.line(f"{parts.surplus} = 0")
        with self.source.block(head):
            yield parts

    def _object(self, shape: Object, value: str) -> Written:
        demand(self.source, value, shape.class_)
        members = self._members(shape, value, {}, _MEMBER_BYTES)
        return _row('{"M":{', [members], "}}", CONTAINER_BYTES)

    def _members(
        self, shape: Object, value: str, contents: dict[str, str], overhead: int = 0
    ) -> Written:
        """Write an object's members, those first that are never left out.

        Args:
            shape: The object.
            value: The name that it has.
            contents: The names of fields that are kept; gets the expressions for their contents.
            overhead: The bytes that each member counts beside its name and its value.
        """
        check_can_be_made(shape.type)
        sure: list[Written] = []
        unsure: list[Written] = []
        for member in shape.members:
            name = self.source.name("value")
            field = member.field
            if field.name in contents:
                written = self._kept_member(member, value, name)
                contents[field.name] = written.content
                sure.append(_member(field, written, overhead))
            elif field.init and not field.omits_none and not field.omits_default:
                self.source.line(f"{name} = {attribute_source(value, field.name)}")
                sure.append(_member(field, self._written(member.shape, name), overhead))
            else:
                unsure.append(self._unsure_member(member, shape.level + 1, value, name, overhead))
        return self._in_a_row(sure, unsure)

    def _in_a_row(self, sure: list[Written], unsure: list[Written]) -> Written:
        if sure or not unsure:
            return _row("", [_row("", sure, ""), *unsure], "", separator="")
        all_unsure = _row("", unsure, "", separator="")
        text, surplus = self.source.name("text"), self.source.name("surplus")
        assign(self.source, all_unsure, text, surplus)
        with self.source.block(f"if {text}"):
            self.source.line(f"{text} = {text}[1:]")
            self.source.line(f"{surplus} += 1")
        return Written([Code(text)], 0, (surplus,))

    def _kept_member(self, member: Member, value: str, name: str) -> Written:
        self.source.line(f"{name} = {attribute_source(value, member.field.name)}")
        shape = _without_none(member.shape)
        if shape == Scalar(str):
            demand(self.source, name, str)
        if member.field.omits_default:  # it is seldom a key
            self.source.line(REFUSE)
        return self._written(shape, name)

    def _unsure_member(
        self, member: Member, level: int, value: str, name: str, overhead: int
    ) -> Written:
        """Write a member, with a comma before it, that may be left out."""
        field, source = member.field, self.source
        conditions = [f"{name} is None"] if field.omits_none else []
        if field.init:
            source.line(f"{name} = {attribute_source(value, field.name)}")
        else:
            unset = self._known(_UNSET)
            source.line(f"{name} = getattr({value}, {field.name!r}, {unset})")
            conditions.append(f"{name} is {unset}")

        def written() -> Written:
            if field.omits_default:
                return self._unless_default(member, level, name, overhead)
            shape = _without_none(member.shape) if field.omits_none else member.shape
            return _member(field, self._written(shape, name), overhead, ",")

        return either(source, " or ".join(conditions) or "False", LEFT_OUT, written)

    def _unless_default(self, member: Member, level: int, name: str, overhead: int) -> Written:
        field, shape = member.field, member.shape
        default = self._stored_default(field, shape, level)
        if default is None:
            write = leaving_out_default(field, writer(field.type, self.converter))
            value = self._other(write, level, name)
            condition = f"{value.text} == ''"
        else:
            text, surplus = self.source.name("text"), self.source.name("surplus")
            assign(self.source, self._written(shape, name), text, surplus)
            value = Written([Code(text)], 0, (surplus,))
            condition = f"{text} == {default!r}"
        stored = _member(field, value, overhead, ",")
        return either(self.source, condition, LEFT_OUT, lambda: stored)

    def _stored_default(self, field: ClassField, shape: Shape, level: int) -> str | None:
        """Return the JSON text of a default, if another text means another value."""
        inner = _without_none(shape)
        try:
            write = writer(field.type, self.converter)
            text = json_text(on_level(level, write, default_maker(field.default)()))
        except ConversionError:  # an empty set, which need not be stored
            return None
        is_exact = isinstance(inner, Scalar | Expiry | Choice) or text in {'{"L":[]}', '{"M":{}}'}
        return text if is_exact else None

    def _other(self, write: Writer, level: int, value: str) -> Written:
        def encode(content: Any) -> tuple[str, int]:
            wire = on_level(level, write, content)
            if wire is NOT_STORED:
                return "", 0
            text = json_text(wire)
            return text, texts.surplus(text, value_size(wire))

        text, surplus = self.source.name("text"), self.source.name("surplus")
        self.source.line(f"{text}, {surplus} = {self._known(encode)}({value})")
        return Written([Code(text)], 0, (surplus,))

    def _known(self, used: Any) -> str:
        return self.source.constant(used, "known")


def _careful(
    converter: cattrs.Converter, shape: Object, keep: tuple[str, ...]
) -> Callable[[Any], Any]:
    """Return the encoder that escapes each text by itself, which is made when it is needed."""

    @cache
    def encoder() -> Callable[[Any], Any]:
        return Writing(converter).members_encoder(shape, keep)

    return lambda value: encoder()(value)  # noqa: PLW0108 - calling it is what makes it


def _careful_row(converter: cattrs.Converter, columns: Sequence[Column]) -> Callable[[Any], Any]:
    """Do the same for a row."""

    @cache
    def encoder() -> Callable[[Any], Any]:
        return Writing(converter).row_encoder(columns)

    return lambda value: encoder()(value)  # noqa: PLW0108 - calling it is what makes it


@attrs.frozen
class _Parts:
    """What a loop in the source puts together: a list of texts, and the sum of their surpluses."""

    source: Source
    texts: str
    surplus: str

    def add(self, written: Written) -> None:
        """Add a part, behind which a comma stands: it takes what a member counts."""
        self.source.line(f"{self.texts}.append({written.text})")
        self.source.line(f"{self.surplus} += {written.surplus}")

    def between(self, before: str, after: str, size: int = CONTAINER_BYTES) -> Written:
        """Return all parts, between two texts; one comma less than there are parts."""
        text = self.source.name("text")
        self.source.line(f"{text} = ','.join({self.texts})")
        surpluses = (self.surplus, f"bool({self.texts})")
        return Written([before, Code(text), after], size, surpluses)


def _without_none(shape: Shape) -> Shape:
    return shape.inner if isinstance(shape, Optional) else shape


def _member(field: ClassField, written: Written, overhead: int, before: str = "") -> Written:
    name = f"{before}{texts.escape(field.attribute)}:"
    fixed = written.fixed + overhead + text_size(field.attribute)
    return Written([name, *written.pieces], fixed, written.surpluses, written.content)


def _row(
    before: str, parts: list[Written], after: str, size: int = 0, separator: str = ","
) -> Written:
    """Write parts one after the other, between two texts."""
    pieces: list[Piece] = [before]
    for index, part in enumerate(parts):
        pieces += [separator if index else "", *part.pieces]
    fixed = size + sum(part.fixed for part in parts)
    surpluses = tuple(surplus for part in parts for surplus in part.surpluses)
    return Written([*pieces, after], fixed, surpluses)
