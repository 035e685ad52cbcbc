"""What the package offers as a whole."""

import functools
import pickle
import subprocess
import sys
import threading

import attrs
import cattrs
import pytest

from transactscope.errors import ConversionError, InvalidRequestError
from transactscope.values import (
    checked_converter,
    configure_converter,
    default_converter,
    from_attribute_value,
    make_converter,
    to_attribute_value,
)


@attrs.define
class Album:
    """A class."""

    title: str


def test_importing_the_package_does_not_load_cattrs():
    """A Lambda function pays for what it imports at every cold start."""
    script = (
        "import sys, types\n"
        "package = types.ModuleType('transactscope')\n"
        "package.__path__ = [sys.argv[1]]\n"
        "sys.modules['transactscope'] = package\n"
        "import transactscope.values.classes, transactscope.values.wire\n"
        "sys.exit('cattrs' in sys.modules)\n"
    )
    folder = sys.modules["transactscope.values"].__path__[0].removesuffix("values")

    outcome = subprocess.run([sys.executable, "-c", script, folder], check=False)

    assert 0 == outcome.returncode


def test_one_converter_is_shared_where_none_is_given():
    """Its hooks are built once."""
    assert default_converter() is default_converter()


def test_a_converter_of_ones_own_is_used():
    """Also where the default one could do it."""
    converter = make_converter()
    converter.register_unstructure_hook(str, lambda text: {"S": text.upper()})
    converter.register_structure_hook(str, lambda wire, _type: wire["S"].lower())

    assert {"S": "A"} == to_attribute_value("a", converter=converter)
    assert "a" == from_attribute_value({"S": "A"}, str, converter=converter)


@pytest.mark.parametrize("stranger", [cattrs.Converter(), "a converter"])
def test_a_converter_that_nobody_configured_is_refused(stranger):
    """cattrs alone would send `3` where `{"N": "3"}` is meant."""
    with pytest.raises(InvalidRequestError, match="configure_converter"):
        checked_converter(stranger)


def test_a_configured_converter_is_accepted():
    """It is handed back as it is."""
    converter = make_converter()

    assert converter is checked_converter(converter)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (["secret"], list[int]),
        ({"key": "secret"}, dict[str, int]),
        (Album(b"secret"), Album),
        ("secret\ud800", str),
        ({"secret"}, set[int]),
        ("secret", int | None),
    ],
)
def test_no_error_shows_a_value(value, type_):
    """Error texts end up in logs, values must not."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(value, type_)

    error = caught.value
    assert "secret" not in f"{error} {error!r} {error.type} {error.__cause__}"
    assert error.__suppress_context__ or error.__context__ is None


def test_errors_pickle():
    """They travel between processes, with everything that they know."""
    with pytest.raises(ConversionError) as caught:
        to_attribute_value(Album(1))

    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own

    assert (str(caught.value), "Album.title", "str") == (str(copy), copy.path, copy.type)


def test_threads_share_a_converter():
    """Each counts its own levels, and hooks are built by whoever is first."""
    converter = make_converter()
    expected = {"L": [{"M": {"title": {"S": "a"}}}]}
    results = []

    def convert():
        results.extend(
            to_attribute_value([Album("a")], list[Album], converter=converter) for _ in range(50)
        )

    threads = [threading.Thread(target=convert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [expected] * 400 == results


CONVERSIONS = {
    "write": lambda **wrong: to_attribute_value(1, **{"type": int} | wrong),
    "read": lambda **wrong: from_attribute_value({"N": "1"}, **{"type": int} | wrong),
}


@pytest.mark.parametrize("converter", [True, 0, "", cattrs.Converter, cattrs.Converter()], ids=type)
@pytest.mark.parametrize("convert", CONVERSIONS)
def test_a_conversion_refuses_what_is_no_converter(convert, converter):
    """It was an AttributeError, and what is false was taken for none given."""
    with pytest.raises(InvalidRequestError) as caught:
        CONVERSIONS[convert](converter=converter)

    assert "INVALID_CONVERTER" == caught.value.code


@pytest.mark.parametrize(
    "wrong", [bytearray(b"secret"), 10**5000, [bytearray(b"secret")]], ids=type
)
@pytest.mark.parametrize("convert", CONVERSIONS)
def test_a_type_that_is_none_is_refused(convert, wrong):
    """It was a TypeError or a ValueError; what is given instead of a type is not shown."""
    with pytest.raises(ConversionError, match=f"an object of {type(wrong).__name__}") as caught:
        CONVERSIONS[convert](type=wrong)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("convert", CONVERSIONS)
def test_a_type_that_is_nested_too_deeply_is_called_so(convert):
    """It was a RecursionError."""
    deep = functools.reduce(lambda inner, _: list[inner], range(1000), int)
    with pytest.raises(InvalidRequestError, match="nested too deeply") as caught:
        CONVERSIONS[convert](type=deep)

    assert "UNREADABLE_ARGUMENT" == caught.value.code


@pytest.mark.parametrize("convert", CONVERSIONS)
def test_a_type_that_raises_while_it_is_read_is_refused(convert):
    """What it raises is the cause."""
    with pytest.raises(InvalidRequestError) as caught:
        CONVERSIONS[convert](type=Hostile())

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("converter", [None, "a converter", cattrs.Converter], ids=type)
def test_only_a_converter_can_be_configured(converter):
    """It was an AttributeError."""
    with pytest.raises(InvalidRequestError, match="cattrs converter") as caught:
        configure_converter(converter)

    assert "INVALID_CONVERTER" == caught.value.code


class Hostile:
    """An object that cannot be looked up."""

    def __hash__(self):
        raise ZeroDivisionError
