"""Spans: one for each scope, one for each attempt at a request.

Events are told after the fact, so a span of an attempt begins in the past. A scope that is never
left tells nothing more: only so many are kept open, and the oldest is ended in its place.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import attrs
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer

from transactscope.ext.otel import names
from transactscope.ext.otel.facts import (
    ABANDONED,
    OUTCOMES,
    Attributes,
    answer_to,
    error_of,
    name_of,
    operation_of,
)
from transactscope.types import Event, EventKind

_SECOND: Final = 1_000_000_000  # in nanoseconds
_COMMIT: Final = "TransactWriteItems"


@attrs.define(eq=False)
class _Scope:
    """What is known of one scope.

    Attributes:
        span: The span of what is under way in it.
        is_open: Whether that is to be ended; not between a commit in doubt and its resolution.
        sent: Spans of attempts at the commit, each with when it ended. They are ended with it:
            only then it is told how many actions each of them had.
    """

    span: Span
    is_open: bool = True
    sent: list[tuple[Span, int]] = attrs.field(factory=list)


@attrs.frozen(eq=False)
class _Canceled:
    """A scope that was canceled, and may be run again: its span, and why it is."""

    span_context: SpanContext
    rerun: Attributes = attrs.field(factory=dict)


class Spans:
    """Makes spans of events. May be shared by threads.

    Args:
        tracer: Starts spans.
        of_attempts: Whether attempts have spans of their own.
        max_open: How many scopes may be open at once, and how many are kept that were canceled.
        time_ns: Tells the time in nanoseconds since 1970.
    """

    def __init__(
        self, tracer: Tracer, *, of_attempts: bool, max_open: int, time_ns: Callable[[], int]
    ) -> None:
        self._tracer = tracer
        self._of_attempts = of_attempts
        self._max_open = max_open
        self._time_ns = time_ns
        self._scopes: OrderedDict[int, _Scope] = OrderedDict()
        self._canceled: OrderedDict[int, _Canceled] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, event: Event) -> None:
        """Start the span of a scope, in the context that is current."""
        links = self._links_to_the_attempt_before(event)
        span = self._start(names.TRANSACTION_SPAN, self._time_ns(), links)
        with self._lock:
            self._scopes[event.work] = _Scope(span)
            is_one_too_many = len(self._scopes) > self._max_open
            oldest = self._scopes.popitem(last=False)[1] if is_one_too_many else None
        if oldest is not None and oldest.is_open:
            self._end(oldest, ABANDONED, {})

    def attempt(self, event: Event) -> Context | None:
        """Make the span of an attempt; return the context in which it is measured."""
        now = self._time_ns()
        begun = now - round((event.seconds or 0.0) * _SECOND)
        scope = self._scopes.get(event.work) if event.is_scope else None
        if scope is not None and not scope.is_open:
            self._reopen(scope, begun)
        parent = None if scope is None else trace.set_span_in_context(scope.span)
        if not self._of_attempts or (scope is not None and not scope.span.is_recording()):
            return parent
        span = self._tracer.start_span(
            name_of(event),
            parent,
            SpanKind.CLIENT,
            attributes=operation_of(event),
            start_time=begun,
        )
        if span.is_recording():
            _say(span, answer_to(event))
        if scope is not None and event.operation == _COMMIT:
            scope.sent.append((span, now))
        else:
            span.end(now)
        return trace.set_span_in_context(span)

    def retry(self, event: Event) -> None:
        """Write down a retry in the span of its scope, or in what surrounds it."""
        scope = None if event.is_rerun or not event.is_scope else self._scopes.get(event.work)
        is_under_way = scope is not None and scope.is_open
        span = scope.span if scope is not None and is_under_way else trace.get_current_span()
        told: Attributes = {names.ATTEMPT: event.attempts, **error_of(event)}
        if event.seconds is not None:
            told[names.PAUSE] = event.seconds
        if event.is_rerun:
            self._leave_word(event, told)
        if span.is_recording():
            name = names.RERUN_EVENT if event.is_rerun else names.RETRY_EVENT
            span.add_event(name, told, self._time_ns())

    def end(self, event: Event) -> None:
        """End the span of a scope."""
        in_doubt = event.kind is EventKind.IN_DOUBT
        with self._lock:
            found = self._scopes.get if in_doubt else self._scopes.pop
            scope = found(event.work, None) if event.is_scope else None
        if scope is None or not scope.is_open:
            return
        if event.kind is EventKind.CANCEL:
            self._keep_canceled(event.work, scope.span.get_span_context())
        told = {} if event.kind is EventKind.ROLLBACK else error_of(event)
        if event.attempts:
            told[names.ATTEMPTS] = event.attempts
        if event.replayed:
            told[names.REPLAYED] = True
        try:
            _count_actions(scope, event)
        finally:
            self._end(scope, OUTCOMES[event.kind], told)

    def _start(self, name: str, begun: int, links: list[Link]) -> Span:
        return self._tracer.start_span(name, kind=SpanKind.INTERNAL, links=links, start_time=begun)

    def _reopen(self, scope: _Scope, begun: int) -> None:
        """Let a commit in doubt be resolved in a span of its own, which may be much later."""
        links = [Link(scope.span.get_span_context())]
        scope.span = self._start(names.RESOLVE_SPAN, begun, links)
        scope.is_open = True

    def _end(self, scope: _Scope, outcome: str, told: Attributes) -> None:
        scope.is_open = False
        sent, scope.sent = scope.sent, []
        for span, ended in sent:
            span.end(ended)
        if scope.span.is_recording():
            _say(scope.span, {names.OUTCOME: outcome, **told})
        scope.span.end(self._time_ns())

    def _keep_canceled(self, work: int, span_context: SpanContext) -> None:
        with self._lock:
            self._canceled[work] = _Canceled(span_context)
            if len(self._canceled) > self._max_open:
                self._canceled.popitem(last=False)

    def _leave_word(self, event: Event, rerun: Attributes) -> None:
        """Let the scope that runs this one again know why it does."""
        canceled = self._canceled.get(event.work)
        if canceled is not None:
            canceled.rerun.update(rerun)

    def _links_to_the_attempt_before(self, event: Event) -> list[Link]:
        if event.rerun_of is None:
            return []
        with self._lock:
            canceled = self._canceled.pop(event.rerun_of, None)
        return [] if canceled is None else [Link(canceled.span_context, canceled.rerun)]


def _count_actions(scope: _Scope, event: Event) -> None:
    """Let all attempts at a commit say how many actions it had; one alone is no batch."""
    if not scope.sent or not scope.span.is_recording():
        return
    size = len(event.actions)
    if size > 1:
        for span, _ in scope.sent:
            span.set_attribute(names.DB_OPERATION_BATCH_SIZE, size)


def _say(span: Span, told: Attributes) -> None:
    """Write down how something went; a status with a text would need an error's, with its keys."""
    span.set_attributes(told)
    if names.ERROR_TYPE in told:
        span.set_status(StatusCode.ERROR)
