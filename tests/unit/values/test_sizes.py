"""Sizes in bytes, as the service counts them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactscope.values.sizes import (
    CONTAINER_BYTES,
    attribute_size,
    element_size,
    item_size,
    text_size,
    value_size,
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", 1),
        ("-0.0", 1),
        ("5", 2),
        ("42", 2),
        ("-42", 3),
        ("123", 3),
        ("100", 2),
        ("00100.00", 2),
        ("1.5", 3),
        ("100.5", 4),
        ("0.5", 2),
        ("0.005", 2),
        ("1.005", 4),
        ("-1.005", 5),
        ("1E125", 2),
        ("1E-130", 2),
        ("1" * 38, 20),
        ("-" + "1" * 38, 21),
        ("1." + "1" * 37, 21),
        ("9.9999999999999999999999999999999999999E+125", 20),
    ],
)
def test_a_number_takes_a_byte_for_two_digits(number, expected):
    """The digits before the point and those behind it are counted apart."""
    assert expected == value_size({"N": number})


@given(
    st.decimals(-(10**30), 10**30, allow_nan=False, places=5)
    | st.integers(-(10**12), 10**12).map(Decimal),
    st.sampled_from(["{:f}", "{:+f}", "0{:f}", "{:f}000"]),
)
def test_a_number_is_as_long_however_it_is_written(number, form):
    """Plain texts are counted without a Decimal, to the same result."""
    text = form.format(abs(number) if form.startswith("0") else number)
    text = text if "." in text or not form.endswith("000") else f"{text}.000"

    assert value_size({"N": f"{Decimal(text):E}"}) == value_size({"N": text})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"S": ""}, 0),
        ({"S": "aé€\U0001d11e"}, 10),
        ({"B": b"\x00\xff"}, 2),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "é"]}, 3),
        ({"NS": ["1", "-100"]}, 5),
        ({"BS": [b"", b"ab"]}, 2),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"L": [{"NULL": True}]}]}, 12),
        ({"M": {}}, 3),
        ({"M": {"é": {"S": "ab"}, "m": {"M": {}}}}, 13),
    ],
    ids=str,
)
def test_every_type_has_its_size(value, expected):
    """Lists and maps take bytes of their own, sets take none."""
    assert expected == value_size(value)


def test_an_item_is_as_long_as_its_names_and_values():
    """The example of AWS's page on quotas, and names that are not ASCII."""
    assert 23 == item_size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}})
    assert 4 == item_size({"é": {"N": "1"}})
    assert 0 == item_size({})


def test_parts_add_up_to_the_whole():
    """What is known of an item before it is whole is counted with the same rules."""
    text, size = "é", value_size({"S": "ab"})

    assert 2 == text_size(text)
    assert item_size({text: {"S": "ab"}}) == attribute_size(text, {"S": "ab"})
    assert value_size({"M": {text: {"S": "ab"}}}) == CONTAINER_BYTES + element_size(text, size)
    assert value_size({"L": [{"S": "ab"}]}) == CONTAINER_BYTES + element_size(0, size)
