"""A client that requests are handed over to, in every shell, and what is stored by them."""

import asyncio

import pytest

from tests import engines, shells
from tests.contract.handover.ready import TX
from transactscope.transports.aiobotocore import async_transport_for
from transactscope.transports.botocore import transport_for


@pytest.fixture
def table(fresh_table):
    """An empty table with the key `id`."""
    return fresh_table()


@pytest.fixture
def events(client, shell):
    """The events of what sends: the engine's client, or an asynchronous one."""
    return shell.events_of(client).meta.events


@pytest.fixture
def transport_to(shell):
    """Make the shell's ordinary transport to a boto3 client, driven as a synchronous one."""

    def make(client):
        if shell.name == shells.AIOBOTOCORE:
            awaited = async_transport_for(shell.client(client))
            return lambda request: shells.run(awaited(request))
        plain = transport_for(client)
        if shell.name == shells.SYNC:
            return plain
        return lambda request: shells.run(asyncio.to_thread(plain, request))

    return make


@pytest.fixture
def transport(client, transport_to):
    """A transport to the engine that is there before anybody else listens."""
    return transport_to(client)


@pytest.fixture
def send(client, transport_to):
    """Send a request to the engine, through a transport that is made for it."""

    def make_and_send(request):
        transport = transport_to(client)
        return transport(request)

    return make_and_send


@pytest.fixture
def like(client):
    """Make another client of the same engine, with settings."""
    made = []

    def make(**settings):
        address = client.meta.endpoint_url
        made.append(
            engines.new_client(None if address.startswith("https") else address, **settings)
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def bodies(events):
    """The bodies of the transactions that are sent from now on."""
    sent = []
    events.register(f"before-send.dynamodb.{TX}", lambda request, **_: sent.append(request.body))
    return sent


@pytest.fixture
def ids(client, table):
    """Read which items are stored."""

    def read():
        items = client.scan(TableName=table, ConsistentRead=True)["Items"]
        return sorted(each["id"]["S"] for each in items)

    return read
