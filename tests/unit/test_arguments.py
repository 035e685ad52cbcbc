"""What arguments raise while they are read, and what is refused before it can raise."""

import pytest
from attrs import define

from transactscope import KeyTemplate, RetryPolicy, TransactScope, entity, to_item, to_key
from transactscope.arguments import reading
from transactscope.errors import ConversionError, InvalidKeyError, InvalidRequestError


class Hostile:
    """An object that cannot be compared."""

    def __eq__(self, other):
        return 1 / 0

    __hash__ = None


class Unformatted(int):
    """A number that cannot be written with a format."""

    def __format__(self, spec):
        raise OverflowError


class StandIn:
    """The least that is a client."""

    def transact_write_items(self, **_):
        """Is never called."""


@entity("Shop", partition_key=KeyTemplate("PK", "A#{number:>3}"))
@define
class Numbered:
    """An entity whose key has a format."""

    number: int


def test_what_an_argument_raises_becomes_an_error_of_the_library():
    """The foreign exception is the cause, and its text, which may quote values, is not repeated."""
    with pytest.raises(InvalidRequestError) as caught, reading("put()"):
        raise ZeroDivisionError("secret")

    assert "UNREADABLE_ARGUMENT" == caught.value.code
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "put(): an argument cannot be read: ZeroDivisionError was raised meanwhile" == str(
        caught.value
    )


def test_what_is_nested_too_deeply_is_called_so():
    """Python's own word for it would speak of the library's functions."""
    with pytest.raises(InvalidRequestError, match="nested too deeply"), reading("put()"):
        raise RecursionError


@pytest.mark.parametrize("error", [ConversionError("no int"), KeyboardInterrupt()], ids=repr)
def test_what_says_it_all_already_passes(error):
    """Errors of the library stay what they are, and Ctrl-C is nobody's mistake."""
    with pytest.raises(type(error)) as caught, reading("put()"):
        raise error

    assert error is caught.value


def test_nothing_is_staged_by_a_call_whose_argument_raised():
    """The call was refused, so the scope is as it was before."""
    tx = TransactScope(StandIn()).begin()
    with pytest.raises(InvalidRequestError) as caught:
        tx.client.put_item(TableName="Shop", Item={"PK": {"S": "a"}}, ReturnValues=Hostile())

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert () == tx.staged
    tx.rollback()


@pytest.mark.parametrize(
    ("attribute", "pattern"), [("\ud800", "x"), ("PK", "\ud800"), ("PK", "a{number:\ud800>3}")]
)
def test_a_template_that_is_no_unicode_is_refused_where_it_stands(attribute, pattern):
    """It was found at the first item, as a UnicodeEncodeError."""
    with pytest.raises(InvalidRequestError, match="surrogate") as caught:
        KeyTemplate(attribute, pattern)

    assert "INVALID_ENTITY" == caught.value.code


def test_a_value_that_cannot_be_formatted_does_not_fit_its_key():
    """Whatever it raises, the field is named."""
    with pytest.raises(InvalidKeyError) as caught:
        to_key(Numbered, Unformatted(1))

    assert "Numbered.number" == caught.value.path


@pytest.mark.parametrize("name", ["base_delay", "max_delay", "timeout"])
def test_seconds_that_no_float_can_hold_are_refused(name):
    """They were taken, and an OverflowError came out of the first pause."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        RetryPolicy(**{name: 10**400})

    assert "INVALID_POLICY" == caught.value.code


def test_a_timeout_that_no_float_can_hold_is_refused():
    """It was an OverflowError."""
    with pytest.raises(InvalidRequestError, match="timeout=") as caught:
        TransactScope(StandIn(), timeout=10**400)

    assert "INVALID_POLICY" == caught.value.code


@pytest.mark.parametrize("converter", [0, "", False, object()], ids=["0", "text", "no", "object"])
def test_a_converter_that_is_none_is_refused(converter):
    """What is false is not the same as no converter given."""
    with pytest.raises(InvalidRequestError) as caught:
        to_item(Numbered(1), converter=converter)

    assert "INVALID_CONVERTER" == caught.value.code
