"""Answers of DynamoDB's, as bytes.

May import `errors` and `types`. Knows nothing of when they are given, or of what carries them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from transactscope.errors import InvalidRequestError

_REFUSED: Final = 400  # HTTP status
_NAMESPACE: Final = "com.amazonaws.dynamodb.v20120810"
_HEADERS: Final = {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-requestid": "injected",  # tells in a log that no engine said this
}


@attrs.frozen
class Reply:
    """One whole answer: an HTTP status, a body, and the checksum that it is sent with, if any."""

    status: int
    content: bytes
    crc32: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that DynamoDB sends."""
        checksum = {} if self.crc32 is None else {"x-amz-crc32": str(self.crc32)}
        return _HEADERS | checksum


def json_reply(status: int, body: Mapping[str, Any], crc32: int | None = None) -> Reply:
    """Write a body as DynamoDB would: binary values in Base64."""
    try:
        text = json.dumps(dict(body), default=_base64)
    except (TypeError, ValueError) as problem:
        msg = f"an answer's body must be JSON: {problem}"
        raise InvalidRequestError(msg) from problem
    return Reply(status, text.encode(), crc32)


def error_reply(
    code: str,
    message: str | None = None,
    status: int = _REFUSED,
    members: Mapping[str, Any] | None = None,
) -> Reply:
    """Write an error at the top level."""
    text = {} if message is None else {"message": message}
    return json_reply(status, {"__type": f"{_NAMESPACE}#{code}", **text, **(members or {})})


def canceled_reply(reasons: Sequence[Mapping[str, Any]], message: str | None = None) -> Reply:
    """Write a cancellation with one reason for each action."""
    if message is None:
        codes = ", ".join(str(reason["Code"]) for reason in reasons)
        message = (
            "Transaction cancelled, please refer cancellation reasons "
            f"for specific reasons [{codes}]"
        )
    listed = {"CancellationReasons": [dict(reason) for reason in reasons]}
    return error_reply("TransactionCanceledException", message, members=listed)


def _base64(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no JSON")
