"""What `entity(...)` accepts, remembers and refuses."""

import dataclasses

import pytest
from attrs import define, frozen

from transactscope import EntityKey, KeyTemplate, entity, to_item, to_key
from transactscope.entities.mapping import mapping_of
from transactscope.errors import InvalidKeyError, InvalidRequestError


@entity("Account", partition_key="number")
@define
class Account:
    """A plain entity."""

    number: str
    balance: int = 0


def test_the_class_is_returned_unchanged():
    """No base class, no metaclass, nothing that instances could notice."""
    assert Account("A-1") == Account(number="A-1")
    assert ["number", "balance"] == list(Account.__slots__)[:2]


def test_dataclasses_frozen_classes_and_foreign_classes_are_entities():
    """Whatever describes its fields can be mapped."""

    @entity("T-1", partition_key="id")
    @dataclasses.dataclass
    class Data:
        id: str

    @entity("T-1", partition_key="id")
    @frozen
    class Frozen:
        id: str

    @define
    class Foreign:
        id: str

    entity("T-1", partition_key="id")(Foreign)

    for cls in (Data, Frozen, Foreign):
        assert {"id": {"S": "1"}} == to_item(cls("1"))


@pytest.mark.parametrize("decorate", [define, dataclasses.dataclass])
def test_entity_below_define_is_found_out(decorate):
    """It would register a class that is thrown away, and every use would fail later."""
    with pytest.raises(InvalidRequestError, match="goes above @define"):

        @decorate
        @entity("T-1", partition_key="id")
        class Dead:
            id: str


def test_a_class_made_again_after_registration_is_found_out():
    """A decorator above @entity may replace the class that was registered."""

    @define
    @entity("T-1", partition_key="id")
    @define
    class Twice:
        id: str

    with pytest.raises(InvalidRequestError, match="put @entity above every decorator"):
        to_item(Twice("1"))


def test_a_subclass_is_no_entity_by_inheritance():
    """A subclass has other fields and may belong elsewhere: it says so itself."""

    @define
    class Savings(Account):
        rate: int = 0

    with pytest.raises(InvalidRequestError, match="only its base Account"):
        to_item(Savings("A-1"))


@pytest.mark.parametrize("value", [5, None, "x", object(), Account, {"number": "A-1"}])
def test_what_is_no_entity_is_named(value):
    """The error says what was given and what to do."""
    with pytest.raises(InvalidRequestError) as caught:
        to_item(value)

    assert "NOT_AN_ENTITY" == caught.value.code


@pytest.mark.parametrize("value", [5, None, "Account", Account("A-1")])
def test_what_is_no_class_is_refused_where_a_class_is_expected(value):
    """A key needs the class to know the table."""
    with pytest.raises(InvalidRequestError, match="entity class was expected"):
        EntityKey(value, "A-1")


def test_a_plain_class_is_told_how_to_become_an_entity():
    """The way out is in the text."""

    class Plain:
        pass

    with pytest.raises(InvalidRequestError, match="put @entity"):
        mapping_of(Plain)


@pytest.mark.parametrize(
    "arguments",
    [
        {"table": "", "partition_key": "id"},
        {"table": None, "partition_key": "id"},
        {"table": "T-1", "partition_key": "idd"},
        {"table": "T-1", "partition_key": 5},
        {"table": "T-1", "partition_key": "id", "sort_key": "nope"},
        {"table": "T-1", "partition_key": "id", "sort_key": "id"},
        {"table": "T-1", "partition_key": KeyTemplate("PK", "X#{nope}")},
        {"table": "T-1", "partition_key": KeyTemplate("other", "X#{id}")},
        {
            "table": "T-1",
            "partition_key": KeyTemplate("PK", "X#{id}"),
            "sort_key": KeyTemplate("PK", "Y"),
        },
        {"table": "T-1", "partition_key": "id", "extra": "maybe"},
        {"table": "T-1", "partition_key": "id", "version": "nope"},
        {"table": "T-1", "partition_key": "id", "version": "id"},
        {"table": "T-1", "partition_key": "id", "version": 5},
        {"table": "T-1", "partition_key": "id", "fields": {"nope": ()}},
    ],
)
def test_a_declaration_that_cannot_work_is_refused_at_the_class(arguments):
    """A typo in a key must not wait for the first write in production."""
    with pytest.raises(InvalidRequestError):

        @entity(**arguments)
        @define
        class Wrong:
            id: str
            other: str = ""


