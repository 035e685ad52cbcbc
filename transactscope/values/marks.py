"""The mark of objects that are never stored.

May import nothing. What is above this package knows such objects; here they are only refused.
"""

from __future__ import annotations

from typing import ClassVar


class NoValue:
    """A base for classes whose objects say something, and are no values.

    Without it an attrs class of that kind would be stored as a map of its own fields.

    Attributes:
        why_no_value: Where they belong instead, for the error text.

    Example:
        >>> from attrs import frozen
        >>> from transactscope.values import to_attribute_value
        >>> from transactscope.values.marks import NoValue
        >>> @frozen
        ... class Question(NoValue):
        ...     why_no_value = "it is asked, and not stored"
        ...     text: str
        >>> to_attribute_value(Question("Why?"))
        Traceback (most recent call last):
        transactscope.errors.ConversionError: Question is no value: it is asked, and not stored
    """

    __slots__ = ()

    why_no_value: ClassVar[str] = "it cannot be stored"
