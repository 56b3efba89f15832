"""What the log tells: a line for each request, whatever comes of it, and nothing that a client could forge."""

import io
import json
import logging
import re
from collections.abc import Callable

import pytest

from gateway.sandbox import Fault
from gateway.settings import Settings
from gateway.telemetry.logs import as_json, as_text, configure
from tests.support.broken import SECRET, BrokenTransport
from tests.support.gateway import start_gateway

TRACE = "0af7651916cd43dd8448eb211c80319c"
QUERY = "query Profile($id: ID!) { user(id: $id) { stats { latest { pp } } } }"
SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture
def lines():
    """Everything that is logged, as JSON, by a process of its own as far as logging goes."""
    root, quiet = logging.getLogger(), [logging.getLogger(name) for name in ("httpx", "httpcore", "uvicorn.access")]
    before = root.handlers[:], root.level, [logger.level for logger in quiet]
    root.handlers[:] = []
    stream = io.BytesIO()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()], stream
    root.handlers[:], root.level, levels = before
    for logger, level in zip(quiet, levels, strict=True):
        logger.setLevel(level)


async def test_a_request_is_told_with_what_it_asked_and_what_came_of_it(gateway, request_log):
    await gateway.ask(QUERY, "Profile", id="2")
    [line] = request_log
    assert line.pop("ms") >= 0
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


async def test_an_answer_that_is_sent_again_is_told_too(gateway, request_log):
    for _ in range(3):
        await gateway.ask(QUERY, "Profile", id="2")
    executed, again = request_log[1:]
    assert (executed["cost_charged"], executed["upstream_requests"], executed["cache"]) == (0, 0, "miss")
    assert again["cache"] == "hit"
    assert again["request_id"] != executed["request_id"]
    own = {name: again[name] for name in ("request_id", "ms", "cache")}
    assert executed | own == again


