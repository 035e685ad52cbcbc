"""`unprocessed`: an engine that does a part of a batch, and says what it has left over."""

import io
import json

import pytest
from botocore.awsrequest import AWSResponse

from transactscope.errors import InvalidRequestError
from transactscope.testing import Faults, unprocessed


class Raw(io.BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, **_):
        """Give all of it."""
        yield self.read()


@pytest.fixture
def tables(fresh_table):
    """Two tables, in the order in which requests name them."""
    return sorted([fresh_table(), fresh_table()])


def _puts(tables, *ids):
    return {
        table: [{"PutRequest": {"Item": {"id": {"S": each}}}} for each in ids] for table in tables
    }


def _deletes(table, *ids):
    return {table: [{"DeleteRequest": {"Key": {"id": {"S": each}}}} for each in ids]}


def _keys(tables, *ids):
    return {table: {"Keys": [{"id": {"S": each}} for each in ids]} for table in tables}


def _stored(client, table):
    return sorted(item["id"]["S"] for item in client.scan(TableName=table)["Items"])


def test_the_rest_of_a_write_is_applied(client, tables):
    """Positions count over all tables of the request."""
    first, second = tables
    with Faults(client) as faults:
        faults.next("BatchWriteItem", unprocessed(1, 2))
        answer = client.batch_write_item(RequestItems=_puts(tables, "a", "b"))

    assert _puts([first], "b") | _puts([second], "a") == answer["UnprocessedItems"]
    assert (["a"], ["b"]) == (_stored(client, first), _stored(client, second))


def test_without_positions_everything_is_left_over(client, tables):
    """Nothing is sent then."""
    with Faults(client) as faults:
        faults.next("BatchWriteItem", unprocessed())
        faults.next("BatchGetItem", unprocessed())
        written = client.batch_write_item(RequestItems=_puts(tables, "a"))
        read = client.batch_get_item(RequestItems=_keys(tables, "a"))

    assert _puts(tables, "a") == written["UnprocessedItems"]
    assert (_keys(tables, "a"), {}) == (read["UnprocessedKeys"], read["Responses"])
    assert [] == _stored(client, tables[0])


def test_the_rest_of_a_read_is_answered(client, tables):
    """What is not left over comes with the same answer, and so do the other members."""
    for table in tables:  # moto takes one key in two tables for a duplicate
        client.batch_write_item(RequestItems=_puts([table], "a", "b"))
    wanted = _keys(tables, "a", "b")
    wanted[tables[0]]["ConsistentRead"] = True
    with Faults(client) as faults:
        faults.next("BatchGetItem", unprocessed(0))
        answer = client.batch_get_item(RequestItems=wanted)

    left = {tables[0]: {"Keys": [{"id": {"S": "a"}}], "ConsistentRead": True}}
    assert left == answer["UnprocessedKeys"]
    assert [{"id": {"S": "b"}}] == answer["Responses"][tables[0]]
    assert 2 == len(answer["Responses"][tables[1]])


def test_what_is_left_over_can_be_chosen_by_its_key(client, tables):
    """So one item can stay unprocessed for ever, whatever it is sent with."""
    table, _ = tables
    is_b = unprocessed(where=lambda item: item["id"]["S"] == "b")
    with Faults(client) as faults:
        for operation in ("BatchWriteItem", "BatchGetItem"):
            faults.at_random(operation, is_b, probability=1, seed=0)
        put = client.batch_write_item(RequestItems=_puts([table], "a", "b"))
        again = client.batch_write_item(RequestItems=put["UnprocessedItems"])
        other = client.batch_write_item(RequestItems=_puts([table], "c"))
        deleted = client.batch_write_item(RequestItems=_deletes(table, "a", "b"))
        read = client.batch_get_item(RequestItems=_keys([table], "b", "c"))

    assert _puts([table], "b") == put["UnprocessedItems"] == again["UnprocessedItems"]
    assert {} == other["UnprocessedItems"]
    assert _deletes(table, "b") == deleted["UnprocessedItems"]
    assert _keys([table], "b") == read["UnprocessedKeys"]
    assert ["c"] == _stored(client, table)


def test_a_position_that_a_request_does_not_have_is_left_out(client, tables):
    """Repetitions are shorter than the first request."""
    with Faults(client) as faults:
        faults.next("BatchWriteItem", unprocessed(5))
        answer = client.batch_write_item(RequestItems=_puts(tables[:1], "a"))

    assert {} == answer["UnprocessedItems"]
    assert ["a"] == _stored(client, tables[0])


def test_a_refusal_of_the_rest_is_handed_on(client, tables):
    """What the engine says of what it was sent counts."""
    wrong = {"PutRequest": {"Item": {"id": {"N": "1"}}}}
    writes = {**_puts(tables[:1], "a"), tables[1]: [wrong]}
    with Faults(client) as faults:
        faults.next("BatchWriteItem", unprocessed(0))
        with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
            client.batch_write_item(RequestItems=writes)


def test_what_the_engine_leaves_over_is_left_over_too(client, tables):
    """An engine may have reasons of its own."""

    def leave_the_rest_over(request, **_):
        left = json.dumps({"UnprocessedItems": json.loads(request.body)["RequestItems"]})
        return AWSResponse(request.url, 200, {}, Raw(left.encode()))

    with Faults(client) as faults:
        faults.next("BatchWriteItem", unprocessed(0))
        client.meta.events.register("before-send.dynamodb.BatchWriteItem", leave_the_rest_over)
        answer = client.batch_write_item(RequestItems=_puts(tables, "a", "b"))

    assert _puts(tables, "a", "b") == answer["UnprocessedItems"]
    assert [] == _stored(client, tables[0])


def test_only_batches_leave_something_over(client, tables):
    """A PutItem is done or not."""
    with Faults(client) as faults:
        faults.next("PutItem", unprocessed())
        with pytest.raises(InvalidRequestError, match="PutItem is no batch"):
            client.put_item(TableName=tables[0], Item={"id": {"S": "a"}})


@pytest.mark.parametrize(
    ("positions", "where"), [((-1,), None), ((True,), None), ((), 3), ((0,), bool)], ids=repr
)
def test_what_cannot_be_meant_is_refused(positions, where):
    """A fault that never happens would prove nothing."""
    with pytest.raises(InvalidRequestError):
        unprocessed(*positions, where=where)


def test_each_is_written_as_the_call_that_made_it():
    """A list of faults gives tests their names."""
    assert ["unprocessed()", "unprocessed(1, 2)", "unprocessed(where=bool)"] == list(
        map(repr, (unprocessed(), unprocessed(1, 2), unprocessed(where=bool)))
    )
    assert unprocessed(1) == unprocessed(1) != unprocessed(2)
