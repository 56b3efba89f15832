"""W3C Trace Context: the client's trace is forwarded to osu!track, invalid headers are ignored."""

import asyncio

import pytest

from gateway.telemetry.tracing import remote_span
from tests.support.upstream_spy import SPAN, TRACE, TRACEPARENT

OTHER_TRACEPARENT = TRACEPARENT.replace(TRACE, "a" * 32)
QUERY = '{ user(id: "2") { stats { latest { pp } } } }'


async def test_trace_context_is_forwarded_with_every_request(gateway):
    query = '{ users(ids: ["2", "1001"]) { stats { latest { pp } } } }'
    await gateway.post(query, traceparent=TRACEPARENT, tracestate="a=1, b=2")
    assert gateway.upstream.traceparents == [TRACEPARENT, TRACEPARENT]
    assert [headers["tracestate"] for headers in gateway.upstream.headers] == ["a=1,b=2", "a=1,b=2"]


async def test_no_trace_is_started_without_traceparent(gateway):
    await gateway.post(QUERY, tracestate="a=1")
    [headers] = gateway.upstream.headers
    assert {"traceparent", "tracestate"}.isdisjoint(headers)


async def test_two_traceparent_headers_are_ignored(gateway):
    await gateway.post(QUERY, traceparent=TRACEPARENT, Traceparent=OTHER_TRACEPARENT)
    assert gateway.upstream.traceparents == [None]


async def test_shared_request_belongs_to_the_first_trace(gateway):
    # Two documents: the second use of one is compiled, and its request is sent earlier.
    await asyncio.gather(
        gateway.post(QUERY, traceparent=TRACEPARENT), gateway.post(f"{QUERY} #", traceparent=OTHER_TRACEPARENT)
    )
    assert gateway.upstream.traceparents == [TRACEPARENT]


async def test_background_refresh_belongs_to_the_triggering_trace(gateway):
    await gateway.post(QUERY, traceparent=TRACEPARENT)
    gateway.clock.move(700)
    await gateway.post(QUERY, traceparent=OTHER_TRACEPARENT)
    await gateway.finish_refreshes()
    assert gateway.upstream.traceparents == [TRACEPARENT, OTHER_TRACEPARENT]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        TRACEPARENT.upper(),
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-more",
        f"01-{TRACE}-{SPAN}-01more",
        f"00-{TRACE[:-1]}٣-{SPAN}-01",
    ],
)
def test_invalid_traceparent_is_ignored(header):
    assert remote_span([header], ["a=1"]) is None


def test_traceparent_of_a_later_version_is_accepted():
    span = remote_span([f"cc-{TRACE}-{SPAN}-ff-more"])
    assert span
    assert (f"{span.trace_id:032x}", f"{span.span_id:016x}") == (TRACE, SPAN)


@pytest.mark.parametrize("state", ["a", "a=\x1b[2J", ",".join(f"k{number}={'x' * 200}" for number in range(3))])
def test_invalid_or_long_tracestate_is_dropped(state):
    span = remote_span([TRACEPARENT], [state])
    assert span
    assert span.trace_state.to_header() == ""
