"""What the fixture of faults knows when its test has passed, without pytest around it."""

import boto3
import pytest
from botocore.exceptions import ClientError

from transactscope.testing import calling, conflict, error, lost_answer, throttled
from transactscope.testing.plugin import FaultsOfTest


@pytest.fixture
def client():
    """A client whose requests are all answered by faults."""
    made = boto3.client("dynamodb")
    yield made
    made.close()


DENIED = error("AccessDeniedException")  # no client sends again after it


def _refused_once(client):
    with pytest.raises(ClientError):
        client.list_tables()


def test_what_never_happened_is_named(client):
    """Whoever reads the message knows which call was missing."""
    made = FaultsOfTest()
    first, second = made(client), made(client)
    first.next("TransactWriteItems", conflict(index=1), lost_answer())
    second.next("ListTables", DENIED, throttled())
    _refused_once(client)

    problem = made.problem()

    assert "    TransactWriteItems: conflict(index=1), lost_answer()\n" in problem
    assert "    ListTables: throttled()\n" in problem


def test_what_happened_is_no_problem(client):
    """Scripts that were used up, faults at random, and none at all are all right."""
    made = FaultsOfTest()
    faults = made(client)
    faults.at_random("PutItem", conflict(), probability=0, seed=1)
    faults.next("ListTables", DENIED)
    _refused_once(client)

    assert made.problem() is None
    assert FaultsOfTest().problem() is None


def test_all_of_them_are_taken_away(client):
    """The next test with the same client meets none, and those that were left are still known."""
    made = FaultsOfTest()
    for name in ("first", "second"):
        made(client).next("ListTables", calling(lambda: pytest.fail("it was not taken away")))
        made(client).next("PutItem", conflict() if name == "first" else throttled())

    made.remove()
    with made(client) as faults:
        faults.next("ListTables", DENIED)
        _refused_once(client)

    assert "conflict()" in made.problem()
