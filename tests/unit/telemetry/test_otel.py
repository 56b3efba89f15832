"""OpenTelemetry: a span for an operation, in it one for each request to osu!track, and nothing of it unless wanted."""

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
from opentelemetry.trace import SpanKind, StatusCode

from gateway.sandbox import Fault
from gateway.telemetry.otel import Spans, resource
from tests.support.processes import ROOT, Process
from tests.support.upstream_spy import listening
from tests.unit.telemetry.test_trace_context import GIVEN, SPAN, TRACE

QUERY = 'query Profile { user(id: "2") { stats { peak { pp } snapshots { at pp globalRank } } } }'


@pytest.fixture
def told():
    return []


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
async def gateway(exporter, told):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = Spans(provider, "https://somebody:secret@osutrack.example/api/")
    async with listening(log_request=lambda _, facts: told.append(facts), traced=spans) as gateway:
        yield gateway


async def test_the_requests_to_osu_track_lie_in_the_operation_and_that_in_the_clients_trace(gateway, exporter):
    await gateway.ask(QUERY, traceparent=GIVEN, tracestate="a=1")
    *requests, operation = exporter.get_finished_spans()
    assert [f"{span.context.trace_id:032x}" for span in (*requests, operation)] == [TRACE] * 3
    assert f"{operation.parent.span_id:016x}" == SPAN
    assert {span.parent.span_id for span in requests} == {operation.context.span_id}


async def test_what_osu_track_is_sent_names_the_span_of_the_request(gateway, exporter):
    await gateway.ask(QUERY, traceparent=GIVEN, tracestate="a=1")
    *requests, _ = exporter.get_finished_spans()
    assert {f"{span.context.span_id:016x}" for span in requests} == {trace.span_id for trace in gateway.sent}
    assert {trace.state for trace in gateway.sent} == {"a=1"}


async def test_spans_are_named_and_described_by_the_conventions(gateway, exporter):
    await gateway.ask(QUERY)
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


async def test_a_failure_is_told_by_its_code_and_a_retry_by_its_number(gateway, exporter):
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    await gateway.ask('{ user(id: "2") { stats { peak { pp } } } }')
    *requests, operation = exporter.get_finished_spans()
    assert [span.attributes.get("http.request.resend_count") for span in requests] == [None, 1, 2]
    assert [span.attributes["http.response.status_code"] for span in requests] == [503] * 3
    assert [span.attributes["error.type"] for span in (*requests, operation)] == ["UPSTREAM_UNAVAILABLE"] * 4
    assert {span.status.status_code for span in (*requests, operation)} == {StatusCode.ERROR}


async def test_the_line_in_the_log_names_the_trace_although_the_client_had_none(gateway, exporter, told):
    await gateway.ask(QUERY)
    assert told[0]["trace_id"] == f"{exporter.get_finished_spans()[-1].context.trace_id:032x}"


async def test_what_is_refused_or_sent_again_has_no_span(gateway, exporter):
    await gateway.ask("{ nobody }")
    for _ in range(3):
        await gateway.ask(QUERY)
    assert [span.name for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER] == ["query"] * 2


async def test_lists_are_still_completed_as_a_whole(gateway):
    await gateway.ask(QUERY)
    assert gateway.app.state.gateway.fast_lists == {"fast": 1}


async def test_a_trace_that_is_not_sampled_is_passed_on_and_not_recorded(gateway, exporter):
    await gateway.ask(QUERY, traceparent=GIVEN.removesuffix("01") + "00")
    assert exporter.get_finished_spans() == ()
    assert {(trace.trace_id, trace.flags) for trace in gateway.sent} == {(TRACE, 0)}


def test_the_environment_names_the_service_and_we_do_if_it_does_not(monkeypatch):
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    ours = resource().attributes["service.name"]
    monkeypatch.setenv("OTEL_SERVICE_NAME", "another")
    assert (ours, resource().attributes["service.name"]) == ("osutrack-gateway", "another")


@contextmanager
def collector():
    """A server that takes spans; gives its address and what it was sent."""
    sent = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append((self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Nothing: it is no part of the test."""

    with HTTPServer(("127.0.0.1", 0), Take) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", sent
        server.shutdown()


def test_what_has_not_been_sent_is_sent_when_it_ends(tmp_path, monkeypatch):
    with collector() as (address, sent):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "called-so-by-its-operator")
        running = Process(tmp_path, open_telemetry="true")
        try:
            httpx.post(f"{running.address()}/graphql", json={"query": QUERY}).raise_for_status()
            running.stop()
        finally:
            running.process.kill()
            running.process.wait()

    assert {path for path, _ in sent} == {"/v1/traces"}
    body = b"".join(body for _, body in sent)
    assert [word for word in (b"called-so-by-its-operator", b"GET /peak", b"Profile") if word not in body] == []


def python(script, **environment):
    return subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_nothing_of_opentelemetry_is_imported_unless_it_is_wanted():
    script = """
import sys
from gateway.cli import commands
from gateway.settings import Settings
commands.create_app(Settings())
# redis-py looks for the metrics of OpenTelemetry by itself, and takes those with it.
print([name for name in sys.modules if name.startswith(("opentelemetry.exporter", "opentelemetry.sdk.trace", "gateway.telemetry.otel"))])
"""
    ran = python(script)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_wanted_without_the_extra_it_ends_the_start_and_says_what_to_install():
    script = """
import sys
sys.modules["opentelemetry"] = None
from gateway.__main__ import main
sys.exit(main(["serve"]))
"""
    ran = python(script, GATEWAY_OPEN_TELEMETRY="true", GATEWAY_PORT="0")
    assert ran.returncode == 2
    assert "GATEWAY_OPEN_TELEMETRY: needs an extra: pip install 'osutrack-gateway[otel]'" in ran.stderr
