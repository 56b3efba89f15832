"""A sandbox in process, with a client and the gateway tests' clock."""

from datetime import UTC, datetime

import httpx
import pytest

from gateway.sandbox import create_sandbox


class Client(httpx.AsyncClient):
    """A client of osu!track's REST API."""

    async def rows(self, path, **params):
        """The decoded body of a GET, in mode 0 by default."""
        return (await self.get(path, params={"mode": 0} | params)).json()

    async def update(self, user, mode=0):
        """The decoded body of `POST /update`."""
        return (await self.post("/update", params={"user": user, "mode": mode})).json()


@pytest.fixture
def now(clock):
    """The sandbox's time as a function."""
    return lambda: datetime.fromtimestamp(clock.now, UTC)


@pytest.fixture
def sleeps():
    """The delays of `latency` faults, in seconds. They are recorded instead of slept."""
    return []


@pytest.fixture
def app(now, sleeps):
    async def sleep(seconds):
        sleeps.append(seconds)

    return create_sandbox(now=now, sleep=sleep)


@pytest.fixture
def sandbox(app):
    return app.state.sandbox


@pytest.fixture
async def osutrack(app):
    async with Client(transport=httpx.ASGITransport(app), base_url="http://osutrack") as client:
        yield client
