"""How deep values may lie inside their attribute."""

from typing import Any

import attrs
import pytest

from transactscope.errors import ConversionError
from transactscope.limits import MAX_NESTING_DEPTH
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.nesting import current_level, whole_item


@attrs.define
class Link:
    """A chain."""

    next: "Link | None" = None


def _lists(levels, inside=None):
    value = [] if inside is None else [inside]
    for _ in range(levels - 1):
        value = [value]
    return value


def _wire(levels, *inside):
    value = {"L": list(inside)}
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


def _chain(links):
    first = None
    for _ in range(links):
        first = Link(first)
    return first


@pytest.mark.parametrize(
    "value", [_lists(MAX_NESTING_DEPTH), _lists(MAX_NESTING_DEPTH - 1, "leaf")]
)
def test_the_deepest_level_can_be_used(value):
    """An attribute's own value is level 1."""
    assert value == from_attribute_value(to_attribute_value(value))


@pytest.mark.parametrize(
    "value",
    [
        _lists(MAX_NESTING_DEPTH + 1),
        _lists(MAX_NESTING_DEPTH, "leaf"),
        {"k": _lists(MAX_NESTING_DEPTH)},
        _lists(5000),
        _chain(MAX_NESTING_DEPTH + 1),
    ],
)
def test_deeper_values_are_refused(value):
    """The server would refuse the whole transaction, and not say where."""
    with pytest.raises(ConversionError, match="32 levels"):
        to_attribute_value(value)

    assert 1 == current_level()


@pytest.mark.parametrize(
    "wire", [_wire(MAX_NESTING_DEPTH + 1), _wire(MAX_NESTING_DEPTH, {"S": "leaf"})]
)
def test_deeper_wire_values_are_refused(wire):
    """Nothing stored is that deep."""
    with pytest.raises(ConversionError, match="32 levels"):
        from_attribute_value(wire)


def test_classes_count_as_levels():
    """They are maps."""
    chain = _chain(MAX_NESTING_DEPTH)

    assert chain == from_attribute_value(to_attribute_value(chain), Link)


@pytest.mark.parametrize("holder", [list, dict])
def test_a_value_that_contains_itself_is_refused(holder):
    """It never ends, and is no RecursionError."""
    endless = holder()
    endless.append(endless) if holder is list else endless.update(again=endless)

    with pytest.raises(ConversionError, match="32 levels"):
        to_attribute_value(endless)
    with pytest.raises(ConversionError, match="32 levels"):
        make_converter().unstructure({"inside": endless})


def test_the_attributes_of_a_whole_item_are_on_level_1():
    """An item is a map that does not count."""
    item = {"attribute": _lists(MAX_NESTING_DEPTH)}

    with whole_item():
        wire = to_attribute_value(item)
        back = from_attribute_value(wire)

    assert item == back
    assert 1 == current_level()
    with whole_item(), pytest.raises(ConversionError, match="32 levels"):
        to_attribute_value({"attribute": _lists(MAX_NESTING_DEPTH + 1)})


def test_what_a_users_hook_returns_is_counted_too():
    """It is part of the same attribute."""
    converter = make_converter()
    converter.register_unstructure_hook(complex, lambda _value: {"L": [{"S": "leaf"}]})
    deepest = _lists(MAX_NESTING_DEPTH - 2, 1j)

    assert to_attribute_value(deepest, converter=converter)
    with pytest.raises(ConversionError, match="32 levels"):
        to_attribute_value([deepest], list[Any], converter=converter)
