"""An observer that tells OpenTelemetry what a database does.

May import public modules only. Sends nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

import transactscope
from transactscope.errors import InvalidRequestError
from transactscope.ext.arguments import reading
from transactscope.ext.otel import names
from transactscope.ext.otel.metrics import Metrics
from transactscope.ext.otel.spans import Spans
from transactscope.types import Event, EventKind


class Telemetry:
    """Makes spans and metrics of what a database does, for OpenTelemetry.

    A scope has a span from where it begins to its end, under the span that is current where it
    begins. Each request that is sent, and each time it is sent again, has a client span: of a
    scope under that of the scope, of a single call under the current one. Names are those of
    the semantic conventions for databases and for AWS DynamoDB, version 1.44.0
    (opentelemetry.io, 2026-08); what they have no name for begins with `transactscope.`. No
    value, no key and no text of an error is told.

    What is sent: nothing by itself; the SDK that the program has set up exports.
    Threads and tasks: may be shared by any number of them, and by several databases.
    After an error: what it or the SDK raises is logged by the database, and changes nothing.

    Args:
        tracer_provider: Where spans go; None means the program's, also if it is set later.
        meter_provider: Where metrics go; None means the program's.
        client_spans: Whether requests have spans. False where botocore's own instrumentation
            makes them: a scope's span is then all that is added.
        max_open: How many scopes are kept open at most. One that is dropped is never heard of
            again: where there are more, the span of the oldest is ended as `abandoned`.
        time_ns: Tells the time in nanoseconds since 1970.

    Raises:
        InvalidRequestError: One of these cannot be used. Not sent.

    Example:
        >>> from opentelemetry.sdk.trace import TracerProvider
        >>> from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        >>> from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        >>> from transactscope import Database, TransactScope
        >>> from transactscope.ext.otel import Telemetry
        >>> provider, spans = TracerProvider(), InMemorySpanExporter()
        >>> provider.add_span_processor(SimpleSpanProcessor(spans))
        >>> db = Database(client, observers=[Telemetry(tracer_provider=provider)])
        >>> with TransactScope(db) as tx:
        ...     _ = tx.insert(Account("A-1"))
        >>> [span.name for span in spans.get_finished_spans()]
        ['TransactWriteItems Account', 'transaction']

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        client_spans: bool = True,
        max_open: int = 10_000,
        time_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        _check("tracer_provider", tracer_provider, "get_tracer")
        _check("meter_provider", meter_provider, "get_meter")
        about = (names.INSTRUMENTATION, transactscope.__version__)
        with reading("Telemetry()"):
            self._spans = Spans(
                trace.get_tracer(*about, tracer_provider, names.SCHEMA_URL),
                of_attempts=_checked_switch(client_spans),
                max_open=_checked_count(max_open),
                time_ns=_checked_clock(time_ns),
            )
            self._metrics = Metrics(metrics.get_meter(*about, meter_provider, names.SCHEMA_URL))
        self._tell: dict[EventKind, Callable[[Event], None]] = {
            EventKind.BEGIN: self._spans.begin,
            EventKind.ATTEMPT: self._attempt,
            EventKind.RETRY: self._retry,
            EventKind.COMMIT: self._end,
            EventKind.CANCEL: self._end,
            EventKind.IN_DOUBT: self._end,
            EventKind.ROLLBACK: self._rollback,
        }

    def __call__(self, event: Event) -> None:
        """Tell OpenTelemetry of an event; of what is staged, nothing. Nothing is sent."""
        tell = self._tell.get(event.kind)
        if tell is not None:
            tell(event)

    def _attempt(self, event: Event) -> None:
        self._metrics.attempt(event, self._spans.attempt(event))

    def _retry(self, event: Event) -> None:
        self._spans.retry(event)
        self._metrics.retry(event)

    def _end(self, event: Event) -> None:
        self._spans.end(event)
        self._metrics.end(event)

    def _rollback(self, event: Event) -> None:
        self._spans.end(event)
        self._metrics.rollback()


def _check(argument: str, provider: Any, method: str) -> None:
    if provider is not None and not callable(getattr(provider, method, None)):
        kind = type(provider).__name__
        msg = f"{argument}= must have a method {method}(), which an object of {kind} has not"
        raise InvalidRequestError(msg)


def _checked_count(count: Any) -> int:
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise InvalidRequestError("max_open= must be a number of scopes, 1 or more")
    return count


def _checked_switch(client_spans: Any) -> bool:
    if isinstance(client_spans, bool):
        return client_spans
    msg = f"client_spans= must be True or False, not {type(client_spans).__name__}"
    raise InvalidRequestError(msg)


def _checked_clock(time_ns: Any) -> Callable[[], int]:
    if not callable(time_ns):
        raise InvalidRequestError("time_ns= must be a function that tells the time")
    told = time_ns()
    if not isinstance(told, int) or isinstance(told, bool):
        msg = f"time_ns= must tell nanoseconds as a whole number, not {type(told).__name__}"
        raise InvalidRequestError(msg)
    return time_ns  # type: ignore[no-any-return]
