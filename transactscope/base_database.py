"""What every kind of database has: an environment, and the flows of its verbs."""

from __future__ import annotations

import abc
import time
from collections.abc import Callable, Iterable
from random import random as random_number
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from transactscope.arguments import reading
from transactscope.core.compiled.reads import CompiledReads
from transactscope.core.queries.projections import refuse_too_many, wanted_of
from transactscope.core.tokens import random_token
from transactscope.entities.keys import EntityKey, ProjectedKey, entity_key
from transactscope.environment import Connector, make_environment
from transactscope.errors import InvalidRequestError
from transactscope.flows import read, write
from transactscope.verbs import Verbs

if TYPE_CHECKING:
    from cattrs import Converter

    from transactscope.core.actions import StagedAction
    from transactscope.core.building import ActionBuilder, TableNames, Terms
    from transactscope.core.compiled.building import CompiledBuilder
    from transactscope.core.compiled.encoded import EncodedAction
    from transactscope.core.retries import RetryPolicy
    from transactscope.core.terms import BatchTerms
    from transactscope.flows.batch import Crew
    from transactscope.flows.effects import Flow
    from transactscope.types import CircuitBreaker, DynamoDBClient, Keyring, Observer

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
        direct: bool = True,
        keyring: Keyring | None = None,
        observers: Iterable[Observer] = (),
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
                direct=direct,
                keyring=keyring,
                observers=observers,
            )
        self._reads = CompiledReads(self._environment.builder)

    @property
    def breaker(self) -> CircuitBreaker | None:
        """The circuit breaker that is asked before every request, or None. Nothing is sent."""
        return self._environment.breaker

    @abc.abstractmethod
    def _run(self, flow: Flow[Any]) -> Any:
        """Perform a flow, or return what performs it when it is awaited."""

    def _getting(self, target: Any, key: tuple[object, ...]) -> Flow[Any]:
        """Return the flow of `get`; bad arguments are refused before it begins."""
        environment = self._environment
        quick = self._reads.one(target, key)
        if quick is not None:
            flow = read.get_quickly(quick, environment.converter, environment.budget())
        else:
            with reading("get()"):
                action = self._builder.read(entity_key(target, key))
            budget = environment.budget()
            flow = read.get(action, environment.converter, budget, environment.keyring)
        return self._watched("get", flow)

    def _transact_getting(self, keys: Iterable[EntityKey[Any] | ProjectedKey]) -> Flow[list[Any]]:
        """Return the flow of `transact_get`; bad arguments are refused before it begins."""
        environment = self._environment
        with reading("transact_get()"):
            given = tuple(keys)
            quick = self._reads.several(given)
            if quick is None:
                wanted = [wanted_of(key, self._builder.read) for key in given]
                refuse_too_many(wanted)
                flow = read.transact_get(
                    wanted, environment.converter, environment.budget(), environment.keyring
                )
            else:
                flow = read.transact_get_quickly(quick, environment.converter, environment.budget())
        return self._watched("transact_get", flow)

    @abc.abstractmethod
    def _crew(self, in_flight: int) -> Crew:
        """Return what sends so many requests at once."""

    def _batch_getting(self, keys: Any, terms: BatchTerms, *, consistent: bool) -> Flow[Any]:
        """Return the flow of `batch_get`; bad arguments are refused before it begins."""
        from transactscope import batches  # noqa: PLC0415 - see there

        environment = self._environment
        return batches.getting(environment, keys, terms, self._crew, consistent=consistent)

    def _batch_writing(self, puts: Any, deletes: Any, terms: BatchTerms) -> Flow[Any]:
        """Return the flow of `batch_write`; bad arguments are refused before it begins."""
        from transactscope import batches  # noqa: PLC0415 - see there

        return batches.writing(self._environment, puts, deletes, terms, self._crew)

    def _creating_table(
        self,
        entity_classes: tuple[type[Any], ...],
        billing: tuple[Any, Any, Any],
        timeout: float,
    ) -> Flow[None]:
        """Return the flow of `create_table`; bad arguments are refused before it begins."""
        from transactscope import tables  # noqa: PLC0415 - see there

        flow = tables.creating(self._environment, entity_classes, billing, timeout)
        return self._watched("create_table", flow)

    def _watched(self, verb: str, flow: Flow[Any]) -> Flow[Any]:
        """Return the flow of a call that writes no item, as observers are told of it."""
        observers = self._environment.observers
        return flow if observers is None else observers.watch().reading(verb, flow)

    @property
    def _builder(self) -> ActionBuilder:
        return self._environment.builder

    @property
    def _compiled(self) -> CompiledBuilder:
        return self._environment.compiled.up_to_date()

    def _perform_encoded(self, call: EncodedAction) -> R:
        return self._perform(call)

    def _require_usable(self, verb: str) -> None:
        """Allow every verb: a database has no states."""

    def _perform(self, action: StagedAction) -> R:
        environment = self._environment
        flow = write.write(action, environment.converter, environment.budget(), environment.keyring)
        if environment.observers is not None:
            flow = environment.observers.watch().writing(action, flow)
        return self._run(flow)  # type: ignore[no-any-return]

    def _perform_update_of(self, entity: object, terms: Terms) -> NoReturn:  # noqa: ARG002
        msg = (
            f"update({type(entity).__name__}) needs a scope, in which it was read; outside one use "
            "put() or replace(), or update by key: update(Cls, *key, set=...)"
        )
        raise InvalidRequestError(msg, code="NOT_READ")
