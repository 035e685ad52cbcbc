"""A client as users have it, and a table that plain calls write to."""

import inspect

import attrs
import pytest

from tests import shells
from tests.shells import Database
from transactscope.testing import Faults, no_waiting


@attrs.frozen
class Awaited:
    """A client whose calls are waited for where they have to be awaited."""

    client: object

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def call(**arguments):
            answered = method(**arguments)
            return shells.run(answered) if inspect.iscoroutine(answered) else answered

        return call


@pytest.fixture
def shell_client(client, shell):
    """The client as users have it: boto3's, the same in threads, or aiobotocore's."""
    return shell.client(client)


@pytest.fixture
def plain_client(shell_client):
    """The same client, for plain calls."""
    return Awaited(shell_client)


@pytest.fixture
def table(fresh_table, plain_client):
    """Two calls that write to one empty table, and one that looks what is there."""
    return Table(plain_client, fresh_table())


@pytest.fixture
def table_inside(table, client, shell):
    """The same table for what is called during a send: a thread may wait, an event loop not."""
    return Table(shell.events_of(client), table.name)


@pytest.fixture
def faults(shell_client):
    """Faults for the next sends of the client."""
    with Faults(shell_client) as installed:
        yield installed


@pytest.fixture
def waiting():
    """The time of the fixture `db`."""
    return no_waiting()


@pytest.fixture
def db(client, shell, table_names, tokens, waiting):
    """A database that does not wait."""
    return Database(client, table_names=table_names, new_token=tokens, **waiting.settings)


@attrs.frozen
class Table:
    """A table, written to by plain calls of one client."""

    client: object
    name: str

    def put(self, number="1"):
        """Write one item by itself."""
        return self.client.put_item(TableName=self.name, Item={"id": {"S": number}})

    def transact(self, *numbers):
        """Write items together."""
        puts = [{"TableName": self.name, "Item": {"id": {"S": number}}} for number in numbers]
        return self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])

    def transact_get(self, *numbers):
        """Read items together."""
        gets = [{"TableName": self.name, "Key": {"id": {"S": number}}} for number in numbers]
        return self.client.transact_get_items(TransactItems=[{"Get": get} for get in gets])

    def stored(self):
        """List what is stored."""
        items = self.client.scan(TableName=self.name, ConsistentRead=True)["Items"]
        return sorted(item["id"]["S"] for item in items)
