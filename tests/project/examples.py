"""What every example in the documentation finds: an engine of its own, and in docstrings a client.

An example says `boto3.client("dynamodb")` as a user would. Where dynoxide is there,
the settings send that client to a fresh process; elsewhere moto answers it, as it answers the
clients of every other service.
"""

import contextlib

import attrs
import boto3

from tests import engines
from transactscope import entity


@entity("Account", partition_key="number")
@attrs.define
class Account:
    """The entity that docstrings use without defining it; its table exists and is empty."""

    number: str
    balance: int = 0


@contextlib.contextmanager
def fresh_engine(monkeypatch):
    """Let every client that is made meanwhile speak to an engine without tables."""
    with engines.Moto(), monkeypatch.context() as settings:
        if engines.dynoxide_problem():
            yield
            return
        with engines.Dynoxide() as running:
            settings.setenv("AWS_ENDPOINT_URL_DYNAMODB", running.endpoint_url)
            yield


def docstring_namespace():
    """Make the names that a docstring's example may use: `client` and `Account`."""
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="Account",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "number", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "number", "KeyType": "HASH"}],
    )
    return {"client": client, "Account": Account, "__name__": "__main__"}
