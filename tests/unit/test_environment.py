"""What a client and its settings are to a scope."""

import pytest

from tests import engines
from transactscope import Database, TransactScope
from transactscope.environment import environment_of
from transactscope.errors import InvalidRequestError


def _client():
    return engines.new_client("http://127.0.0.1:9")


def test_the_environment_of_a_bare_client_is_made_once():
    """A program without a database makes a scope of the client for every transaction."""
    client = _client()

    assert environment_of(client) is environment_of(client)
    assert environment_of(client) is not environment_of(Database(client))


def test_another_client_does_not_inherit_an_environment():
    """It would send through the first one."""
    client, other = _client(), _client()
    vars(other).update(vars(client) | {"_transactscope_environment": environment_of(client)})

    assert other is environment_of(other).client
    assert environment_of(other) is environment_of(other)


def test_a_stand_in_is_left_as_it_is():
    """What is no client of botocore's is not ours to write to."""

    class StandIn:
        def transact_write_items(self, **_):
            """Send nothing."""

    client = StandIn()
    TransactScope(client).begin().rollback()

    assert {} == vars(client)


@pytest.mark.parametrize("direct", [None, 1, "no"])
def test_direct_is_true_or_false(direct):
    """What looks like a no must not switch anything on."""
    with pytest.raises(InvalidRequestError, match="direct= must be True or False"):
        Database(_client(), direct=direct)
