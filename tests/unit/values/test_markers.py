"""Markers of fields: where they are found, what they do to values, and what is refused."""

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Final, Generic, NewType, TypeVar

import attrs
import cattrs
import pytest

from transactscope import entity, from_attribute_value, to_attribute_value
from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.fields import TTL, Alias, CreatedAt, OmitIfDefault, OmitIfNone, UpdatedAt
from transactscope.values import configure_converter, make_converter
from transactscope.values.classes import class_fields
from transactscope.values.tags import wire_tags

T = TypeVar("T")
Moment = NewType("Moment", datetime)
Short = NewType("Short", Annotated[str, Alias("s")])

AWARE = datetime(2027, 1, 15, 9, tzinfo=timezone(timedelta(hours=1)))
EXPIRY = Annotated[datetime | None, TTL]


def _class(type_, default=attrs.NOTHING):
    return attrs.make_class("Made", {"field": attrs.field(type=type_, default=default)})


def _stored(value):
    return to_attribute_value(value)["M"]


@attrs.define
class Named(Generic[T]):
    """Names at all the places where a marker may stand."""

    plain: Annotated[T, Alias("a")]
    optional: Annotated[int, Alias("b")] | None = None
    around: Annotated[int | None, "someone else's", Alias("c")] = None
    inside: Short = Short("s")
    final: Final[Annotated[int, Alias("f")]] = 1


def test_an_alias_is_found_wherever_it_may_stand():
    """Around the type, around what may be None, in a type that stands for another."""
    named = Named[int](1, 2, 3, "x", 4)
    stored = to_attribute_value(named, Named[int])

    assert {
        "a": {"N": "1"},
        "b": {"N": "2"},
        "c": {"N": "3"},
        "s": {"S": "x"},
        "f": {"N": "4"},
    } == stored["M"]
    assert named == from_attribute_value(stored, Named[int])


@dataclasses.dataclass
class Parent:
    """A dataclass."""

    name: Annotated[str, Alias("n")]


@dataclasses.dataclass
class Child(Parent):
    """A subclass, which keeps the names."""

    age: Annotated[int, OmitIfDefault] = dataclasses.field(default=0)
    tags: Annotated[list[str], OmitIfDefault] = dataclasses.field(default_factory=list)


def test_dataclasses_and_what_they_inherit_have_markers():
    """They are read where the field is declared."""
    assert {"n": {"S": "x"}} == _stored(Child("x"))
    assert Child("x", 1) == from_attribute_value(to_attribute_value(Child("x", 1)), Child)


@attrs.define
class Sparse:
    """What is left out, and what is not."""

    none: Annotated[str | None, OmitIfNone] = "default"
    needed: Annotated[int | None, OmitIfNone] = attrs.field(kw_only=True)
    late: Annotated[int | None, OmitIfNone] = attrs.field(init=False, default=7)
    untyped: Annotated[Any, OmitIfNone] = 1
    number: Annotated[float, OmitIfDefault] = 1.0
    either: Annotated[int | bool, OmitIfDefault] = 0
    items: Annotated[list[Any], OmitIfDefault] = attrs.field(factory=list)
    marks: Annotated[set[int], OmitIfDefault] = attrs.field(factory=set)
    maybe: Annotated[int | None, OmitIfDefault] = 3
    nil: Annotated[int | None, OmitIfNone, OmitIfDefault] = None


def test_none_is_left_out_and_comes_back():
    """A missing attribute means None there, whatever the default."""
    sparse = Sparse(None, None, needed=None)
    sparse.late = None

    assert {} == _stored(sparse)
    assert sparse == from_attribute_value({"M": {}}, Sparse)


