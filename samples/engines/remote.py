"""Amazon DynamoDB, or any endpoint: only when asked for, with the user's own settings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError

from samples.engines.engine import Engine, EngineError


@contextlib.contextmanager
def remote(
    *, endpoint_url: str | None = None, region: str | None = None, profile: str | None = None
) -> Iterator[Engine]:
    """Use a service elsewhere. Credentials are found as boto3 finds them, and kept nowhere.

    Args:
        endpoint_url: Where it answers; None means Amazon DynamoDB.
        region: Its Region; None means that of the user's settings.
        profile: The profile of the user's settings; None means the default one.

    Raises:
        EngineError: The settings are not enough to make a client.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        client = session.client("dynamodb", endpoint_url=endpoint_url)
    except (BotoCoreError, ValueError) as error:  # ValueError: it is no URL
        raise EngineError(f"no client can be made: {error}") from error
    with contextlib.closing(client):
        yield Engine(client, _says(endpoint_url, client.meta.region_name), is_lasting=True)


def _says(endpoint_url: str | None, region: str) -> str:
    if endpoint_url is not None:
        return f"{endpoint_url} answers. What it can do and keeps is its own affair."
    return (
        f"Amazon DynamoDB answers, in {region}, with your own credentials. Requests are charged\n"
        "to your account, and so are the tables until they are deleted."
    )
