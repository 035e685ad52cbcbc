"""Every setting is read once, in as few requests as can be, and none is taken for absent."""

import pytest
from botocore.exceptions import ClientError

from samples.patterns.cache_warming import NotWarmError, Setting, warm
from transactscope import to_key
from transactscope.testing import lost_answer, throttled, unprocessed


@pytest.fixture
def db(deployment):
    """A database with 130 settings, which never waits."""
    made = deployment.unwaiting()
    made.create_table(Setting)
    made.batch_write(Setting(f"s-{number}", str(number)) for number in range(130))
    return made


@pytest.mark.parametrize(("count", "requests"), [(50, 1), (100, 1), (130, 2)])
def test_a_hundred_settings_are_one_request(db, sent, count, requests):
    """Not a request for each."""
    sent.clear()
    cache = warm(db, [f"s-{number}" for number in range(count)], {})

    assert requests == len(sent)
    assert {f"s-{number}": str(number) for number in range(count)} == cache


def test_a_name_that_comes_twice_is_read_once(db, sent):
    """DynamoDB refuses a batch that has a key twice."""
    sent.clear()

    assert {"s-1": "1", "s-2": "2"} == warm(db, ["s-1", "s-2", "s-1"], {})
    assert 1 == len(sent)


def test_only_what_is_not_stored_has_its_default(db):
    """And what has none is told."""
    assert {"s-1": "1", "new": "x"} == warm(db, ["s-1", "new"], {"s-1": "y", "new": "x"})
    with pytest.raises(KeyError, match="newer"):
        warm(db, ["newer"], {"new": "x"})


def test_settings_that_are_left_over_are_read_in_the_end(db, faults):
    """A table that is busy for a moment, and an answer that is lost."""
    faults.next("BatchGetItem", unprocessed(0, 7), throttled(), lost_answer())

    assert 50 == len(warm(db, [f"s-{number}" for number in range(50)], {}))
    assert {} == faults.pending


def test_a_setting_that_cannot_be_read_never_has_its_default(db, faults):
    """Nobody may go on with a default for what is stored."""
    never = unprocessed(where=lambda key: key["name"]["S"] == "s-7")
    faults.at_random("BatchGetItem", never, probability=1, seed=0)

    with pytest.raises(NotWarmError, match="s-7") as refused:
        warm(db, [f"s-{number}" for number in range(50)], {"s-7": "a default"})

    assert ("s-7",) == refused.value.names


def test_ddb_3_a_success_may_have_left_settings_over(db, deployment, faults):
    """What is behind it all: in the answer alone a setting that was left over looks absent."""
    faults.next("BatchGetItem", unprocessed(1))
    table = deployment.name_of("Settings")
    keys = [to_key(Setting, f"s-{number}") for number in range(3)]
    answer = deployment.client.batch_get_item(
        RequestItems={table: {"Keys": keys, "ConsistentRead": True}}
    )

    assert 2 == len(answer["Responses"][table])


def test_a_name_that_comes_twice_is_refused_by_dynamodb(db, deployment):
    """Why names are asked for once, however often they come."""
    keys = [to_key(Setting, "s-1")] * 2
    with pytest.raises(ClientError, match="duplicates"):
        deployment.client.batch_get_item(
            RequestItems={deployment.name_of("Settings"): {"Keys": keys}}
        )