def test_a_version_that_holds_no_whole_number_is_refused_at_the_first_use():
    """A version is counted; a text or a number with a fraction cannot be."""

    @entity("T-1", partition_key="id", version="other")
    @define
    class Wrong:
        id: str
        other: str | None = None

    with pytest.raises(InvalidRequestError, match=r"Wrong\.other.*int"):
        _ = mapping_of(Wrong).version


def test_the_nearest_field_is_suggested():
    """Most mistakes are typos."""
    with pytest.raises(InvalidRequestError, match="did you mean 'number'"):
        entity("T-1", partition_key="nubmer")(
            define(type("C", (), {"__annotations__": {"number": str}}))
        )


def test_a_class_is_registered_once():
    """Two tables for one class would make every write a guess."""
    with pytest.raises(InvalidRequestError, match="entity already"):
        entity("Other", partition_key="number")(Account)


def test_only_classes_can_be_registered():
    """An instance or a function has no fields."""
    with pytest.raises(InvalidRequestError, match="a class"):
        entity("T-1", partition_key="id")(lambda: None)


def test_types_are_resolved_when_first_needed():
    """A class may refer to one that is defined below it."""

    @entity("T-1", partition_key="id")
    @define
    class Node:
        id: str
        next: "Leaf | None" = None

    Node.__annotations__["next"] = Leaf | None
    assert {"id": {"S": "1"}, "next": {"M": {"n": {"N": "1"}}}} == to_item(Node("1", Leaf(1)))


@define
class Leaf:
    """Defined after the class that names it."""

    n: int


def test_keys_are_complete_or_refused():
    """Too few parts address no item, too many address another one."""
    for parts in ((), ("a", "b")):
        with pytest.raises(InvalidKeyError, match=r"1 part\(s\) \(number\)"):
            EntityKey(Account, *parts)
    with pytest.raises(InvalidKeyError, match="complete"):
        to_key(EntityKey(Account, "a"), "b")
    with pytest.raises(InvalidKeyError):
        to_key(Account("a"), "b")


def test_keys_compare_and_hash_by_value():
    """A key can be a dictionary's key."""
    assert {EntityKey(Account, "a"): 1} == {EntityKey(Account, "a"): 1}
    assert EntityKey(Account, "a") != EntityKey(Account, "b")


@pytest.mark.parametrize(
    ("kind", "value", "named"),
    [
        (str, "", "empty"),
        (bytes, b"", "empty"),
        (str | None, None, "None"),
        (bool, True, "S, N or B"),
        (list[int], [1], "S, N or B"),
        (str, "x" * 2049, "2049 bytes"),
        (str, "ü" * 1025, "2050 bytes"),
        (bytes, b"x" * 2049, "2049 bytes"),
    ],
)
def test_a_partition_key_that_dynamodb_does_not_take_is_refused(kind, value, named):
    """At the call, with class and field, not as a cancellation of the whole commit."""

    @entity("T-1", partition_key="id")
    @define
    class Keyed:
        id: kind

    for build in (lambda: to_key(Keyed, value), lambda: to_item(Keyed(value))):
        with pytest.raises(InvalidKeyError, match=f"Keyed.id.*{named}") as caught:
            build()
        assert "Keyed.id" == caught.value.path


def test_the_limits_of_both_keys_are_inclusive():
    """2048 bytes of partition key and 1024 of sort key are legal, one more of either is not."""

    @entity("T-1", partition_key="a", sort_key="b")
    @define
    class Keyed:
        a: str
        b: str

    to_key(Keyed, "x" * 2048, "x" * 1024)
    with pytest.raises(InvalidKeyError, match="1025 bytes"):
        to_key(Keyed, "x", "x" * 1025)
