"""Source of decoders: from a shape to a function.

May import all modules beside it but those that write, and the modules of `values` that convert. A
decoder returns `NOT_DECODED` where the plain path has to do it, and whatever is raised in it, by
the class as well, means the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import attrs

from transactscope.values.classes import ClassField
from transactscope.values.compiled import NOT_DECODED, parsing
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
from transactscope.values.compiled.source import Source, is_plain_name
from transactscope.values.hooks import reader, writer
from transactscope.values.nesting import on_level

if TYPE_CHECKING:
    import cattrs

_REFUSE: Final = "return NOT_DECODED"
_NUMBERS: Final[dict[Any, tuple[Any, Any]]] = {
    int: (parsing.whole_numbers, parsing.parse_whole),
    Decimal: (parsing.exact_numbers, parsing.parse_exact),
    float: (parsing.floats, parsing.parse_float),
}
_PARSED: Final[dict[Any, Callable[[str], Any]]] = {
    datetime: parsing.parse_moment,
    date: parsing.parse_date,
}
_ABSENT: Final = object()


@attrs.define
class Reading:
    """Writes the source of one decoder, from the outside in."""

    converter: cattrs.Converter
    source: Source = attrs.field(factory=Source)

    def members_decoder(self, shape: Object) -> Callable[[Any], Any]:
        """Make the decoder of a class from the attributes of an item."""
        block, line = self.source.block, self.source.line
        with block(f"def decode(item, NOT_DECODED={self._known(NOT_DECODED)})"):
            with block("try"):
                self._refuse_if("type(item) is not dict")
                line(f"return {self._made(shape, 'item')}")
            with block("except Exception"):
                line(_REFUSE)
        return self.source.compiled("decode")

    def _value(self, shape: Shape, wire: str) -> str:
        """Add the lines that read an AttributeValue, and return the name of what was read."""
        methods: dict[type, Callable[[Any, str], str]] = {
            Scalar: self._scalar,
            Expiry: self._plainly,
            Choice: self._choice,
            Optional: self._optional,
            Items: self._items,
            ExactItems: self._exact_items,
            Elements: self._elements,
            Entries: self._entries,
            Object: self._object,
            Other: self._left_to_others,
        }
        return methods[type(shape)](shape, wire)

    def _plainly(self, shape: Scalar | Expiry | Choice, wire: str) -> str:
        return self._named(f"{self._known(reader(shape.type, self.converter))}({wire})")

    def _left_to_others(self, shape: Other, wire: str) -> str:
        read = partial(on_level, shape.level, reader(shape.type, self.converter))
        return self._named(f"{self._known(read)}({wire})")

    def _object(self, shape: Object, wire: str) -> str:
        return self._made(shape, self._content(wire, "M", dict))

    def _scalar(self, shape: Scalar, wire: str) -> str:
        type_ = shape.type
        if type_ is str:
            return self._text(wire)
        if type_ is bool:
            return self._content(wire, "BOOL", bool)
        if type_ in _NUMBERS:
            return self._number(self._content(wire, "N"), *_NUMBERS[type_])
        if type_ in _PARSED:
            content = self._content(wire, "S")
            return self._named(f"{self._known(_PARSED[type_])}({content})")
        return self._plainly(shape, wire)

    def _text(self, wire: str) -> str:
        text = self._content(wire, "S", str)
        self.source.line(f"{text}.isascii() or {text}.encode()")
        return text

    def _look_at(self, texts: str) -> None:
        """Add the lines that raise if UTF-8 cannot write one of several texts."""
        joined = self._named(texts)
        self.source.line(f"{joined}.isascii() or {joined}.encode()")

    def _number(self, content: str, known: Any, parse: Any) -> str:
        number = self._named(f"{self._known(known)}.get({content})")
        with self.source.block(f"if {number} is None"):
            self.source.line(f"{number} = {self._known(parse)}({content})")
        return number

    def _optional(self, shape: Optional, wire: str) -> str:
        value = self.source.name("value")
        with self.source.block(f"if 'NULL' in {wire}"):
            self._refuse_if(f"{self._content(wire, 'NULL')} is not True")
            self.source.line(f"{value} = None")
        with self.source.block("else"):
            self.source.line(f"{value} = {self._value(shape.inner, wire)}")
        return value

    def _choice(self, shape: Choice, wire: str) -> str:
        stored = {}
        read = reader(shape.type, self.converter)
        for value in shape.values:
            written = self._written(shape, value)
            (content,) = written.items()
            stored[content] = read(written)
        tags = {tag for tag, _content in stored}
        if len(tags) != 1:
            return self._plainly(shape, wire)
        contents = {content: value for (_tag, content), value in stored.items()}
        return self._named(f"{self._known(contents)}[{self._content(wire, *tags)}]")

    def _written(self, shape: Choice, value: Any) -> Any:
        if shape.class_ is shape.type:  # an Enum, whose members are stored as their values are
            return writer(object, self.converter)(value.value)
        return writer(type(value), self.converter)(value)

    def _items(self, shape: Items, wire: str) -> str:
        items = self._content(wire, "L", list)
        read, item = self._named("[]"), self.source.name("item")
        is_text = shape.item == Scalar(str)
        with self.source.block(f"for {item} in {items}"):
            value = self._content(item, "S", str) if is_text else self._value(shape.item, item)
            self.source.line(f"{read}.append({value})")
        if is_text:
            self._look_at(f"''.join({read})")
        return read if shape.made is list else self._named(f"tuple({read})")

    def _exact_items(self, shape: ExactItems, wire: str) -> str:
        items = self._content(wire, "L", list)
        names = [self.source.name("item") for _ in shape.items]
        self.source.line(f"{', '.join(names)}, = {items}")
        read = [self._value(item, name) for item, name in zip(shape.items, names, strict=True)]
        return self._named(f"({', '.join(read)},)")

    def _elements(self, shape: Elements, wire: str) -> str:
        made = self._known(shape.made)
        if shape.element is str:
            elements = self._content(wire, "SS", list)
            element = self.source.name("element")
            with self.source.block(f"for {element} in {elements}"):
                self._refuse_if(f"type({element}) is not str")
            self._look_at(f"''.join({elements})")
            read = self._named(f"{made}({elements})")
        else:
            elements = self._content(wire, "NS", list)
            numbers, element = self._named("[]"), self.source.name("element")
            with self.source.block(f"for {element} in {elements}"):
                self.source.line(f"{numbers}.append({self._number(element, *_NUMBERS[int])})")
            read = self._named(f"{made}({numbers})")
        self._refuse_if(f"not 0 < len({read}) == len({elements})")
        return read

    def _entries(self, shape: Entries, wire: str) -> str:
        entries = self._content(wire, "M", dict)
        read, key, item = self._named("{}"), self.source.name("key"), self.source.name("item")
        with self.source.block(f"for {key}, {item} in {entries}.items()"):
            self._refuse_if(f"type({key}) is not str")
            self.source.line(f"{key}.isascii() or {key}.encode()")
            self.source.line(f"{read}[{key}] = {self._value(shape.value, item)}")
        return read

    def _made(self, shape: Object, stored: str) -> str:
        """Add the lines that read the members of an object, and return the name of the object.

        Args:
            shape: The object.
            stored: The name of the dict of its attributes.
        """
        class_, absent = shape.class_, self._known(_ABSENT)
        arguments: dict[str, str] = {}
        later: list[tuple[ClassField, str]] = []
        for member in shape.members:
            field = member.field
            value = self._member(member, shape, stored, absent)
            if not field.init:
                later.append((field, value))
            else:
                arguments[field.argument] = value
        made = self._named(f"{self._known(class_)}({', '.join(_given(class_, arguments))})")
        for field, value in later:
            with self.source.block(f"if {value} is not {absent}"):
                # As attrs and dataclasses do, for frozen ones.
                set_ = self._known(object.__setattr__)
                self.source.line(f"{set_}({made}, {field.name!r}, {value})")
        return made

    def _member(self, member: Member, shape: Object, stored: str, absent: str) -> str:
        field = member.field
        wire = self.source.name("wire")
        if field.init and not field.has_default and not field.is_none_if_absent:
            self.source.line(f"{wire} = {stored}[{field.attribute!r}]")
            return self._value(member.shape, wire)
        value = self.source.name("value")
        self.source.line(f"{wire} = {stored}.get({field.attribute!r})")
        with self.source.block(f"if {wire} is None"):
            self._refuse_if(f"{field.attribute!r} in {stored}")
            self._default(field, shape.class_, value, absent)
        with self.source.block("else"):
            self.source.line(f"{value} = {self._value(member.shape, wire)}")
        return value

    def _default(self, field: ClassField, class_: type, value: str, absent: str) -> None:
        """Add the line that says what stands for a missing attribute."""
        if field.is_none_if_absent:
            self.source.line(f"{value} = None")
        elif not field.init:
            self.source.line(f"{value} = {absent}")
        else:
            default = _default_of_argument(class_, field.argument)
            is_known = default is not inspect.Parameter.empty
            self.source.line(f"{value} = {self._known(default)}" if is_known else _REFUSE)

    def _content(self, wire: str, tag: str, class_: type | None = None) -> str:
        """Add the lines that take an AttributeValue apart; they refuse all but one tag."""
        content = self._named(f"{wire}[{tag!r}]")
        wrong = f"len({wire}) != 1 or type({wire}) is not dict"
        if class_ is not None:
            wrong = f"{wrong} or type({content}) is not {class_.__name__}"
        self._refuse_if(wrong)
        return content

    def _named(self, expression: str) -> str:
        name = self.source.name("value")
        self.source.line(f"{name} = {expression}")
        return name

    def _refuse_if(self, condition: str) -> None:
        with self.source.block(f"if {condition}"):
            self.source.line(_REFUSE)

    def _known(self, used: Any) -> str:
        return self.source.constant(used, "known")


def _given(class_: type, arguments: dict[str, str]) -> Iterator[str]:
    """Write the arguments of a call: by their places as far as they go, which takes less time."""
    left = dict(arguments)
    for parameter in _parameters(class_):
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.name not in left:
            break
        yield left.pop(parameter.name)
    for name, value in left.items():
        yield f"{name}={value}" if is_plain_name(name) else f"**{{{name!r}: {value}}}"


def _default_of_argument(class_: type, argument: str) -> Any:
    """Return what `__init__` has for an argument that is not given; `empty` if nobody knows.

    Python itself fills that in, so giving it says the same as giving nothing.
    """
    defaults = {parameter.name: parameter.default for parameter in _parameters(class_)}
    return defaults.get(argument, inspect.Parameter.empty)


def _parameters(class_: type) -> Sequence[inspect.Parameter]:
    """Return what a class is called with; nothing where nobody knows."""
    init: Any = getattr(class_, "__init__")  # noqa: B009 - a type checker takes it for a call's
    made_by = getattr(type(class_), "__call__"), getattr(class_, "__new__")  # noqa: B004, B009
    is_plain = made_by == (type.__call__, object.__new__)
    if not is_plain or not isinstance(init, FunctionType) or hasattr(init, "__wrapped__"):
        return ()
    return tuple(inspect.signature(init).parameters.values())[1:]  # without `self`
