"""Requests to osu!track during a simulated day: the gateway compared with a cache per URL.

`python -m benchmarks.upstream_traffic [requests]` simulates a day (20,000 requests, 500 players with different
popularity) over sandboxes in process, with a fake clock. It prints requests and bytes of both, the reasons for the
gateway's requests, and its busiest minute compared with the budgets. The cache per URL always requests full histories,
so that all windows of a player share one URL.
"""

import asyncio
import random
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import httpx

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app

START = datetime(2026, 11, 20, tzinfo=UTC)
DAY_S = 86_400
MINUTE_S = 60
PLAYERS = 500
PER_SANDBOX = 50
FIRST_ID = 1001


class Clock:
    """The simulated time, in seconds since 1970; it also serves as monotonic time."""

    def __init__(self) -> None:
        # Before the day begins, the smaller budgets of a start are over.
        self.now = START.timestamp() - 2 * MINUTE_S

    def __call__(self) -> float:
        return self.now

    def move_to(self, at_s: float) -> None:
        """Set the seconds since the start of the day."""
        self.now = START.timestamp() + at_s

    def datetime(self) -> datetime:
        """The simulated time for sandboxes."""
        return datetime.fromtimestamp(self.now, UTC)


class SandboxPool(httpx.AsyncBaseTransport):
    """Many sandboxes as one upstream, with 50 players each.

    Counts requests and bytes by path, and requests by reason, and records their times.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sandboxes: dict[int, httpx.ASGITransport] = {}
        self.requests: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self._requested: set[tuple[str, int]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        global_id = int(request.url.params.get("user", FIRST_ID))
        index, player = divmod(global_id - FIRST_ID, PER_SANDBOX)
        url = request.url.copy_merge_params({"user": str(player + FIRST_ID)})
        inner = httpx.Request(request.method, url, headers=request.headers)
        response = await self._sandbox(index).handle_async_request(inner)
        body = await response.aread()
        path = request.url.path
        self.requests[path] += 1
        self.bytes[path] += len(body)
        self.reasons[path, self._reason(request, response.status_code)] += 1
        self.times[path].append(self._clock.now)
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def _reason(self, request: httpx.Request, status: int) -> str:
        resource = request.url.path, int(request.url.params["user"])
        if resource not in self._requested:
            self._requested.add(resource)
            return "first request"
        if "from" in request.url.params:
            return "from the second-newest row"
        return "not modified" if status == httpx.codes.NOT_MODIFIED else "full response"

    def _sandbox(self, index: int) -> httpx.ASGITransport:
        if index not in self._sandboxes:
            self._sandboxes[index] = httpx.ASGITransport(create_sandbox(now=self._clock.datetime, seed=index + 1))
        return self._sandboxes[index]


class ClientQuery(NamedTuple):
    """A typical query: its share of the requests, its document, and the upstream paths it needs."""

    share: float
    document: str
    paths: tuple[str, ...]


HISTORY, PEAK, HISCORES = "/stats_history", "/peak", "/hiscores"
CLIENT_QUERIES = (
    ClientQuery(
        0.35,
        "query($id: ID!) { user(id: $id) { stats { latest { at pp globalRank } gain { delta { pp } }"
        " peak { globalRank accuracy pp } hiscores(first: 10) { nodes { pp beatmapId } } } } }",
        (HISTORY, PEAK, HISCORES),
    ),
    ClientQuery(
        0.25,
        "query($id: ID!) { user(id: $id) { stats { snapshots(window: {days: 90}, every: DAY) { at pp } } } }",
        (HISTORY,),
    ),
    ClientQuery(0.2, "query($id: ID!) { user(id: $id) { stats { latest { pp globalRank } } } }", (HISTORY,)),
    ClientQuery(
        0.2,
        "query($id: ID!) { user(id: $id) { stats { latest { pp } peak { globalRank globalRankAt } } } }",
        (HISTORY, PEAK),
    ),
)


class ClientRequest(NamedTuple):
    """One client request of the day."""

    at_s: float
    query: ClientQuery
    player: int


def day(requests: int) -> Iterator[ClientRequest]:
    """The day's requests by time; every call returns the same ones."""
    chance = random.Random(20261120)  # noqa: S311  # repeatable, not secret
    popularity = [1 / (rank + 10) for rank in range(PLAYERS)]
    shares = [query.share for query in CLIENT_QUERIES]
    for at_s in sorted(chance.uniform(0, DAY_S) for _ in range(requests)):
        query, player = chance.choices(CLIENT_QUERIES, shares)[0], chance.choices(range(PLAYERS), popularity)[0]
        yield ClientRequest(at_s, query, FIRST_ID + player)


