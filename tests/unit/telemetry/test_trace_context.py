"""W3C Trace Context: a client's trace is passed on to osu!track, what is none is ignored."""

import asyncio

import pytest

from gateway.telemetry.trace_context import Trace, trace_of
from tests.support.upstream_spy import listening

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = f"00-{TRACE}-{SPAN}-01"
QUERY = '{ user(id: "2") { stats { latest { pp } } } }'


@pytest.fixture
async def gateway():
    async with listening() as gateway:
        yield gateway


async def test_every_request_to_osu_track_belongs_to_the_trace_and_is_a_span_of_its_own(gateway):
    query = '{ users(ids: ["2", "1001"]) { stats { latest { pp } } } }'
    await gateway.ask(query, traceparent=GIVEN, tracestate="a=1, b=2")
    first, second = gateway.sent
    assert (first.trace_id, first.flags, first.state) == (TRACE, 1, "a=1,b=2")
    assert second.trace_id == TRACE
    assert len({SPAN, first.span_id, second.span_id}) == 3


async def test_without_a_trace_none_is_begun(gateway):
    await gateway.ask(QUERY, tracestate="a=1")
    [headers] = gateway.upstream.headers
    assert {"traceparent", "tracestate"}.isdisjoint(headers)


async def test_two_traces_are_none(gateway):
    await gateway.ask(QUERY, traceparent=GIVEN, Traceparent=GIVEN.replace(SPAN, "1" * 16))
    assert gateway.sent == [None]


async def test_what_two_wait_for_belongs_to_the_trace_of_the_first(gateway):
    other = GIVEN.replace(TRACE, "a" * 32)
    await asyncio.gather(gateway.ask(QUERY, traceparent=GIVEN), gateway.ask(QUERY, traceparent=other))
    assert [trace.trace_id for trace in gateway.sent] == [TRACE]


async def test_a_refresh_belongs_to_the_trace_of_whoever_found_it_old(gateway):
    other = GIVEN.replace(TRACE, "a" * 32)
    await gateway.ask(QUERY, traceparent=GIVEN)
    gateway.clock.move(700)
    await gateway.ask(QUERY, traceparent=other)
    await asyncio.sleep(0.01)
    assert [trace.trace_id for trace in gateway.sent] == [TRACE, "a" * 32]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        GIVEN.upper(),
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
        f"01-{TRACE}-{SPAN}-01more",
        f"00-{TRACE[:-1]}٣-{SPAN}-01",
    ],
)
def test_what_is_no_trace_is_ignored(header):
    assert trace_of(header, "a=1") is None


def test_of_a_version_to_come_the_part_is_read_that_is_known():
    assert trace_of(f"cc-{TRACE}-{SPAN}-ff-more") == Trace(TRACE, SPAN, 3)


def test_a_child_has_the_same_trace_and_another_span():
    trace = trace_of(GIVEN, "a=1")
    assert trace
    child = trace.child()
    assert child == trace._replace(span_id=child.span_id)
    assert trace_of(child.headers["traceparent"], child.headers["tracestate"]) == child


@pytest.mark.parametrize(
    "header, state",
    [
        ("a=1", "a=1"),
        (" a=1 ,, tenant@b=x y ", "a=1,tenant@b=x y"),
        ("a", ""),
        ("A=1", ""),
        ("a=1,a=2", ""),
        ("a=1=2", ""),
        ("a=\x1b[2J", ""),
        (",".join(f"k{number}=1" for number in range(32)), ",".join(f"k{number}=1" for number in range(32))),
        (",".join(f"k{number}=1" for number in range(33)), ""),
        ("a=" + "x" * 256, "a=" + "x" * 256),
        ("a=" + "x" * 257, ""),
        (",".join(f"k{number}={'x' * 200}" for number in range(3)), ""),
    ],
)
def test_the_state_of_a_trace_is_passed_on_if_it_is_sound(header, state):
    trace = trace_of(GIVEN, header)
    assert trace
    assert trace.state == state
