"""Creating an entity's table and waiting until it can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from transactscope.core.answers import ErrorAnswer
from transactscope.core.outcome import judge_read
from transactscope.core.schema import key_schema, table_definition
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import InvalidRequestError, RequestRejectedError
from transactscope.flows.effects import Flow, Pause
from transactscope.types import FrozenRequest

if TYPE_CHECKING:
    from cattrs import Converter

_IN_USE: Final = "ResourceInUseException"  # [CreateTable, API Reference, 2026-11]
_POLL_SECONDS: Final = 1.0
_POLLS: Final = 60


def create(mapping: EntityMapping, table: str, converter: Converter) -> Flow[None]:
    """Create the table unless it exists, and return once it is ACTIVE."""
    body = table_definition(mapping, table, converter)
    yield from _create_unless_there(FrozenRequest("CreateTable", body, tables=(table,)))
    description = yield from _active(table)
    _refuse_other_key(mapping, table, description)


def _create_unless_there(request: FrozenRequest) -> Flow[None]:
    try:
        yield request
    except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
        answer = ErrorAnswer.of(error)
        if answer is None or answer.code != _IN_USE:
            raise judge_read(error, request).raised(error)  # noqa: B904 - chained


def _active(table: str) -> Flow[dict[str, Any]]:
    request = FrozenRequest("DescribeTable", {"TableName": table}, tables=(table,))
    for _ in range(_POLLS):
        description = yield from _described(request)
        if description.get("TableStatus") == "ACTIVE":
            return description
        yield Pause(_POLL_SECONDS)
    msg = f"table {table} did not become ACTIVE within {_POLLS * _POLL_SECONDS:.0f} seconds"
    raise RequestRejectedError(msg)


def _described(request: FrozenRequest) -> Flow[dict[str, Any]]:
    try:
        answer = yield request
    except Exception as error:  # noqa: BLE001 - every one has a meaning for the data
        judged = judge_read(error, request).raised(error)
        raise judged  # noqa: B904 - chained
    return dict(answer["Table"])


def _refuse_other_key(mapping: EntityMapping, table: str, description: dict[str, Any]) -> None:
    found = description.get("KeySchema", [])
    if found != key_schema(mapping):
        shown = ", ".join(f"{entry['AttributeName']} {entry['KeyType']}" for entry in found)
        msg = f"table {table} exists with another key than {mapping.name} has: {shown}"
        raise InvalidRequestError(msg, code="TABLE_MISMATCH")
