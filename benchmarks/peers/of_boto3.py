"""boto3's own client: with what it takes made beforehand, and made from things as it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from boto3.dynamodb.types import TypeSerializer

from benchmarks.clients import client_of
from benchmarks.things import TABLE, Thing, as_native
from benchmarks.workloads import (
    CHECK_CONDITION,
    CHECK_NAMES,
    DELETE_CONDITION,
    DELETE_NAMES,
    LAST_YEAR,
    LEAST_STOCK,
    UPDATE_CONDITION,
    UPDATE_NAMES,
    UPDATE_TEXT,
    Commit,
    Verb,
)

_SERIALIZE: Final = TypeSerializer().serialize


class Built:
    """Gets what it sends made beforehand: no program has it for nothing, so this is the unit."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.client: Any = client_of(url, **settings)

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Make all of the requests' `TransactItems`."""
        return [_transact_items(commit) for commit in commits]

    def run(self, prepared: list[Any]) -> None:
        """Send them."""
        for items in prepared:
            self.client.transact_write_items(TransactItems=items)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


class Unvalidated(Built):
    """The same without botocore's look at every parameter."""

    def __init__(self, url: str) -> None:
        super().__init__(url, parameter_validation=False)


class Serialized(Built):
    """Makes `TransactItems` from things, with boto3's own serializer."""

    def prepare(self, commits: list[Commit]) -> list[Any]:
        """Take the things as they are."""
        return list(commits)

    def run(self, prepared: list[Any]) -> None:
        """Convert and send."""
        for commit in prepared:
            self.client.transact_write_items(TransactItems=_transact_items(commit))


def _transact_items(commit: Commit) -> list[dict[str, Any]]:
    return [_ACTIONS[step.verb](step.thing) for step in commit]


def _put(thing: Thing) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": _serialized(as_native(thing))}}


def _update(thing: Thing) -> dict[str, Any]:
    values = {
        ":l": thing.label,
        ":n": thing.note,
        ":p": thing.price,
        ":s": thing.stock,
        ":c": LEAST_STOCK,
    }
    return {
        "Update": {
            "TableName": TABLE,
            "Key": _key(thing),
            "UpdateExpression": UPDATE_TEXT,
            "ConditionExpression": UPDATE_CONDITION,
            "ExpressionAttributeNames": UPDATE_NAMES,
            "ExpressionAttributeValues": _serialized(values),
        }
    }


def _delete(thing: Thing) -> dict[str, Any]:
    return {
        "Delete": {
            "TableName": TABLE,
            "Key": _key(thing),
            "ConditionExpression": DELETE_CONDITION,
            "ExpressionAttributeNames": DELETE_NAMES,
            "ExpressionAttributeValues": _serialized({":y": LAST_YEAR}),
        }
    }


def _check(thing: Thing) -> dict[str, Any]:
    return {
        "ConditionCheck": {
            "TableName": TABLE,
            "Key": _key(thing),
            "ConditionExpression": CHECK_CONDITION,
            "ExpressionAttributeNames": CHECK_NAMES,
            "ExpressionAttributeValues": _serialized({":a": True}),
        }
    }


def _key(thing: Thing) -> dict[str, Any]:
    return _serialized({"artist": thing.artist, "title": thing.title})


def _serialized(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _SERIALIZE(value) for name, value in values.items()}


_ACTIONS: Final = {
    Verb.PUT: _put,
    Verb.UPDATE: _update,
    Verb.DELETE: _delete,
    Verb.CHECK: _check,
}
