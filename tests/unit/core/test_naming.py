"""Which type a path has."""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any, NewType

import pytest
from attrs import define

from transactscope import KeyTemplate, entity, path
from transactscope.core.naming import EntityVocabulary
from transactscope.entities.mapping import mapping_of
from transactscope.errors import InvalidRequestError
from transactscope.fields import Alias
from transactscope.indexes import GlobalIndex
from transactscope.values import make_converter

Cents = NewType("Cents", int)


@define
class Address:
    """A nested class."""

    city: str
    lines: list[str]


@dataclasses.dataclass
class Owner:
    """A nested dataclass."""

    address: Address | None


@entity("Thing", partition_key=KeyTemplate("PK", "T#{id}"), extra="allow")
@define
class Thing:
    """An entity of many types."""

    id: str
    owner: Owner
    prices: dict[str, Annotated[Cents, "marker"]]
    pair: tuple[int, str]
    many: tuple[bytes, ...]
    marks: frozenset[int]
    maps: Mapping[str, list[bool]]
    either: int | str
    bare: list
    untyped: Any


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id", str),
        ("PK", str),
        ("owner.address.city", str),
        ("owner.address.lines[0]", str),
        ("owner.nobody", Any),
        ("prices.a", Annotated[Cents, "marker"]),
        ("pair[0]", int),
        ("pair[1]", str),
        ("pair[2]", Any),
        ("many[5]", bytes),
        ("maps.x[1]", bool),
        ("either.x", Any),
        ("bare[0]", Any),
        ("untyped.x", Any),
        ("unknown", Any),
        ("id.x", Any),
    ],
)
def test_a_path_has_its_declared_type(text, expected):
    """Values of conditions and updates convert by it."""
    vocabulary = EntityVocabulary(mapping_of(Thing), make_converter())

    assert expected == vocabulary.type_at(path(text))


def test_elements_have_their_declared_type():
    """`contains` compares with elements."""
    vocabulary = EntityVocabulary(mapping_of(Thing), make_converter())

    assert int is vocabulary.element_type(frozenset[int])
    assert str is vocabulary.element_type(list[str] | None)
    assert str is vocabulary.element_type(dict[str, int])
    assert Any is vocabulary.element_type(str)


def test_names_resolve_to_attributes():
    """Names that an entity does not know pass where it says so."""
    vocabulary = EntityVocabulary(mapping_of(Thing), make_converter())

    assert path("owner.address.city") == vocabulary.resolve(path("owner.address.city"))
    assert path("unknown.x[0]") == vocabulary.resolve(path("unknown.x[0]"))
    assert {"id", "PK"} == vocabulary.key_names


@define
class Lived:
    """A nested class whose fields have other names."""

    city: Annotated[str, Alias("c")]
    lines: Annotated[list["Lived"], Alias("l")]


@entity(
    "Thing",
    partition_key="id",
    naming=str.upper,
    discriminator=("kind", "x"),
    indexes=[GlobalIndex("x-1", partition_key=KeyTemplate("G", "{id}"))],
    extra="allow",
)
@define
class Renamed:
    """An entity whose fields have other names."""

    id: str
    home: Lived | None
    homes: dict[str, Lived]
    any: Annotated[Any, Alias("A")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id", "ID"),
        ("home.city", "HOME.c"),
        ("home.c", "HOME.c"),
        ("home.lines[2].city", "HOME.l[2].c"),
        ("homes.city.city", "HOMES.city.c"),
        ("any.city", "A.city"),
        ("kind", "kind"),
        ("kind.x", "kind.x"),
        ("G", "G"),
        ("unknown", "unknown"),
    ],
)
def test_names_of_fields_become_those_of_attributes(text, expected):
    """Where a class is declared; elsewhere names are what is stored."""
    vocabulary = EntityVocabulary(mapping_of(Renamed), make_converter())

    assert expected == str(vocabulary.resolve(path(text)))


def test_the_attribute_of_a_field_is_no_name():
    """It would be one that no type is known of, also where other names are taken."""
    vocabulary = EntityVocabulary(mapping_of(Renamed), make_converter())
    with pytest.raises(InvalidRequestError, match="stores its field 'home' as 'HOME'") as caught:
        vocabulary.resolve(path("HOME"))

    assert "UNKNOWN_FIELD" == caught.value.code


def test_attributes_beside_fields_are_texts_or_the_librarys():
    """Keys and the discriminator can be compared, and not written."""
    vocabulary = EntityVocabulary(mapping_of(Renamed), make_converter())

    assert (str, str) == (vocabulary.type_at(path("kind")), vocabulary.type_at(path("G")))
    assert {"ID"} == vocabulary.key_names
    assert {"kind": "the discriminator"} == vocabulary.managed_names
