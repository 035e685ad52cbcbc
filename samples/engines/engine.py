"""What every engine is to the application: a client, and the truth about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class EngineError(Exception):
    """An engine cannot be used here; the text says what to do about it."""


@attrs.frozen
class Engine:
    """A running engine.

    Attributes:
        client: A boto3 DynamoDB client that speaks to it.
        says: Which engine serves, and what it cannot do.
        is_lasting: Whether what it stores is still there after the program.
        takes_turns: Whether it serves one thread at a time only.
        keeps_tokens: Whether it knows a request again by its client request token.
        new_client: Makes another client that speaks to it, to be closed by who asks for it. None
            where it is not on this machine.
    """

    client: DynamoDBClient
    says: str
    is_lasting: bool
    takes_turns: bool = False
    keeps_tokens: bool = True
    new_client: Callable[[], DynamoDBClient] | None = None
