"""What a declared type comes to: a tree of shapes that code can be generated for.

May import the modules of `values` that know types. A shape is as exact as the type: what is not
sure, a hook of a user's above all, becomes `Other`, which the plain path converts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    TypeAlias,
    get_args,
    get_origin,
)
from uuid import UUID

import attrs

from transactscope.values.classes import ClassField, class_fields, is_class_with_fields
from transactscope.values.encrypted import is_encrypted
from transactscope.values.expiry import is_expiry
from transactscope.values.hooks import is_made_for, read_hook, write_hook
from transactscope.values.wording import is_union
from transactscope.values.wrappers import unwrapped

if TYPE_CHECKING:
    import cattrs

_MOST_SHAPES: Final = 400  # of one type; classes in classes in classes could multiply without end
_DEEPEST: Final = 12  # Python limits how deep loops may be in loops

_SCALARS: Final = frozenset(
    (str, int, float, Decimal, bool, bytes, UUID, date, time, datetime, timedelta, None, type(None))
)

_LISTS: Final[dict[Any, tuple[type, ...]]] = {
    list: (list,),
    MutableSequence: (list,),
    Sequence: (list, tuple),
}
_SETS: Final[dict[Any, tuple[tuple[type, ...], type]]] = {
    set: ((set,), set),
    MutableSet: ((set,), set),
    frozenset: ((frozenset,), frozenset),
    AbstractSet: ((set, frozenset), frozenset),
}
_MAPS: Final = frozenset((dict, Mapping, MutableMapping))


@attrs.frozen
class Other:
    """What is left to the plain path, on that level inside its attribute."""

    type: Any
    level: int


@attrs.frozen
class Scalar:
    """A text, a number, a moment or the like; None for what is NULL."""

    type: Any


@attrs.frozen
class Expiry:
    """A moment that is stored as whole seconds."""

    type: Any
    takes_none: bool


@attrs.frozen
class Choice:
    """An Enum or a Literal of texts or whole numbers, all of them of one class.

    Attributes:
        type: The declared type.
        class_: The class that every value has.
        values: The values.
    """

    type: Any
    class_: type
    values: tuple[Any, ...]


@attrs.frozen
class Optional:
    """One type, or None."""

    inner: Shape


@attrs.frozen
class Items:
    """A list, or a tuple of any length; `classes` are those that it may have, `made` is read."""

    type: Any
    classes: tuple[type, ...]
    made: type
    item: Shape


@attrs.frozen
class ExactItems:
    """A tuple with one shape for each of its items."""

    type: Any
    items: tuple[Shape, ...]


@attrs.frozen
class Elements:
    """A set of texts or of whole numbers."""

    type: Any
    classes: tuple[type, ...]
    made: type
    element: type


@attrs.frozen
class Entries:
    """A dict whose keys are text."""

    type: Any
    value: Shape


@attrs.frozen
class Member:
    """A field of a class, and the shape of its values."""

    field: ClassField
    shape: Shape


@attrs.frozen
class Object:
    """An object of an attrs class or a dataclass, on that level inside its attribute."""

    type: Any
    level: int
    class_: type
    members: tuple[Member, ...]


Shape: TypeAlias = (
    Other | Scalar | Expiry | Choice | Optional | Items | ExactItems | Elements | Entries | Object
)


def written_shape(type_: Any, converter: cattrs.Converter, level: int) -> Shape:
    """Work out how values of a declared type are written.

    Args:
        type_: The declared type.
        converter: The converter that knows the user's hooks.
        level: Where the values are inside their attribute; the attribute's own value is on 1.
    """

    def is_ours(declared: Any) -> bool:
        return is_made_for(write_hook(declared, converter), declared, converter)

    return _Analysis(is_ours).shape(type_, level)


def read_shape(type_: Any, converter: cattrs.Converter, level: int) -> Shape:
    """Work out how values of a declared type are read; see `written_shape`."""

    def is_ours(declared: Any) -> bool:
        return is_made_for(read_hook(declared, converter), declared, converter)

    return _Analysis(is_ours).shape(type_, level)


def is_known(shape: Shape) -> bool:
    """Say whether nothing in a shape is left to the plain path."""
    match shape:
        case Other():
            return False
        case Optional(inner) | Items(item=inner) | Entries(value=inner):
            return is_known(inner)
        case ExactItems(items=inners):
            return all(map(is_known, inners))
        case Object(members=members):
            return all(is_known(member.shape) for member in members)
        case _:
            return True


@attrs.define
class _Analysis:
    """Looks at one type from the outside in."""

    is_ours: Callable[[Any], bool]
    _inside: list[Any] = attrs.field(factory=list)  # the classes that the type is inside of
    _left: int = _MOST_SHAPES

    def shape(self, type_: Any, level: int) -> Shape:
        self._left -= 1
        if self._left < 0 or is_encrypted(type_) or not self.is_ours(type_):
            return Other(type_, level)
        if is_expiry(type_):
            return Expiry(type_, type(None) in get_args(unwrapped(type_)))
        inner = _stands_for(type_)
        if inner is not type_:
            return self.shape(inner, level)
        if _is_scalar(type_):
            return Scalar(type_)
        return self._choice(type_) or self._optional(type_, level) or self._container(type_, level)

    def _choice(self, type_: Any) -> Choice | None:
        found = _choice(type_)
        if found is None or not all(self.is_ours(each) for each in {str, int}):
            return None
        return found

    def _optional(self, type_: Any, level: int) -> Shape | None:
        if not is_union(type_):
            return None
        members = [each for each in get_args(type_) if unwrapped(each) is not type(None)]
        if len(members) != 1 or is_union(unwrapped(members[0])):
            return None
        return Optional(self.shape(members[0], level))

    def _container(self, type_: Any, level: int) -> Shape:
        if level > _DEEPEST:
            return Other(type_, level)
        if is_class_with_fields(type_):
            return self._object(type_, level)
        found: Shape | None = None
        match get_origin(type_), get_args(type_):
            case origin, (item,) if origin in _LISTS:
                found = Items(type_, _LISTS[origin], list, self.shape(item, level + 1))
            case origin, (item, end) if origin is tuple and end is ...:
                found = Items(type_, (tuple,), tuple, self.shape(item, level + 1))
            case origin, (_, *_) if origin is tuple:
                found = self._exact_items(type_, level)
            case origin, (key, value) if origin in _MAPS:
                found = self._entries(type_, key, value, level)
            case origin, (element,) if origin in _SETS:
                found = self._elements(type_, element)
            case _:
                pass
        return found or Other(type_, level)

    def _exact_items(self, type_: Any, level: int) -> Shape | None:
        items = get_args(type_)
        if any(getattr(item, "__unpacked__", False) for item in items):
            return None
        return ExactItems(type_, tuple(self.shape(item, level + 1) for item in items))

    def _entries(self, type_: Any, key: Any, value: Any, level: int) -> Shape | None:
        if self.shape(key, level) != Scalar(str):
            return None
        return Entries(type_, self.shape(value, level + 1))

    def _elements(self, type_: Any, element: Any) -> Shape | None:
        match self.shape(element, _DEEPEST):
            case Scalar(class_) if class_ is str or class_ is int:
                return Elements(type_, *_SETS[get_origin(type_)], class_)
            case _:
                return None

    def _object(self, type_: Any, level: int) -> Shape:
        class_ = get_origin(type_) or type_
        if class_ in self._inside:  # it contains itself, to a depth that only values know
            return Other(type_, level)
        self._inside.append(class_)
        fields = class_fields(type_)
        members = tuple(Member(field, self.shape(field.type, level + 1)) for field in fields)
        self._inside.pop()
        return Object(type_, level, class_, members)


def _is_scalar(type_: Any) -> bool:
    return type_ is None or (isinstance(type_, type) and type_ in _SCALARS)


def _stands_for(type_: Any) -> Any:
    """Take off one layer that says nothing of its own."""
    if get_origin(type_) in {Annotated, Final}:
        return get_args(type_)[0]
    return type_.__supertype__ if isinstance(type_, NewType) else type_


def _choice(type_: Any) -> Choice | None:
    if get_origin(type_) is Literal:
        return _literal(type_, get_args(type_))
    if not isinstance(type_, type) or not issubclass(type_, Enum) or issubclass(type_, Flag):
        return None
    # A class may say for itself what a member's value is.
    if inspect.getattr_static(type_, "value") is not inspect.getattr_static(Enum, "value"):
        return None
    values = [member._value_ for member in type_]
    plain = all(type(value) in {str, int} for value in values)
    return Choice(type_, type_, tuple(type_)) if plain else None


def _literal(type_: Any, values: tuple[Any, ...]) -> Choice | None:
    classes = {type(value) for value in values}
    return Choice(type_, classes.pop(), values) if classes in ({str}, {int}) else None
