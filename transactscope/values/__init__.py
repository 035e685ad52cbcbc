"""Python values as DynamoDB's AttributeValues, and back.

The modules below may import `errors`, `exporting`, `limits` and `types` of the package above, and
nothing else of it; this one, which is what callers call, `arguments` as well. cattrs is loaded when
the first value is converted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from transactscope.arguments import reading
from transactscope.errors import InvalidRequestError
from transactscope.exporting import exported_from
from transactscope.values.hooks import reader, speaks_attribute_values, writer

if TYPE_CHECKING:
    import cattrs

    from transactscope.types import AttributeValue

__all__ = [
    "checked_converter",
    "configure_converter",
    "default_converter",
    "from_attribute_value",
    "make_converter",
    "to_attribute_value",
]


def make_converter(**options: Any) -> cattrs.Converter:
    """Make a cattrs converter that speaks AttributeValues. Nothing is sent.

    Hooks that you register on it return and take AttributeValues, such as `{"N": "3"}`.

    Args:
        options: What `cattrs.Converter` takes. What cattrs itself would do
            with classes, such as `omit_if_default`, has no effect.

    Example:
        >>> from transactscope.values import make_converter
        >>> converter = make_converter()
        >>> converter.register_unstructure_hook(complex, lambda value: {"S": str(value)})
        >>> converter.unstructure([1, 2j])
        {'L': [{'N': '1'}, {'S': '2j'}]}

    .. versionadded:: 0.1.0
    """
    from transactscope.values.converter import make  # noqa: PLC0415 - it imports cattrs

    return make(**options)


def configure_converter(converter: cattrs.Converter) -> None:
    """Teach a cattrs converter of your own to speak AttributeValues. Nothing is sent.

    Hooks that you registered before keep working, and so do those that you register
    later. They return and take AttributeValues, such as `{"N": "3"}`.

    Args:
        converter: The converter. It is changed.

    Raises:
        InvalidRequestError: It is no cattrs converter. Not sent.

    Example:
        >>> from transactscope.values import configure_converter
        >>> import cattrs
        >>> converter = cattrs.Converter()
        >>> configure_converter(converter)
        >>> converter.unstructure({"year": 1959})
        {'M': {'year': {'N': '1959'}}}

    .. versionadded:: 0.1.0
    """
    from transactscope.values.converter import configure  # noqa: PLC0415 - it imports cattrs

    with reading("configure_converter()"):
        configure(converter)


def checked_converter(converter: cattrs.Converter) -> cattrs.Converter:
    """Return the converter, if it speaks AttributeValues. Nothing is sent.

    Raises:
        InvalidRequestError: It is no converter, or nobody has configured it. Not sent.

    Example:
        >>> from transactscope.values import checked_converter
        >>> import cattrs
        >>> checked_converter(cattrs.Converter())  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        transactscope.errors.InvalidRequestError: the converter does not speak AttributeValues: ...

    .. versionadded:: 0.1.0
    """
    with reading("converter="):
        return _checked(converter)


def _checked(converter: cattrs.Converter) -> cattrs.Converter:
    if not speaks_attribute_values(converter):
        problem = (
            "the converter does not speak AttributeValues: "
            "call configure_converter() with it, or take one from make_converter()"
        )
        raise InvalidRequestError(problem, code="INVALID_CONVERTER")
    return converter


@cache
def default_converter() -> cattrs.Converter:
    """Return the converter that is used where none is given. Nothing is sent.

    Everybody shares it: register hooks on one of your own, from `make_converter()`.

    Example:
        >>> from transactscope.values import default_converter
        >>> default_converter() is default_converter()
        True

    .. versionadded:: 0.1.0
    """
    return make_converter()


@exported_from("transactscope")
def to_attribute_value(
    value: Any,
    type: Any = None,  # noqa: A002 - reads best at the call
    *,
    converter: cattrs.Converter | None = None,
) -> AttributeValue:
    """Convert a Python value to an AttributeValue. Nothing is sent.

    Args:
        value: The value.
        type: The type that it is declared with; None means that its class decides.
        converter: None means one that knows no hooks but the library's.

    Raises:
        ConversionError: The value and the type do not fit, or DynamoDB could not store
            the value exactly. Not sent.
        InvalidRequestError: The converter is none that speaks AttributeValues, the value or
            the type is nested too deeply, or raises while it is looked at. Not sent.

    Example:
        >>> from transactscope.values import to_attribute_value
        >>> to_attribute_value({"title": "Kind of Blue", "year": 1959})
        {'M': {'title': {'S': 'Kind of Blue'}, 'year': {'N': '1959'}}}
        >>> to_attribute_value("1959", int)
        Traceback (most recent call last):
        transactscope.errors.ConversionError: int expected, not str

    .. versionadded:: 0.1.0
    """
    declared = object if type is None else type
    try:
        used = default_converter() if converter is None else _checked(converter)
        return writer(declared, used)(value)
    except Exception:  # a block around it all would take a third of the time of a number
        with reading("to_attribute_value()"):
            raise


@exported_from("transactscope")
def from_attribute_value(
    value: Mapping[str, Any],
    type: Any = object,  # noqa: A002 - reads best at the call
    *,
    converter: cattrs.Converter | None = None,
) -> Any:
    """Convert an AttributeValue to a Python value. Nothing is sent.

    Args:
        value: The AttributeValue, such as `{"N": "3"}`.
        type: The type to return; object means that the type tag decides: a number
            becomes an int where it is whole, else a Decimal.
        converter: None means one that knows no hooks but the library's.

    Raises:
        ConversionError: The value and the type do not fit. Nothing was sent.
        InvalidRequestError: The converter is none that speaks AttributeValues, the value or
            the type is nested too deeply, or raises while it is looked at. Not sent.

    Example:
        >>> from transactscope.values import from_attribute_value
        >>> from datetime import date
        >>> from_attribute_value({"S": "1959-08-17"}, date)
        datetime.date(1959, 8, 17)
        >>> from_attribute_value({"L": [{"N": "1"}, {"N": "2.5"}]})
        [1, Decimal('2.5')]

    .. versionadded:: 0.1.0
    """
    try:
        used = default_converter() if converter is None else _checked(converter)
        return reader(type, used)(value)
    except Exception:  # see `to_attribute_value`
        with reading("from_attribute_value()"):
            raise
