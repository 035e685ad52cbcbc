"""Lists and tuples."""

from collections.abc import MutableSequence, Sequence
from typing import Any, List, NamedTuple, Tuple  # noqa: UP035 - old notation is supported

import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, to_attribute_value


class Point(NamedTuple):
    """A tuple with names."""

    x: int
    y: int


ONE_TWO = {"L": [{"N": "1"}, {"N": "2"}]}


@pytest.mark.parametrize(
    ("value", "type_", "wire"),
    [
        ([1, 2], list[int], ONE_TWO),
        ([1, 2], List[int], ONE_TWO),  # noqa: UP006
        ([1, 2], list, ONE_TWO),
        ([1, 2], Sequence[int], ONE_TWO),
        ([1, 2], MutableSequence[int], ONE_TWO),
        ([], list[int], {"L": []}),
        ([None, [], {}], list[Any], {"L": [{"NULL": True}, {"L": []}, {"M": {}}]}),
        ((1, 2), tuple[int, ...], ONE_TWO),
        ((1, 2), tuple, ONE_TWO),
        ((1, 2), Tuple, ONE_TWO),  # noqa: UP006
        ((), tuple[int, ...], {"L": []}),
        ((1, "a"), tuple[int, str], {"L": [{"N": "1"}, {"S": "a"}]}),
        ((), tuple[()], {"L": []}),
        ([(1,), (2, 3)], list[tuple[int, ...]], None),
    ],
)
def test_sequences_come_back_as_they_were(value, type_, wire):
    """Order, length and empty ones are kept."""
    written = to_attribute_value(value, type_)

    assert wire in (None, written)
    assert value == from_attribute_value(written, type_)


def test_a_sequence_takes_tuples_and_is_read_as_a_list():
    """An abstract type promises no more than that."""
    wire = to_attribute_value((1, 2), Sequence[int])

    assert [1, 2] == from_attribute_value(wire, Sequence[int])


@pytest.mark.parametrize(
    ("path", "value", "type_"),
    [
        ("", (1,), list[int]),
        ("", [1], tuple[int, ...]),
        ("", "ab", Sequence[str]),
        ("", (1,), tuple[int, str]),
        ("", (1, "a", 2), tuple[int, str]),
        ("", (1,), tuple[()]),
        ("", Point(1, 2), tuple[int, int]),
        ("", Point(1, 2), tuple),
        ("", Point(1, 2), Point),
        ("", (1, "a"), tuple[int, *tuple[str, ...]]),
        ("[1]", [1, "2"], list[int]),
        ("[1]", (1, 2), tuple[int, str]),
        ("[0][2]", [[1, 2, None]], list[list[int]]),
    ],
)
def test_other_values_are_refused_with_their_place(path, value, type_):
    """A list is no tuple, and the names of a NamedTuple would be lost."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, type_)

    assert path == caught.value.path


@pytest.mark.parametrize(
    ("path", "wire", "type_"),
    [
        ("", {"SS": ["a"]}, list[str]),
        ("", {"L": [{"N": "1"}]}, tuple[int, str]),
        ("[1]", {"L": [{"N": "1"}, {"S": "2"}]}, list[int]),
        ("[1]", {"L": [{"N": "1"}, {"N": "2"}]}, tuple[int, str]),
        ("[0]", {"L": ["a"]}, list),
    ],
)
def test_other_wire_values_are_refused_with_their_place(path, wire, type_):
    """Reading is as strict as writing."""
    with pytest.raises(ConversionError) as caught:
        from_attribute_value(wire, type_)

    assert path == caught.value.path
