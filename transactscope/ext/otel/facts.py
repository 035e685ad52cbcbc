"""Events as attributes: what spans and metrics say in the same words.

None of it holds a value of an item, a key, or the text of an error, which may name a key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from transactscope.ext.otel import names
from transactscope.types import Event, EventKind

# Narrower than OpenTelemetry's own type, which is recursive in some versions.
Attributes: TypeAlias = dict[str, str | float | Sequence[str]]

ABANDONED: Final = "abandoned"
OUTCOMES: Final = {
    EventKind.COMMIT: "committed",
    EventKind.CANCEL: "canceled",
    EventKind.IN_DOUBT: "in_doubt",
    EventKind.ROLLBACK: "rolled_back",
}


def operation_of(event: Event) -> Attributes:
    """Return what was asked of DynamoDB, without the outcome."""
    found: Attributes = {names.DB_SYSTEM_NAME: names.DYNAMODB}
    if event.operation is not None:
        found[names.DB_OPERATION_NAME] = event.operation
    if len(event.tables) == 1:
        found[names.DB_COLLECTION_NAME] = event.tables[0]
    return found


def error_of(event: Event) -> Attributes:
    """Return what kind of error an event has, and nothing if it has none."""
    return {} if event.error_code is None else {names.ERROR_TYPE: event.error_code}


def refusal_of(event: Event) -> Attributes:
    """Return the same, and apart from it the code that DynamoDB itself has answered with."""
    found = error_of(event)
    answer = getattr(event.error, "response", None)
    if isinstance(answer, dict) and "Code" in answer.get("Error", {}):
        found[names.DB_RESPONSE_STATUS_CODE] = str(answer["Error"]["Code"])
    return found


def name_of(event: Event) -> str:
    """Return what the span of an attempt is called: the operation, and its table if it is one."""
    operation = event.operation or names.DYNAMODB
    return f"{operation} {event.tables[0]}" if len(event.tables) == 1 else operation


def answer_to(event: Event) -> Attributes:
    """Return what the span of an attempt says beside what was asked."""
    found: Attributes = {names.AWS_DYNAMODB_TABLE_NAMES: event.tables, **refusal_of(event)}
    if event.attempts > 1:
        found[names.ATTEMPT] = event.attempts
    if event.request_id is not None:
        found[names.AWS_REQUEST_ID] = event.request_id
    if event.read_units or event.write_units:
        found[names.AWS_DYNAMODB_CONSUMED_CAPACITY] = _consumed_by(event)
    return found


def _consumed_by(event: Event) -> list[str]:
    """Return what was consumed, one JSON text for each table, in DynamoDB's own words."""
    tables = dict.fromkeys([*event.read_units, *event.write_units])
    return [json.dumps(_capacity(table, event.read_units, event.write_units)) for table in tables]


def _capacity(
    table: str, read: Mapping[str, float], write: Mapping[str, float]
) -> dict[str, str | float]:
    found: dict[str, str | float] = {"TableName": table}
    found["CapacityUnits"] = read.get(table, 0.0) + write.get(table, 0.0)
    if table in read:
        found["ReadCapacityUnits"] = read[table]
    if table in write:
        found["WriteCapacityUnits"] = write[table]
    return found
