"""From staged actions to requests, in the words of the wire.

A frozen request is built once; every attempt sends the same content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from transactscope.core.actions import StagedAction
from transactscope.core.queries.projections import Get
from transactscope.expressions.rendering import Rendered
from transactscope.types import FrozenRequest, Item
from transactscope.types.json_text import json_bytes, json_text

_TRANSACTION: Final = "TransactWriteItems"
# Always asked for: a replayed token shows as read units [Developer Guide,
# "DynamoDB transactions: how it works", 2026-11].
_CAPACITY: Final = "TOTAL"
# The plain operation that does the same for one item [API Reference, Actions].
_PLAIN_OPERATIONS: Final = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


def transaction_request(actions: Iterable[StagedAction], token: str) -> FrozenRequest:
    """Return the one TransactWriteItems request for these actions."""
    staged = tuple(actions)
    tables = [action.table for action in staged]
    if any(action.encoded is not None for action in staged):
        return encoded_request([b"," + _member(action) for action in staged], tables, token)
    body = {
        "TransactItems": [{action.kind: action_members(action)} for action in staged],
        "ClientRequestToken": token,
        "ReturnConsumedCapacity": _CAPACITY,
    }
    return FrozenRequest(_TRANSACTION, body, token, tuple(dict.fromkeys(tables)))


def encoded_request(contents: Sequence[bytes], tables: Iterable[str], token: str) -> FrozenRequest:
    """Return the one TransactWriteItems request for actions that are written already.

    Args:
        contents: The members of `TransactItems` in JSON, each after a comma.
        tables: Their tables.
        token: The client request token.
    """
    first, *others = contents
    written = f'"{token}"' if token.isalnum() and token.isascii() else json_text(token)
    ending = f'],"ClientRequestToken":{written},"ReturnConsumedCapacity":"{_CAPACITY}"}}'
    body = b"".join((b'{"TransactItems":[', first[1:], *others, ending.encode()))
    return FrozenRequest.of_content(_TRANSACTION, (body,), token, tuple(dict.fromkeys(tables)))


def _member(action: StagedAction) -> bytes:
    ready = action.encoded
    return json_bytes({action.kind: action_members(action)}) if ready is None else ready


def plain_request(action: StagedAction) -> FrozenRequest:
    """Return the PutItem, UpdateItem or DeleteItem request that does one action alone."""
    operation, tables = _PLAIN_OPERATIONS[action.kind], (action.table,)
    if action.encoded is not None:
        members = action.encoded[len(f'{{"{action.kind}":') : -len("}")]
        return FrozenRequest.of_content(operation, (members,), None, tables)
    return FrozenRequest(operation, action_members(action), tables=tables)


def get_request(table: str, key: Item) -> FrozenRequest:
    """Return the strongly consistent GetItem request for one key."""
    body = {"TableName": table, "Key": key, "ConsistentRead": True}
    return FrozenRequest("GetItem", body, tables=(table,))


def transaction_get_request(reads: Sequence[StagedAction]) -> FrozenRequest:
    """Return the one TransactGetItems request for these reads, in their order."""
    gets = [{"TableName": read.table, "Key": read.key} for read in reads]
    return _transaction_get(gets)


def projected_get_request(gets: Sequence[Get]) -> FrozenRequest:
    """Return the one TransactGetItems request for these items, or parts of items."""
    return _transaction_get([get.members for get in gets])


def _transaction_get(members: Iterable[Mapping[str, Any]]) -> FrozenRequest:
    gets = [{"Get": get} for get in members]
    tables = tuple(dict.fromkeys(get["Get"]["TableName"] for get in gets))
    return FrozenRequest("TransactGetItems", {"TransactItems": gets}, tables=tables)


def action_members(action: StagedAction) -> dict[str, Any]:
    """Return the members of one Put, Update, Delete or ConditionCheck."""
    members: dict[str, Any] = {"TableName": action.table}
    if action.kind == "Put":
        members["Item"] = action.item
    else:
        members["Key"] = action.key
    members.update(expression_members(action.rendered))
    # The stored item tells a stale read from a false condition, so it is always asked for.
    members["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return members


def expression_members(rendered: Rendered) -> dict[str, Any]:
    """Return the members that the expressions of one action come to."""
    members = {
        "UpdateExpression": rendered.update,
        "ConditionExpression": rendered.condition,
        "ExpressionAttributeNames": rendered.names,
        "ExpressionAttributeValues": rendered.values,
    }
    return {name: value for name, value in members.items() if value}
