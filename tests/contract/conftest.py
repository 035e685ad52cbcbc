"""What every contract test needs: a database with empty tables on the engine it runs on."""

import itertools
import secrets

import pytest

from tests import shells
from tests.clocks import Clocks
from tests.contract.entities import Account
from tests.shells import Database
from transactscope import RetryPolicy
from transactscope.testing import Faults


@pytest.fixture(scope="module")
def shell(request):
    """What the test's scopes and databases are: synchronous, or asynchronous and driven."""
    shells.current = shells.Shell(request.param)
    yield shells.current
    shells.current.close()
    shells.current = shells.Shell(shells.SYNC)


@pytest.fixture(autouse=True)
def _sync_unless_asked(request, monkeypatch):
    """Keep the shell of a neighbour away from a test that asks for none."""
    if "shell" not in request.fixturenames:
        monkeypatch.setattr(shells, "current", shells.Shell(shells.SYNC))


@pytest.fixture(autouse=True)
def _direct_where_it_says_so():
    """Fail a test of the direct transport of which something was sent over botocore at once."""
    yield
    shells.current.end_test()


@pytest.fixture
def table_names(fresh_table):
    """The tables of the entities, empty, under names that no other test has."""
    return {"Account": fresh_table("number"), "Shop": fresh_table("PK", "SK")}


@pytest.fixture
def tokens():
    """A source of client request tokens that no other test has: engines remember them."""
    name, numbers = secrets.token_hex(4), itertools.count(1)
    return lambda: f"{name}-{next(numbers)}"


@pytest.fixture
def pauses():
    """The seconds of every pause of the fixture `db`, which waits for none of them."""
    return []


@pytest.fixture
def db(client, shell, table_names, tokens, pauses):
    """A database over the engine's client. It never waits, and its pauses are the longest."""
    return Database(
        client,
        table_names=table_names,
        new_token=tokens,
        clock=lambda: sum(pauses),
        sleep=pauses.append,
        random=lambda: 1.0,
    )


@pytest.fixture
def sent(client, shell, table_names, request_log):
    """What is sent once the tables are there, by the client and what the shell sends through."""
    if shell.events_of(client) is not client:
        request_log.watch(shell.events_of(client))
    request_log.clear()
    return request_log


@pytest.fixture
def faults(client, shell):
    """Faults for the next sends of what the shell sends through."""
    with Faults(shell.events_of(client)) as installed:
        yield installed


@pytest.fixture
def always(faults):
    """Let every send of some operations meet a fault: `always(fault, "PutItem")`."""

    def inject(fault, *operations):
        for operation in operations:
            faults.at_random(operation, fault, probability=1, seed=0)

    return inject


@pytest.fixture
def stored(client, table_names):
    """Read what is stored, with a client call of its own: `stored("A-1")` is an Account's item."""

    def read(number):
        key = {"number": {"S": number}}
        table = table_names["Account"]
        answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    return read


@pytest.fixture
def account(db):
    """An account that is stored."""
    stored_account = Account("A-1", 10)
    db.put(stored_account)
    return stored_account


@pytest.fixture
def clocks():
    """The clocks of what `database` makes."""
    return Clocks()


@pytest.fixture
def database(shell, table_names, tokens, clocks):
    """Make a database over a client, with clocks that the test sets."""

    def make(client, **policy):
        return Database(
            client,
            retry=RetryPolicy(**policy),
            table_names=table_names,
            new_token=tokens,
            clock=lambda: clocks.monotonic,
            wall_clock=lambda: clocks.wall,
            sleep=clocks.sleep,
        )

    return make


@pytest.fixture
def hasty(client, database):
    """A database that sends everything once, so that one lost answer is a doubt."""
    return database(client, max_attempts=1)