async def test_the_request_id_and_the_trace_are_the_ones_that_the_client_gave(gateway, request_log):
    headers = {"X-Request-ID": "mine", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    for _ in range(3):
        answer = await gateway.http.post("/graphql", json={"query": QUERY, "variables": {"id": "2"}}, headers=headers)
        assert answer.headers["X-Request-ID"] == "mine"
    assert [(line["request_id"], line["trace_id"], line["cache"]) for line in request_log] == [
        ("mine", TRACE, "miss"),
        ("mine", TRACE, "miss"),
        ("mine", TRACE, "hit"),
    ]


async def test_a_refusal_is_told_by_its_code(gateway, request_log):
    await gateway.error("{ nobody }")
    await gateway.http.put("/graphql")
    assert [(line["outcome"], line["codes"], line["status"]) for line in request_log] == [
        ("refused", ["GRAPHQL_VALIDATION_FAILED"], 200),
        ("refused", ["METHOD_NOT_ALLOWED"], 405),
    ]


async def test_what_fails_upstream_is_told_by_its_code(gateway, request_log):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await gateway.send(QUERY, id="2")
    [line] = request_log
    assert (line["outcome"], line["codes"], line["level"]) == ("errors", ["UPSTREAM_UNAVAILABLE"], "info")


async def test_what_is_served_although_it_is_old_is_told(gateway, request_log):
    await gateway.ask(QUERY, id="2")
    gateway.clock.move(700)
    await gateway.ask(QUERY, id="2")
    assert ["stale" in line for line in request_log] == [False, True]


async def test_neither_variables_nor_the_document_nor_tokens_nor_addresses_are_told(gateway, request_log):
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


async def test_probes_are_told_only_when_they_fail(gateway, request_log):
    await gateway.http.get("/healthz")
    await gateway.http.get("/metrics")
    await gateway.http.post("/readyz")
    assert [(line["path"], line["status"]) for line in request_log] == [("/readyz", 405)]


async def test_an_answer_that_the_client_has_already_is_told_as_not_modified(gateway, request_log):
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


async def test_a_path_cannot_forge_a_line(gateway, request_log):
    await gateway.http.get("/a%0A2026-11-20T12:00:00.000Z error    forged%1B[2J" + "x" * 500)
    [line] = request_log
    assert line["path"].startswith("/a%0A2026-11-20T12%3A00%3A00.000Z%20error%20%20%20%20forged%1B%5B2J")
    assert len(line["path"]) < 700


async def test_an_endless_name_is_told_in_part(gateway, request_log):
    await gateway.send("query " + "A" * 5000 + ' { user(id: "2") { id } }')
    assert request_log[0]["operation"] == "A" * 100


async def test_a_bug_is_logged_in_full_with_the_id_of_its_request(lines):
    seen, stream = lines
    settings = Settings(log_format="json", _env_file=None)
    async with start_gateway(transport=BrokenTransport(), log_request=configure(settings, stream)) as gateway:
        body = {"query": QUERY, "variables": {"id": "7"}}
        headers = {"X-Request-ID": "mine", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        await gateway.http.post("/graphql", json=body, headers=headers)
    bug, line = seen()
    assert (bug["level"], bug["request_id"], bug["trace_id"]) == ("error", "mine", TRACE)
    assert SECRET in bug["exception"]
    assert (line["event"], line["level"], line["codes"]) == ("request", "error", ["INTERNAL_SERVER_ERROR"])


def test_a_line_of_a_library_is_written_as_ours_are(lines):
    seen, stream = lines
    configure(Settings(log_format="json", _env_file=None), stream)
    logging.getLogger("a.library").info("Started\n[%d]", 7, extra={"color_message": "\x1b[1mStarted"})
    logging.getLogger("httpx").info("GET https://osutrack")
    [line] = seen()
    assert re.fullmatch(SECONDS, line.pop("timestamp"))
    assert line == {"level": "info", "event": "Started\n[7]", "logger": "a.library"}


@pytest.mark.parametrize("level, written", [("info", 2), ("warning", 1), ("error", 1)])
def test_what_is_less_grave_than_the_setting_is_not_written(lines, level, written):
    seen, stream = lines
    log_request = configure(Settings(log_format="json", log_level=level, _env_file=None), stream)
    assert log_request
    log_request("info", {"status": 200})
    log_request("error", {"status": 500})
    assert len(seen()) == written


def test_requests_need_not_be_told(lines):
    assert configure(Settings(access_log=False, _env_file=None), lines[1]) is None


def test_a_disk_that_is_full_does_not_fail_a_request(lines):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    log_request = configure(Settings(_env_file=None), Full())
    assert log_request
    log_request("info", {"status": 200})
    logging.getLogger("gateway").info("hello")


def test_what_is_told_in_one_go_is_written_in_one_go(lines):
    seen, stream = lines
    later: list[Callable[[], None]] = []
    log_request = configure(Settings(log_format="json", _env_file=None), stream, schedule=later.append)
    assert log_request
    log_request("info", {"status": 200})
    log_request("info", {"status": 404})
    before = seen()
    [write] = later
    write()
    assert (before, [line["status"] for line in seen()]) == ([], [200, 404])


HEAD = {"timestamp": "2026-11-20T12:00:00.000Z", "level": "info"}


HOSTILE = ["a\nb", "a\r\x1b[2J", "\u2028", "\x85", "\ud800", 'a" b=c']


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_for_people_has_only_what_can_be_printed(text):
    assert as_text({**HEAD, "event": text, "name": text}).decode().isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_json_is_one_line_and_says_what_was_said(text):
    written = as_json({**HEAD, "event": text, "name": text})
    assert b"\n" not in written
    assert json.loads(written) == {**HEAD, "event": text, "name": text}


def test_a_traceback_is_indented_so_that_none_of_it_is_a_line():
    written = as_text({**HEAD, "event": "a bug", "exception": f"Traceback:\n{HEAD['timestamp']} info forged\x1b[2J"})
    first, *rest = written.decode().split("\n")
    assert first == "2026-11-20T12:00:00.000Z info     a bug"
    assert rest == ["    Traceback:", "    2026-11-20T12:00:00.000Z info forged\\x1b[2J"]


def test_a_line_for_people_shows_plain_values_as_they_are():
    written = as_text(
        {**HEAD, "event": "request", "status": 200, "codes": ["A_B", "C"], "path": "/graphql", "name": "a b"}
    )
    assert (
        written.decode() == "2026-11-20T12:00:00.000Z info     request  status=200 codes=A_B,C path=/graphql name='a b'"
    )
