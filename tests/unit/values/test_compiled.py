"""Generated encoders and decoders: what they take, and what they leave to the plain path."""

import datetime as dt
import enum
import gc
import json.encoder
import typing
import weakref
from decimal import Decimal
from uuid import UUID

import attrs
import pytest

from tests.property.compiled_types import (
    Alike,
    Box,
    Checked,
    Counted,
    Empty,
    Genre,
    Handmade,
    Marked,
    Mixed,
    Moment,
    Name,
    Node,
    Odd,
    Shouting,
    Text,
    Track,
    Unset,
    Whole,
)
from tests.releases import needs_keywords_as_fields
from transactscope import entity
from transactscope.errors import ConversionError
from transactscope.fields import TTL, Alias
from transactscope.types.json_text import from_json
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.compiled import (
    NOT_DECODED,
    encoder,
    is_closed,
    members_decoder,
    members_encoder,
    texts,
)
from transactscope.values.compiled.shapes import Other, written_shape
from transactscope.values.nesting import current_level, whole_item
from transactscope.values.sizes import item_size, value_size

CONVERTER = make_converter()
SO_WHAT = Track("So What")
UTC_MOMENT = dt.datetime(959, 8, 7, 9, 5, 3, 7, tzinfo=dt.UTC)


@attrs.define
class Album:
    """A class of the usual kind."""

    title: str
    year: int
    sold: dt.datetime = UTC_MOMENT
    price: Decimal = Decimal("19.9")
    label: str | None = None
    track: Track = SO_WHAT
    words: list[str] = attrs.Factory(lambda: ["cool", "modal"])
    tongues: set[str] = attrs.Factory(lambda: {"en"})


@entity("Session", partition_key="id")
@attrs.define
class Session:
    """A class whose items expire."""

    id: str
    expires: typing.Annotated[dt.datetime, TTL]
    later: typing.Annotated[dt.datetime | None, TTL] = UTC_MOMENT


class Odds(enum.Enum):
    """Members without end."""

    NONE = ()


USUAL = {
    "text": (str, 'a"\\\n\0é€😀\u2028'),
    "text of another class": (str, Text("a")),
    "new type": (Name, "a"),
    "annotated": (typing.Annotated[int, {"a": 1}], 3),
    "whole": (int, -101),
    "zero": (int, 0),
    "38 digits": (int, 10**38 - 1),
    "more than 38 digits": (int, 10**40),
    "exact": (Decimal, Decimal("-1.50")),
    "whole as exact": (Decimal, 7),
    "exact with an exponent": (Decimal, Decimal("1E-7")),
    "float": (float, 1e20),
    "bool": (bool, False),
    "bytes": (bytes, b"\0\1\2"),
    "uuid": (UUID, UUID(int=3)),
    "date": (dt.date, dt.date(959, 8, 7)),
    "time": (dt.time, dt.time(1, 2)),
    "duration": (dt.timedelta, dt.timedelta(days=-1, microseconds=1)),
    "moment": (dt.datetime, UTC_MOMENT),
    "moment elsewhere": (dt.datetime, UTC_MOMENT.astimezone(dt.timezone(dt.timedelta(hours=2)))),
    "mixed members": (Mixed, Mixed.NUMBER),
    "members": (list[Genre], [Genre.JAZZ, Genre.ODD]),
    "exact without a point": (Decimal, Decimal(-100)),
    "exact and long": (Decimal, Decimal("1234567890.123456789")),
    "whole and long": (int, 12345678901234567890),
    "float and long": (float, 0.12345678901234568),
    "None": (None, None),
    "maybe": (int | None, None),
    "texts": (list[str], ["a", '"']),
    "no texts": (list[str], []),
    "numbers": (tuple[int, ...], (1, 20)),
    "sequence": (typing.Sequence[int | None], [1, None]),
    "pair": (tuple[str, int], ("a", 1)),
    "set": (set[str], {"a", "a!", 'a"'}),
    "frozen set of numbers": (frozenset[int], frozenset({10, 9, -1})),
    "dict": (dict[str, list[bool]], {"é": [True], "": []}),
    "a member that says something else": (Shouting, Shouting.QUIET),
    "set of exact numbers": (set[Decimal], {Decimal("1.5")}),
    "literal": (typing.Literal["a", "b"], "a"),
    "object": (Album, Album("Kind of Blue", 1959)),
    "nested generic": (Box[list[Track]], Box([Track("a")])),
}


