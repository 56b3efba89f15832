"""Bodies of responses over real connections: codings, bombs, and endless or damaged responses."""

import asyncio
import gzip
import tracemalloc
import zlib
from itertools import chain, repeat

import brotli
import httpx
import pytest
import zstandard

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid, UpstreamRejected, UpstreamUnavailable
from gateway.osutrack.cancellation import send_cancellable
from gateway.osutrack.http_client import create_http_client
from gateway.osutrack.names_service import NamesClient
from gateway.osutrack.response_body import STEP_BYTES
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from tests.support.raw_upstream import chunks, head, serve_raw

PLAYER = UserMode(7, Mode.OSU)
PEAK = b'[{"best_global_rank": 1, "best_rank_timestamp": "2020-01-01T00:00:00.000Z"}]' + b" " * 100
CHUNKED, GZIP, BROTLI = "Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Encoding: br"
LIMIT = 2**20
BOMB = gzip.compress(bytes(64 * LIMIT))
# A gzip stream whose blocks are all empty: it has no output and never ends.
EMPTY_BLOCK = b"\0\0\0\xff\xff"
GZIP_START = gzip.compress(b"")[:10]


@pytest.fixture
async def raw():
    async with serve_raw() as upstream:
        yield upstream


@pytest.fixture
def settings(raw):
    return Settings(upstream_url=raw.url, names_url=raw.url, contact="me@example.org", _env_file=None)


@pytest.fixture
async def fetch(settings):
    """Request one response with a limit of 1 MB."""
    async with create_http_client(settings, settings.upstream_url, None) as http:

        async def fetch():
            async with asyncio.timeout(20):
                return await send_cancellable(http, http.build_request("GET", "/peak"), max_body_bytes=LIMIT)

        yield fetch


def whole(body, *headers):
    return lambda: [head(200, f"Content-Length: {len(body)}", *headers) + body]


READABLE = {
    "plain": whole(PEAK),
    "identity": whole(PEAK, "Content-Encoding: identity"),
    "empty coding": whole(PEAK, "Content-Encoding:"),
    "gzip": whole(gzip.compress(PEAK), GZIP),
    "upper case": whole(gzip.compress(PEAK), "Content-Encoding: GZIP"),
    "until the end": lambda: [head(200, GZIP), gzip.compress(PEAK)],
    "chunked": lambda: [head(200, CHUNKED, GZIP), *chunks([gzip.compress(PEAK)])],
    "bytes": lambda: [head(200, CHUNKED), *chunks(bytes([byte]) for byte in PEAK)],
    "bytes of gzip": lambda: [head(200, CHUNKED, GZIP), *chunks(bytes([byte]) for byte in gzip.compress(PEAK))],
}
LARGE = {
    "plain": whole(bytes(LIMIT + 1)),
    "gzip": whole(gzip.compress(bytes(LIMIT + 1)), GZIP),
    "bomb": whole(BOMB, GZIP),
    "chunked bomb": lambda: [head(200, CHUNKED, GZIP), *chunks([BOMB])],
    "endless": lambda: chain([head()], repeat(bytes(65_536))),
    "endless chunked": lambda: chain([head(200, CHUNKED)], chunks(repeat(bytes(65_536)))),
    "endless bytes": lambda: chain([head(200, CHUNKED)], repeat(b"1\r\na\r\n" * 4096)),
    "endless gzip": lambda: chain([head(200, GZIP), GZIP_START], repeat(EMPTY_BLOCK * 8192)),
}
CODED = {
    "br": brotli.compress(bytes(64 * LIMIT)),
    "zstd": zstandard.compress(PEAK),
    "deflate": zlib.compress(PEAK),
    "x-gzip": gzip.compress(PEAK),
    "gzip, gzip": gzip.compress(gzip.compress(PEAK)),
    "gzip\r\nContent-Encoding: gzip": gzip.compress(gzip.compress(PEAK)),
    "gzip, br": brotli.compress(gzip.compress(PEAK)),
    "identity, gzip": gzip.compress(PEAK),
    "compress": PEAK,
    "unknown": PEAK,
}
DAMAGED = {
    "incomplete": gzip.compress(PEAK)[:-1],
    "only its start": gzip.compress(PEAK)[:20],
    "text": b"no gzip",
    "with more data": gzip.compress(PEAK) + b"x",
    "two members": gzip.compress(b"") * 2,
}
LARGE_HEADERS = {
    "long": lambda: [head(200, "X: " + "a" * 200_000)],
    "many": lambda: chain([b"HTTP/1.1 200 OK\r\n"], repeat(b"X: a\r\n" * 1000)),
    "chunk extension": lambda: chain([head(200, CHUNKED), b"1;"], repeat(b"a" * 65_536)),
    "trailers": lambda: chain([head(200, CHUNKED), b"1\r\na\r\n0\r\n"], repeat(b"X: a\r\n" * 1000)),
}


