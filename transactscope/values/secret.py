"""A value that is stored encrypted, as it travels through the library before and after that.

May import `types`. Its type tag is none of DynamoDB's, and it cannot be written as JSON: what
forgets to seal it sends nothing, rather than the plain value.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import attrs

from transactscope.types import AttributeValue
from transactscope.types.json_text import from_json, json_bytes

ENCRYPTED: Final = "ENCRYPTED"
"""The type tag of such values: `{"ENCRYPTED": Secret}`."""


@attrs.frozen(repr=False, slots=False)
class Secret:
    """A plain value that must not be stored as it is.

    Attributes:
        value: The plain AttributeValue.
        table: The entity's table as the class names it; known once the value is staged.
        overhead: The bytes that sealing adds at least.
    """

    value: AttributeValue
    table: str = ""
    overhead: int = 0

    @classmethod
    def of_content(cls, content: bytes) -> Secret:
        """Make it of what was opened.

        Raises:
            ValueError: It is not what `content` returns.

        Example:
            >>> Secret.of_content(b'{"S":"1234"}').value
            {'S': '1234'}
        """
        return cls(from_json(content))

    @cached_property
    def content(self) -> bytes:
        """What is sealed: the AttributeValue in DynamoDB's JSON.

        Example:
            >>> Secret({"B": b"a"}).content
            b'{"B":"YQ=="}'
        """
        return json_bytes(self.value)

    @property
    def size(self) -> int:
        """The bytes that the stored value has at least."""
        return len(self.content) + self.overhead

    def __repr__(self) -> str:
        return "encrypted"


def is_secret(value: Any) -> bool:
    """Say whether an AttributeValue is one that has to be sealed, or was opened.

    Example:
        >>> is_secret({"ENCRYPTED": Secret({"N": "1"})}), is_secret({"B": b"a"})
        (True, False)
    """
    return isinstance(value, dict) and ENCRYPTED in value