@pytest.mark.parametrize(("type_", "value"), USUAL.values(), ids=USUAL)
def test_usual_values_are_encoded_and_decoded(type_, value):
    """An encoder that leaves everything to others would be right as well."""
    wire = to_attribute_value(value, type_)
    text, size = encoder(type_, CONVERTER)(value)
    holder = attrs.make_class("Holder", {"content": attrs.field(type=type_)})

    assert wire == from_json(text)
    assert value_size(wire) == size
    decoded = members_decoder(holder, CONVERTER)({"content": wire})
    assert holder(from_attribute_value(wire, type_)) == decoded


UNUSUAL = {
    "a text where a number is declared": (int, '1"},"x":{"S":"'),
    "a text in a list of numbers": (list[int], [1, "2"]),
    "a number that writes itself otherwise": (int, Whole(3)),
    "True as a number": (int, True),
    "True as an exact number": (Decimal, True),
    "a number as a text": (str, 3),
    "bytes as a text": (str, b"a"),
    "a number as bool": (bool, 1),
    "half a surrogate pair": (str, "\ud800"),
    "half a surrogate pair in a dict": (dict[str, int], {"\ud800": 1}),
    "a key of another class": (dict[str, int], {Text("a"): 1}),
    "NaN": (Decimal, Decimal("NaN")),
    "signaling NaN": (Decimal, Decimal("sNaN")),
    "infinity": (float, float("inf")),
    "39 digits": (int, 10**38 + 1),
    "a number that Python does not write": (int, 10**5000),
    "naive moment": (dt.datetime, dt.datetime(2020, 1, 1)),  # noqa: DTZ001 - on purpose
    "moment of another class": (dt.datetime, Moment(2020, 1, 1, tzinfo=dt.UTC)),
    "time of day with a zone": (dt.time, dt.time(1, tzinfo=dt.UTC)),
    "empty set": (set[str], set()),
    "set of a lying text": (set[str], {Text("a"), "b"}),
    "set of other things": (set[int], {1, True + 1.5}),
    "something in place of None": (None, 1),
    "no moment for an expiry": (typing.Annotated[dt.datetime, TTL], 3),
    "a naive moment for an expiry": (typing.Annotated[dt.datetime, TTL], dt.datetime(2020, 1, 1)),  # noqa: DTZ001
    "unpacked items": (tuple[int, *tuple[str, ...]], (1, "a")),
    "a longer pair": (tuple[str, int], ("a", 1, 2)),
    "another choice": (typing.Literal["a", "b"], "c"),
    "a member that cannot be told apart": (Alike, Alike.ONE),
    "another class": (Album, Track("a")),
    "missing member": (Album, None),
}


@pytest.mark.parametrize(("type_", "value"), UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_values_are_left_to_the_plain_path(type_, value):
    """It has the right error, or the right text."""
    assert encoder(type_, CONVERTER)(value) is None


@pytest.mark.parametrize("name", ["title", "track", "words"])
def test_a_missing_attribute_is_left_to_the_plain_path(name):
    """Its error says which one."""
    album = Album("a", 1)
    delattr(album, name)

    assert members_encoder(Album, CONVERTER)(album) is None


OBJECTS = {
    "usual": Album("Kind of Blue", 1959, label="Columbia"),
    "texts that need escapes": Album('a"', 1, words=["\\", "b"], tongues={'a"', "a!", "a"}),
    "a text of which one element needs an escape": Album("a", 1, words=["b", "\n"]),
    "an element of a set that needs an escape": Album("a", 1, words=[], tongues={"\0é", "€"}),
    "markers and names that need care": Marked('a"\\\né', zero=1, price=None, words=["a"]),
    "all that is left out": Marked(maybe=None),
    "another default": Marked(names={"a"}, extra={"a": 1}, track=Track("b")),
    "fields that init does not take": Counted(["a"]),
    "expiry": Session("a", UTC_MOMENT.replace(microsecond=0), None),
    "nothing sure": Unset(2.5),
    "nothing at all": Empty(),
    "nothing stored": Unset(),
    "letters of other alphabets": Odd("a", 2),
    "a class that contains itself": Node("a", [Node("b")], Node("c")),
}


@pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS)
def test_objects_are_encoded_and_decoded(value):
    """Members without braces, and back from an item."""
    with whole_item():
        item = to_attribute_value(value)["M"]
    text, size, kept = members_encoder(type(value), CONVERTER)(value)
    decoded = members_decoder(type(value), CONVERTER)(item)

    assert item == from_json(f"{{{text}}}")
    assert (item_size(item), ()) == (size, kept)
    # Two sets that are equal may be shown in two orders.
    assert sorted(repr(value)) == sorted(repr(decoded))


