"""DynamoDB's numbers: one text per number, within its range, whatever the decimal context."""

import decimal
from decimal import Decimal

import pytest

from transactscope.errors import ConversionError
from transactscope.values.numbers import number_text, parse_decimal, parse_number

NINES = "9" * 38


@pytest.mark.parametrize(
    ("expected", "number"),
    [
        ("0", 0),
        ("0", -0.0),
        ("0", Decimal("-0E+500")),
        ("12", 12),
        ("-12", Decimal("-12.00")),
        ("100", Decimal("1E2")),
        ("1.5", 1.5),
        ("0.1", 0.1),
        ("0.0000001", Decimal("1E-7")),
        ("1E-8", Decimal("0.00000001")),
        ("-1.25E-20", -1.25e-20),
        ("123.456", Decimal("123.456")),
        (NINES, int(NINES)),
        ("1E38", 10**38),
        ("1E40", 10**40),
        ("-1.2E40", -12 * 10**39),
        ("1E-130", Decimal("1E-130")),
        (f"9.{NINES[1:]}E125", Decimal(f"{NINES}E88")),
        ("7", Decimal((0, (0, 0, 7), 0))),
    ],
)
def test_numbers_have_one_text(expected, number):
    """Equal numbers are equal in requests, and their text is short."""
    assert expected == number_text(number)


@pytest.mark.parametrize(
    "number",
    [
        float("nan"),
        Decimal("sNaN"),
        float("inf"),
        Decimal("-Infinity"),
        10**126,
        Decimal("1E126"),
        Decimal("1E+999999"),
        Decimal("1E-131"),
        1e300,
        int("1" * 39),
        Decimal("0." + "1" * 39),
        True,
        "12",
    ],
)
def test_numbers_that_dynamodb_refuses_are_refused(number):
    """boto3 lets some of these out, and the server's text would not say where they are."""
    with pytest.raises(ConversionError):
        number_text(number)


@pytest.mark.parametrize("sign", [1, -1])
def test_ints_too_long_for_python_to_print_are_refused(sign):
    """Python raises a ValueError of its own there."""
    with pytest.raises(ConversionError, match="magnitude"):
        number_text(sign * 10**5000)


def test_subclasses_of_numbers_are_written_as_numbers():
    """A subclass decides how it is printed, not what is stored."""

    class Shown(float):
        def __repr__(self):
            return "shown"

    class Counted(int):
        def __str__(self):
            return "counted"

    assert ("1.5", "3") == (number_text(Shown(1.5)), number_text(Counted(3)))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (1000, "1E3"),
        (12, "12.0"),
        (-5, "-5."),
        (7, "+7"),
        (Decimal("0.5"), ".5"),
        (Decimal("12.5"), "12.50"),
        (0, "-0"),
        (10**125, "1e+125"),
    ],
)
def test_numbers_are_read_as_int_where_they_are_whole(expected, text):
    """DynamoDB knows one type of number, Python has to choose."""
    number = parse_number(text)

    assert (type(expected), expected) == (type(number), number)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1_0", "NaN", "Infinity", "1E", ".", "0x1", "\u0661", "1E126", "1E99999999", 3],
)
def test_text_that_is_no_number_is_refused(text):
    """Python's own grammar for numbers is wider than DynamoDB's."""
    with pytest.raises(ConversionError):
        parse_number(text)


def test_the_threads_decimal_context_is_of_no_account():
    """A program that rounds to money must not lose digits that it stores."""
    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
        text = number_text(Decimal(NINES))
        number = parse_decimal(NINES)

    assert (NINES, int(NINES)) == (text, int(number))
