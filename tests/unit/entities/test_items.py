"""Whole items: what is stored for an entity, and what is read back."""

import pytest
from attrs import define

from transactscope import KeyTemplate, entity, from_item, to_item, to_key
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError


@entity(
    "Shop",
    partition_key=KeyTemplate("PK", "USER#{user_id}"),
    sort_key=KeyTemplate("SK", "ORDER#{number}"),
)
@define
class Order:
    """An entity under a composed key."""

    user_id: str
    number: int
    note: str | None = None


ITEM = {
    "PK": {"S": "USER#u-1"},
    "SK": {"S": "ORDER#7"},
    "user_id": {"S": "u-1"},
    "number": {"N": "7"},
}


def test_an_item_has_its_composed_keys_and_its_fields():
    """Conditions and exports can see the fields that the key was made of."""
    assert ITEM == to_item(Order("u-1", 7))
    assert Order("u-1", 7) == from_item(Order, ITEM)


def test_a_key_can_be_made_from_class_key_and_entity():
    """Whatever is at hand."""
    expected = {"PK": {"S": "USER#u-1"}, "SK": {"S": "ORDER#7"}}

    assert expected == to_key(Order, "u-1", 7) == to_key(Order("u-1", 7))


@pytest.mark.parametrize(
    "change",
    [
        {"SK": {"S": "ORDER#8"}},
        {"SK": {"N": "7"}},
        {"number": {"N": "8"}},
        {"user_id": {"S": ""}},
    ],
)
def test_a_key_and_fields_that_disagree_are_refused(change):
    """Writing such an entity back would change another item."""
    with pytest.raises(ConversionError, match="disagree"):
        from_item(Order, {**ITEM, **change})


def test_a_projection_without_its_key_can_be_read():
    """What is not there cannot disagree."""
    assert Order("u-1", 7) == from_item(Order, {"user_id": {"S": "u-1"}, "number": {"N": "7"}})


def test_a_missing_attribute_without_a_default_is_named():
    """Nothing is made up."""
    with pytest.raises(ConversionError, match=r"Order.*number"):
        from_item(Order, {"user_id": {"S": "u-1"}})


def test_errors_of_items_name_class_and_path_and_no_value():
    """What an application logs must not be its users' data."""
    with pytest.raises(ConversionError, match=r"Order\.number") as caught:
        to_item(Order("u-1", "secret"))
    assert "secret" not in str(caught.value)
    with pytest.raises(ConversionError, match=r"Order\.number") as caught:
        from_item(Order, {**ITEM, "number": {"S": "secret"}})
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidKeyError, match=r"Order\.user_id"):
        to_item(Order("", 7))


@pytest.mark.parametrize("item", [None, "x", 5, {"user_id": "u-1"}, {"number": {"N": 7}}])
def test_what_is_no_item_is_a_conversion_error(item):
    """Only the library's own errors come out."""
    with pytest.raises(ConversionError):
        from_item(Order, item)


def test_reading_as_no_entity_is_refused():
    """The class must say where it is stored."""
    with pytest.raises(InvalidRequestError):
        from_item(dict, ITEM)
