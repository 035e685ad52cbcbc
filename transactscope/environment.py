"""What one client and its settings are to everything that sends through them.

A `Database` owns one; a scope that is given a bare client makes its own. It is
shared by threads and never changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from transactscope.core.building import ActionBuilder, TableNames
from transactscope.core.tokens import random_token
from transactscope.driver import drive
from transactscope.errors import InvalidRequestError
from transactscope.flows.effects import Flow
from transactscope.transports.botocore import transport_for
from transactscope.transports.clients import checked_client
from transactscope.types import Transport
from transactscope.values import checked_converter, default_converter

if TYPE_CHECKING:
    from cattrs import Converter

R = TypeVar("R")


@attrs.frozen
class Environment:
    """A client, the way to send through it, and the settings of a database."""

    client: Any
    transport: Transport
    builder: ActionBuilder
    sleep: Callable[[float], Any]
    new_token: Callable[[], str]

    @property
    def converter(self) -> Converter:
        """The converter of entities and values."""
        return self.builder.converter

    def run(self, flow: Flow[R]) -> R:
        """Perform a flow through this client."""
        return drive(flow, self.transport, self.sleep)


def environment_of(database_or_client: Any) -> Environment:
    """Return a database's environment, or a new one for a bare client."""
    environment = getattr(database_or_client, "_environment", None)
    if isinstance(environment, Environment):
        return environment
    return make_environment(database_or_client)


def make_environment(
    client: Any,
    *,
    converter: Converter | None = None,
    table_names: TableNames = None,
    sleep: Callable[[float], Any] = time.sleep,
    new_token: Callable[[], str] = random_token,
) -> Environment:
    """Check a client and its settings and put them together. Nothing is sent."""
    usable = checked_client(client)
    used = default_converter() if converter is None else checked_converter(converter)
    return Environment(
        client=usable,
        transport=transport_for(usable),
        builder=ActionBuilder(used, _checked_table_names(table_names)),
        sleep=sleep,
        new_token=new_token,
    )


def _checked_table_names(table_names: Any) -> TableNames:
    if table_names is None or callable(table_names) or hasattr(table_names, "get"):
        return table_names  # type: ignore[no-any-return]
    msg = f"table_names= must be a mapping or a function, not {type(table_names).__name__}"
    raise InvalidRequestError(msg)
