"""Requests and answers as JSON, as DynamoDB's protocol writes them.

May import nothing of the package. On the wire bytes are base64 in a text; in Python they are
`bytes` below a `B` or `BS` tag [Low-level API, Developer Guide, 2026-11].
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final

# Where none of these tags is, there are no bytes. It begins with a letter that is seldom met, and
# looks back from there: every second character or so of JSON is a quotation mark.
_TAG: Final = re.compile(r'B(?<="B)S?"')
_TAG_IN_UTF_8: Final = re.compile(rb'B(?<="B)S?"')


def json_text(value: Any) -> str:
    """Write a request, or a part of one.

    Args:
        value: Dicts, lists, texts, numbers, bools, None and bytes.

    Example:
        >>> from transactscope.types.json_text import json_text
        >>> json_text({"Key": {"id": {"B": b"a"}}})
        '{"Key":{"id":{"B":"YQ=="}}}'
    """
    return _encode(value)


def json_bytes(value: Any) -> bytes:
    r"""Write a request, or a part of one, in UTF-8.

    Half of a surrogate pair, which UTF-8 cannot write, is written as JSON's escape for it, as
    botocore does: the server judges it.

    Args:
        value: As for `json_text`.

    Example:
        >>> from transactscope.types.json_text import json_bytes
        >>> json_bytes({"S": "\ud800"})
        b'{"S":"\\ud800"}'
    """
    try:
        return json_text(value).encode()
    except UnicodeEncodeError:
        return _encode_ascii(value).encode()


def from_json(text: str | bytes) -> Any:
    """Read a request or an answer, bytes as `bytes`.

    Raises:
        ValueError: It is no JSON.

    Example:
        >>> from transactscope.types.json_text import from_json
        >>> from_json('{"Key":{"id":{"B":"YQ=="}}}')
        {'Key': {'id': {'B': b'a'}}}
    """
    found = _TAG.search(text) if isinstance(text, str) else _TAG_IN_UTF_8.search(text)
    return json.loads(text, object_hook=None if found is None else _with_bytes)


def _written(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(value).decode()
    if isinstance(value, Mapping):  # one that is no dict
        return dict(value)
    msg = f"{type(value).__name__} cannot be written as JSON"
    raise TypeError(msg)


_encode: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_written
).encode
_encode_ascii: Final = json.JSONEncoder(separators=(",", ":"), default=_written).encode


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) == 1:
        ((tag, content),) = value.items()
        if tag == "B" and isinstance(content, str):  # an attribute of that name holds a dict
            return {tag: b64decode(content)}
        if tag == "BS" and isinstance(content, list):
            return {tag: [b64decode(each) for each in content]}
    return value
