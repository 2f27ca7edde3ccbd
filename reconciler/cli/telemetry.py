"""OpenTelemetry: a span for each command and request, and durations, where the environment configures it."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Handler, LogRecord
from typing import Any, Final, TypeAlias, cast

from reconciler import __version__
from reconciler.cli import clock
from reconciler.cli.console import log
from reconciler.cli.logs import log_requests_to

# Method, path, status or the reason for none, milliseconds.
_Request: TypeAlias = tuple[str, str, int | str, int]
_NANOSECONDS: Final = 1_000_000_000
_ERROR: Final = 400


@contextmanager
def span(command: str) -> Iterator[None]:
    """Send a span of a command, one of each of its requests, and their durations."""
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415  an extra
            OTLPMetricExporter,
        )
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  the same
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415  the same
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415  the same
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  the same
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  the same
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  the same
    except ImportError:
        log("Warning: no telemetry is sent: the extra `telemetry` is not installed")
        yield
        return
    resource = Resource.create({"service.name": "reconciler", "service.version": __version__})
    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource)
    tracer, meter = traces.get_tracer("reconciler", __version__), meters.get_meter("reconciler", __version__)
    try:
        with tracer.start_as_current_span(f"reconciler {command}"), log_requests_to(_Spans(tracer, meter)):
            yield
    finally:
        traces.shutdown()
        meters.shutdown()


class _Spans(Handler):
    """Makes a span of each logged request."""

    def __init__(self, tracer: Any, meter: Any) -> None:
        super().__init__()
        self._tracer = tracer
        self._durations = meter.create_histogram(
            "http.client.request.duration", unit="s", description="How long requests took"
        )

    def emit(self, record: LogRecord) -> None:
        """Make the span of a request that has just ended."""
        method, path, status, milliseconds = cast("_Request", record.args)
        end = int(clock.now().timestamp() * _NANOSECONDS)
        attributes = {
            "http.request.method": method,
            "url.path": f"/{path}",
            "http.response.status_code": status,
        }
        span = self._tracer.start_span(
            f"{method} {'forge' if record.name.startswith('reconciler.forge') else 'portal'}",
            attributes=attributes,
            start_time=end - milliseconds * _NANOSECONDS // 1000,
        )
        if not isinstance(status, int) or status >= _ERROR:
            from opentelemetry.trace import StatusCode  # noqa: PLC0415  an extra

            span.set_status(StatusCode.ERROR)
        span.end(end_time=end)
        self._durations.record(
            milliseconds / 1000, {"http.request.method": method, "http.response.status_code": status}
        )
