"""OpenTelemetry as a collector receives it, over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.cli.running import Place, process

Received = list[tuple[str, bytes]]


@contextmanager
def collector() -> Iterator[tuple[str, Received]]:
    received: Received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_command_and_its_requests_are_spans_and_their_durations_a_metric(place: Place) -> None:
    with collector() as (url, received):
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"}
        ran = process(place.folder, "plan", environment=environment)

    traces = [ExportTraceServiceRequest.FromString(body) for path, body in received if path == "/v1/traces"]
    spans = [
        span
        for request in traces
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    (root,) = [span for span in spans if span.name == "reconciler plan"]
    requests = [span for span in spans if span.parent_span_id == root.span_id]
    paths = [each.value.string_value for each in requests[0].attributes if each.key == "url.path"]
    metrics = [
        metric.name
        for path, body in received
        if path == "/v1/metrics"
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    assert (ran.code, ran.err, len(requests), paths, set(metrics)) == (
        0,
        "",
        11,
        ["/portal"],
        {"http.client.request.duration"},
    )


def test_without_a_collector_nothing_is_sent_and_the_command_goes_on(place: Place) -> None:
    ran = process(place.folder, "validate", environment={"OTEL_EXPORTER_OTLP_HEADERS": "a=b"})

    assert (ran.code, ran.err) == (0, "")
