"""The log: one line per request, and no lines forged by clients."""

import io
import json
import logging
import re

import pytest

from gateway.sandbox import Fault
from gateway.settings import Settings
from gateway.telemetry.log_writer import LogWriter
from gateway.telemetry.logs import QUIET, configure, render_json, render_text
from gateway.telemetry.tracing import remote_span
from tests.support.broken import SECRET, BrokenTransport
from tests.support.clock import HOUR_S
from tests.support.gateway import start_gateway
from tests.support.upstream_spy import TRACE, TRACEPARENT

QUERY = "query Profile($id: ID!) { user(id: $id) { stats { latest { pp } } } }"
SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture
def lines():
    """A function that ends the log and returns its lines as JSON, and the writer of the log.

    The process's logging configuration is restored afterwards.
    """
    root, quiet = logging.getLogger(), [logging.getLogger(name) for name in QUIET]
    before = root.handlers[:], root.level, [logger.level for logger in quiet]
    root.handlers[:] = []
    stream = io.BytesIO()
    writer = LogWriter(stream.write)

    def read():
        writer.close()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read, writer
    writer.close()
    root.handlers[:], root.level, levels = before
    for logger, level in zip(quiet, levels, strict=True):
        logger.setLevel(level)


async def test_request_is_logged_with_operation_and_outcome(gateway, request_log):
    await gateway.ask(QUERY, "Profile", id="2")
    [line] = request_log
    assert line.pop("duration_ms") >= 0
    assert len(line.pop("request_id")) == 32
    assert line == {
        "level": "info",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "outcome": "ok",
        "operation": "Profile",
        "operation_type": "query",
        "cost_requested": 1,
        "cost_charged": 1,
        "upstream_requests": 1,
        "cache": "miss",
    }


async def test_cache_hit_is_logged_like_the_execution(gateway, request_log):
    for _ in range(3):
        await gateway.ask(QUERY, "Profile", id="2")
    executed, hit = request_log[1:]
    assert (executed["cost_charged"], executed["upstream_requests"], executed["cache"]) == (0, 0, "miss")
    assert hit["cache"] == "hit"
    assert hit["request_id"] != executed["request_id"]
    own = {name: hit[name] for name in ("request_id", "duration_ms", "cache")}
    assert executed | own == hit


async def test_request_and_trace_ids_of_client_are_logged(gateway, request_log):
    headers = {"X-Request-ID": "mine", "traceparent": TRACEPARENT}
    for _ in range(3):
        answer = await gateway.http.post("/graphql", json={"query": QUERY, "variables": {"id": "2"}}, headers=headers)
        assert answer.headers["X-Request-ID"] == "mine"
    assert [(line["request_id"], line["trace_id"], line["cache"]) for line in request_log] == [
        ("mine", TRACE, "miss"),
        ("mine", TRACE, "miss"),
        ("mine", TRACE, "hit"),
    ]


async def test_refusal_is_logged_with_its_code(gateway, request_log):
    await gateway.error("{ nobody }")
    await gateway.http.put("/graphql")
    assert [(line["outcome"], line["codes"], line["status"]) for line in request_log] == [
        ("refused", ["GRAPHQL_VALIDATION_FAILED"], 200),
        ("refused", ["METHOD_NOT_ALLOWED"], 405),
    ]


async def test_upstream_failure_is_logged_with_its_code(gateway, request_log):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await gateway.send(QUERY, id="2")
    [line] = request_log
    assert (line["outcome"], line["codes"], line["level"]) == ("errors", ["UPSTREAM_UNAVAILABLE"], "info")


async def test_stale_response_is_logged_as_stale(gateway, request_log):
    await gateway.ask(QUERY, id="2")
    gateway.clock.move(HOUR_S)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await gateway.ask(QUERY, id="2")
    assert ["stale" in line for line in request_log] == [False, True]


async def test_variables_documents_tokens_and_addresses_are_not_logged(gateway, request_log):
    query = (
        'query Q($name: String!) { hiscoresByUsername(username: $name) { totalCount } x: user(id: "424242") { id } }'
    )
    body = {"query": query, "variables": {"name": "somebody"}}
    for _ in range(3):
        headers = {"Authorization": "Bearer very-secret", "X-Forwarded-For": "203.0.113.9"}
        await gateway.http.post("/graphql", json=body, headers=headers)
    assert [
        word for word in ("somebody", "424242", "very-secret", "203.0.113", "127.0.0.1") if word in str(request_log)
    ] == []


async def test_probes_are_logged_only_on_failure(gateway, request_log):
    await gateway.http.get("/healthz")
    await gateway.http.get("/metrics")
    await gateway.http.post("/readyz")
    assert [(line["path"], line["status"]) for line in request_log] == [("/readyz", 405)]


