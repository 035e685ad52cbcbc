"""Unions: which member a value belongs to, and how reading finds it again.

May import `classes`, `hooks`, `numbers`, `wire`, `wording` and `wrappers`. A member that is a
class is named in the stored map, `{"_type": {"S": "Album"}}`; other members are
told apart by their type tags. What could not be told apart is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import attrs

from transactscope.errors import ConversionError
from transactscope.types import AttributeValue
from transactscope.values.classes import class_fields, is_class_with_fields
from transactscope.values.hooks import Kind, Reader, Tags, Writer, reader, write_hook, writer
from transactscope.values.numbers import parse_number
from transactscope.values.wire import unpack
from transactscope.values.wording import is_union, mismatch, refusal, type_text
from transactscope.values.wrappers import unwrapped

if TYPE_CHECKING:
    import cattrs

TYPE_ATTRIBUTE: Final = "_type"
"""The attribute that names the class of a union's member."""

_NOTHING: Final = type(None)


@attrs.frozen(eq=False)
class _Member:
    """One member as declared, and as what it stands for (`bare`)."""

    type: Any
    bare: Any
    tags: Tags
    write: Writer
    read: Reader


@attrs.frozen(eq=False)
class _Plan:
    """A union of several members: the classes by name, and those that type tags tell apart."""

    type: Any
    classes: dict[str, _Member]
    others: list[_Member]


def _member_types(type_: Any) -> list[Any]:
    """List the members that are left without None, and without Literals of other members."""
    members = [member for member in _flattened(type_) if unwrapped(member) is not _NOTHING]
    literals = [member for member in members if get_origin(unwrapped(member)) is Literal]
    others = [member for member in members if member not in literals]
    covered = [unwrapped(member) for member in others]
    choices = [choice for literal in literals for choice in get_args(unwrapped(literal))]
    rest = tuple(choice for choice in choices if type(choice) not in covered)
    return [*others, Literal[rest]] if rest else others


def _flattened(type_: Any) -> list[Any]:
    found: list[Any] = []
    for member in get_args(type_):
        bare = unwrapped(member)
        found += _flattened(bare) if is_union(bare) else [member]
    return found


def _takes_none(type_: Any) -> bool:
    return any(unwrapped(member) is _NOTHING for member in _flattened(type_))


def _union_writer(type_: Any, converter: cattrs.Converter) -> Writer:
    members, takes_none = _member_types(type_), _takes_none(type_)
    write_other = (
        writer(members[0], converter)
        if len(members) == 1
        else _several_writer(cache(lambda: _plan(type_, members, converter)))
    )

    def write(value: Any) -> AttributeValue:
        return {"NULL": True} if takes_none and value is None else write_other(value)

    return write


def _union_reader(type_: Any, converter: cattrs.Converter) -> Reader:
    members, takes_none = _member_types(type_), _takes_none(type_)
    read_other = (
        reader(members[0], converter)
        if len(members) == 1
        else _several_reader(cache(lambda: _plan(type_, members, converter)))
    )

    def read(wire: Any) -> Any:
        return None if takes_none and wire == {"NULL": True} else read_other(wire)

    return read


def _several_writer(plan: Callable[[], _Plan]) -> Writer:
    def write(value: Any) -> AttributeValue:
        name = type(value).__name__
        member = plan().classes.get(name)
        if member is None or type(value) is not _class_of(member):
            return _write_other(plan(), value)
        return {"M": {TYPE_ATTRIBUTE: {"S": name}, **member.write(value)["M"]}}

    return write


def _write_other(plan: _Plan, value: Any) -> AttributeValue:
    wire = _first_fitting(plan.type, plan.others, value)
    if plan.classes and TYPE_ATTRIBUTE in wire.get("M", ()):
        raise refusal(f"a map with the key {TYPE_ATTRIBUTE} would be read as a class", plan.type)
    return wire


def _first_fitting(type_: Any, members: Iterable[_Member], value: Any) -> AttributeValue:
    """Write the value as the member that takes it, or raise the error that says most."""
    problem = None
    for member in members:
        try:
            return member.write(value)
        except ConversionError as error:
            if str(error) != str(mismatch(member.bare, value)):
                problem = problem or error
    raise problem or mismatch(type_, value)


