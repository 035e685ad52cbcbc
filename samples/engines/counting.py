"""What really leaves for DynamoDB: counted below everything that could send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def watch(client: DynamoDBClient) -> list[str]:
    """Return a list that grows by one line for every request that the client sends.

    It listens to `before-send`, which comes for every attempt. `before-call` would not do:
    it comes once for a call that is sent several times.
    """
    sent: list[str] = []

    def note(request: Any, event_name: str, **_: Any) -> None:
        sent.append(_in_words(event_name.rpartition(".")[2], json.loads(request.body)))

    client.meta.events.register_first("before-send.dynamodb", note)
    return sent


def _in_words(operation: str, body: dict[str, Any]) -> str:
    actions = body.get("TransactItems")
    if actions is None:
        return operation
    return f"{operation} with {len(actions)} action{'' if len(actions) == 1 else 's'}"
