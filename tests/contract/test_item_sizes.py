"""Sizes of items: what is counted here is what the engine measures at its limit."""

import pytest
from botocore.exceptions import ClientError

from transactscope.values.sizes import item_size

MAX_ITEM_BYTES = 409_600  # "400 KB", attribute names included [Service quotas, 2026-11]

SHAPES = {
    "text": {"a": {"S": "aé€\U0001d11e"}},
    "names": {"é" * 100: {"BOOL": True}, "n": {"NULL": True}},
    "bytes": {"a": {"B": b"\x00\xff\x7f"}},
    "whole numbers": {"a": {"N": "123"}, "b": {"N": "100"}, "c": {"N": "-42"}, "d": {"N": "0"}},
    "fractions": {"a": {"N": "100.5"}, "b": {"N": "1.5"}, "c": {"N": "-0.005"}, "d": {"N": "1.01"}},
    "far numbers": {"a": {"N": "1E125"}, "b": {"N": "-1E-130"}, "c": {"N": "9" * 38}},
    "sets": {"a": {"SS": ["a", "é"]}, "b": {"NS": ["1", "-100", "2.5"]}, "c": {"BS": [b"abc"]}},
    "a list": {"a": {"L": [{"S": "ab"}, {"L": []}, {"N": "1"}, {"NULL": True}]}},
    "a map": {"a": {"M": {"é": {"S": "ab"}, "m": {"M": {}}, "n": {"SS": ["x"]}}}},
    "many numbers": {"a": {"L": [{"N": f"{number}.{number}"} for number in range(1000)]}},
}


def _filled(item, size):
    """Return the item with its key and as much text as is missing to that size."""
    item = {**item, "id": {"S": "1"}, "text": {"S": ""}}
    return item | {"text": {"S": "x" * (size - item_size(item))}}


@pytest.mark.needs("limits")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_an_item_may_have_400_kilobytes_and_not_one_byte_more(client, fresh_table, shape):
    """A size that is off by one would show here, whatever the item is made of."""
    table = fresh_table()
    client.put_item(TableName=table, Item=_filled(shape, MAX_ITEM_BYTES))

    with pytest.raises(ClientError, match="Item size has exceeded the maximum allowed size"):
        client.put_item(TableName=table, Item=_filled(shape, MAX_ITEM_BYTES + 1))


@pytest.mark.needs("limits")
def test_the_limit_of_an_update_is_that_of_what_it_leaves(client, fresh_table):
    """In a transaction an update is measured as the item that it makes."""
    table, key = fresh_table(), {"id": {"S": "1"}}
    too_long = _filled({"n": {"N": "-42"}}, MAX_ITEM_BYTES + 1)["text"]

    def update(text):
        changes = {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET #text = :text, n = :n",
            "ExpressionAttributeNames": {"#text": "text"},
            "ExpressionAttributeValues": {":text": {"S": text}, ":n": {"N": "-42"}},
        }
        client.transact_write_items(TransactItems=[{"Update": changes}])

    update(too_long["S"][:-1])
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        update(too_long["S"])

    (reason,) = caught.value.response["CancellationReasons"]
    assert "Item size to update has exceeded the maximum allowed size" in reason["Message"]
