"""OpenTelemetry: one span for each operation and, inside it, one for each request to osu!track."""

import gzip
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from gateway.sandbox import Fault
from gateway.telemetry.otel import resource
from gateway.telemetry.tracing import Tracing
from tests.support.gateway import start_gateway
from tests.support.processes import ROOT, gateway_process
from tests.support.upstream_spy import SPAN, TRACE, TRACEPARENT

QUERY = """query Profile { user(id: "2") {
  stats { snapshots { at pp globalRank } } taiko: stats(mode: TAIKO) { peak { globalRank } }
} }"""


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
async def gateway(exporter, request_log):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = Tracing(provider, "https://somebody:secret@osutrack.example/api/")
    async with start_gateway(log_request=lambda _, facts: request_log.append(facts), tracing=tracing) as gateway:
        yield gateway


async def test_spans_are_nested_in_the_clients_trace(gateway, exporter):
    await gateway.post(QUERY, traceparent=TRACEPARENT, tracestate="a=1")
    *requests, operation = exporter.get_finished_spans()
    assert [format_trace_id(span.context.trace_id) for span in (*requests, operation)] == [TRACE] * 3
    assert format_span_id(operation.parent.span_id) == SPAN
    assert {span.parent.span_id for span in requests} == {operation.context.span_id}


async def test_request_to_osutrack_names_its_span(gateway, exporter):
    await gateway.post(QUERY, traceparent=TRACEPARENT, tracestate="a=1")
    *requests, _ = exporter.get_finished_spans()
    expected = {f"00-{TRACE}-{format_span_id(span.context.span_id)}-01" for span in requests}
    assert set(gateway.upstream.traceparents) == expected
    assert {headers["tracestate"] for headers in gateway.upstream.headers} == {"a=1"}


async def test_spans_follow_the_semantic_conventions(gateway, exporter):
    await gateway.post(QUERY)
    *requests, operation = exporter.get_finished_spans()
    assert (operation.name, operation.kind, operation.parent) == ("query", SpanKind.SERVER, None)
    assert operation.attributes == {"graphql.operation.type": "query", "graphql.operation.name": "Profile"}
    [request] = [span for span in requests if span.name == "GET /peak"]
    assert request.kind is SpanKind.CLIENT
    assert request.attributes == {
        "server.address": "osutrack.example",
        "server.port": 443,
        "http.request.method": "GET",
        "url.full": "https://osutrack.example/api/peak",
        "url.template": "/peak",
        "http.response.status_code": 200,
    }


async def test_span_has_error_code_and_retry_number(gateway, exporter):
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    await gateway.post('{ user(id: "2") { stats { peak { pp } } } }')
    *requests, operation = exporter.get_finished_spans()
    assert [span.attributes.get("http.request.resend_count") for span in requests] == [None, 1, 2]
    assert [span.attributes["http.response.status_code"] for span in requests] == [503] * 3
    assert [span.attributes["error.type"] for span in (*requests, operation)] == ["UPSTREAM_UNAVAILABLE"] * 4
    assert {span.status.status_code for span in (*requests, operation)} == {StatusCode.ERROR}


async def test_log_line_has_the_trace_of_the_span(gateway, exporter, request_log):
    await gateway.post(QUERY)
    assert request_log[0]["trace_id"] == format_trace_id(exporter.get_finished_spans()[-1].context.trace_id)


async def test_refusals_and_cache_hits_have_no_span(gateway, exporter):
    await gateway.post("{ nobody }")
    for _ in range(3):
        await gateway.post(QUERY)
    assert [span.name for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER] == ["query"] * 2


async def test_tracing_keeps_compiled_operations(gateway):
    for _ in range(2):
        await gateway.post(QUERY)
    assert gateway.parts.engine.tally == {"lists": 1, "compiled": 1}


async def test_unsampled_trace_is_forwarded_but_not_recorded(gateway, exporter):
    await gateway.post(QUERY, traceparent=TRACEPARENT.removesuffix("01") + "00")
    assert exporter.get_finished_spans() == ()
    assert {traceparent.split("-")[1::2] == [TRACE, "00"] for traceparent in gateway.upstream.traceparents} == {True}


def test_service_name_of_the_environment_takes_precedence(monkeypatch):
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    default = resource().attributes["service.name"]
    monkeypatch.setenv("OTEL_SERVICE_NAME", "another")
    assert (default, resource().attributes["service.name"]) == ("osutrack-gateway", "another")


@contextmanager
def collector():
    """A server for exported spans: its address, and the list of received requests."""
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Keep the output of the tests clean."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def test_remaining_spans_are_exported_at_shutdown(monkeypatch):
    with collector() as (address, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "operators-name")
        with gateway_process(open_telemetry="true") as running:
            httpx.post(f"{running.url}/graphql", json={"query": QUERY}).raise_for_status()
            running.stop()

    assert {path for path, _ in received} == {"/v1/traces"}
    body = b"".join(body for _, body in received)
    assert [word for word in (b"operators-name", b"GET /peak", b"Profile") if word not in body] == []


def python(script, **environment):
    return subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_sdk_is_imported_only_if_enabled():
    script = """
import sys
from gateway.cli import commands
from gateway.settings import Settings
commands.create_app(Settings())
# redis-py imports the SDK's metrics by itself, if they are installed.
print([name for name in sys.modules if name.startswith(("opentelemetry.exporter", "opentelemetry.sdk.trace", "gateway.telemetry.otel"))])
"""
    ran = python(script)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


@pytest.mark.parametrize("command", ["serve", "settings"])
def test_missing_extra_stops_the_command_with_a_hint(command):
    script = f"""
import sys
sys.modules["opentelemetry.sdk.trace"] = None
from gateway.__main__ import main
sys.exit(main(["{command}"]))
"""
    ran = python(script, GATEWAY_OPEN_TELEMETRY="true", GATEWAY_PORT="0")
    assert ran.returncode == 2
    assert "GATEWAY_OPEN_TELEMETRY: needs an extra: pip install 'osutrack-gateway[otel]'" in ran.stderr
