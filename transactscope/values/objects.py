"""Objects of attrs classes and dataclasses, stored as maps.

May import `classes`, `defaults`, `hooks`, `marks`, `nesting` and `wording`. An object is made by
calling its class, so converters and validators run. Fields that `__init__` does not take
are stored as well, and set afterwards: nothing is dropped silently.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_origin

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue, Item
from transactscope.values.classes import ClassField, class_fields, is_class_with_fields
from transactscope.values.defaults import LEFT_OUT, leaving_out_default
from transactscope.values.hooks import Kind, Reader, Tags, Writer, content_of, reader, writer
from transactscope.values.marks import NoValue
from transactscope.values.nesting import nested_reader, nested_writer
from transactscope.values.wording import mismatch, placed, refusal

if TYPE_CHECKING:
    import cattrs

_UNSET: Final = object()


def _object_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    class_ = get_origin(type_) or type_

    @cache  # at first use, not before: a class may contain itself
    def plan() -> list[tuple[ClassField, Writer]]:
        check_can_be_made(type_)
        return [(field, _field_writer(field, converter)) for field in class_fields(type_)]

    def write(value: Any) -> AttributeValue:
        # A subclass may have more fields, which would be lost.
        if type(value) is not class_:
            raise mismatch(type_, value)
        stored: Item = {}
        for field, write_content in plan():
            content = getattr(value, field.name, _UNSET)
            if not (content is None and field.omits_none):
                _write_field(class_, field, write_content, content, stored)
        return {"M": stored}

    return nested_writer(write)


def _field_writer(field: ClassField, converter: cattrs.Converter) -> Writer:
    write = writer(field.type, converter)
    return leaving_out_default(field, write) if field.omits_default else write


def _write_field(
    class_: type, field: ClassField, write: Writer, content: Any, stored: Item
) -> None:
    try:
        if content is not _UNSET:
            wire = write(content)
            if wire is not LEFT_OUT:
                stored[field.attribute] = wire
        elif field.init:
            problem = "the object has no such attribute"
            raise refusal(problem, field.type)
    except ConversionError as error:
        placed(error, _place(class_, field))
        raise


def check_can_be_made(type_: Any) -> None:
    """Refuse to write what is no value, or what `__init__` needs more for than fields have.

    Raises:
        ConversionError: The objects could not be made again of what is stored. Not sent.
    """
    class_ = get_origin(type_) or type_
    if issubclass(class_, NoValue):
        raise refusal(f"{class_.__name__} is no value: {class_.why_no_value}", type_)
    stored = {field.argument for field in class_fields(type_)}
    parameters = inspect.signature(class_).parameters.values()
    named = [
        each for each in parameters if each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    ]
    for parameter in named:
        if parameter.default is parameter.empty and parameter.name not in stored:
            raise refusal(f"its __init__ needs {parameter.name}, which is not stored", type_)


def _object_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    class_ = get_origin(type_) or type_

    @cache  # at first use, not before: a class may contain itself
    def plan() -> list[tuple[ClassField, Reader]]:
        return [(field, reader(field.type, converter)) for field in class_fields(type_)]

    def read(wire: Any) -> Any:
        stored = content_of(wire, "M", type_)
        arguments, set_later = {}, {}
        for field, read_content in plan():
            if field.attribute in stored:
                content = _read_field(class_, field, read_content, stored)
            elif field.is_none_if_absent:
                content = None
            elif field.init and not field.has_default:
                problem = "the attribute is missing, and the field has no default"
                raise placed(refusal(problem, field.type), _place(class_, field))
            else:
                continue  # the class has a default, or sets it itself
            if field.init:
                arguments[field.argument] = content
            else:
                set_later[field.name] = content
        return _made(type_, arguments, set_later)

    return nested_reader(read)


def _read_field(class_: type, field: ClassField, read: Reader, stored: Item) -> Any:
    try:
        return read(stored[field.attribute])
    except ConversionError as error:
        placed(error, _place(class_, field))
        raise


def _made(type_: Any, arguments: dict[str, Any], set_later: dict[str, Any]) -> Any:
    class_ = get_origin(type_) or type_
    try:
        made = class_(**arguments)
    except Exception as error:
        refused = refusal(f"making it raised {type(error).__name__}", type_)
        raise placed(refused, class_.__name__) from error
    for name, content in set_later.items():
        object.__setattr__(made, name, content)  # as attrs and dataclasses do, for frozen ones
    return made


def _place(class_: type, field: ClassField) -> str:
    return f"{class_.__name__}.{field.name}"


def _tags(_type: Any, _converter: cattrs.Converter) -> Tags:
    return frozenset({"M"})


OBJECTS: Final = Kind(is_class_with_fields, _object_writer, _object_reader, _tags)
