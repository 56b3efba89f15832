"""Cancelled requests, at any moment, release their connections."""

import asyncio
import gc

import httpcore
import httpx
import pytest

from gateway.osutrack.cancellation import send_cancellable
from tests.support.http_pool import idle, pool_of
from tests.support.http_servers import serve_sandbox


@pytest.fixture(scope="module")
def url():
    with serve_sandbox() as rest:
        yield rest.url


async def cancelled_after(http, turns):
    """Send a request and cancel it after so many turns of the event loop."""
    task = asyncio.ensure_future(
        send_cancellable(http, http.build_request("GET", "/peak", params={"user": 2, "mode": 0}))
    )
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_late_error_of_cancelled_request_is_ignored():
    connecting, refused = asyncio.Event(), asyncio.Event()

    async def connect(request):
        connecting.set()
        await refused.wait()
        raise httpx.ConnectTimeout("after the cancellation", request=request)

    async with httpx.AsyncClient(base_url="http://sandbox", transport=httpx.MockTransport(connect)) as http:
        task = asyncio.ensure_future(send_cancellable(http, http.build_request("GET", "/peak")))
        await connecting.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        refused.set()
        await asyncio.sleep(0)
    # An exception never retrieved is reported here, and fails the test.
    gc.collect()


@pytest.mark.parametrize("turns", range(30))
async def test_cancelled_request_releases_its_connection(url, turns):
    async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=2)) as http:
        await asyncio.gather(*(cancelled_after(http, turns) for _ in range(6)))
        await idle(pool_of(http))
        response, body = await send_cancellable(http, http.build_request("GET", "/peak", params={"user": 2, "mode": 0}))
        assert (response.status_code, body[:1]) == (200, b"[")
        assert len(pool_of(http).connections) <= 2


class FlakyStream(httpcore.AsyncMockStream):
    """A connection that answers, until its requests fail to be written."""

    def __init__(self, backend):
        super().__init__([])
        self._backend = backend
        self.failure = None

    async def write(self, buffer, timeout=None):  # noqa: ASYNC109  # the signature of httpcore
        if self.failure:
            raise self.failure
        self._backend.written += buffer.startswith(b"POST")
        if buffer:
            self._buffer.append(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")


class FlakyBackend(httpcore.AsyncMockBackend):
    """A network whose connections fail on demand, and count the requests written."""

    def __init__(self):
        super().__init__([])
        self.streams = []
        self.written = 0
        self.failure = None
        self.http = None

    async def connect_tcp(self, *_args, **_options):
        self.streams.append(FlakyStream(self))
        self.streams[-1].failure = self.failure
        return self.streams[-1]


@pytest.fixture
async def network():
    """A client over a `FlakyBackend`, with two idle connections."""
    backend = FlakyBackend()
    transport = httpx.AsyncHTTPTransport()
    transport._pool = httpcore.AsyncConnectionPool(network_backend=backend)  # noqa: SLF001  # httpx has no parameter for it
    async with httpx.AsyncClient(base_url="http://osutrack", transport=transport) as http:
        await asyncio.gather(*(send_cancellable(http, http.build_request("GET", "/peak")) for _ in range(2)))
        backend.http = http
        yield backend


def send_update(network):
    return send_cancellable(network.http, network.http.build_request("POST", "/update"))


async def test_request_on_closed_connections_gets_a_new_one(network):
    for stream in network.streams:
        stream.failure = httpcore.WriteError("closed")
    _, body = await send_update(network)
    assert (body, network.written, len(network.streams)) == (b"[]", 1, 3)


async def test_new_connection_that_closes_is_not_replaced(network):
    network.failure = httpcore.WriteError("closed")
    for stream in network.streams:
        stream.failure = network.failure
    with pytest.raises(httpx.ConnectError):
        await send_update(network)
    assert (network.written, len(network.streams)) == (0, 3)


async def test_request_is_not_repeated_after_a_write_timeout(network):
    for stream in network.streams:
        stream.failure = httpcore.WriteTimeout("slow")
    with pytest.raises(httpx.WriteTimeout):
        await send_update(network)
    assert len(network.streams) == 2


async def test_request_is_not_repeated_after_it_was_written(network):
    for stream in network.streams:
        stream.read = closed
    with pytest.raises(httpx.ReadError):
        await send_update(network)
    assert (network.written, len(network.streams)) == (1, 2)


async def closed(*_args, **_options):
    raise httpcore.ReadError("closed")


async def test_tracing_ends_when_a_request_is_sent(url):
    async with httpx.AsyncClient(base_url=url) as http:
        response, _ = await send_cancellable(http, http.build_request("GET", "/peak", params={"user": 2, "mode": 0}))
        assert "trace" not in response.request.extensions
