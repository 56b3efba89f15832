"""What a day of clients costs osu!track: this gateway beside a cache that keeps each URL for as long.

`python -m benchmarks.upstream_traffic [requests]` simulates a day (20 000 requests, 500 players, the popular ones asked
for more often) over sandboxes in process, with a clock that is moved, and prints requests and bytes side by side, what
the gateway's were for, and its busiest minute beside its budgets. The cache per URL is given every advantage: it asks
for whole histories, so that all windows of a player share a URL.
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
import time_machine

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app

START = datetime(2026, 11, 20, tzinfo=UTC)
DAY_S = 86_400
MINUTE_S = 60
PLAYERS = 500
PER_SANDBOX = 50
FIRST_ID = 1001


class Crowd(httpx.AsyncBaseTransport):
    """Many sandboxes as one upstream: player 1234567 is player 1067 of sandbox 123.

    Counts requests and bytes, by path and by what a request was for, and keeps the times.
    """

    def __init__(self) -> None:
        self._sandboxes: dict[int, httpx.ASGITransport] = {}
        self.requests: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self._seen: set[tuple[str, int]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        crowd_id = int(request.url.params.get("user", FIRST_ID))
        which, player = divmod(crowd_id - FIRST_ID, PER_SANDBOX)
        url = request.url.copy_merge_params({"user": str(player + FIRST_ID)})
        inner = httpx.Request(request.method, url, headers=request.headers)
        response = await self._sandbox(which).handle_async_request(inner)
        body = await response.aread()
        path = request.url.path
        self.requests[path] += 1
        self.bytes[path] += len(body)
        self.reasons[path, self._reason(request, response.status_code)] += 1
        self.times[path].append(datetime.now(UTC).timestamp())
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def _reason(self, request: httpx.Request, status: int) -> str:
        thing = request.url.path, int(request.url.params["user"])
        if thing not in self._seen:
            self._seen.add(thing)
            return "for the first time"
        if "from" in request.url.params:
            return "from the last row but one"
        return "no change, so without a body" if status == httpx.codes.NOT_MODIFIED else "whole again"

    def _sandbox(self, which: int) -> httpx.ASGITransport:
        if which not in self._sandboxes:
            self._sandboxes[which] = httpx.ASGITransport(create_sandbox(seed=which + 1))
        return self._sandboxes[which]


class ResourceSpec(NamedTuple):
    """A page that clients show: its share of the requests, its document, and what it is made of upstream."""

    share: float
    query: str
    paths: tuple[str, ...]


HISTORY, PEAK, HISCORES = "/stats_history", "/peak", "/hiscores"
KINDS = (
    ResourceSpec(
        0.35,
        "query($id: ID!) { user(id: $id) { stats { latest { at pp globalRank } gain { delta { pp } }"
        " peak { globalRank accuracy pp } hiscores(first: 10) { nodes { pp beatmapId } } } } }",
        (HISTORY, PEAK, HISCORES),
    ),
    ResourceSpec(
        0.25,
        "query($id: ID!) { user(id: $id) { stats { snapshots(window: {days: 90}, every: DAY) { at pp } } } }",
        (HISTORY,),
    ),
    ResourceSpec(0.2, "query($id: ID!) { user(id: $id) { stats { latest { pp globalRank } } } }", (HISTORY,)),
    ResourceSpec(
        0.2,
        "query($id: ID!) { user(id: $id) { stats { latest { pp } peak { globalRank globalRankAt } } } }",
        (HISTORY, PEAK),
    ),
)


class Ask(NamedTuple):
    """One client request of the day."""

    at_s: float
    kind: ResourceSpec
    player: int


def day(requests: int) -> Iterator[Ask]:
    """The day's requests in order of time; the same every time."""
    chance = random.Random(20261120)  # noqa: S311  # repeatable, not secret
    popularity = [1 / (rank + 10) for rank in range(PLAYERS)]
    shares = [kind.share for kind in KINDS]
    for at_s in sorted(chance.uniform(0, DAY_S) for _ in range(requests)):
        kind, player = chance.choices(KINDS, shares)[0], chance.choices(range(PLAYERS), popularity)[0]
        yield Ask(at_s, kind, FIRST_ID + player)