async def test_not_modified_response_is_logged_with_status_304(gateway, request_log):
    params = {"query": '{ user(id: "2") { stats { latest { pp } } } }'}
    await gateway.http.get("/graphql", params=params)
    etag = (await gateway.http.get("/graphql", params=params)).headers["ETag"]
    await gateway.http.get("/graphql", params=params, headers={"If-None-Match": etag})
    await gateway.http.get("/graphql", params=params, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
    assert [(line["cache"], line["status"]) for line in request_log] == [
        ("miss", 200),
        ("miss", 200),
        ("hit", 304),
        ("miss", 304),
    ]


async def test_path_cannot_forge_a_line(gateway, request_log):
    await gateway.http.get("/a%0A2026-11-20T12:00:00.000Z error    forged%1B[2J" + "x" * 500)
    [line] = request_log
    assert line["path"].startswith("/a%0A2026-11-20T12%3A00%3A00.000Z%20error%20%20%20%20forged%1B%5B2J")
    assert len(line["path"]) < 700


async def test_long_operation_name_is_truncated(gateway, request_log):
    await gateway.send("query " + "A" * 5000 + ' { user(id: "2") { id } }')
    assert request_log[0]["operation"] == "A" * 100


async def test_unhandled_exception_is_logged_with_request_id(lines):
    read, writer = lines
    settings = Settings(log_format="json", _env_file=None)
    async with start_gateway(transport=BrokenTransport(), log_request=configure(settings, writer)) as gateway:
        body = {"query": QUERY, "variables": {"id": "7"}}
        headers = {"X-Request-ID": "mine", "traceparent": TRACEPARENT}
        await gateway.http.post("/graphql", json=body, headers=headers)
    exception, line = read()
    assert (exception["level"], exception["request_id"], exception["trace_id"]) == ("error", "mine", TRACE)
    assert SECRET in exception["exception"]
    assert (line["event"], line["level"], line["codes"]) == ("request", "error", ["INTERNAL_SERVER_ERROR"])


def test_library_line_has_the_same_format(lines):
    read, writer = lines
    configure(Settings(log_format="json", _env_file=None), writer)
    logging.getLogger("a.library").info("Started\n[%d]", 7, extra={"color_message": "\x1b[1mStarted"})
    logging.getLogger("httpx").info("GET https://osutrack")
    [line] = read()
    assert re.fullmatch(SECONDS, line.pop("timestamp"))
    assert line == {"level": "info", "event": "Started\n[7]", "logger": "a.library"}


def test_invalid_headers_of_clients_are_not_logged(lines):
    read, writer = lines
    configure(Settings(log_format="json", _env_file=None), writer)
    assert remote_span([TRACEPARENT], ["invalid"])
    assert read() == []


@pytest.mark.parametrize("level, written", [("info", 2), ("warning", 1), ("error", 1)])
def test_lines_below_the_log_level_are_omitted(lines, level, written):
    read, writer = lines
    log_request = configure(Settings(log_format="json", log_level=level, _env_file=None), writer)
    assert log_request
    log_request("info", {"status": 200})
    log_request("error", {"status": 500})
    assert len(read()) == written


def test_access_log_can_be_disabled(lines):
    assert configure(Settings(access_log=False, _env_file=None), lines[1]) is None


HEAD = {"timestamp": "2026-11-20T12:00:00.000Z", "level": "info"}


HOSTILE = ["a\nb", "a\r\x1b[2J", "\u2028", "\x85", "\ud800", 'a" b=c']


@pytest.mark.parametrize("text", HOSTILE)
def test_text_line_is_printable(text):
    assert render_text({**HEAD, "event": text, "name": text}).decode().isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_json_line_is_one_line_without_loss(text):
    written = render_json({**HEAD, "event": text, "name": text})
    assert b"\n" not in written
    assert json.loads(written) == {**HEAD, "event": text, "name": text}


def test_traceback_is_indented():
    written = render_text(
        {**HEAD, "event": "unhandled exception", "exception": f"Traceback:\n{HEAD['timestamp']} info forged\x1b[2J"}
    )
    first, *rest = written.decode().split("\n")
    assert first == "2026-11-20T12:00:00.000Z info     unhandled exception"
    assert rest == ["    Traceback:", "    2026-11-20T12:00:00.000Z info forged\\x1b[2J"]


def test_text_line_shows_plain_values_unquoted():
    written = render_text(
        {**HEAD, "event": "request", "status": 200, "codes": ["A_B", "C"], "path": "/graphql", "name": "a b"}
    )
    assert (
        written.decode() == "2026-11-20T12:00:00.000Z info     request  status=200 codes=A_B,C path=/graphql name='a b'"
    )
