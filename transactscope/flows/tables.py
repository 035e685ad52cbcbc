"""Creating an entity's table and waiting until it can be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import attrs

from transactscope.core.retries import Budget
from transactscope.core.schema import key_schema, table_definition
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import InvalidRequestError, RequestRejectedError, TransactionRefusedError
from transactscope.flows.effects import Flow, Pause
from transactscope.flows.read import answered
from transactscope.types import Answer, FrozenRequest

if TYPE_CHECKING:
    from cattrs import Converter

_IN_USE: Final = "ResourceInUseException"  # [CreateTable, API Reference, 2026-11]
_POLL_SECONDS: Final = 1.0
_POLLS: Final = 60


@attrs.frozen
class TableRequests:
    """What every request about tables needs to be sent: a converter, and a budget for each."""

    converter: Converter
    new_budget: Callable[[], Budget]

    def answered(self, request: FrozenRequest) -> Flow[Answer]:
        """Send one request; again after whatever may pass, for none does more if it comes twice."""
        return answered(request, (), self.converter, self.new_budget())


def create(mapping: EntityMapping, table: str, requests: TableRequests) -> Flow[None]:
    """Create the table unless it exists, and return once it is ACTIVE."""
    body = table_definition(mapping, table, requests.converter)
    request = FrozenRequest("CreateTable", body, tables=(table,))
    yield from _create_unless_there(request, requests)
    description = yield from _active(table, requests)
    _refuse_other_key(mapping, table, description)


def _create_unless_there(request: FrozenRequest, requests: TableRequests) -> Flow[None]:
    try:
        yield from requests.answered(request)
    except TransactionRefusedError as error:
        if error.code != _IN_USE:
            raise


def _active(table: str, requests: TableRequests) -> Flow[dict[str, Any]]:
    request = FrozenRequest("DescribeTable", {"TableName": table}, tables=(table,))
    for _ in range(_POLLS):
        answer = yield from requests.answered(request)
        description = dict(answer["Table"])
        if description.get("TableStatus") == "ACTIVE":
            return description
        yield Pause(_POLL_SECONDS)
    msg = f"table {table} did not become ACTIVE within {_POLLS * _POLL_SECONDS:.0f} seconds"
    raise RequestRejectedError(msg)


def _refuse_other_key(mapping: EntityMapping, table: str, description: dict[str, Any]) -> None:
    found = description.get("KeySchema", [])
    if found != key_schema(mapping):
        shown = ", ".join(f"{entry['AttributeName']} {entry['KeyType']}" for entry in found)
        msg = f"table {table} exists with another key than {mapping.name} has: {shown}"
        raise InvalidRequestError(msg, code="TABLE_MISMATCH")
