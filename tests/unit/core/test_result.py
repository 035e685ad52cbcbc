"""What the answer to a commit says."""

import pickle

import attrs
import pytest

from transactscope import entity
from transactscope.core.result import result_of
from transactscope.core.versions import unchanged


@entity("Result", partition_key="name")
@attrs.define
class Named:
    """An entity that can be pickled."""

    name: str


def test_nothing_sent_is_said():
    """An empty commit has a result, too."""
    result = result_of(None, "t")

    assert (False, "t", {}, False) == (
        result.sent,
        result.client_request_token,
        result.capacity,
        result.replayed,
    )


@pytest.mark.parametrize(
    ("consumed", "replayed"),
    [
        ([], False),
        ([{"TableName": "a", "CapacityUnits": 2.0}], False),
        ([{"TableName": "a", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}], False),
        ([{"TableName": "a", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}], True),
        (
            [
                {"TableName": "a", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0},
                {"TableName": "b", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0},
            ],
            False,
        ),
    ],
)
def test_only_read_units_mean_a_replay(consumed, replayed):
    """A token that was committed before is charged as reads."""
    result = result_of({"ConsumedCapacity": consumed}, "t")

    assert replayed is result.replayed
    assert {entry["TableName"]: 2.0 for entry in consumed} == result.capacity


def test_units_of_one_table_are_added_up():
    """A server may report a table in several entries."""
    entries = [{"TableName": "a", "CapacityUnits": 2.0}] * 2

    assert {"a": 4.0} == result_of({"ConsumedCapacity": entries}, "t").capacity


def test_the_request_id_is_kept():
    """Support asks for it."""
    assert "r" == result_of({"ResponseMetadata": {"RequestId": "r"}}, "t").request_id


def test_a_result_can_be_pickled():
    """It travels to another process, and still finds what became of an entity."""
    result = result_of({}, "t", written=lambda: [unchanged(Named("a"))])
    travelled = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own

    assert (result, Named("a")) == (travelled, travelled.current(Named("a")))
