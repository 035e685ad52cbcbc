"""Databases with a keyring, and what is really stored."""

import pytest

from tests.contract import vault
from tests.shells import Database


@pytest.fixture(scope="module")
def kms_service(engine):
    """One KMS for the module."""
    with vault.new_kms(engine) as made:
        yield made


@pytest.fixture
def kms(kms_service):
    """A KMS that works, and whose calls are counted from here on."""
    kms_service.failure = None
    kms_service.take()
    return kms_service


@pytest.fixture
def names(table_names, fresh_table, table_name):
    """The tables of all entities; that of tickets does not exist."""
    return table_names | {"Archive": fresh_table("number"), "Tickets": table_name}


@pytest.fixture
def opened(client, shell, names, tokens, pauses):
    """Make a database with a keyring."""

    def make(keyring, **settings):
        return Database(
            client,
            keyring=keyring,
            table_names=names,
            new_token=tokens,
            clock=lambda: sum(pauses),
            sleep=pauses.append,
            **settings,
        )

    return make


@pytest.fixture
def safe(opened):
    """A database with a local key."""
    return opened(vault.local())


@pytest.fixture
def raw(client, names):
    """Read and write what is stored, without the library."""

    class Raw:
        def get(self, number, table="Account"):
            key = {"number": {"S": number}}
            return client.get_item(TableName=names[table], Key=key, ConsistentRead=True)["Item"]

        def put(self, item, table="Account"):
            client.put_item(TableName=names[table], Item=item)

    return Raw()


@pytest.fixture(params=["local", "kms"])
def either(request, opened, kms):
    """A database with a keyring of each kind."""
    return opened(vault.local() if request.param == "local" else vault.of_kms(kms))
