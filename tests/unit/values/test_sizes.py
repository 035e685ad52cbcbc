"""Sizes in bytes, as the service counts them."""

import pytest

from transactscope.values.sizes import item_size, value_size


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
