"""How our hooks and a user's find each other."""

from decimal import Decimal

import attrs
import pytest

from transactscope.errors import ConversionError
from transactscope.values import from_attribute_value, make_converter, to_attribute_value
from transactscope.values.tags import wire_tags
from transactscope.values.wire import ALL_TAGS


@attrs.frozen
class Money:
    """An amount that its owner stores as a number."""

    amount: Decimal


@attrs.define
class Product:
    """A class that has such an amount."""

    price: Money
    others: dict[str, list[Money]] = attrs.Factory(dict)
    note: object = None


@pytest.fixture
def converter():
    """A converter with hooks for Money."""
    made = make_converter()
    made.register_unstructure_hook(Money, lambda money: {"N": str(money.amount)})
    made.register_structure_hook(Money, lambda wire, _type: Money(Decimal(wire["N"])))
    return made


def test_a_users_hooks_convert_wherever_their_type_is(converter):
    """Inside classes, lists and maps, and where no type is declared."""
    five = Money(Decimal(5))
    product = Product(five, {"sale": [five]}, five)

    wire = to_attribute_value(product, converter=converter)

    assert {"N": "5"} == wire["M"]["price"] == wire["M"]["note"]
    assert attrs.evolve(product, note=5) == from_attribute_value(wire, Product, converter=converter)


def test_a_users_hook_is_known_for_nothing_but_its_type(converter):
    """What it may return cannot be known."""
    assert ALL_TAGS == wire_tags(Money, converter)
    assert {"M"} == wire_tags(Product, converter)


@pytest.mark.parametrize("result", [3, {"N": 3}, {"SS": []}, None, {"S": "a", "N": "1"}])
def test_what_a_users_hook_returns_is_checked(converter, result):
    """The place is known here, and nowhere later."""
    converter.register_unstructure_hook(Money, lambda _money: result)

    with pytest.raises(ConversionError) as caught:
        to_attribute_value(Product(Money(Decimal(5))), converter=converter)

    assert "Product.price" == caught.value.path


def test_what_a_users_hook_returns_is_copied(converter):
    """A hook may return one and the same value again and again."""
    shared = {"L": [{"S": "a"}]}
    converter.register_unstructure_hook(Money, lambda _money: shared)

    wire = to_attribute_value(Money(Decimal(5)), converter=converter)
    wire["L"].clear()

    assert {"L": [{"S": "a"}]} == shared


def test_an_exception_of_a_users_hook_becomes_a_conversion_error(converter):
    """With the place, and with the hook's own words as the cause only."""
    with pytest.raises(ConversionError, match=r"^Product\.price: its hook raised") as written:
        to_attribute_value(Product("secret"), converter=converter)
    with pytest.raises(ConversionError, match="its hook raised KeyError") as read:
        from_attribute_value({"S": "secret"}, Money, converter=converter)

    assert "secret" not in f"{written.value}{read.value}"
    assert "Money" == written.value.type
    assert isinstance(read.value.__cause__, KeyError)


def test_a_conversion_error_of_a_users_hook_is_kept(converter):
    """It says more than that there was one."""
    mine = ConversionError("too cheap")

    def refuse(_money):
        raise mine

    converter.register_unstructure_hook(Money, refuse)

    with pytest.raises(ConversionError) as caught:
        to_attribute_value([Money(Decimal(5))], converter=converter)

    assert mine is caught.value
    assert "[0]: too cheap" == str(mine)
