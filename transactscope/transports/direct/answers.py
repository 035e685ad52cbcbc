"""What an answer of DynamoDB's says: a dict as a boto3 client returns it, or an exception of its.

Errors are read by botocore's own parser. A success that is damaged or is no JSON object is none,
as in `single_send`.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ChecksumError
from botocore.parsers import ResponseParserError

from transactscope.transports.direct.http import HttpAnswer
from transactscope.transports.direct.parts import Parts
from transactscope.types import Answer
from transactscope.types.json_text import from_json

_FIRST_ERROR: Final = 300  # HTTP status
_EXAMPLE: Final = "InternalServerError"  # every operation has it
_CHECKSUM: Final = "x-amz-crc32"
_REQUEST_ID: Final = "x-amzn-requestid"


def answer_of(came: HttpAnswer, parts: Parts, operation: str) -> Answer:
    """Return what a client would return, or raise what it would raise.

    Raises:
        ChecksumError: The body is not what was sent.
        ResponseParserError: A success is no JSON object.
        ClientError: DynamoDB answered with an error; of the client's class for it.
    """
    _refuse_damage(came)
    if came.status >= _FIRST_ERROR:
        raise _error_of(came, parts, operation)
    answer = {} if came.body == b"{}" else _object_of(came, parts, operation)
    answer["ResponseMetadata"] = _metadata(came)
    return answer


def is_understood(parts: Parts, operation: str) -> bool:
    """Whether errors can be read with the botocore that is there: it is tried on an example.

    When one comes it would be too late to find out that a name is missing.
    """
    body = b'{"__type":"com.amazonaws.dynamodb.v20120810#%b","message":"m"}' % _EXAMPLE.encode()
    parsed = _parsed(HttpAnswer(400, {}, body, is_last=False), parts, operation)
    error: Any = parsed.get("Error")
    kind: Any = parts.client.exceptions.from_code(_EXAMPLE)
    return isinstance(error, dict) and error.get("Code") == _EXAMPLE and isinstance(kind, type)


def _refuse_damage(came: HttpAnswer) -> None:
    expected = came.headers.get(_CHECKSUM)
    if expected is None:
        return
    actual = str(zlib.crc32(came.body))
    if actual != expected:
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=actual
        )


def _object_of(came: HttpAnswer, parts: Parts, operation: str) -> dict[str, Any]:
    answer: Any = None
    text = ""
    try:
        text = came.body.decode()
        answer = from_json(text)
    except (ValueError, RecursionError):
        pass
    if not isinstance(answer, dict):
        msg = "the answer's body is no JSON object"
        raise ResponseParserError(msg) from None
    # botocore leaves out members that are null.
    return _parsed(came, parts, operation) if "null" in text else answer


def _metadata(came: HttpAnswer) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "HTTPStatusCode": came.status,
        "HTTPHeaders": came.headers,
        "RetryAttempts": 0,
    }
    if (request_id := came.headers.get(_REQUEST_ID)) is not None:
        metadata["RequestId"] = request_id
    return metadata


def _error_of(came: HttpAnswer, parts: Parts, operation: str) -> Exception:
    parsed = _parsed(came, parts, operation)
    parsed.setdefault("ResponseMetadata", {}).setdefault("RetryAttempts", 0)
    kind = parts.client.exceptions.from_code(parsed.get("Error", {}).get("Code"))
    error: Exception = kind(parsed, operation)
    return error


def _parsed(came: HttpAnswer, parts: Parts, operation: str) -> dict[str, Any]:
    """Read an answer as botocore does."""
    model = parts.model.operation_model(operation)
    parser = parts.parser
    response = {
        "headers": HeadersDict(came.headers),
        "status_code": came.status,
        "body": came.body,
        "context": {"operation_name": operation},
    }
    parsed: dict[str, Any] = parser.parse(response, model.output_shape)
    if came.status >= _FIRST_ERROR:
        parts.endpoint._add_modeled_error_fields(response, parsed, model, parser)
    return parsed
