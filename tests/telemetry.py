"""OpenTelemetry's own SDK, with what it exports kept here."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from transactscope.ext.otel import Telemetry


class Collected:
    """A `Telemetry`, and the spans and metrics that it has made.

    Attributes:
        telemetry: It.
        tracer: Makes spans of a program around.
    """

    def __init__(self, sampler=ALWAYS_ON, **options):
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        provider = TracerProvider(sampler=sampler)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = provider.get_tracer("the program")
        self.telemetry = Telemetry(
            tracer_provider=provider, meter_provider=MeterProvider([self._reader]), **options
        )

    @property
    def spans(self):
        """The spans that have ended, in that order."""
        return self._exporter.get_finished_spans()

    def span(self, name):
        """The only span of a name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def children_of(self, parent):
        """The spans that are directly under another one."""
        return [
            span
            for span in self.spans
            if span.parent is not None and span.parent.span_id == parent.context.span_id
        ]

    def clear(self):
        """Forget the spans."""
        self._exporter.clear()

    def points(self, name):
        """What was recorded of a metric: attributes and points."""
        data = self._reader.get_metrics_data()
        if data is None:
            return []
        found = [
            metric
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
        ]
        return [
            (dict(point.attributes), point) for each in found for point in each.data.data_points
        ]

    def everything(self):
        """All that was told, as one text."""
        return "".join(span.to_json() for span in self.spans) + str(
            self._reader.get_metrics_data().to_json()
        )