def test_what_equals_the_default_is_left_out_and_comes_back():
    """Also an empty set, which nothing could store."""
    sparse = Sparse(needed=1)

    assert {"none", "needed", "late", "untyped"} == set(_stored(sparse))
    assert sparse == from_attribute_value(to_attribute_value(sparse), Sparse)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"either": False}, {"either": {"BOOL": False}}),
        ({"number": 0.0}, {"number": {"N": "0"}}),
        ({"number": 1}, {}),
        ({"items": [0]}, {"items": {"L": [{"N": "0"}]}}),
        ({"marks": {1}}, {"marks": {"NS": ["1"]}}),
        ({"maybe": None}, {"maybe": {"NULL": True}}),
        ({"maybe": 0}, {"maybe": {"N": "0"}}),
        ({"nil": 0}, {"nil": {"N": "0"}}),
    ],
    ids=str,
)
def test_values_are_compared_as_they_are_stored(changes, expected):
    """`False` is no 0, and 1 is 1.0."""
    sparse = Sparse(None, needed=None, untyped=None, **changes)
    sparse.late = None

    assert expected == _stored(sparse)
    assert sparse == from_attribute_value(to_attribute_value(sparse), Sparse)


def test_a_wrong_value_is_refused_also_where_the_default_is_left_out():
    """Being left out is no way around the declared type."""
    with pytest.raises(ConversionError, match=r"Sparse\.number: float expected"):
        to_attribute_value(Sparse(needed=1, number=True))
    with pytest.raises(ConversionError, match=r"Sparse\.marks"):
        to_attribute_value(Sparse(needed=1, marks=frozenset()))


@attrs.define
class Leaf:
    """A class whose default is deeper than what it has."""

    n: Annotated[list[Any], OmitIfDefault] = attrs.field(default=[[[1]]])


def test_a_default_is_compared_wherever_the_first_object_is():
    """Deep inside a value the default would be too deep by itself, which is no error."""
    value = Leaf([])
    for _ in range(30):
        value = [value]
    to_attribute_value(value)

    assert {"M": {}} == to_attribute_value(Leaf())
    assert {"M": {"n": {"L": []}}} == to_attribute_value(Leaf([]))


REFUSED = {
    "alias without a name": (Annotated[str, Alias], attrs.NOTHING, "Alias needs"),
    "two aliases": (Annotated[str, Alias("a"), Alias("b")], attrs.NOTHING, "two aliases"),
    "a marker in a list": (list[Annotated[str, Alias("a")]], attrs.NOTHING, "whole type"),
    "a marker in a union": (Annotated[str, Alias("a")] | int, attrs.NOTHING, "whole type"),
    "None that cannot be": (Annotated[str, OmitIfNone], attrs.NOTHING, "allows None, not str"),
    "no default": (Annotated[str, OmitIfDefault], attrs.NOTHING, "needs a default"),
    "a factory that may differ": (
        Annotated[uuid.UUID, OmitIfDefault],
        attrs.Factory(uuid.uuid4),
        "always the same",
    ),
    "a factory of the object": (
        Annotated[int, OmitIfDefault],
        attrs.Factory(lambda _self: 1, takes_self=True),
        "always the same",
    ),
    "two meanings of what is missing": (
        Annotated[int | None, OmitIfNone, OmitIfDefault],
        1,
        "would mean both",
    ),
    "a time outside an entity": (Annotated[datetime | None, CreatedAt], None, "fields of entities"),
    "time to live outside an entity": (EXPIRY | None, None, "fields of entities"),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_markers_that_cannot_be_are_refused_at_the_first_use(problem):
    """They say which field it is about."""
    type_, default, text = REFUSED[problem]
    with pytest.raises(InvalidRequestError, match=text) as caught:
        class_fields(_class(type_, default))

    assert "INVALID_ENTITY" == caught.value.code
    assert "Made.field" in str(caught.value)


ENTITY_REFUSED = {
    "text": (Annotated[str | None, CreatedAt], "CreatedAt is for fields declared as datetime"),
    "a union": (Annotated[datetime | str | None, UpdatedAt], "not datetime | str | None"),
    "Any": (Annotated[Any, UpdatedAt], "not Any"),
    "TTL on a number": (Annotated[int, TTL], "TTL is for fields declared as datetime"),
    "two of them": (Annotated[datetime | None, TTL, CreatedAt], "one of them at most"),
}


@pytest.mark.parametrize("problem", ENTITY_REFUSED)
def test_times_are_for_moments_only(problem):
    """A wrong type is found before anything is written."""
    type_, text = ENTITY_REFUSED[problem]
    made = attrs.make_class(
        "Made", {"id": attrs.field(type=str), "field": attrs.field(type=type_, default=None)}
    )
    entity("Some", partition_key="id")(made)
    with pytest.raises(InvalidRequestError, match=r"Made\.field") as caught:
        class_fields(made)

    assert text.replace("|", "") in str(caught.value).replace("|", "")


def test_two_fields_of_one_attribute_are_refused():
    """One of them would be lost."""
    made = attrs.make_class(
        "Made", {"a": attrs.field(type=int), "b": attrs.field(type=Annotated[int, Alias("a")])}
    )
    with pytest.raises(InvalidRequestError, match="the fields 'a' and 'b' are stored as 'a' both"):
        to_attribute_value(made(1, 2))


@pytest.mark.parametrize("name", ["", None, 5])
def test_an_alias_is_a_text(name):
    """It is found where it is written."""
    with pytest.raises(InvalidRequestError, match="Alias takes the name"):
        Alias(name)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (AWARE, "1800000000"),
        (AWARE + timedelta(microseconds=999_999), "1800000000"),
        (datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC), "-1"),
        (datetime.max.replace(tzinfo=UTC), "253402300799"),
    ],
    ids=str,
)
def test_moments_become_whole_seconds(moment, seconds):
    """Fractions are cut off, also before 1970."""
    stored = to_attribute_value(moment, EXPIRY)

    assert {"N": seconds} == stored
    assert moment.astimezone(UTC).replace(microsecond=0) == from_attribute_value(stored, EXPIRY)


