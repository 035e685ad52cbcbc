"""Objects of attrs classes and dataclasses: nothing is dropped, nothing is guessed."""

import dataclasses
from typing import Annotated, Generic, TypeVar

import attrs
import pytest

from tests.unit.values.future_annotations import Lost, Node
from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value

T = TypeVar("T")


@attrs.frozen
class Track:
    """One track."""

    title: str
    seconds: int = 0


@attrs.define
class Album:
    """A class with all kinds of fields."""

    title: str
    tracks: list[Track] = attrs.Factory(list)
    year: int | None = None
    label: str | None = "none"
    tags: dict[str, int] = attrs.Factory(dict)
    _secret: str = attrs.field(default="s", kw_only=True)


@attrs.define
class Reissue(Album):
    """A subclass."""

    remastered: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """A frozen dataclass with a field that `__init__` does not take."""

    words: list[str]
    count: int = dataclasses.field(init=False)
    note: str = dataclasses.field(init=False, default="x")

    def __post_init__(self):
        object.__setattr__(self, "count", len(self.words))


@attrs.frozen
class Stamped:
    """A frozen attrs class with a field that `__init__` does not take."""

    name: str
    stamp: int = attrs.field(init=False, default=1)
    unset: int = attrs.field(init=False, eq=False)


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    content: T


@attrs.define
class IntBox(Box[int]):
    """An inherited generic."""


@attrs.define
class Checked:
    """A class with a converter and a validator."""

    name: str = attrs.field(converter=str.strip)
    size: int = attrs.field(default=1, validator=attrs.validators.gt(0))


@dataclasses.dataclass
class Seeded:
    """A class whose `__init__` takes what is not kept."""

    seed: dataclasses.InitVar[int]


@attrs.define(init=False)
class Handmade:
    """A class with an `__init__` of its own."""

    name: str

    def __init__(self, name, *_more, loud=False, **_options):
        """Set the name."""
        self.name = name.upper() if loud else name


@attrs.define
class Marked:
    """A marker without a hash."""

    size: Annotated[int, {"marker": 1}]
    sizes: list[Annotated[int, {}]] = attrs.Factory(list)
    maybe: list[Annotated[int, {}]] | None = None


@pytest.mark.parametrize(
    "value",
    [
        Album("Kind of Blue"),
        Album("", [Track("So What", 545), Track("")], 1959, None, {"a b": 0}, secret=""),
        Reissue("Kind of Blue", remastered=False),
        Counted(["a", "b"]),
        Stamped("a"),
        Box(3),
        Box([Box("a").content]),
        IntBox(3),
        Checked("a", 2),
        Marked(1, [2], [3]),
        Handmade("a"),
        Node("root", [Node("leaf")], Node("parent")),
    ],
)
def test_objects_come_back_as_they_were(value):
    """Frozen or not, attrs or dataclass, with all their fields."""
    wire = to_attribute_value(value)

    assert value == from_attribute_value(wire, type(value))


def test_every_field_is_stored_under_its_own_name():
    """None is left out only where leaving out means None."""
    expected = {
        "title": {"S": "a"},
        "tracks": {"L": []},
        "label": {"NULL": True},
        "tags": {"M": {}},
        "_secret": {"S": "s"},
    }

    assert {"M": expected} == to_attribute_value(Album("a", label=None))


def test_missing_attributes_take_their_default():
    """Items are older than the fields that were added since."""
    first, second = (from_attribute_value({"M": {"title": {"S": "a"}}}, Album) for _ in range(2))

    assert Album("a") == first
    assert first.tracks is not second.tracks


def test_unknown_attributes_are_tolerated():
    """Items are also written by newer programs."""
    wire = {"M": {"title": {"S": "a"}, "unknown": {"BOOL": True}}}

    assert Track("a") == from_attribute_value(wire, Track)


