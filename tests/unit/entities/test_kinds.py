"""Several classes in one table: an item is read as what it is."""

from typing import Optional

import pytest
from attrs import define

from transactscope import entity, from_item, to_item
from transactscope.entities.kinds import classes_of
from transactscope.errors import ConversionError, InvalidRequestError


def _kind(name, discriminator, **options):
    @define
    class Made:
        id: str
        note: str = ""

    Made.__name__ = name
    return entity("Shop", partition_key="id", discriminator=discriminator, **options)(Made)


Order, Profile = _kind("Order", ("kind", "order")), _kind("Profile", ("kind", "profile"))
Plain, Other = _kind("Plain", None), _kind("Other", ("type", "other"))
Again = _kind("Again", ("kind", "order"))


@pytest.mark.parametrize("cls", [Order, Profile])
def test_the_class_is_found_by_the_tag(cls):
    """One call reads whatever the table holds."""
    thing = cls("1", "x")

    assert {"id", "kind", "note"} == set(to_item(thing))
    assert thing == from_item(Order | Profile, to_item(thing)) == from_item(cls, to_item(thing))


def test_classes_of_a_target():
    """Whoever reads many items asks once."""
    assert (Order,) == classes_of(Order)
    assert (Order, Profile) == classes_of(Order | Profile)


@pytest.mark.parametrize(
    ("target", "item", "text"),
    [
        (
            Order,
            {"S": "profile"},
            "Order.kind: the stored item is of the kind 'profile', and Order",
        ),
        (Order | Profile, {"S": "gift"}, "of the kind 'gift', and Order | Profile is of: 'order',"),
        (Order, None, "Order.kind: the stored item lacks the discriminator"),
        (Order | Profile, None, "Order | Profile.kind: the stored item lacks the discriminator"),
        (Order, {"N": "1"}, "is no text"),
        (Order, {"S": "x" * 99}, "'" + "x" * 59 + "…'"),
    ],
    ids=["another", "unknown", "none", "none of several", "a number", "a long one"],
)
def test_an_item_of_another_kind_is_refused(target, item, text):
    """The error says both kinds, and nothing else that is stored."""
    stored = {"id": {"S": "1"}, "note": {"S": "secret"}} | ({} if item is None else {"kind": item})
    with pytest.raises(ConversionError) as caught:
        from_item(target, stored)

    assert text in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Order | Plain, "Plain has no discriminator"),
        (Order | Other, "different attributes"),
        (Order | Again, "two of them are of the kind 'order'"),
    ],
    ids=["without", "two attributes", "one tag"],
)
def test_classes_that_cannot_be_told_apart_are_refused(target, text):
    """It would depend on their order."""
    with pytest.raises(InvalidRequestError, match=text) as caught:
        from_item(target, {})

    assert "INVALID_UNION" == caught.value.code


def test_what_is_no_entity_is_refused():
    """None is no class of items, and a plain class no entity."""
    for target in (Optional[Order], Order | int, int):  # noqa: UP045 - either notation
        with pytest.raises(InvalidRequestError) as caught:
            classes_of(target)
        assert "NOT_AN_ENTITY" == caught.value.code
