"""What every kind of database has: an environment, and the flows of its verbs."""

from __future__ import annotations

import abc
import time
from collections.abc import Callable
from random import random as random_number
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from transactscope.arguments import reading
from transactscope.core.tokens import random_token
from transactscope.entities.keys import entity_key
from transactscope.entities.mapping import mapping_of
from transactscope.environment import Connector, make_environment
from transactscope.errors import InvalidRequestError
from transactscope.flows import read, tables, write
from transactscope.verbs import Verbs

if TYPE_CHECKING:
    from cattrs import Converter

    from transactscope.core.actions import StagedAction
    from transactscope.core.building import ActionBuilder, TableNames, Terms
    from transactscope.core.retries import RetryPolicy
    from transactscope.flows.effects import Flow
    from transactscope.types import CircuitBreaker, DynamoDBClient

R = TypeVar("R")


class BaseDatabase(Verbs[R]):
    """Immediate verbs; see `Database` for the guarantees. R is what they give back."""

    _is_database = True
    _connector: Connector

    def __init__(
        self,
        client: DynamoDBClient,
        *,
        retry: RetryPolicy | None = None,
        converter: Converter | None = None,
        table_names: TableNames = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] | None = None,
        random: Callable[[], float] = random_number,
        new_token: Callable[[], str] = random_token,
        wall_clock: Callable[[], float] = time.time,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        with reading(f"{type(self).__name__}()"):
            self._environment = make_environment(
                client,
                self._connector,
                retry=retry,
                converter=converter,
                table_names=table_names,
                clock=clock,
                sleep=sleep,
                random=random,
                new_token=new_token,
                wall_clock=wall_clock,
                breaker=breaker,
            )

    @property
    def breaker(self) -> CircuitBreaker | None:
        """The circuit breaker that is asked before every request, or None. Nothing is sent."""
        return self._environment.breaker

    @abc.abstractmethod
    def _run(self, flow: Flow[Any]) -> Any:
        """Perform a flow, or return what performs it when it is awaited."""

    def _getting(self, target: Any, key: tuple[object, ...]) -> Flow[Any]:
        """Return the flow of `get`; bad arguments are refused before it begins."""
        with reading("get()"):
            action = self._builder.read(entity_key(target, key))
        return read.get(action, self._environment.converter, self._environment.budget())

    def _creating_table(self, entity_class: type[Any]) -> Flow[None]:
        """Return the flow of `create_table`."""
        with reading("create_table()"):
            mapping = mapping_of(entity_class)
            table = self._builder.table(mapping)
        requests = tables.TableRequests(self._environment.converter, self._environment.budget)
        return tables.create(mapping, table, requests)

    @property
    def _builder(self) -> ActionBuilder:
        return self._environment.builder

    def _require_usable(self, verb: str) -> None:
        """Allow every verb: a database has no states."""

    def _perform(self, action: StagedAction) -> R:
        flow = write.write(action, self._environment.converter, self._environment.budget())
        return self._run(flow)  # type: ignore[no-any-return]

    def _perform_update_of(self, entity: object, terms: Terms) -> NoReturn:  # noqa: ARG002
        msg = (
            f"update({type(entity).__name__}) needs a scope, in which it was read; outside one use "
            "put() or replace(), or update by key: update(Cls, *key, set=...)"
        )
        raise InvalidRequestError(msg, code="NOT_READ")