def test_a_missing_attribute_without_default_is_named():
    """There is nothing that could take its place."""
    with pytest.raises(ConversionError, match="missing") as caught:
        from_attribute_value({"M": {"tracks": {"L": [{"M": {}}]}, "title": {"S": ""}}}, Album)

    assert ("Album.tracks[0].title", "str") == (caught.value.path, caught.value.type)


def test_fields_outside_init_are_set_as_they_were_stored():
    """What was computed once is data now."""
    wire = to_attribute_value(Counted(["a"]))
    wire["M"]["count"] = {"N": "5"}

    assert 5 == from_attribute_value(wire, Counted).count


def test_an_attribute_that_was_never_set_is_not_stored():
    """It has no value, which is not None."""
    assert {"M": {"name": {"S": "a"}, "stamp": {"N": "1"}}} == to_attribute_value(Stamped("a"))


def test_an_attribute_that_was_deleted_is_missed():
    """An object without it could not be read again."""
    album = Album("a")
    del album.title

    with pytest.raises(ConversionError, match="no such attribute") as caught:
        to_attribute_value(album)

    assert "Album.title" == caught.value.path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Album.title", Album(1)),
        ("Album.title", Album(None)),
        ("Album.tracks[1].title", Album("", [Track(""), Track(3)])),
        ("Album.tracks[0]", Album("", ["So What"])),
        ("Album.tags['a b']", Album("", tags={"a b": "c"})),
        ("Album.tags.ab", Album("", tags={"ab": "c"})),
        ("Album._secret", Album("", secret=3)),
        ("Node.children[0].parent.name", Node("", [Node("", parent=Node(3))])),
        ("[0].title", [Track(None)]),
        ("Box.content.title", Box(Track(None))),
    ],
)
def test_paths_begin_with_the_outermost_class(path, value):
    """A message is enough to find the value."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value)

    assert path == caught.value.path


def test_reading_says_the_same_path():
    """A stored item can be wrong, too."""
    wire = to_attribute_value(Album("", [Track("")]))
    wire["M"]["tracks"]["L"][0]["M"]["title"] = {"N": "3"}

    with pytest.raises(ConversionError, match=r"^Album\.tracks\[0\]\.title: "):
        from_attribute_value(wire, Album)


@pytest.mark.parametrize(
    ("value", "type_"),
    [(Reissue("a"), Album), (Track("a"), Album), ("a", Album), (Box("a"), Box[int]), (None, Album)],
)
def test_other_objects_are_refused(value, type_):
    """A subclass may have more fields, and they would be dropped."""
    with pytest.raises(ConversionError):
        to_attribute_value(value, type_)


@pytest.mark.parametrize("wire", [{"L": []}, {"S": "a"}, None])
def test_other_wire_values_are_refused(wire):
    """An object is a map."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, Track)

    assert "Track" == caught.value.type


def test_a_generic_class_is_strict_about_its_argument():
    """`Box[int]` is another type than `Box`."""
    assert Box(3) == from_attribute_value({"M": {"content": {"N": "3"}}}, Box[int])
    with pytest.raises(ConversionError) as caught:
        from_attribute_value({"M": {"content": {"S": "3"}}}, Box[int])

    assert ("Box.content", "int") == (caught.value.path, caught.value.type)


def test_a_class_that_could_not_be_made_again_is_refused():
    """Writing what nobody can read is losing it."""
    with pytest.raises(ConversionError, match="needs seed"):
        to_attribute_value(Seeded(1))


def test_a_class_that_refuses_its_values_is_quoted_as_the_cause():
    """Its own words are kept, outside the message: they may show the value."""
    with pytest.raises(ConversionError, match="ValueError") as caught:
        from_attribute_value({"M": {"name": {"S": " a "}, "size": {"N": "-99"}}}, Checked)

    assert "Checked" == caught.value.path
    assert "99" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_class_with_unknown_annotations_is_refused_when_used():
    """Making a converter or a class around it does no harm."""
    with pytest.raises(ConversionError, match="Nowhere"):
        make_converter().unstructure(Lost(1))