def _several_reader(plan: Callable[[], _Plan]) -> Reader:
    def read(wire: Any) -> Any:
        tag, content = unpack(wire)
        others = [member for member in plan().others if tag in member.tags]
        if tag == "M" and plan().classes and (TYPE_ATTRIBUTE in content or not others):
            return _class_named(plan(), content.get(TYPE_ATTRIBUTE)).read(wire)
        if not others:
            raise refusal(f"{type_text(plan().type)} expected, not type tag {tag}", plan().type)
        return others[0].read(wire)

    return read


def _class_named(plan: _Plan, stored_name: Any) -> _Member:
    if stored_name is None and len(plan.classes) == 1:
        return next(iter(plan.classes.values()))
    for name, member in plan.classes.items():
        if stored_name == {"S": name}:
            return member
    problem = "is missing" if stored_name is None else "names no member"
    raise refusal(f"the map's {TYPE_ATTRIBUTE} {problem} of {type_text(plan.type)}", plan.type)


def _plan(type_: Any, members: list[Any], converter: cattrs.Converter) -> _Plan:
    made = [_member(member, converter) for member in members]
    classes = [member for member in made if _is_class(member)]
    others = _one_number([member for member in made if not _is_class(member)])
    _check_classes(type_, classes)
    _check_tags(type_, others)
    return _Plan(type_, {_class_of(member).__name__: member for member in classes}, others)


def _member(type_: Any, converter: cattrs.Converter) -> _Member:
    hook = write_hook(type_, converter)
    return _Member(type_, unwrapped(type_), hook.tags(), hook.write, reader(type_, converter))


def _is_class(member: _Member) -> bool:
    """Say whether the member is a class that is stored as its fields, by no hook of the user's."""
    return is_class_with_fields(member.bare) and member.tags == frozenset({"M"})


def _class_of(member: _Member) -> type:
    return get_origin(member.bare) or member.bare  # type: ignore[no-any-return]


def _one_number(members: list[_Member]) -> list[_Member]:
    """Make `int | float`, or `int | Decimal`, one member: whole numbers are read as int."""
    ints = [member for member in members if member.bare is int]
    others = [member for member in members if member.bare is float or member.bare is Decimal]
    if len(ints) != 1 or len(others) != 1:
        return members
    (whole,), (other,) = ints, others
    type_ = whole.bare | other.bare

    def write(value: Any) -> AttributeValue:
        return _first_fitting(type_, (whole, other), value)

    def read(wire: Any) -> Any:
        is_whole = isinstance(parse_number(wire["N"]), int)
        return (whole if is_whole else other).read(wire)

    merged = _Member(type_, type_, whole.tags | other.tags, write, read)
    return [merged, *(member for member in members if member not in (whole, other))]


def _check_classes(type_: Any, classes: list[_Member]) -> None:
    names = [_class_of(member).__name__ for member in classes]
    if len(set(names)) < len(names):
        problem = "two of its classes have one name"
        raise refusal(f"{type_text(type_)}: {problem}", type_)
    for member in classes:
        if any(field.attribute == TYPE_ATTRIBUTE for field in class_fields(member.bare)):
            problem = f"has a field {TYPE_ATTRIBUTE}, which a union needs for itself"
            raise refusal(f"{type_text(member.type)} {problem}", type_)


def _check_tags(type_: Any, members: list[_Member]) -> None:
    for one, other in combinations(members, 2):
        if one.tags & other.tags:
            pair = f"{type_text(one.type)} and {type_text(other.type)}"
            raise refusal(f"{pair} cannot be told apart once they are stored", type_)


def _tags(type_: Any, converter: cattrs.Converter) -> Tags:
    members = [write_hook(member, converter).tags() for member in _member_types(type_)]
    return frozenset({"NULL"} if _takes_none(type_) else ()).union(*members)


UNIONS: Final = Kind(is_union, _union_writer, _union_reader, _tags)