def test_lists_of_unusual_content_are_never_pasted():
    """An element is written as the text that it is, or not here."""

    class Restless(list):
        """No list of the usual kind."""

    assert members_encoder(Album, CONVERTER)(Album("a", 1, words=Restless(["a"]))) is None
    for content in (1, b"a", None, Text('"')):
        album = Album("a", 1, words=["a", content])
        encoded = members_encoder(Album, CONVERTER)(album)
        assert encoded is None or from_json(f"{{{encoded[0]}}}")["words"]["L"][1] == {"S": '"'}


def test_kept_fields_come_as_tag_and_content():
    """Keys are made of them, and looked at, without reading JSON again."""
    encode = members_encoder(Album, CONVERTER, ("year", "title", "sold", "label"))
    _, _, kept = encode(Album('"é', 1959, label="x"))

    moment = "0959-08-07T09:05:03.000007Z"
    assert (("N", "1959"), ("S", '"é'), ("S", moment), ("S", "x")) == kept


@pytest.mark.parametrize("keep", ["track", "words", "label", "nothing of the kind"])
def test_what_is_no_text_or_number_cannot_be_kept(keep):
    """A map, a list, None, and what is no field."""
    assert members_encoder(Album, CONVERTER, (keep,))(Album("a", 1)) is None


def test_a_kept_text_has_no_class_of_its_own():
    """What is sent has no methods of a user's."""
    assert members_encoder(Album, CONVERTER)(Album(Text("a"), 1)) is not None
    assert members_encoder(Album, CONVERTER, ("title",))(Album(Text("a"), 1)) is None


def test_a_kept_field_that_can_be_left_out_by_default_is_not_kept():
    """It would be no key."""
    assert members_encoder(Marked, CONVERTER, ("zero",))(Marked(zero=3)) is None


def test_an_attribute_that_utf_8_cannot_write():
    """Nothing is sent that is no UTF-8."""
    odd = attrs.make_class(
        "Odd", {"a": attrs.field(type=typing.Annotated[str, Alias("\ud800")], default="")}
    )

    assert members_encoder(odd, CONVERTER)(odd()) is None


BROKEN = {
    "no AttributeValue": {"title": "a"},
    "None": {"title": None},
    "another tag": {"title": {"N": "1"}},
    "two tags": {"title": {"S": "a", "N": "1"}},
    "bytes for a text": {"title": {"S": b"a"}},
    "a text with a class": {"title": {"S": Text("a")}},
    "half a surrogate pair": {"title": {"S": "\ud800"}},
    "a number that is none": {"year": {"N": "1_0"}},
    "bytes for a number": {"year": {"N": b"10"}},
    "foreign digits": {"year": {"N": "\u0663"}},
    "no number at all": {"price": {"N": "."}},
    "no whole number": {"year": {"N": "1.5"}},
    "no moment": {"sold": {"S": "2026-11-21x09:00:00.000000Z"}},
    "lost digits": {"sold": {"S": "2026-11-21T09:00:00.0000001Z"}},
    "None for a default": {"label": None},
    "no NULL": {"label": {"NULL": False}},
    "a map in the wrong place": {"words": {"M": {}}},
    "an element": {"words": {"L": [{"S": "a"}, {"N": "1"}]}},
    "a nested member": {"track": {"M": {"seconds": {"N": "1"}}}},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_broken_items_are_left_to_the_plain_path(change):
    """Its error says where."""
    item = {"title": {"S": "a"}, "year": {"N": "1"}, **change}

    assert members_decoder(Album, CONVERTER)(item) is NOT_DECODED


def test_other_forms_of_numbers_and_moments_are_read():
    """Others write them, too."""
    item = {
        "title": {"S": "a"},
        "year": {"N": "1.9E3"},
        "price": {"N": "0.500"},
        "sold": {"S": "2026-11-21 10:00:00+01:00"},
    }
    album = members_decoder(Album, CONVERTER)(item)

    assert 1900 == album.year
    assert Decimal("0.5").as_tuple() == album.price.as_tuple()
    assert dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC) == album.sold


def test_other_forms_of_dates_are_left_to_the_plain_path():
    """It has one form."""
    holder = attrs.make_class("Holder", {"day": attrs.field(type=dt.date)})

    assert members_decoder(holder, CONVERTER)({"day": {"S": "2026-W47-6"}}) is NOT_DECODED
    assert members_decoder(holder, CONVERTER)({"day": {"S": "20261121"}}) is NOT_DECODED


@needs_keywords_as_fields
def test_names_of_fields_are_never_source():
    """A keyword is a name like others."""
    odd = attrs.make_class(
        "Odd", {"class": attrs.field(type=int, init=False, repr=False, eq=False)}
    )
    value = odd()
    setattr(value, "class", 3)
    decoded = members_decoder(odd, CONVERTER)({"class": {"N": "3"}})

    assert '"class":{"N":"3"}' == members_encoder(odd, CONVERTER)(value)[0]
    assert 3 == getattr(decoded, "class")


