"""Requests that are made of their bytes, as staging makes them.

Whether one was handed over is seen by its parameters: they are made of the bytes only for a
client that has to be called with them.
"""

import json

from transactscope.types import FrozenRequest
from transactscope.types.json_text import json_text

TX = "TransactWriteItems"


def item(name="one"):
    """Make an item with bytes, and with characters that JSON can write in several ways."""
    return {
        "id": {"S": name},
        "number": {"N": "1"},
        "raw": {"B": b"\0\xff"},
        "text": {"S": 'ä € 😀 \u2028 " \\'},
    }


def ready(operation, body, *tables):
    """Make a request of nothing but its bytes, in two pieces."""
    text = json_text(body).encode()
    token = body.get("ClientRequestToken")
    return FrozenRequest.of_content(operation, (text[:9], text[9:]), token, tables)


def put(table, name="one"):
    """Make a transaction that puts one item."""
    puts = [{"Put": {"TableName": table, "Item": item(name)}}]
    return ready(TX, {"TransactItems": puts, "ClientRequestToken": token(table, name)}, table)


def token(table, name="one"):
    """Make up a token: no other test has this table."""
    return f"{table[-12:]}-{name}"


def request(operation, table):
    """Make a request of an operation that is handed over; it can be sent to an empty table."""
    return ready(operation, _bodies(table)[operation], table)


def _bodies(table):
    key = {"id": {"S": "one"}}
    return {
        TX: {
            "TransactItems": [{"Put": {"TableName": table, "Item": item()}}],
            "ClientRequestToken": token(table),
        },
        "TransactGetItems": {"TransactItems": [{"Get": {"TableName": table, "Key": key}}]},
        "PutItem": {"TableName": table, "Item": item()},
        "UpdateItem": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET x = :x",
            "ExpressionAttributeValues": {":x": {"N": "2"}},
        },
        "BatchWriteItem": {"RequestItems": {table: [{"PutRequest": {"Item": item()}}]}},
        "BatchGetItem": {"RequestItems": {table: {"Keys": [key]}}},
    }


OPERATIONS = tuple(_bodies(""))


def whole(frozen):
    """Return all bytes of a request."""
    return b"".join(frozen.content)


def parsed(frozen):
    """Return what is written in a request."""
    return json.loads(whole(frozen))


def is_handed_over(frozen):
    """Whether no parameters were made of a request's bytes."""
    return frozen._body is None
