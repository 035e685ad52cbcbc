"""From the arguments of `create_table` to its flow, for every kind of database.

Loaded when the first table is made, which most programs leave to others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transactscope.arguments import reading
from transactscope.core.schema import Billing
from transactscope.entities.mapping import mapping_of
from transactscope.environment import checked_timeout
from transactscope.flows import tables

if TYPE_CHECKING:
    from transactscope.environment import Environment
    from transactscope.flows.effects import Flow


def creating(
    environment: Environment,
    entity_classes: tuple[type[Any], ...],
    billing: tuple[Any, Any, Any],
    timeout: float,
) -> Flow[None]:
    """Return the flow of `create_table`; bad arguments are refused before it begins."""
    terms = Billing(*billing)
    with reading("create_table()"):
        mappings = [mapping_of(cls) for cls in entity_classes]
        names = [environment.builder.table(mapping) for mapping in mappings]
        seconds = checked_timeout(timeout) or 0.0
        plan = tables.planned(mappings, names, terms, seconds, environment.converter)
    return tables.create(plan, tables.TableRequests(environment.converter, environment.budget))
