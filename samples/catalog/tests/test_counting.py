"""The counter of requests: what it counts is what left."""

import pytest
from botocore.exceptions import EndpointConnectionError

from samples.catalog.frontend.terminal import ODYSSEY, PARTITAS
from samples.catalog.provider import store
from samples.catalog.provider.products import Album, key_of
from samples.engines.counting import watch
from transactscope import TransactScope


def test_a_transaction_is_counted_with_its_actions(tables, sent):
    """One request is one line, however many products it carries."""
    with TransactScope(tables.database) as tx:
        store.add(tx, PARTITAS)
        store.add(tx, ODYSSEY)

    assert ["TransactWriteItems with 2 actions"] == sent


def test_reads_and_single_writes_are_counted_by_name(tables, sent):
    """Requests without actions have nothing to count inside."""
    store.add(tables.database, PARTITAS)
    store.retrieve(tables.database, Album, *key_of(PARTITAS))
    store.remove(tables.database, Album, *key_of(PARTITAS))

    assert ["PutItem", "GetItem", "DeleteItem"] == sent


def test_every_attempt_is_counted(engine, new_client, monkeypatch):
    """A request that botocore repeats by itself was sent as often as it was sent."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    client = new_client(retries={"total_max_attempts": 3})
    sent = watch(client)

    def refuse_connection(**_):
        raise EndpointConnectionError(endpoint_url="http://engine")

    client.meta.events.register("before-send.dynamodb", refuse_connection)
    with pytest.raises(EndpointConnectionError):
        client.list_tables()

    assert ["ListTables"] * 3 == sent
