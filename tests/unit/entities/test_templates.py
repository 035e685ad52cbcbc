"""Composed key attributes: one entity, one key, and no forgeries."""

import datetime as dt
import decimal
import enum
import uuid

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from transactscope import KeyTemplate, entity, to_key
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError


def _key(pattern, kind, value):
    @entity("Shop", partition_key=KeyTemplate("PK", pattern))
    @define
    class Keyed:
        field: kind

    return to_key(Keyed, value)["PK"]["S"]


class Colour(enum.Enum):
    """Stored by value."""

    RED = "red"


@pytest.mark.parametrize(
    ("pattern", "kind", "value", "expected"),
    [
        ("USER#{field}", str, "u-1", "USER#u-1"),
        ("{field}", str, "u-1", "u-1"),
        ("ORDER#{field:08d}", int, 42, "ORDER#00000042"),
        ("ORDER#{field}#X", int, -3, "ORDER#-3#X"),
        ("{{{field}}}", str, "a", "{a}"),
        ("P#{field}", decimal.Decimal, decimal.Decimal("1.50"), "P#1.5"),
        ("C#{field}", Colour, Colour.RED, "C#red"),
        ("D#{field}", dt.date, dt.date(2026, 1, 2), "D#2026-01-02"),
        ("D#{field:%Y}", dt.date, dt.date(2026, 1, 2), "D#2026"),
        ("U#{field}", uuid.UUID, uuid.UUID(int=1), "U#00000000-0000-0000-0000-000000000001"),
        ("S#{field}", str, " ", "S# "),
    ],
)
def test_a_pattern_takes_the_stored_form_or_the_format(pattern, kind, value, expected):
    """A key is composed of what is stored, so that it sorts and compares like the fields."""
    assert expected == _key(pattern, kind, value)


def test_a_pattern_without_fields_is_a_constant():
    """Single-table designs have constant sort keys."""
    template = KeyTemplate("SK", "PROFILE")

    assert () == template.fields
    assert "PROFILE" == template.compose({}, None, "Cls")


def test_fields_are_listed_once_in_order():
    """They are the parts of the key that a caller has to give."""
    template = KeyTemplate("PK", "{a}#{b}#{a}")

    assert ("a", "b") == template.fields
    assert template == KeyTemplate("PK", "{a}#{b}#{a}")


@pytest.mark.parametrize(
    "pattern", ["{", "}", "{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:{b}}", "{a}{b}", "", 5, None]
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern):
    """A mistake in a declaration is found where it is declared."""
    with pytest.raises(InvalidRequestError) as caught:
        KeyTemplate("PK", pattern)

    assert "INVALID_ENTITY" == caught.value.code


def test_an_attribute_without_a_name_is_refused():
    """DynamoDB has no such attribute."""
    with pytest.raises(InvalidRequestError, match="attribute"):
        KeyTemplate("", "x")


@define
class _Pair:
    first: str
    second: str


entity("Shop", partition_key=KeyTemplate("PK", "{first}##{second}"))(_Pair)


@pytest.mark.parametrize("first", ["a##b", "##", "a#", "#"])
def test_a_value_that_contains_what_ends_it_is_refused(first):
    """It would be read back as another pair, so it would forge another item's key."""
    with pytest.raises(InvalidKeyError, match=r"Pair\.first contains '##'"):
        to_key(_Pair, first, "x")


def test_the_last_field_may_contain_anything():
    """Nothing follows it, so nothing can be forged."""
    assert {"PK": {"S": "a##b##c"}} == to_key(_Pair, "a", "b##c")


@given(st.tuples(*[st.text("#a", min_size=1, max_size=4)] * 2), st.data())
def test_two_pairs_never_share_a_key(pair, data):
    """Whatever separators the values contain, a key belongs to one pair."""
    other = data.draw(st.tuples(*[st.text("#a", min_size=1, max_size=4)] * 2))
    try:
        keys = to_key(_Pair, *pair), to_key(_Pair, *other)
    except InvalidKeyError:
        return

    assert (keys[0] == keys[1]) is (pair == other)


@pytest.mark.parametrize(
    ("pattern", "kind", "value", "named"),
    [
        ("U#{field}", str, "", "empty"),
        ("U#{field}", str | None, None, "None"),
        ("U#{field}", bytes, b"x", "text or a number"),
        ("U#{field}", bool, True, "text or a number"),
        ("U#{field}", list[str], ["x"], "text or a number"),
        ("U#{field:d}", str, "x", "format 'd'"),
        ("U#{field:>99999}", str, "x", "2048"),
    ],
)
def test_a_part_that_cannot_be_part_of_a_key_is_refused(pattern, kind, value, named):
    """The error names the class, the field and the reason, before anything is staged."""
    with pytest.raises(InvalidKeyError, match=f"Keyed.*{named}"):
        _key(pattern, kind, value)


def test_a_part_of_the_wrong_type_is_a_conversion_error():
    """A key is as strict about types as a field."""
    with pytest.raises(ConversionError, match=r"Keyed\.field"):
        _key("U#{field}", int, "5")
