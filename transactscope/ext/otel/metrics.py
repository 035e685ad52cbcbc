"""Metrics: how long requests and writes take, what is repeated, and what is consumed."""

from __future__ import annotations

from typing import Final

from opentelemetry.context import Context
from opentelemetry.metrics import Meter

from transactscope.ext.otel import names
from transactscope.ext.otel.facts import OUTCOMES, Attributes, error_of, operation_of, refusal_of
from transactscope.types import Event

# The conventions recommend these for the duration of an operation, in seconds.
BUCKETS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)


class Metrics:
    """Counts and measures events. May be shared by threads.

    Args:
        meter: Makes the instruments.
    """

    def __init__(self, meter: Meter) -> None:
        self._operations = meter.create_histogram(
            names.OPERATION_DURATION,
            "s",
            "Duration of database client operations.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )
        self._writes = meter.create_histogram(
            names.WRITE_DURATION,
            "s",
            "Duration of commits and single writes, with all their attempts and pauses.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )
        self._retries = meter.create_counter(
            names.RETRIES, "{retry}", "Requests that were sent again, and transactions run again."
        )
        self._rollbacks = meter.create_counter(
            names.ROLLBACKS, "{transaction}", "Transactions that were rolled back."
        )
        self._consumed = meter.create_counter(
            names.CONSUMED_CAPACITY, "{unit}", "Capacity units that DynamoDB has reported."
        )

    def attempt(self, event: Event, context: Context | None) -> None:
        """Measure an attempt; the context has its span, if there is one, for exemplars."""
        told = operation_of(event) | refusal_of(event)
        self._operations.record(event.seconds or 0.0, told, context)
        for capacity, units in (("read", event.read_units), ("write", event.write_units)):
            for table, count in units.items():
                told = {names.DB_COLLECTION_NAME: table, names.CAPACITY: capacity}
                self._consumed.add(count, told, context)

    def retry(self, event: Event) -> None:
        """Count a retry."""
        told: Attributes = {names.RERUN: event.is_rerun}
        self._retries.add(1, operation_of(event) | error_of(event) | told)

    def end(self, event: Event) -> None:
        """Measure a commit or a single write."""
        if event.seconds is None:
            return
        told: Attributes = {names.VERB: event.verb, names.OUTCOME: OUTCOMES[event.kind]}
        self._writes.record(event.seconds, operation_of(event) | error_of(event) | told)

    def rollback(self) -> None:
        """Count a scope that was rolled back."""
        self._rollbacks.add(1)
