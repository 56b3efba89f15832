"""What is sent to osu!track, how often, and what its answers and failures become."""

import asyncio
import time

import httpx
import pytest
import stamina

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamInvalid, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable
from gateway.osutrack.retry_after import retry_after_s
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from tests.support.clock import NOON

PLAYER = UserMode(7, Mode.MANIA)
EMPTY = httpx.Response(200, json=[])


class Osutrack(httpx.AsyncBaseTransport):
    """Answers in turn, the last one for ever; an exception is raised. Keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.until = lambda: True

    async def handle_async_request(self, request):
        self.asked.append(request)
        while not self.until():  # noqa: ASYNC110 - it is the time that is waited for
            await asyncio.sleep(0.01)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(60)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture(autouse=True)
def at_once():
    with stamina.set_testing(testing=True, attempts=3):
        yield


def connect(*answers, **settings):
    osutrack = Osutrack(*answers)
    chosen = Settings(upstream_url="http://osutrack", contact="me@example.org", _env_file=None, **settings)
    return osutrack, Upstream(chosen, transport=osutrack).client


CALLS = {
    "history": (lambda client: client.history(PLAYER, Deadline.from_timeout(5)), "GET /stats_history?user=7&mode=3"),
    "tail": (
        lambda client: client.history(PLAYER, Deadline.from_timeout(5), since="2026-01-02T03:04:05.000Z"),
        "GET /stats_history?user=7&mode=3&from=2026-01-02T03%3A04%3A05.000Z",
    ),
    "hiscores": (lambda client: client.hiscores(PLAYER, Deadline.from_timeout(5)), "GET /hiscores?user=7&mode=3"),
    "by name": (
        lambda client: client.hiscores_by_name("a [b]", Mode.OSU, Deadline.from_timeout(5)),
        "GET /hiscores?user=a+%5Bb%5D&mode=0&userMode=username",
    ),
    "peak": (lambda client: client.peak(PLAYER, Deadline.from_timeout(5)), "GET /peak?user=7&mode=3"),
    "best plays": (lambda client: client.best_plays(Mode.OSU, Deadline.from_timeout(5)), "GET /bestplays?mode=0"),
    "many best plays": (
        lambda client: client.best_plays(
            Mode.OSU, Deadline.from_timeout(5), until="2026-01-01T23:59:59.999Z", limit=1000
        ),
        "GET /bestplays?mode=0&to=2026-01-01T23%3A59%3A59.999Z&limit=1000",
    ),
}
READ_NAMES = ("history", "peak", "best plays")
READS = [CALLS[name][0] for name in READ_NAMES]


@pytest.mark.parametrize("call,expected", CALLS.values(), ids=CALLS)
async def test_a_call_is_one_request_that_says_who_asks(call, expected):
    osutrack, client = connect(EMPTY)
    await call(client)
    (request,) = osutrack.asked
    assert f"{request.method} {request.url.raw_path.decode()}" == expected
    assert request.headers["User-Agent"].endswith("(+me@example.org)")


async def test_an_update_is_a_post_with_its_parameters_in_the_query():
    osutrack, client = connect(httpx.Response(404, json={"error": "User not found"}))
    assert (await client.update(PLAYER, Deadline.from_timeout(5))).value is None
    (request,) = osutrack.asked
    assert (request.method, request.url.raw_path) == ("POST", b"/update?user=7&mode=3")


async def test_a_known_etag_is_sent_and_what_has_not_changed_is_none():
    osutrack, client = connect(httpx.Response(304))
    fetched = await client.peak(PLAYER, Deadline.from_timeout(5), etag='W/"1"')
    assert osutrack.asked[0].headers["If-None-Match"] == 'W/"1"'
    assert fetched is None


PASSING = [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.ReadError("cut"), httpx.Response(502)]


@pytest.mark.parametrize("read", READS, ids=READ_NAMES)
@pytest.mark.parametrize("failure", PASSING, ids=repr)
async def test_a_read_that_fails_in_passing_is_tried_again(read, failure):
    osutrack, client = connect(failure, failure, EMPTY)
    await read(client)
    assert len(osutrack.asked) == 3


@pytest.mark.parametrize("read", READS, ids=READ_NAMES)
async def test_a_read_is_tried_three_times_and_not_more(read):
    osutrack, client = connect(httpx.Response(503))
    with pytest.raises(UpstreamUnavailable):
        await read(client)
    assert len(osutrack.asked) == 3


@pytest.mark.parametrize("status", [500, 404, 400, 302])
async def test_an_answer_that_would_not_change_is_not_asked_for_again(status):
    osutrack, client = connect(httpx.Response(status))
    with pytest.raises((UpstreamUnavailable, UpstreamRejected)):
        await client.peak(PLAYER, Deadline.from_timeout(5))
    assert len(osutrack.asked) == 1


@pytest.mark.parametrize("failure,times", [(httpx.ConnectError("no"), 3), (httpx.ReadTimeout("slow"), 1)], ids=repr)
async def test_hiscores_are_asked_for_again_only_if_nothing_was_sent(failure, times):
    osutrack, client = connect(failure)
    with pytest.raises((UpstreamUnavailable, UpstreamTimeout)):
        await client.hiscores(PLAYER, Deadline.from_timeout(5))
    assert len(osutrack.asked) == times


@pytest.mark.parametrize("failure", [*PASSING, httpx.Response(500), httpx.Response(429)], ids=repr)
async def test_an_update_is_never_sent_again(failure):
    osutrack, client = connect(failure)
    with pytest.raises((UpstreamUnavailable, UpstreamTimeout, UpstreamBusy)):
        await client.update(PLAYER, Deadline.from_timeout(5))
    assert len(osutrack.asked) == 1


async def test_no_wait_is_longer_than_the_patience():
    _, client = connect(None)
    began = time.monotonic()
    with pytest.raises(UpstreamTimeout):
        await client.peak(PLAYER, Deadline.from_timeout(0.05))
    assert time.monotonic() - began < 1


async def test_an_update_may_be_silent_for_longer_than_a_read():
    osutrack, client = connect(EMPTY, httpx.Response(404, json={"error": "User not found"}))
    await client.peak(PLAYER, Deadline.from_timeout(5))
    await client.update(PLAYER, Deadline.from_timeout(5))
    assert [request.extensions["timeout"]["read"] for request in osutrack.asked] == [10, 30]


async def test_an_update_that_is_out_has_its_own_time_whatever_it_has_waited_for_its_turn():
    osutrack, client = connect(httpx.Response(404, json={"error": "User not found"}))
    haste = Deadline.from_timeout(0.5)
    osutrack.until = lambda: haste.remaining_s < 0
    assert (await client.update(PLAYER, haste)).value is None


async def test_a_name_that_nobody_has_is_none():
    refusal = httpx.Response(400, text="Invalid or missing `user` param; must be a valid osu! user ID")
    _, client = connect(refusal)
    assert (await client.hiscores_by_name("nobody", Mode.OSU, Deadline.from_timeout(5))).value is None


@pytest.mark.parametrize(
    "header,seconds", [("7", 7), (None, 60), ("-3", 1), ("1e9", 3600), ("soon", 60), ("nan", 60)], ids=repr
)
async def test_retry_after_is_understood_in_bounds(header, seconds):
    _, client = connect(httpx.Response(429, headers={"Retry-After": header} if header else {}))
    with pytest.raises(UpstreamBusy) as caught:
        await client.peak(PLAYER, Deadline.from_timeout(5))
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    "date,seconds",
    [
        ("Fri, 20 Nov 2026 12:01:30 GMT", 90),
        ("Fri, 20 Nov 2026 12:01:30 -0000", 90),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 1),
        ("Fri, 20 Nov 2036 12:00:00 GMT", 3600),
        ("Fri, 20 Nov 99999 12:00:00 GMT", 60),
    ],
)
def test_retry_after_may_be_a_date(date, seconds):
    assert retry_after_s(date, NOON.timestamp()) == seconds


async def test_an_answer_without_end_is_not_read_to_it():
    _, client = connect(httpx.Response(200, content=b" " * (33 * 2**20)))
    with pytest.raises(UpstreamInvalid, match="larger"):
        await client.peak(PLAYER, Deadline.from_timeout(5))