def test_no_moment_is_null_where_it_may_be():
    """A class may want NULL, or have no None at all."""
    assert {"NULL": True} == to_attribute_value(None, EXPIRY)
    assert from_attribute_value({"NULL": True}, EXPIRY) is None
    with pytest.raises(ConversionError, match="datetime expected, not NoneType"):
        to_attribute_value(None, Annotated[datetime, TTL()])
    with pytest.raises(ConversionError, match="type tag N expected, not NULL"):
        from_attribute_value({"NULL": True}, Annotated[datetime, TTL])
    assert {"N"} == wire_tags(Annotated[Moment, TTL], make_converter())
    assert {"N", "NULL"} == wire_tags(EXPIRY, make_converter())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2027, 1, 1), "naive"),  # noqa: DTZ001 - that is the point
        (1_800_000_000, "datetime | None expected, not int"),
    ],
    ids=["naive", "a number"],
)
def test_what_is_no_moment_is_refused(value, text):
    """A number could be milliseconds."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, EXPIRY)

    assert text in str(caught.value)
    assert "datetime | None" == caught.value.type


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ({"N": "1.5"}, "whole seconds expected"),
        ({"N": "1E+30"}, "later or earlier than a datetime can be"),
        ({"S": "2027-01-15T08:00:00Z"}, "type tag N expected, not S"),
    ],
    ids=str,
)
def test_what_somebody_else_stored_is_read_or_refused(stored, text):
    """Nothing is guessed."""
    with pytest.raises(ConversionError, match=text):
        from_attribute_value(stored, EXPIRY)


def test_hooks_for_datetime_leave_time_to_live_alone():
    """DynamoDB knows one form of it only."""
    converter = cattrs.Converter()
    converter.register_unstructure_hook(datetime, lambda value: {"S": value.isoformat()})
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value["S"]))
    configure_converter(converter)
    type_ = Annotated[datetime, TTL]

    assert {"N": "1800000000"} == to_attribute_value(AWARE, type_, converter=converter)
    assert AWARE == from_attribute_value({"N": "1800000000"}, type_, converter=converter)
    assert {"S": AWARE.isoformat()} == to_attribute_value(AWARE, datetime, converter=converter)
