"""The fields of attrs classes and dataclasses, with their types worked out.

May import `facts`, `markers` and `wording`. This module reads classes and converts nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

import attrs

from transactscope.values.facts import field_facts, refuse_shared_attributes
from transactscope.values.markers import Marker, OmitIfDefault, OmitIfNone
from transactscope.values.wording import refusal


@attrs.frozen
class ClassField:
    """One field of an attrs class or a dataclass.

    Attributes:
        name: The name of the Python attribute.
        attribute: The name of the stored attribute.
        type: The declared type: references resolved, type variables filled in,
            `Annotated` kept, Any where nothing is declared, `TTL` around it where the
            field has that marker.
        argument: The name of the parameter of `__init__`, if `init`.
        init: Whether `__init__` takes it.
        has_default: Whether it has a default, a factory counting as one.
        default_is_none: Whether that default is None.
        default: That default: a value, or an `attrs.Factory`; `attrs.NOTHING` without one.
        markers: The markers of the field.
        omits_none: Whether None is left out of the item.
        is_none_if_absent: Whether a missing attribute means None, whatever the default.
    """

    name: str
    attribute: str
    type: Any
    argument: str
    init: bool
    has_default: bool
    default_is_none: bool
    default: Any
    markers: tuple[Marker, ...]
    omits_none: bool
    is_none_if_absent: bool

    def has(self, kind: type[Marker]) -> bool:
        """Whether the field has a marker of a kind."""
        return any(isinstance(marker, kind) for marker in self.markers)

    @property
    def omits_default(self) -> bool:
        """Whether a value that equals the default is left out of the item."""
        return self.has(OmitIfDefault)


def is_class_with_fields(type_: Any) -> bool:
    """Say whether a type is an attrs class or a dataclass, with or without type arguments.

    Example:
        >>> import attrs
        >>> from transactscope.values.classes import is_class_with_fields
        >>> is_class_with_fields(attrs.make_class("Album", ["title"])), is_class_with_fields(int)
        (True, False)
    """
    class_ = get_origin(type_) or type_
    return isinstance(class_, type) and (attrs.has(class_) or dataclasses.is_dataclass(class_))


@functools.cache
def class_fields(type_: Any) -> tuple[ClassField, ...]:
    """List the fields of an attrs class or a dataclass, in order.

    Args:
        type_: The class, or a generic one with its arguments, such as `Box[int]`.

    Raises:
        ConversionError: An annotation names something that cannot be found.
        InvalidRequestError: The markers of a field cannot be so. Not sent.

    Example:
        >>> import attrs
        >>> from transactscope.values.classes import class_fields
        >>> @attrs.define
        ... class Album:
        ...     title: str
        ...     year: int | None = None
        >>> [(field.name, field.default_is_none) for field in class_fields(Album)]
        [('title', False), ('year', True)]
    """
    class_ = get_origin(type_) or type_
    if attrs.has(class_):
        fields = tuple(_attrs_field(type_, field) for field in attrs.fields(class_))
    else:
        fields = tuple(_dataclass_field(type_, field) for field in dataclasses.fields(class_))
    refuse_shared_attributes(class_.__name__, {field.name: field.attribute for field in fields})
    return fields


def _attrs_field(type_: Any, field: attrs.Attribute[Any]) -> ClassField:
    return _class_field(
        type_, field, argument=field.alias or field.name, init=field.init, default=field.default
    )


def _dataclass_field(type_: Any, field: dataclasses.Field[Any]) -> ClassField:
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = attrs.Factory(field.default_factory)
    elif default is dataclasses.MISSING:
        default = attrs.NOTHING
    return _class_field(type_, field, argument=field.name, init=field.init, default=default)


def _class_field(
    type_: Any,
    field: attrs.Attribute[Any] | dataclasses.Field[Any],
    *,
    argument: str,
    init: bool,
    default: Any,
) -> ClassField:
    declared = _field_type(type_, field.name, field.type)
    facts = field_facts(get_origin(type_) or type_, field.name, declared, default)
    return ClassField(
        name=field.name,
        attribute=facts.attribute,
        type=facts.type,
        argument=argument,
        init=init,
        has_default=default is not attrs.NOTHING,
        default_is_none=default is None,
        default=default,
        markers=facts.markers,
        omits_none=default is None or facts.has(OmitIfNone),
        is_none_if_absent=default is not None and facts.has(OmitIfNone),
    )


def _field_type(type_: Any, name: str, declared: Any) -> Any:
    """Work a field's type out where it is annotated, which may be in a generic base."""
    for owner, arguments in _type_arguments(type_).items():
        hints = _own_hints(owner)
        if name in hints:
            return _filled_in(hints[name], arguments)
    return Any if declared is None else declared


@functools.cache
def _own_hints(class_: type) -> dict[str, Any]:
    """Resolve the annotations that stand in the class itself."""
    # A class made inside a function is not in its module, so it cannot find itself there.
    own_names = {base.__name__: base for base in reversed(class_.__mro__)}
    try:
        names = inspect.get_annotations(class_)
        try:
            hints = get_type_hints(class_, include_extras=True)
        except NameError:
            hints = get_type_hints(class_, localns=own_names, include_extras=True)
    except (NameError, AttributeError, TypeError) as error:
        raise refusal(f"its annotations cannot be resolved: {error}", class_) from error
    return {name: hints[name] for name in names}


def _type_arguments(type_: Any) -> dict[type, dict[Any, Any]]:
    """Say for a class and its bases, in MRO, what the type variables of each stand for."""
    class_ = get_origin(type_) or type_
    own = dict(zip(getattr(class_, "__parameters__", ()), get_args(type_), strict=False))
    found: dict[type, dict[Any, Any]] = {base: {} for base in class_.__mro__} | {class_: own}
    for base in class_.__dict__.get("__orig_bases__", class_.__bases__):
        if get_origin(base) not in {Generic, Protocol}:
            inherited = _type_arguments(_filled_in(base, own))
            found |= {owner: arguments for owner, arguments in inherited.items() if arguments}
    return found


def _filled_in(type_: Any, arguments: dict[Any, Any]) -> Any:
    """Replace the type variables of a type, or of a generic class's alias."""
    if isinstance(type_, TypeVar):
        return arguments.get(type_, type_)
    if isinstance(type_, type) or not getattr(type_, "__parameters__", ()):
        return type_
    return type_[tuple(arguments.get(variable, variable) for variable in type_.__parameters__)]
