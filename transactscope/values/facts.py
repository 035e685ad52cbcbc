"""What the markers of a field come to, and what of it cannot be.

May import `markers`, `wording` and `wrappers`. Facts stand in the class itself, as `Annotated`;
or beside it, where `entity(...)` was told them: then they are kept on the class.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, NewType, TypeVar, Union, get_args, get_origin

import attrs

from transactscope.values.markers import (
    TTL,
    Alias,
    CreatedAt,
    Encrypted,
    Marker,
    OmitIfDefault,
    OmitIfNone,
    UpdatedAt,
    markers_of,
    misdeclared,
)
from transactscope.values.wording import is_union, type_text
from transactscope.values.wrappers import unwrapped

M = TypeVar("M", bound=Marker)

_FACTS: Final = "__transactscope_fields__"
_LIFECYCLE: Final = (CreatedAt, UpdatedAt, TTL)
_ASKED: Final[weakref.WeakSet[type]] = weakref.WeakSet()  # classes whose facts were asked for


@attrs.frozen
class ClassFacts:
    """What `entity(...)` was told of the fields of a class.

    Attributes:
        markers: Names of fields to their markers.
        attributes: Names of fields to the names that a naming function made of them.
    """

    markers: Mapping[str, tuple[Marker, ...]]
    attributes: Mapping[str, str]


@attrs.frozen
class FieldFacts:
    """What is known of one field.

    Attributes:
        attribute: The name of the stored attribute.
        type: The declared type, with `TTL` or `Encrypted` around it where the field has it.
        markers: All markers of the field.
    """

    attribute: str
    type: Any
    markers: tuple[Marker, ...]

    def has(self, kind: type[Marker]) -> bool:
        """Whether the field has a marker of a kind."""
        return any(isinstance(marker, kind) for marker in self.markers)


def declare(class_: type, facts: ClassFacts) -> None:
    """Keep what `entity(...)` was told of the fields of a class.

    Raises:
        InvalidRequestError: There is something to say, and objects of the class were converted
            without it. Not sent.
    """
    if class_ in _ASKED and (facts.markers or facts.attributes):
        msg = f"{class_.__name__} was converted before entity(fields=, naming=) was called with it"
        raise misdeclared(msg)
    type.__setattr__(class_, _FACTS, facts)


def field_facts(class_: type, name: str, type_: Any, default: Any) -> FieldFacts:
    """Work out what is known of one field.

    Args:
        class_: The class.
        name: The field's name.
        type_: Its declared type.
        default: Its default; `attrs.NOTHING` without one, an `attrs.Factory` for a factory.

    Raises:
        InvalidRequestError: Its markers contradict each other, its type or its default, or mean
            nothing in such a class. Not sent.
    """
    _ASKED.add(class_)
    told: ClassFacts | None = vars(class_).get(_FACTS)
    where = f"{class_.__name__}.{name}"
    markers = tuple(dict.fromkeys(markers_of(type_, where)))
    if told is not None:
        markers = tuple(dict.fromkeys([*markers, *told.markers.get(name, ())]))
    facts = FieldFacts(_attribute(told, name, markers, where), type_, markers)
    if not markers:
        return facts
    _check_omissions(facts, default, where)
    facts = _with_lifecycle(facts, is_entity=told is not None, where=where)
    return _with_encryption(facts, is_entity=told is not None, where=where)


def refuse_shared_attributes(owner: str, attributes: Mapping[str, str]) -> None:
    """Refuse two fields that are stored under one name.

    Args:
        owner: The class's name.
        attributes: Names of fields to names of attributes.

    Raises:
        InvalidRequestError: There are such fields. Not sent.
    """
    fields: dict[str, str] = {}
    for field, attribute in attributes.items():
        if attribute in fields:
            both = f"{fields[attribute]!r} and {field!r}"
            raise misdeclared(f"{owner}: the fields {both} are stored as {attribute!r} both")
        fields[attribute] = field


def _attribute(told: ClassFacts | None, name: str, markers: Iterable[Marker], where: str) -> str:
    aliases = [marker.attribute for marker in markers if isinstance(marker, Alias)]
    if len(aliases) > 1:
        raise misdeclared(f"{where} has two aliases: {aliases[0]!r} and {aliases[1]!r}")
    named = name if told is None else told.attributes.get(name, name)
    return aliases[0] if aliases else named


def _check_omissions(facts: FieldFacts, default: Any, where: str) -> None:
    if facts.has(OmitIfDefault):
        _check_default(default, where)
    if not facts.has(OmitIfNone):
        return
    bare = unwrapped(facts.type)
    if bare not in (Any, object) and not _takes_none(bare):
        msg = f"{where}: OmitIfNone is for a type that allows None, not {type_text(bare)}"
        raise misdeclared(msg)
    if facts.has(OmitIfDefault) and default is not None:
        msg = f"{where} has OmitIfNone and OmitIfDefault, and its default is not None"
        raise misdeclared(f"{msg}: a missing attribute would mean both")


def _takes_none(bare: Any) -> bool:
    if is_union(bare):
        return any(_takes_none(unwrapped(member)) for member in get_args(bare))
    return bare in (None, type(None))


def _check_default(default: Any, where: str) -> None:
    if default is attrs.NOTHING:
        raise misdeclared(f"{where}: OmitIfDefault needs a default")
    is_factory = isinstance(default, attrs.Factory)  # type: ignore[arg-type]
    if is_factory and (default.takes_self or not isinstance(default.factory, type)):
        msg = (
            f"{where}: OmitIfDefault needs a default that is always the same, as a value, or "
            "a class such as list for a factory; this factory could make another one each time"
        )
        raise misdeclared(msg)


def _with_lifecycle(facts: FieldFacts, *, is_entity: bool, where: str) -> FieldFacts:
    found = [kind for kind in _LIFECYCLE if facts.has(kind)]
    if not found:
        return facts
    names = " and ".join(kind.__name__ for kind in found)
    if len(found) > 1:
        raise misdeclared(f"{where} has {names}: one of them at most")
    if not is_entity:
        raise misdeclared(f"{where}: {names} is for fields of entities, and this class is none")
    plain = _plain(facts.type)
    if plain not in (datetime, datetime | None):
        msg = f"{where}: {names} is for fields declared as datetime | None, not {type_text(plain)}"
        raise misdeclared(msg)
    return attrs.evolve(facts, type=Annotated[plain, TTL()]) if found == [TTL] else facts


def _with_encryption(facts: FieldFacts, *, is_entity: bool, where: str) -> FieldFacts:
    if not facts.has(Encrypted):
        return facts
    if not is_entity:
        msg = f"{where}: Encrypted is for fields of entities, and this class is none"
        raise misdeclared(msg)
    beside = [kind.__name__ for kind in _LIFECYCLE if facts.has(kind)]
    if beside:
        msg = f"{where} has Encrypted and {beside[0]}, which DynamoDB or the library has to read"
        raise misdeclared(msg)
    return attrs.evolve(facts, type=Annotated[_unmarked(facts.type), Encrypted()])


def _unmarked(type_: Any) -> Any:
    """Take the marker off wherever it may stand, so that it stands once, around the whole."""
    arguments = get_args(type_)
    if get_origin(type_) is Annotated:
        others = [each for each in type_.__metadata__ if not _is_encrypted(each)]
        inner = _unmarked(arguments[0])
        return Annotated[(inner, *others)] if others else inner
    if isinstance(type_, NewType):
        inner = _unmarked(type_.__supertype__)
        return type_ if inner is type_.__supertype__ else inner
    if get_origin(type_) is Final:
        return _unmarked(arguments[0])
    if is_union(type_):
        return Union[tuple(map(_unmarked, arguments))]  # noqa: UP007 - a tuple
    return type_


def _is_encrypted(marker: Any) -> bool:
    return marker is Encrypted or isinstance(marker, Encrypted)


def _plain(type_: Any) -> Any:
    """Take off what stands around a type, and around what may be None in it."""
    bare = unwrapped(type_)
    members = [unwrapped(member) for member in get_args(bare)] if is_union(bare) else []
    if len(members) == 2 and type(None) in members:  # noqa: PLR2004 - it, and None
        (other,) = (member for member in members if member is not type(None))
        return other | None
    return bare
