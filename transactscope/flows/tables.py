"""Creating an entity's table and waiting until it can be used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from transactscope.core.retries import Budget
from transactscope.core.schema import (
    Billing,
    TableShape,
    found_shape,
    table_definition,
    ttl_attribute,
    wanted_shape,
)
from transactscope.entities.mapping import EntityMapping
from transactscope.errors import (
    InvalidRequestError,
    RequestRejectedError,
    TableNotFoundError,
    TransactionRefusedError,
)
from transactscope.flows.effects import Flow, Pause
from transactscope.flows.read import answered
from transactscope.types import Answer, FrozenRequest

if TYPE_CHECKING:
    from cattrs import Converter

_IN_USE: Final = "ResourceInUseException"  # [CreateTable, API Reference, 2026-11]
_POLL_SECONDS: Final = 1.0


@attrs.frozen
class TablePlan:
    """A table that is wanted.

    Attributes:
        table: Its name.
        owners: The classes that need it, in words.
        shape: Its key and indexes.
        billing: How it is paid for.
        ttl: The attribute by which its items expire, or None.
        timeout: Seconds to wait for it.
    """

    table: str
    owners: str
    shape: TableShape
    billing: Billing
    ttl: str | None
    timeout: float


def planned(
    mappings: Sequence[EntityMapping],
    tables: Collection[str],
    billing: Billing,
    timeout: float,
    converter: Converter,
) -> TablePlan:
    """Return the table that is wanted.

    Raises:
        InvalidRequestError: The classes have several tables, or cannot share one. Not sent.
    """
    owners = ", ".join(mapping.name for mapping in mappings)
    if len(set(tables)) > 1:
        shown = ", ".join(sorted(set(tables)))
        msg = f"create_table() makes one table, and {owners} are stored in several: {shown}"
        raise InvalidRequestError(msg, code="TABLE_CONFLICT")
    shape = wanted_shape(mappings, converter)
    return TablePlan(next(iter(tables)), owners, shape, billing, ttl_attribute(mappings), timeout)


@attrs.frozen
class TableRequests:
    """What every request about tables needs to be sent: a converter, and a budget for each."""

    converter: Converter
    new_budget: Callable[[], Budget]

    def answered(self, request: FrozenRequest) -> Flow[Answer]:
        """Send one request; again after whatever may pass, for none does more if it comes twice."""
        return answered(request, (), self.converter, self.new_budget())


def create(plan: TablePlan, requests: TableRequests) -> Flow[None]:
    """Create the table unless it exists, and return once it and its indexes are ACTIVE."""
    body = table_definition(plan.shape, plan.table, plan.billing)
    request = FrozenRequest("CreateTable", body, tables=(plan.table,))
    yield from _create_unless_there(request, requests)
    description = yield from _active(plan, requests)
    _refuse_other_table(plan, description)
    if plan.ttl is not None:
        yield from _expiring(plan.table, plan.ttl, requests)


def _create_unless_there(request: FrozenRequest, requests: TableRequests) -> Flow[None]:
    try:
        yield from requests.answered(request)
    except TransactionRefusedError as error:
        if error.code != _IN_USE:
            raise


def _active(plan: TablePlan, requests: TableRequests) -> Flow[dict[str, Any]]:
    request = FrozenRequest("DescribeTable", {"TableName": plan.table}, tables=(plan.table,))
    waited = 0.0
    while True:
        description = yield from _described(request, requests)
        waiting = _not_active(plan.table, description)
        if waiting is None:
            return description
        pause = min(_POLL_SECONDS, plan.timeout - waited)
        if pause <= 0:
            msg = f"{waiting} did not become ACTIVE within {plan.timeout:g} seconds"
            raise RequestRejectedError(msg)
        yield Pause(pause)
        waited += pause


def _described(request: FrozenRequest, requests: TableRequests) -> Flow[dict[str, Any]]:
    """Return what DynamoDB says of the table; nothing while it does not know it yet.

    "DescribeTable uses an eventually consistent query" [API Reference, 2026-11], so a table that
    was created a moment ago may not be found.
    """
    try:
        answer = yield from requests.answered(request)
    except TableNotFoundError:
        return {}
    return dict(answer["Table"])


def _not_active(table: str, description: Mapping[str, Any]) -> str | None:
    """Name what is not ACTIVE yet. A local index has no state of its own."""
    if description.get("TableStatus") != "ACTIVE":
        return f"table {table}"
    for index in description.get("GlobalSecondaryIndexes") or ():
        if index.get("IndexStatus") != "ACTIVE":
            return f"index {index['IndexName']!r} of table {table}"
    return None


def _refuse_other_table(plan: TablePlan, description: Mapping[str, Any]) -> None:
    differences = list(plan.shape.differences(found_shape(description)))
    if differences:
        msg = (
            f"table {plan.table} is there, and is not the one that {plan.owners} needs: "
            f"{'; '.join(differences)}"
        )
        raise InvalidRequestError(msg, code="TABLE_MISMATCH")


def _expiring(table: str, attribute: str, requests: TableRequests) -> Flow[None]:
    """Have items expire by an attribute, unless they do already."""
    request = FrozenRequest("DescribeTimeToLive", {"TableName": table}, tables=(table,))
    answer = yield from requests.answered(request)
    found = answer.get("TimeToLiveDescription") or {}
    if found.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        body = {
            "TableName": table,
            "TimeToLiveSpecification": {"Enabled": True, "AttributeName": attribute},
        }
        yield from requests.answered(FrozenRequest("UpdateTimeToLive", body, tables=(table,)))
    elif found.get("AttributeName") != attribute:
        msg = f"table {table}: items expire by {found.get('AttributeName')}, not by {attribute}"
        raise InvalidRequestError(msg, code="TABLE_MISMATCH")
