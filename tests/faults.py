"""Faults that no engine produces, injected where botocore sends.

`before-send` handlers see every attempt, repetitions included, so what is tested
is the library above a network that really misbehaves.
"""

import io
import json

from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError


class Faults:
    """Faults for the next sends of one client, in the order in which they were asked for."""

    def __init__(self, client):
        self._client = client
        self._queues = {}

    def answer(self, operation, code, status=400, **members):
        """Answer the next send with an error of DynamoDB's."""
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **members}
        self._next(operation, lambda request: _response(request, status, body))

    def answer_with(self, operation, status, body, crc32=None):
        """Answer the next send with any body, for example one that is no JSON."""
        self._next(operation, lambda request: _response(request, status, body, crc32))

    def cancel(self, operation, *reasons, message=None):
        """Cancel the next transaction with these reasons."""
        codes = ", ".join(reason["Code"] for reason in reasons)
        text = message or f"Transaction cancelled, for specific reasons [{codes}]"
        members = {"Message": text, "CancellationReasons": list(reasons)}
        self.answer(operation, "TransactionCanceledException", **members)

    def lose_request(self, operation):
        """Let the next send never arrive, and its sender wait in vain."""
        self.raise_error(operation, ReadTimeoutError(endpoint_url="http://engine"))

    def lose_answer(self, operation):
        """Let the next send arrive and be applied, and its answer get lost."""

        def send_then_lose(request):
            self._client._endpoint.http_session.send(request)
            raise ReadTimeoutError(endpoint_url="http://engine")

        self._next(operation, send_then_lose)

    def refuse_connection(self, operation):
        """Let the next send find nobody there."""
        self.raise_error(operation, EndpointConnectionError(endpoint_url="http://engine"))

    def raise_error(self, operation, error):
        """Let the next send raise."""

        def fail(request):
            raise error

        self._next(operation, fail)

    def run(self, operation, call):
        """Call something while the next send is under way, then let it go on."""
        self._next(operation, lambda _: call())

    def _next(self, operation, act):
        if operation not in self._queues:
            self._queues[operation] = []
            event = f"before-send.dynamodb.{operation}"
            self._client.meta.events.register(event, self._handle)
        self._queues[operation].append(act)

    def _handle(self, request, event_name, **_):
        queue = self._queues[event_name.rpartition(".")[2]]
        return queue.pop(0)(request) if queue else None


class _Raw(io.BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, **_):
        yield self.read()


def _response(request, status, body, crc32=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "request-1"}
    if crc32 is not None:
        headers["x-amz-crc32"] = str(crc32)
    return AWSResponse(request.url, status, headers, _Raw(content))