def test_an_item_has_to_be_a_dict():
    """Another mapping is checked by the plain path."""
    assert members_decoder(Empty, CONVERTER)([]) is NOT_DECODED


def test_a_class_that_raises_is_left_to_the_plain_path():
    """Its error says so."""
    assert (
        members_decoder(Checked, CONVERTER)({"name": {"S": "a"}, "size": {"N": "0"}}) is NOT_DECODED
    )


def test_defaults_are_those_of_the_class():
    """What `__init__` of the class's own says is not what the field says."""
    decode = members_decoder(Handmade, CONVERTER)

    assert 7 == decode({"name": {"S": "a"}}).size
    assert "x" == members_decoder(Checked, CONVERTER)({"name": {"S": "a"}}).label
    first, second = (members_decoder(Counted, CONVERTER)({"words": {"L": []}}) for _ in range(2))
    assert first.more is not second.more


class _Meta(type):
    """A class of classes that makes objects in its own way."""

    def __call__(cls, **arguments):
        return super().__call__(**{"content": "made", **arguments})


@attrs.define
class Made(metaclass=_Meta):
    """A class that is called in an unusual way."""

    content: str = "default"


def test_arguments_are_given_to_those_that_they_are_for():
    """An `__init__` may have them in another order than the fields, and some by name only."""

    @attrs.define(init=False)
    class Song:
        title: str
        label: str
        year: int = 0
        sold: int = 0

        def __init__(self, label, title, *, sold, year=1959):
            self.title, self.label, self.year, self.sold = title, label, year, sold

    item = {"label": {"S": "l"}, "sold": {"N": "2"}, "title": {"S": "t"}, "year": {"N": "1"}}

    assert Song("l", "t", sold=2, year=1) == members_decoder(Song, CONVERTER)(item)


def test_a_class_that_is_called_otherwise_has_no_known_default():
    """Nobody can say what leaving an argument out means."""
    decode = members_decoder(Made, CONVERTER)

    assert decode({}) is NOT_DECODED
    assert "a" == decode({"content": {"S": "a"}}).content


class Money:
    """An amount without rules."""

    def __init__(self, cents):
        """Set it."""
        self.cents = cents


@attrs.define
class Purse:
    """A class with such amounts."""

    id: str
    content: Money
    more: list[Money] = attrs.Factory(list)


def _with_hooks(seen=None):
    made = make_converter()

    def write(money):
        if seen is not None:
            seen.append(current_level())
        return {"N": str(money.cents)}

    made.register_unstructure_hook(Money, write)
    made.register_structure_hook(Money, lambda wire, _: Money(int(wire["N"])))
    return made


def test_hooks_of_users_take_part():
    """On the level on which the plain path would call them."""
    levels = []
    converter = _with_hooks(levels)
    text, _, _ = members_encoder(Purse, converter)(Purse("a", Money(3), [Money(4)]))
    item = from_json(f"{{{text}}}")

    assert {"id": {"S": "a"}, "content": {"N": "3"}, "more": {"L": [{"N": "4"}]}} == item
    assert [1, 2] == levels
    assert [4] == [each.cents for each in members_decoder(Purse, converter)(item).more]


def test_a_hook_that_refuses_is_left_to_the_plain_path():
    """Its error says where."""
    assert members_encoder(Purse, CONVERTER)(Purse("a", Money(3))) is None
    assert members_encoder(Purse, _with_hooks())(Purse("a", 3)) is None


def test_hooks_that_are_registered_later_are_found():
    """cattrs forgets all hooks of ours then, and what was generated is kept on them."""
    converter = make_converter()
    before = members_encoder(Track, converter)(Track("a"))
    decoded = members_decoder(Track, converter)({"title": {"S": "a"}})
    converter.register_unstructure_hook(str, lambda text: {"S": text.upper()})
    converter.register_structure_hook(str, lambda wire, _: wire["S"].title())

    assert '"title":{"S":"a"},"seconds":{"N":"0"}' == before[0]
    assert (
        '"title":{"S":"A"},"seconds":{"N":"0"}' == members_encoder(Track, converter)(Track("a"))[0]
    )
    assert ["a", "Bc"] == [
        decoded.title,
        members_decoder(Track, converter)({"title": {"S": "bc"}}).title,
    ]


