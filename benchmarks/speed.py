"""How fast, beside a straightforward Strawberry app and a bare "hello": `python -m benchmarks.speed`.

All of them stand on one core over the same upstream and are loaded in turns by `wrk` (Debian's package) on another.
Prints the CPU that a request takes, throughput, latencies and their ratios; takes about three minutes.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx

from .load import HTTP, OTHER_CORE, Load, Server, ask, loaded, serving, uvicorn

ROUNDS = 3
DELAY_S = 0.05
SMALL = '{ user(id: "2") { id stats { peak { globalRank accuracy } } } }'
MEDIUM = """{ user(id: "2") { id stats {
    snapshots(window: {days: 90}) { at pp globalRank accuracy playCount } peak { globalRank accuracy }
    hiscores(first: 50) { nodes { beatmapId pp grade playedAt } } } } }"""
SNAPSHOTS = """{ user(id: "2") { stats { snapshots { at pp globalRank accuracy level playCount rankedScore totalScore
    count300 count100 count50 countSS countS countA } } } }"""
TWENTY = ", ".join(f'"{number}"' for number in range(1, 21))
PLAYS = f"""{{ users(ids: [{TWENTY}]) {{ stats {{ hiscores(first: 500) {{
    nodes {{ beatmapId score pp grade playedAt recordedAt beatmapUrl __typename }} }} }} }} }}"""
NESTED = "{ bestPlays(first: 100) { nodes { pp user { id stats { peak { globalRank } } } } } }"
WARMING = '{ bestPlays(mode: MANIA, first: 1) { nodes { pp } } user(id: "5000") { stats { peak { pp } } } }'
SERIES = '{{ user(id: "{}") {{ stats {{ snapshots {{ at }} }} }} }}'
COMPRESSED = {"Accept-Encoding": "zstd, br, gzip"}
UNLIMITED = {
    f"GATEWAY_{name}": value
    for name, value in {
        "CLIENT_POINTS": "0",
        "READS_PER_MINUTE": "0",
        "HISCORES_PER_MINUTE": "0",
        "MAX_COST": "1000",
        "UPSTREAM_CONCURRENCY": "100",
        # The others write no line for each request either.
        "ACCESS_LOG": "false",
        "PORT": "{port}",
    }.items()
}


class Servers(NamedTuple):
    """Everything that is loaded. `executing` is the gateway without its cache of responses, `telling` with its log."""

    hello: Server
    plain: Server
    gateway: Server
    executing: Server
    telling: Server


class Case(NamedTuple):
    """One line of the table: a server, what it is asked, by how many at once, in what form."""

    name: str
    server: str
    query: str
    clients: int = 8
    headers: dict[str, str] | None = None


class Target(NamedTuple):
    """What one line must be to another, in throughput."""

    fast: str
    slow: str
    ratio: float


CASES = [
    Case("hello", "hello", SMALL),
    Case("small, plain", "plain", SMALL),
    Case("small, executed", "executing", SMALL),
    Case("small, from the cache", "gateway", SMALL),
    Case("small, from the cache, logged", "telling", SMALL),
    Case("medium, plain", "plain", MEDIUM),
    Case("medium, executed", "executing", MEDIUM),
    Case("medium, from the cache", "gateway", MEDIUM),
    Case("5,000 x 14, plain", "plain", SNAPSHOTS, 2),
    Case("5,000 x 14, executed", "executing", SNAPSHOTS, 2),
    Case("5,000 x 14, from the cache", "gateway", SNAPSHOTS, 8, COMPRESSED),
    Case("10,000 x 8, plain", "plain", PLAYS, 2),
    Case("10,000 x 8, executed", "executing", PLAYS, 2),
    Case("10,000 x 8, from the cache", "gateway", PLAYS, 8, COMPRESSED),
]
TARGETS = [
    Target("small, from the cache", "small, plain", 100),
    Target("small, from the cache", "hello", 0.75),
    Target("5,000 x 14, executed", "5,000 x 14, plain", 25),
    Target("10,000 x 8, executed", "10,000 x 8, plain", 25),
    Target("5,000 x 14, from the cache", "5,000 x 14, plain", 1000),
    Target("10,000 x 8, from the cache", "10,000 x 8, plain", 1000),
]


def main() -> None:
    """Measure everything and print it."""
    if shutil.which("wrk") is None:
        sys.exit("The load comes from wrk: install it (Debian: apt-get install wrk).")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    with ExitStack() as running:
        twin = running.enter_context(_twin())
        upstream = {"GATEWAY_UPSTREAM_URL": twin.url}
        servers = Servers(
            running.enter_context(uvicorn("benchmarks.hello:app")),
            running.enter_context(uvicorn("benchmarks.plain_strawberry:app", UPSTREAM_URL=twin.url)),
            running.enter_context(_gateway(**upstream)),
            running.enter_context(_gateway(**upstream, GATEWAY_RESPONSE_CACHE_MAX_BYTES="0")),
            running.enter_context(_gateway(**upstream, GATEWAY_ACCESS_LOG="true", GATEWAY_LOG_FORMAT="json")),
        )
        _table(_measured(servers))
        _beside_a_heavy_client(servers)
        _memory(servers.gateway)
    _cold()


def _twin(**environment: str) -> Any:
    return uvicorn("benchmarks.upstream_twin:app", core=OTHER_CORE, **environment)


def _gateway(**environment: str) -> Any:
    return serving(["-m", "gateway", "serve"], **{**UNLIMITED, **environment})


def _measured(servers: Servers) -> dict[str, Load]:
    """The median of each case; the rounds go through all of them, so that a busy minute harms all alike."""
    seen: dict[str, list[Load]] = {case.name: [] for case in CASES}
    for _ in range(ROUNDS):
        for case in CASES:
            server: Server = getattr(servers, case.server)
            # Twice more than it takes to be in every cache; and what has rested may have left the machine's own.
            for _ in range(4):
                url = f"{server.url}/graphql"
                HTTP.post(url, json={"query": case.query}, headers=case.headers).raise_for_status()
            seconds = 4 if case.server == "plain" and case.clients < 8 else 2
            load = loaded(server, case.query, seconds=seconds, clients=case.clients, headers=case.headers)
            seen[case.name].append(load)
    return {name: Load(*map(statistics.median, zip(*loads, strict=True))) for name, loads in seen.items()}


def _table(loads: dict[str, Load]) -> None:
    print(f"{'':<30}{'requests/s':>12}{'CPU ms':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name, load in loads.items():
        print(f"{name:<30}{load.per_s:>12.1f}{load.cpu_ms:>10.3f}{load.p50_ms:>10.2f}{load.p99_ms:>10.2f}")
    print(f"\n{'':<60}{'throughput':>12}{'CPU':>10}{'target':>10}")
    for fast, slow, target in TARGETS:
        ratio, cpu = loads[fast].per_s / loads[slow].per_s, loads[slow].cpu_ms / loads[fast].cpu_ms
        print(f"{f'{fast} : {slow}':<60}{ratio:>12.2f}{cpu:>10.2f}{target:>10g}")


def _beside_a_heavy_client(servers: Servers) -> None:
    print("\nA small query while another client loops over 10,000 x 8:")
    for name in ("plain", "executing", "gateway"):
        server: Server = getattr(servers, name)
        looping = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.heavy_client", f"{server.url}/graphql", PLAYS, "4"],
        )
        time.sleep(1)
        load = loaded(server, SMALL, seconds=2, clients=1)
        looping.wait()
        print(f"    {name:<12}p50 {load.p50_ms:8.2f} ms   p99 {load.p99_ms:8.2f} ms")


def _memory(gateway: Server) -> None:
    # The twenty players with 500 hiscores have been asked for before.
    for user in range(1, 39):
        assert len(ask(gateway, SERIES.format(user))["user"]["stats"]["snapshots"]) == 5000
    print(f"\nMemory with 200,000 rows held: {gateway.memory_mb():.0f} MB")


def _cold() -> None:
    with _twin(TWIN_DELAY_S=str(DELAY_S)) as twin, _gateway(GATEWAY_UPSTREAM_URL=twin.url) as gateway:
        print(f"Start-up to the first answer: {gateway.started_s:.2f} s")
        # Python's own first time of everything is start-up, not latency.
        ask(gateway, WARMING)
        HTTP.get(f"{twin.url}/bestplays?mode=0&limit=100")
        before = _asked(twin)
        began = time.monotonic()
        nodes = ask(gateway, NESTED)["bestPlays"]["nodes"]
        took_s, requests = time.monotonic() - began, _asked(twin) - before
        players = len({node["user"]["id"] for node in nodes})
        print(f"Cold, {len(nodes)} plays with the peak of each of {players} players, osu!track {DELAY_S * 1000:.0f} ms")
        print(f"away: {requests} requests to it, {took_s * 1000:.0f} ms, {took_s / DELAY_S:.1f} times its latency")
        before = _asked(twin)
        asyncio.run(_stampede(gateway))
        print(f"Stampede of 200 equal cold queries: {_asked(twin) - before} requests to osu!track")


def _asked(twin: Server) -> int:
    return int(HTTP.get(f"{twin.url}/count").text)


async def _stampede(gateway: Server) -> None:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=200), timeout=30) as http:
        query = {"query": SERIES.format(777)}
        answers = await asyncio.gather(*(http.post(f"{gateway.url}/graphql", json=query) for _ in range(200)))
    assert all("errors" not in answer.json() for answer in answers)


if __name__ == "__main__":
    main()