async def through_gateway(requests: int, time: time_machine.Traveller) -> Crowd:
    """The day through this gateway, with its default settings but for the limits of single clients."""
    crowd = Crowd()
    app = create_app(Settings(upstream_url="http://sandbox", client_points=0), transport=crowd)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        for ask in day(requests):
            time.move_to(START.timestamp() + ask.at_s)
            body = {"query": ask.kind.query, "variables": {"id": str(ask.player)}}
            answer = (await http.post("/graphql", json=body)).json()
            assert "errors" not in answer, answer["errors"]
            await _quiet()
    await app.state.gateway.close()
    return crowd


async def _quiet() -> None:
    """Let refreshes end before the clock is moved: to them, a day is to take as long as a day."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*others, return_exceptions=True)


async def through_url_cache(requests: int, time: time_machine.Traveller) -> Crowd:
    """The same day through a cache that keeps every URL's answer for this gateway's lifetimes."""
    defaults = Settings()
    fresh_s = {HISTORY: defaults.history_fresh_s, PEAK: defaults.peak_fresh_s, HISCORES: defaults.hiscores_fresh_s}
    crowd = Crowd()
    until: dict[str, float] = {}
    async with httpx.AsyncClient(transport=crowd, base_url="http://sandbox") as http:
        for ask in day(requests):
            time.move_to(START.timestamp() + ask.at_s)
            for path in ask.kind.paths:
                url = f"{path}?user={ask.player}&mode=0"
                if until.get(url, 0.0) <= ask.at_s:
                    await http.get(url)
                    until[url] = ask.at_s + fresh_s[path]
    return crowd


def main() -> None:
    """Run both and print the table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with time_machine.travel(START, tick=False) as time:
        ours = asyncio.run(through_gateway(requests, time))
    with time_machine.travel(START, tick=False) as time:
        theirs = asyncio.run(through_url_cache(requests, time))
    print(f"{requests} client requests in a day, {PLAYERS} players\n")
    print(f"{'':16}{'gateway':>12}{'per URL':>12}{'ratio':>8}{'gateway MB':>14}{'per URL MB':>12}{'ratio':>8}")
    for path in (HISTORY, PEAK, HISCORES):
        print(_line(path, ours.requests[path], theirs.requests[path], ours.bytes[path], theirs.bytes[path]))
    print(_line("all", *(total.total() for total in (ours.requests, theirs.requests, ours.bytes, theirs.bytes))))
    print("\nwhat the gateway's requests are for")
    for (path, reason), count in sorted(ours.reasons.items()):
        print(f"{path:16}{count:12}  {reason}")
    limits = Settings()
    print("\nthe most in any 60 s")
    for paths, budget in (((HISTORY, PEAK), limits.reads_per_minute), ((HISCORES,), limits.hiscores_per_minute)):
        print(f"{busiest(ours, paths):28}  {' and '.join(paths)}, of {budget}")


def busiest(crowd: Crowd, paths: tuple[str, ...]) -> int:
    """The most requests in any 60 seconds, whenever they begin."""
    times = sorted(at for path in paths for at in crowd.times[path])
    return max(bisect_right(times, at) - bisect_right(times, at - MINUTE_S) for at in times)


def _line(name: str, ours: int, theirs: int, our_bytes: int, their_bytes: int) -> str:
    return (
        f"{name:16}{ours:12}{theirs:12}{ours / max(theirs, 1):8.2f}"
        f"{our_bytes / 1e6:14.1f}{their_bytes / 1e6:12.1f}{our_bytes / max(their_bytes, 1):8.3f}"
    )


if __name__ == "__main__":
    main()
