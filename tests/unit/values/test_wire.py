"""AttributeValues from outside: checked, copied, compared."""

import pytest

from transactscope.errors import ConversionError
from transactscope.values.wire import canonical, checked, checked_at, unpack

EVERY_TAG = {
    "S": "a",
    "N": "1.0",
    "B": b"b",
    "BOOL": False,
    "NULL": True,
    "L": [{"S": ""}],
    "M": {"k": {"L": []}},
    "SS": ["a", ""],
    "NS": ["1", "2"],
    "BS": [b"", b"x"],
}


def _wrapped(value, levels):
    for _ in range(levels):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(("tag", "content"), EVERY_TAG.items())
def test_good_values_are_copied_as_they_are(tag, content):
    """Whoever speaks AttributeValues is taken at their word."""
    assert {tag: content} == checked({tag: content})


def test_a_copy_shares_nothing_with_its_original():
    """Changing what was handed over does not change what was staged."""
    original = {"M": {"list": {"L": [{"B": bytearray(b"x")}]}, "set": {"SS": ["a"]}}}

    copy = checked(original)
    original["M"]["list"]["L"][0]["B"].append(1)
    original["M"]["list"]["L"].clear()
    original["M"]["set"]["SS"].append("b")

    assert {"M": {"list": {"L": [{"B": b"x"}]}, "set": {"SS": ["a"]}}} == copy


def test_every_kind_of_bytes_becomes_bytes():
    """What is frozen must not be changeable through another name."""
    contents = [checked({"B": kind(b"x")})["B"] for kind in (bytes, bytearray, memoryview)]

    assert [(bytes, b"x")] * 3 == [(type(content), content) for content in contents]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", "a"),
        ("", None),
        ("", {}),
        ("", {"S": "a", "N": "1"}),
        ("", {"X": "a"}),
        ("", {1: "a"}),
        ("", {"S": 1}),
        ("", {"N": 3}),
        ("", {"N": "three"}),
        ("", {"B": "text"}),
        ("", {"BOOL": "x"}),
        ("", {"BOOL": 1}),
        ("", {"NULL": False}),
        ("", {"L": {}}),
        ("", {"M": []}),
        ("", {"M": {1: {"S": "a"}}}),
        ("", {"SS": []}),
        ("", {"SS": {"a"}}),
        ("", {"SS": ["a", 1]}),
        ("", {"SS": ["a", "a"]}),
        ("", {"NS": ["1", "1.0"]}),
        ("", {"NS": ["NaN"]}),
        ("", {"BS": [b"a", bytearray(b"a")]}),
        ("", {"S": "\ud800"}),
        (".k", {"M": {"k": {"N": "1E126"}}}),
        (".k[1]", {"M": {"k": {"L": [{"S": "a"}, {"N": 1}]}}}),
        ("['a b']", {"M": {"a b": {"SS": []}}}),
    ],
)
def test_bad_values_are_refused_with_their_place(path, value):
    """The server would refuse the whole transaction, and not say where."""
    with pytest.raises(ConversionError) as caught:
        checked(value)

    assert path == caught.value.path


def test_a_place_that_is_known_comes_first():
    """Whoever asks knows whose value it is."""
    with pytest.raises(ConversionError, match=r"^Album\.tags\[0\]: "):
        checked({"L": [{"N": 1}]}, "Album.tags")


def test_values_nest_to_level_32():
    """The attribute's own value is level 1, as DynamoDB counts."""
    deepest = _wrapped({"S": "x"}, 31)

    assert deepest == checked(deepest)
    with pytest.raises(ConversionError, match="32 levels"):
        checked(_wrapped({"L": []}, 32))
    with pytest.raises(ConversionError, match="32 levels"):
        checked_at(32, {"L": [{"S": "x"}]})


def test_a_value_that_contains_itself_is_refused():
    """It would never end."""
    endless = {"L": []}
    endless["L"].append(endless)

    with pytest.raises(ConversionError, match="32 levels"):
        checked(endless)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"N": "1.0"}),
        ({"N": "100"}, {"N": "1E2"}),
        ({"NS": ["1", "2"]}, {"NS": ["2.0", "1"]}),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}),
        ({"B": b"x"}, {"B": bytearray(b"x")}),
        ({"M": {"a": {"N": "1"}, "b": {"S": ""}}}, {"M": {"b": {"S": ""}, "a": {"N": "1.0"}}}),
        ({"L": [{"N": "1"}]}, {"L": [{"N": "1.0"}]}),
        ({"NULL": True}, {"NULL": True}),
    ],
)
def test_equal_values_have_one_canonical_form(one, other):
    """What DynamoDB calls equal is equal here: guards and keys depend on it."""
    assert canonical(one) == canonical(other)
    assert hash(canonical(one)) == hash(canonical(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"S": "1"}, {"N": "1"}),
        ({"BOOL": True}, {"NULL": True}),
        ({"N": "1"}, {"BOOL": True}),
        ({"L": [{"N": "1"}, {"N": "2"}]}, {"L": [{"N": "2"}, {"N": "1"}]}),
        ({"SS": ["a"]}, {"L": [{"S": "a"}]}),
        ({"M": {}}, {"L": []}),
    ],
)
def test_different_values_have_different_canonical_forms(one, other):
    """A type is part of a value."""
    assert canonical(one) != canonical(other)


def test_unpacking_gives_tag_and_content():
    """Readers need both."""
    assert ("N", "3") == unpack({"N": "3"})
