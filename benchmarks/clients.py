"""Clients of boto3 that speak to the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from benchmarks import credentials

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

THREADS: Final = 32
"""How many threads one client is used by where threads are measured."""


def client_of(url: str, **settings: Any) -> DynamoDBClient:
    """Return a client of DynamoDB, with a connection for each thread.

    Args:
        url: Where the server is.
        settings: What botocore's `Config` takes besides.
    """
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=credentials.REGION,
        aws_access_key_id=credentials.KEY_ID,
        aws_secret_access_key=credentials.SECRET,
        config=Config(max_pool_connections=THREADS, **settings),
    )
