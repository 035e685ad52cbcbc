"""From the arguments of `batch_get` and `batch_write` to their flows, for every kind of database.

Loaded when the first batch comes: most programs that write have none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from transactscope.arguments import reading
from transactscope.core.batches.entries import DELETE, GET, PUT
from transactscope.core.batches.exchange import Exchange, GetExchange, WriteExchange
from transactscope.core.batches.schedule import Schedule
from transactscope.core.compiled.batches import CompiledEntries
from transactscope.environment import checked_timeout
from transactscope.errors import InvalidRequestError
from transactscope.flows.batch import Batch, Crew, Source, checked_terms

if TYPE_CHECKING:
    from transactscope.core.terms import BatchTerms
    from transactscope.environment import Environment
    from transactscope.flows.effects import Flow

CrewOf = Callable[[int], Crew]
"""Returns what sends so many requests at once."""


def getting(
    environment: Environment, keys: Any, terms: BatchTerms, crew_of: CrewOf, *, consistent: Any
) -> Flow[Any]:
    """Return the flow of `batch_get`; bad arguments are refused before it begins."""
    if consistent is not True and consistent is not False:
        msg = f"consistent= must be True or False, not {type(consistent).__name__}"
        raise InvalidRequestError(msg)
    exchange = GetExchange(_entries(environment), consistent=consistent)
    return _flow(environment, exchange, {GET: keys}, terms, crew_of)


def writing(
    environment: Environment, puts: Any, deletes: Any, terms: BatchTerms, crew_of: CrewOf
) -> Flow[Any]:
    """Return the flow of `batch_write`; bad arguments are refused before it begins."""
    exchange = WriteExchange(_entries(environment))
    return _flow(environment, exchange, {PUT: puts, DELETE: deletes}, terms, crew_of)


def _entries(environment: Environment) -> CompiledEntries:
    """Return what makes the entries of one batch."""
    return CompiledEntries(environment.builder, environment.compiled.up_to_date())


def _flow(
    environment: Environment,
    exchange: Exchange,
    inputs: Mapping[str, Any],
    terms: BatchTerms,
    crew_of: CrewOf,
) -> Flow[Any]:
    with reading("a batch"):
        checked_terms(terms, is_async=environment.is_async)
        checked_timeout(terms.timeout)
        source = Source.of(exchange, inputs, terms, is_async=environment.is_async)
    schedule = Schedule(environment.retry, environment.random, terms.in_flight)
    crew = crew_of(terms.in_flight)
    batch = Batch(exchange, source, schedule, crew, environment.clock, terms, environment.keyring)
    if environment.observers is not None:
        verb = "batch_write" if isinstance(exchange, WriteExchange) else "batch_get"
        batch.course_of = functools.partial(environment.observers.watch().course_of, verb)
    return batch.flow()
