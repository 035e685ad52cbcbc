"""moto: an imitation of DynamoDB inside this process, for machines without dynoxide."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import boto3

from samples.engines.engine import Engine, EngineError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_REGION: Final = "eu-west-1"  # any will do: nothing leaves this process
_ENDPOINT: Final = f"https://dynamodb.{_REGION}.amazonaws.com"  # else settings could name another

_SAYS: Final = """\
moto answers, inside this program. It is an imitation: it ignores client request
tokens, serves one thread at a time, and keeps nothing: what is stored is gone
when this program ends."""


@contextlib.contextmanager
def moto_engine() -> Iterator[Engine]:
    """Let moto answer every client of this process for a while.

    Raises:
        EngineError: moto is not installed.
    """
    try:
        from moto import mock_aws  # noqa: PLC0415 - only where it is wanted
    except ImportError:
        raise EngineError(
            "moto is not installed: pip install 'transactscope[samples]', or install dynoxide"
        ) from None
    with mock_aws(), contextlib.closing(_client()) as client:
        yield Engine(
            client,
            _SAYS,
            is_lasting=False,
            takes_turns=True,
            keeps_tokens=False,
            new_client=_client,
        )


def _client() -> DynamoDBClient:
    return boto3.client("dynamodb", region_name=_REGION, endpoint_url=_ENDPOINT)