def test_a_type_that_a_user_has_a_hook_for_is_the_users():
    """Also where it is one of ours, for another type."""
    converter = make_converter()
    converter.register_unstructure_hook(Track, lambda track: {"S": track.title})
    converter.register_structure_hook(Track, lambda wire, _: Track(wire["S"]))
    converter.register_unstructure_hook(int, converter.get_unstructure_hook(bool))

    assert encoder(Track, converter)(Track("a")) is None
    assert members_encoder(Track, converter)(Track("a")) is None
    assert members_decoder(Track, converter)({"title": {"S": "a"}}) is NOT_DECODED
    assert encoder(int, converter)(True) is None


@pytest.mark.parametrize(
    "type_", [list[int], Name, Album, str | None, dict[str, set[int]]], ids=str
)
def test_types_that_generated_code_knows_are_closed(type_):
    """What their values become depends on nothing but the values."""
    assert is_closed(type_, CONVERTER)


@pytest.mark.parametrize(
    "type_",
    [
        list,
        typing.Any,
        Node,
        Money,
        Box[object],
        int | str,
        dict[int, int],
        tuple[int, list],
        Odds,
        [],
    ],
    ids=repr,
)
def test_other_types_are_not_closed(type_):
    """Hooks, classes of values and classes that contain themselves decide."""
    assert not is_closed(type_, CONVERTER)


def test_a_type_with_a_users_hook_is_not_closed():
    """In neither direction."""
    converter = make_converter()
    converter.register_structure_hook(int, lambda wire, _: int(wire["N"]))

    assert not is_closed(list[int], converter)
    assert is_closed(list[str], converter)
    assert not is_closed(Purse, _with_hooks())


def test_types_may_be_nested_as_deep_as_the_plain_path_allows():
    """Where generated code ends, the plain path goes on, and counts from there."""
    type_, value = str, "a"
    for _ in range(31):
        type_, value = list[type_], [value]
    wire = to_attribute_value(value, type_)

    assert wire == from_json(encoder(type_, CONVERTER)(value)[0])
    assert encoder(list[type_], CONVERTER)([value]) is None
    with pytest.raises(ConversionError, match="32"):
        to_attribute_value([value], list[type_])


def test_classes_in_classes_in_classes_do_not_multiply_without_end():
    """Source has an end."""
    class_ = Track
    for _ in range(6):
        fields = {name: attrs.field(type=class_) for name in "abcde"}
        class_ = attrs.make_class("Wide", fields)

    assert not is_closed(class_, CONVERTER)
    assert isinstance(written_shape(list, CONVERTER, 1), Other)


def test_something_that_is_no_class_has_no_members():
    """Whoever asks goes the plain way."""
    assert members_encoder(int, CONVERTER)(3) is None
    assert members_encoder(list[int], CONVERTER)([3]) is None
    assert members_decoder(int, CONVERTER)({}) is NOT_DECODED
    assert members_decoder(dict[str, int], CONVERTER)({}) is NOT_DECODED
    assert encoder([], CONVERTER)([]) is None
    assert members_encoder([], CONVERTER)([]) is None
    assert members_decoder([], CONVERTER)({}) is NOT_DECODED


def test_what_is_generated_goes_with_the_converter():
    """Programs that make converters do not grow."""

    class Watched:
        """Something that the converter holds."""

    converter, watched = make_converter(), Watched()
    converter.register_unstructure_hook(Money, lambda _money, _held=watched: {"N": "1"})
    assert members_encoder(Purse, converter)(Purse("a", Money(1))) is not None
    gone = weakref.ref(watched)
    del converter, watched
    gc.collect()

    assert gone() is None


def test_remembered_numbers_have_a_limit(monkeypatch):
    """A program that stores ever new numbers does not grow."""
    monkeypatch.setattr(texts, "MOST_REMEMBERED", 3)
    encode = encoder(list[int], CONVERTER)
    texts.whole_numbers.clear()
    encode(list(range(-20, 20)))

    assert {0, 1, 2} == set(texts.whole_numbers)


def test_what_is_remembered_of_texts_has_a_limit(monkeypatch):
    """The same for a program that reads ever new numbers, or writes ever new days."""
    monkeypatch.setattr(texts, "MOST_REMEMBERED", 3)
    known = {}
    for number in range(5):
        texts.remember(known, number, "text")

    assert [3, 4] == list(known)


def test_texts_are_escaped_as_json_text_escapes_them():
    """Whichever of the two functions Python has."""
    nasty = "".join(map(chr, range(0x80))) + "é€😀\u2028"

    assert json.encoder.py_encode_basestring(nasty) == texts.escape(nasty)
    assert len(nasty.encode()) == texts.visible(texts.escape(nasty)) - 2
