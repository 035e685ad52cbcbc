"""What the names and values of an expression mean for one entity class.

Expressions speak of fields; requests speak of attributes and AttributeValues.
This is the only place that knows both.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from transactscope.entities.mapping import EntityMapping, mapping_of
from transactscope.errors import ConversionError, InvalidKeyError
from transactscope.expressions.names import checked_name
from transactscope.expressions.paths import Path
from transactscope.limits import MAX_KEY_NAME_LENGTH
from transactscope.types import AttributeValue
from transactscope.values import to_attribute_value
from transactscope.values.classes import class_fields, is_class_with_fields
from transactscope.values.wording import is_union, placed
from transactscope.values.wrappers import unwrapped

if TYPE_CHECKING:
    from cattrs import Converter


@attrs.frozen
class EntityVocabulary:
    """Names are an entity's fields, values convert by their declared types."""

    mapping: EntityMapping
    converter: Converter

    @property
    def key_names(self) -> frozenset[str]:
        """The attributes that belong to the key."""
        return self.mapping.key_names

    @property
    def version_name(self) -> str | None:
        """The attribute of the entity's version."""
        return None if self.mapping.version is None else self.mapping.version.attribute

    @property
    def managed_names(self) -> Mapping[str, str]:
        """The attributes that the library writes with every update, and what they are."""
        return self.mapping.managed

    def resolve(self, path: Path) -> Path:
        """Return the path in attribute names; refuses top-level names that are unknown.

        Below the top level a name is a field where a class is declared, and a stored name
        elsewhere: in a dict, behind `Any`, and where a class has no such field.
        """
        root = self.mapping.attribute(path.root)
        if len(path.parts) == 1:
            return Path((root,))
        field = self.mapping.fields.get(path.root)
        return Path(
            (root, *_attributes_inside(Any if field is None else field.type, path.parts[1:]))
        )

    def type_at(self, path: Path) -> Any:
        """Return the declared type at a path of fields, `Any` where nothing is declared."""
        field = self.mapping.fields.get(path.root)
        if field is None:
            return str if path.root in self.mapping.attributes_beside else Any
        declared = field.type
        for part in path.parts[1:]:
            declared = _type_inside(declared, part)
        return declared

    def element_type(self, declared: Any) -> Any:
        """Return the type of a collection's elements, `Any` where nothing is declared."""
        return _type_inside(declared, 0)

    def convert(self, value: Any, declared: Any, path: Path) -> AttributeValue:
        """Convert a value by its declared type; errors name class and path."""
        try:
            return to_attribute_value(value, declared, converter=self.converter)
        except ConversionError as error:
            placed(error, f"{self.mapping.name}.{path}")
            raise


@functools.cache
def _named(cls: type) -> None:
    """Check the names of a class's attributes, once: they do not change."""
    mapping = mapping_of(cls)
    for key in mapping.key_attributes:
        refuse_long_key_name(key.attribute, f"{mapping.name}: a key attribute's name")
    for field in mapping.fields.values():
        checked_name(field.attribute, mapping.name)
    if mapping.discriminator is not None:
        checked_name(mapping.discriminator.attribute, mapping.name)


def refuse_long_names(mapping: EntityMapping) -> None:
    """Refuse an entity class with names of attributes that DynamoDB does not take.

    Raises:
        InvalidRequestError: A name is too long. Not sent.
        InvalidKeyError: That of a key attribute is. Not sent.
    """
    _named(mapping.cls)


def refuse_long_key_name(name: str, where: str) -> None:
    """Refuse the name of a key attribute that no table can have.

    Raises:
        InvalidKeyError: It is too long. Not sent.
    """
    if len(name) > MAX_KEY_NAME_LENGTH:
        msg = f"{where} has {len(name)} characters, and DynamoDB takes {MAX_KEY_NAME_LENGTH}"
        raise InvalidKeyError(msg)


def _attributes_inside(declared: Any, parts: tuple[str | int, ...]) -> Iterator[str | int]:
    for part in parts:
        class_ = _bare(declared)
        fields = class_fields(class_) if is_class_with_fields(class_) else ()
        yield next((field.attribute for field in fields if field.name == part), part)
        declared = _type_inside(class_, part)


def _type_inside(declared: Any, part: str | int) -> Any:
    """Return the type of a class's field, a map's value, or a list's or set's element."""
    declared = _bare(declared)
    if is_class_with_fields(declared):
        by_name = {field.name: field.type for field in class_fields(declared)}
        return by_name.get(str(part), Any)
    arguments = typing.get_args(declared)
    origin = typing.get_origin(declared)
    if is_union(declared) or not isinstance(origin, type):
        return Any
    if issubclass(origin, Mapping):
        return arguments[-1] if isinstance(part, str) else arguments[0]
    if origin is tuple and arguments[-1] is not Ellipsis:
        return arguments[part] if isinstance(part, int) and part < len(arguments) else Any
    return arguments[0]


def _bare(declared: Any) -> Any:
    """Take off what stands for a type, and the None of an `Optional`."""
    bare = unwrapped(declared)
    if not is_union(bare):
        return bare
    members = [member for member in typing.get_args(bare) if member is not types.NoneType]
    return _bare(members[0]) if len(members) == 1 else bare
