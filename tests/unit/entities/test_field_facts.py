"""`fields=`, `naming=`, `discriminator=` and markers: what a class comes to."""

from datetime import datetime
from typing import Annotated

import pytest
from attrs import define

from transactscope import EntityKey, KeyTemplate, entity, from_item, to_attribute_value, to_item
from transactscope.entities.mapping import mapping_of
from transactscope.errors import InvalidRequestError
from transactscope.fields import TTL, Alias, CreatedAt, OmitIfDefault, OmitIfNone, UpdatedAt
from transactscope.indexes import GlobalIndex

LIVES = {"created": CreatedAt, "updated": UpdatedAt(), "expires": TTL}


def _foreign():
    @define
    class Foreign:
        id: str
        sort: int = 0
        name: str | None = "x"
        created: datetime | None = None
        updated: datetime | None = None
        expires: datetime | None = None

    return Foreign


def _declared(**options):
    return entity("Some", **({"partition_key": "id"} | options))(_foreign())


def test_facts_are_given_beside_the_class():
    """The same as markers in it; a tuple gives several."""
    cls = _declared(fields=LIVES | {"id": Alias("i"), "name": (Alias("n"), OmitIfNone)})
    mapping = mapping_of(cls)

    assert {"i": {"S": "1"}, "sort": {"N": "0"}} == to_item(cls("1", name=None))
    assert cls("1", name=None) == from_item(cls, {"i": {"S": "1"}})
    assert ("i", "expires") == (mapping.partition.attribute, mapping.ttl_attribute)
    assert {"created", "updated", "expires"} == mapping.volatile


def test_a_function_names_all_that_has_no_alias():
    """Keys and keys of indexes are renamed with their fields."""
    cls = _declared(
        sort_key="sort",
        naming=str.upper,
        fields={"name": Alias("n")},
        indexes=[GlobalIndex("by-name", partition_key="name", sort_key="id")],
    )
    mapping = mapping_of(cls)

    assert {"ID": {"S": "1"}, "SORT": {"N": "0"}, "n": {"S": "x"}} == to_item(cls("1"))
    assert ["ID", "SORT"] == [key.attribute for key in mapping.key_attributes]
    assert ["n", "ID"] == [key.attribute for key in mapping.index("by-name").key_attributes]
    assert "SORT" == mapping.sort.attribute


def test_a_class_without_facts_has_none():
    """Nothing is taken to be a time because of its name."""
    mapping = mapping_of(_declared())

    assert (None, frozenset(), {}) == (mapping.ttl_attribute, mapping.volatile, mapping.managed)
    assert mapping.sort is None


def test_keys_can_be_named_before_types_are_known():
    """A key at the top of a module must not need a class that comes later."""

    @entity("Some", partition_key="id")
    @define
    class Early:
        id: Annotated[str, Alias("i")]
        later: "Later | None" = None  # noqa: F821 - that is the point

    assert ("1",) == EntityKey(Early, "1").parts


AT_ONCE = {
    "a typo": ({"fields": {"nam": TTL}}, "did you mean 'name'"),
    "a text": (
        {"fields": {"name": "n"}},
        "name: a marker of transactscope.fields expected, not str",
    ),
    "a class": ({"fields": {"name": int}}, "expected, not int"),
    "no alias": ({"fields": {"name": Alias}}, "Alias needs the name"),
    "a list": ({"fields": [TTL]}, "takes a mapping of names to markers, not list"),
    "no function": ({"naming": "upper"}, "takes a function, not str"),
    "an empty name": ({"naming": lambda _name: ""}, "must return a text that is not empty"),
    "no name": ({"naming": lambda _name: None}, "must return a text that is not empty"),
    "one text": ({"discriminator": "kind"}, "an attribute and a tag"),
    "no tag": ({"discriminator": ("kind",)}, "an attribute and a tag"),
    "an empty tag": ({"discriminator": ("kind", "")}, "an attribute and a tag"),
    "a number": ({"discriminator": ("kind", 5)}, "an attribute and a tag"),
}


@pytest.mark.parametrize("problem", AT_ONCE)
def test_what_cannot_be_is_refused_at_the_class(problem):
    """What needs no types is found at once."""
    options, text = AT_ONCE[problem]
    with pytest.raises(InvalidRequestError, match=text) as caught:
        _declared(**options)

    assert "INVALID_ENTITY" == caught.value.code


COMPOSED = {"partition_key": KeyTemplate("PK", "X#{id}")}


COMPOSED_INDEX = GlobalIndex("x-1", partition_key=KeyTemplate("G", "{created}"))
LATER = {
    "one name": (
        {"naming": lambda _name: "a"},
        "the fields 'id' and 'sort' are stored as 'a' both",
    ),
    "a key's name": ({"fields": {"name": Alias("id")}}, "'id' and 'name' are stored as 'id' both"),
    "a composed key": (COMPOSED | {"fields": {"name": Alias("PK")}}, "'PK', which a key composes"),
    "the kind is a field": ({"discriminator": ("name", "x")}, "'name' is also a field's"),
    "the kind is a key": (COMPOSED | {"discriminator": ("PK", "x")}, "'PK' is also a field's"),
    "two expiries": ({"fields": {"created": TTL, "expires": TTL}}, "created and expires have TTL"),
    "a time as key": ({"sort_key": "updated", "fields": LIVES}, "updated has UpdatedAt, and a key"),
    "a time in a key": (
        {"indexes": [COMPOSED_INDEX], "fields": LIVES},
        "created has CreatedAt, and a key",
    ),
    "a key left out": ({"sort_key": "sort", "fields": {"sort": OmitIfDefault}}, "consists of it"),
    "no None": ({"fields": {"id": OmitIfNone}}, "a type that allows None, not str"),
    "no moment": ({"fields": {"name": TTL}}, "TTL is for fields declared as datetime"),
}


@pytest.mark.parametrize("problem", LATER)
def test_what_cannot_be_is_refused_at_the_first_use(problem):
    """Types are known by then, and nothing was sent."""
    options, text = LATER[problem]
    cls = _declared(**options)
    with pytest.raises(InvalidRequestError, match=text) as caught:
        to_item(cls("1"))
        _ = mapping_of(cls).lifecycle

    assert "INVALID_ENTITY" == caught.value.code


def test_a_class_that_was_converted_before_is_refused():
    """Some of its objects would be stored under other names than the rest."""
    cls = _foreign()
    to_attribute_value(cls("1"))

    entity("Some", partition_key="id")(cls)
    other = _foreign()
    to_attribute_value(other("1"))
    with pytest.raises(InvalidRequestError, match="Foreign was converted before"):
        entity("Some", partition_key="id", naming=str.upper)(other)


def test_a_time_may_be_the_plain_key_of_an_index():
    """What was written last is a question to an index."""
    cls = _declared(
        fields=LIVES, indexes=[GlobalIndex("x-1", partition_key="name", sort_key="updated")]
    )

    assert "updated" not in to_item(cls("1"))
