"""A client over a mocked osu!track, without the backoff between retries."""

from collections.abc import Iterator

import httpx
import pytest
import respx
import stamina

from gateway.deadline import Deadline
from gateway.osutrack.client import Client
from gateway.osutrack.upstream import Upstream
from gateway.settings import Settings
from tests.support.event_loop import LoopClock


@pytest.fixture
def osutrack() -> respx.MockRouter:
    """The upstream; a request to an undefined route fails the test."""
    return respx.MockRouter(base_url="http://osutrack")


@pytest.fixture
def client(osutrack: respx.MockRouter) -> Iterator[Client]:
    settings = Settings(upstream_url="http://osutrack", contact="me@example.org", _env_file=None)
    with stamina.set_testing(testing=True, attempts=3):
        yield Upstream(settings, transport=httpx.MockTransport(osutrack.async_handler)).client


@pytest.fixture
async def deadline(loop_clock: LoopClock) -> Deadline:
    """A deadline in five seconds, which pass only if the loop's clock is moved."""
    return Deadline.from_timeout(5)