@pytest.mark.parametrize("answer", READABLE.values(), ids=READABLE)
async def test_plain_and_gzip_bodies_are_read(raw, fetch, answer):
    raw.answer = answer
    assert (await fetch())[1] == PEAK


@pytest.mark.parametrize("size", [STEP_BYTES - 1, STEP_BYTES, STEP_BYTES + 1, 3 * STEP_BYTES, LIMIT])
async def test_gzip_bodies_up_to_the_limit_are_read(raw, fetch, size):
    raw.answer = whole(gzip.compress(bytes(size)), GZIP)
    assert len((await fetch())[1]) == size


@pytest.mark.parametrize("coding,body", CODED.items(), ids=range(len(CODED)))
async def test_other_codings_are_refused(raw, fetch, coding, body):
    raw.answer = whole(body, f"Content-Encoding: {coding}")
    with pytest.raises(UpstreamInvalid, match="content coding other than gzip"):
        await fetch()


@pytest.mark.parametrize("answer", LARGE.values(), ids=LARGE)
async def test_large_bodies_are_refused_within_bounds(raw, fetch, answer):
    raw.answer = answer
    tracemalloc.start()
    with pytest.raises(UpstreamInvalid, match="larger than 1048576 bytes"):
        await fetch()
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 8 * LIMIT


@pytest.mark.parametrize("is_chunked", [True, False])
@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED)
async def test_damaged_gzip_is_refused(raw, fetch, body, is_chunked):
    raw.answer = lambda: [head(200, GZIP, CHUNKED), *chunks([body])] if is_chunked else [head(200, GZIP), body]
    with pytest.raises(UpstreamInvalid, match="gzip"):
        await fetch()


@pytest.mark.parametrize("answer", LARGE_HEADERS.values(), ids=LARGE_HEADERS)
async def test_large_headers_end_the_request(raw, fetch, answer):
    raw.answer = answer
    with pytest.raises(httpx.RemoteProtocolError):
        await fetch()
    assert raw.sent_bytes < 20 * LIMIT


async def test_other_tasks_run_during_decompression(raw, fetch):
    raw.answer = whole(gzip.compress(bytes(LIMIT)), GZIP)
    turns = 0

    async def count_turns():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count_turns())
    await fetch()
    counting.cancel()
    assert turns > LIMIT / STEP_BYTES


@pytest.mark.parametrize(
    "status,error",
    [(429, UpstreamBusy), (503, UpstreamUnavailable), (418, UpstreamRejected), (200, UpstreamInvalid)],
)
@pytest.mark.parametrize(
    "coding,body", [(BROTLI, CODED["br"]), (GZIP, BOMB), (GZIP, b"no gzip")], ids=["brotli", "bomb", "text"]
)
async def test_status_of_unreadable_error_counts(raw, settings, status, error, coding, body, instant_retries):
    raw.answer = lambda: [head(status, coding), body]
    upstream = Upstream(settings)
    with pytest.raises(error):
        await upstream.client.peak(PLAYER, Deadline.from_timeout(20))
    await upstream.close()


async def test_only_gzip_is_requested(raw, settings):
    raw.answer = whole(b"", BROTLI)
    upstream, names = Upstream(settings), NamesClient(settings)
    for request in (
        upstream.client.peak(PLAYER, Deadline.from_timeout(20)),
        names.username(2, Deadline.from_timeout(20)),
    ):
        with pytest.raises(UpstreamError):
            await request
    await upstream.close()
    await names.close()
    assert all("\r\nAccept-Encoding: gzip\r\n" in request for request in raw.requests)
    assert len(raw.requests) == 2


async def test_bomb_of_names_service_is_refused(raw, settings):
    raw.answer = whole(gzip.compress(bytes(LIMIT)), GZIP)
    names = NamesClient(settings)
    with pytest.raises(UpstreamInvalid, match="larger than 65536 bytes"):
        await names.username(2, Deadline.from_timeout(20))
    await names.close()