async def through_gateway(requests: int) -> SandboxPool:
    """The day through this gateway, with default settings and without client limits."""
    clock = Clock()
    pool = SandboxPool(clock)
    settings = Settings(upstream_url="http://sandbox", client_points=0)
    app = create_app(settings, transport=pool, clock=clock, monotonic=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        for request in day(requests):
            clock.move_to(request.at_s)
            body = {"query": request.query.document, "variables": {"id": str(request.player)}}
            response = (await http.post("/graphql", json=body)).json()
            assert "errors" not in response, response["errors"]
            await _finish_refreshes()
    await app.state.gateway.close()
    return pool


async def _finish_refreshes() -> None:
    """Wait for background refreshes before the clock moves."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*others, return_exceptions=True)


async def through_url_cache(requests: int) -> SandboxPool:
    """The same day through a cache per URL with the gateway's freshness limits."""
    defaults = Settings()
    fresh_s = {HISTORY: defaults.history_fresh_s, PEAK: defaults.peak_fresh_s, HISCORES: defaults.hiscores_fresh_s}
    clock = Clock()
    pool = SandboxPool(clock)
    expires_at: dict[str, float] = {}
    async with httpx.AsyncClient(transport=pool, base_url="http://sandbox") as http:
        for request in day(requests):
            clock.move_to(request.at_s)
            for path in request.query.paths:
                url = f"{path}?user={request.player}&mode=0"
                if expires_at.get(url, 0.0) <= request.at_s:
                    await http.get(url)
                    expires_at[url] = request.at_s + fresh_s[path]
    return pool


def main() -> None:
    """Run both and print the table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    gateway = asyncio.run(through_gateway(requests))
    url_cache = asyncio.run(through_url_cache(requests))
    print(f"{requests} client requests in a day, {PLAYERS} players\n")
    print(f"{'':16}{'gateway':>12}{'per URL':>12}{'ratio':>8}{'gateway MB':>14}{'per URL MB':>12}{'ratio':>8}")
    for path in (HISTORY, PEAK, HISCORES):
        print(_line(path, gateway.requests[path], url_cache.requests[path], gateway.bytes[path], url_cache.bytes[path]))
    print(
        _line(
            "all", *(total.total() for total in (gateway.requests, url_cache.requests, gateway.bytes, url_cache.bytes))
        )
    )
    print("\nreasons for the gateway's requests")
    for (path, reason), count in sorted(gateway.reasons.items()):
        print(f"{path:16}{count:12}  {reason}")
    limits = Settings()
    print("\nmaximum in any 60 s")
    for paths, budget in (((HISTORY, PEAK), limits.reads_per_minute), ((HISCORES,), limits.hiscores_per_minute)):
        print(f"{busiest(gateway, paths):28}  {' and '.join(paths)}, of {budget}")


def busiest(pool: SandboxPool, paths: tuple[str, ...]) -> int:
    """The maximum number of requests in any interval of 60 seconds."""
    times = sorted(at for path in paths for at in pool.times[path])
    return max(bisect_right(times, at) - bisect_right(times, at - MINUTE_S) for at in times)


def _line(name: str, gateway: int, url_cache: int, gateway_bytes: int, url_cache_bytes: int) -> str:
    return (
        f"{name:16}{gateway:12}{url_cache:12}{gateway / max(url_cache, 1):8.2f}"
        f"{gateway_bytes / 1e6:14.1f}{url_cache_bytes / 1e6:12.1f}{gateway_bytes / max(url_cache_bytes, 1):8.3f}"
    )


if __name__ == "__main__":
    main()
