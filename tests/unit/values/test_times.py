"""Dates, times of day, moments and durations: one width, one meaning."""

import decimal
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, to_attribute_value

PLUS_TWO = timezone(timedelta(hours=2))


class Undecided(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, _moment):
        """Give no answer."""


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (date(1959, 8, 17), {"S": "1959-08-17"}),
        (date(1, 1, 1), {"S": "0001-01-01"}),
        (time(9, 5), {"S": "09:05:00.000000"}),
        (time(23, 59, 59, 999999), {"S": "23:59:59.999999"}),
        (datetime(1959, 8, 17, 12, tzinfo=UTC), {"S": "1959-08-17T12:00:00.000000Z"}),
        (datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC), {"S": "0001-01-01T00:00:00.000001Z"}),
        (timedelta(seconds=90), {"N": "90"}),
        (timedelta(microseconds=-1), {"N": "-0.000001"}),
        (timedelta(seconds=-1, microseconds=-500_000), {"N": "-1.5"}),
        (timedelta(), {"N": "0"}),
        (timedelta.max, {"N": "86399999999999.999999"}),
        (timedelta.min, {"N": "-86399999913600"}),
    ],
)
def test_times_come_back_as_they_were(value, wire):
    """Text sorts by time, and nothing depends on a locale."""
    assert wire == to_attribute_value(value, type(value))
    assert value == from_attribute_value(wire, type(value))


def test_moments_are_stored_in_utc():
    """Equal moments are equal in DynamoDB, wherever they were told."""
    moment = datetime(2024, 1, 1, 1, 30, tzinfo=PLUS_TWO)

    wire = to_attribute_value(moment, datetime)

    assert {"S": "2023-12-31T23:30:00.000000Z"} == wire
    assert UTC is from_attribute_value(wire, datetime).tzinfo


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T01:30:00+02:00",
        "2023-12-31T23:30Z",
        "2023-12-31 23:30:00.000000Z",
        "20231231T233000Z",
        "2023-W52-7T23:30:00Z",
        "2023-12-31T23:30:00.000000000Z",
        "2023-12-31T18:30:00,000-05:00",
    ],
)
def test_moments_are_read_from_any_iso_text_with_an_offset(text):
    """Other programs write moments in other ways."""
    expected = datetime(2023, 12, 31, 23, 30, tzinfo=UTC)

    assert expected == from_attribute_value({"S": text}, datetime)


@pytest.mark.parametrize("text", ["09:05", "09:05:00", "09:05:00.0"])
def test_times_of_day_are_read_from_shorter_texts(text):
    """Other programs leave zeros out."""
    assert time(9, 5) == from_attribute_value({"S": text}, time)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (datetime(2024, 1, 1, tzinfo=UTC), date),
        ("2024-01-01", date),
        (date(2024, 1, 1), datetime),
        (datetime(2024, 1, 1), datetime),  # noqa: DTZ001 - what is refused
        (datetime(2024, 1, 1, tzinfo=Undecided()), datetime),
        (datetime.min.replace(tzinfo=PLUS_TWO), datetime),
        (time(9, tzinfo=UTC), time),
        (datetime(2024, 1, 1, tzinfo=UTC), time),
        (90, timedelta),
    ],
)
def test_other_values_are_refused_on_writing(value, type_):
    """A day is no moment, and a moment without a time zone is none either."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, type_)

    assert type_.__name__ == caught.value.type


@pytest.mark.parametrize(
    ("wire", "type_"),
    [
        ({"S": "17.08.1959"}, date),
        ({"S": "19590817"}, date),
        ({"S": "1959-W33-1"}, date),
        ({"S": "1959-02-30"}, date),
        ({"S": "2024-01-01T00:00:00"}, datetime),
        ({"S": "2024-01-01"}, datetime),
        ({"S": "2024-01-01x00:00:00Z"}, datetime),
        ({"S": "2024-01-01T25:00:00Z"}, datetime),
        ({"S": "0001-01-01T00:00:00+02:00"}, datetime),
        ({"S": "2024-01-01T00:00:00.1234567Z"}, datetime),
        ({"N": "1704067200"}, datetime),
        ({"S": "09:05:00Z"}, time),
        ({"S": "25:00"}, time),
        ({"S": "09:05:00.0000001"}, time),
        ({"N": "0.0000001"}, timedelta),
        ({"N": "1E20"}, timedelta),
        ({"N": "1E125"}, timedelta),
        ({"N": "-86399999913600.000001"}, timedelta),
    ],
)
def test_other_texts_are_refused_on_reading(wire, type_):
    """What cannot be kept exactly is not read at all, and no error quotes it."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, type_)

    (content,) = wire.values()
    assert content not in str(caught.value)
    assert type_.__name__ == caught.value.type


def test_durations_do_not_depend_on_the_threads_precision():
    """A program that rounds to money must not lose microseconds."""
    long = timedelta(days=99_999, microseconds=1)

    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
        wire = to_attribute_value(long, timedelta)
        back = from_attribute_value(wire, timedelta)

    assert long == back
