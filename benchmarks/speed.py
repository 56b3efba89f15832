"""The gateway's speed compared with a plain Strawberry app and a minimal ASGI app: `python -m benchmarks.speed`.

All servers share one core and one upstream; `wrk` (Debian package) loads them in turns from the other core. Prints CPU
time per request, throughput, latencies and ratios; takes about three minutes.
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

from .load import HTTP, OTHER_CORE, Load, Server, load, query_data, serving, uvicorn

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
        # The other servers have no access log either.
        "ACCESS_LOG": "false",
        "PORT": "{port}",
    }.items()
}


class Servers(NamedTuple):
    """The servers under load. `executing` is a gateway without response cache, `logging` one with access log."""

    hello: Server
    plain: Server
    gateway: Server
    executing: Server
    logging: Server


class Case(NamedTuple):
    """One row of the table: a server, a query, the number of connections, and request headers."""

    name: str
    server: str
    query: str
    clients: int = 8
    headers: dict[str, str] | None = None


class Target(NamedTuple):
    """The expected ratio of throughput between two rows."""

    fast: str
    slow: str
    ratio: float


CASES = [
    Case("hello", "hello", SMALL),
    Case("small, plain", "plain", SMALL),
    Case("small, executed", "executing", SMALL),
    Case("small, from the cache", "gateway", SMALL),
    Case("small, from the cache, logged", "logging", SMALL),
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
    """Run all measurements and print them."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: install it (Debian: apt-get install wrk).")
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
    """The median of each case. Each round runs all cases, so that a busy minute affects all of them."""
    samples: dict[str, list[Load]] = {case.name: [] for case in CASES}
    for _ in range(ROUNDS):
        for case in CASES:
            server: Server = getattr(servers, case.server)
            # Two requests fill every cache; two more warm up the CPU caches after a pause.
            for _ in range(4):
                url = f"{server.url}/graphql"
                HTTP.post(url, json={"query": case.query}, headers=case.headers).raise_for_status()
            seconds = 4 if case.server == "plain" and case.clients < 8 else 2
            result = load(server, case.query, seconds=seconds, clients=case.clients, headers=case.headers)
            samples[case.name].append(result)
    return {name: Load(*map(statistics.median, zip(*loads, strict=True))) for name, loads in samples.items()}


def _table(loads: dict[str, Load]) -> None:
    print(f"{'':<30}{'requests/s':>12}{'CPU ms':>10}{'p50 ms':>10}{'p99 ms':>10}")
    for name, result in loads.items():
        print(f"{name:<30}{result.per_s:>12.1f}{result.cpu_ms:>10.3f}{result.p50_ms:>10.2f}{result.p99_ms:>10.2f}")
    print(f"\n{'':<60}{'throughput':>12}{'CPU':>10}{'target':>10}")
    for fast, slow, target in TARGETS:
        ratio, cpu = loads[fast].per_s / loads[slow].per_s, loads[slow].cpu_ms / loads[fast].cpu_ms
        print(f"{f'{fast} : {slow}':<60}{ratio:>12.2f}{cpu:>10.2f}{target:>10g}")


def _beside_a_heavy_client(servers: Servers) -> None:
    print("\nA small query while another client repeats 10,000 x 8:")
    for name in ("plain", "executing", "gateway"):
        server: Server = getattr(servers, name)
        looping = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.heavy_client", f"{server.url}/graphql", PLAYS, "4"],
        )
        time.sleep(1)
        result = load(server, SMALL, seconds=2, clients=1)
        looping.wait()
        print(f"    {name:<12}p50 {result.p50_ms:8.2f} ms   p99 {result.p99_ms:8.2f} ms")


def _memory(gateway: Server) -> None:
    # The hiscores of twenty players are cached from the cases above.
    for user in range(1, 39):
        assert len(query_data(gateway, SERIES.format(user))["user"]["stats"]["snapshots"]) == 5000
    print(f"\nMemory with 200,000 cached rows: {gateway.memory_mb():.0f} MB")


def _cold() -> None:
    with _twin(TWIN_DELAY_S=str(DELAY_S)) as twin, _gateway(GATEWAY_UPSTREAM_URL=twin.url) as gateway:
        print(f"Start to the first response: {gateway.started_s:.2f} s")
        # The first execution of any code in Python is part of the start, not of the latency.
        query_data(gateway, WARMING)
        HTTP.get(f"{twin.url}/bestplays?mode=0&limit=100")
        before = _upstream_requests(twin)
        began = time.monotonic()
        nodes = query_data(gateway, NESTED)["bestPlays"]["nodes"]
        took_s, requests = time.monotonic() - began, _upstream_requests(twin) - before
        players = len({node["user"]["id"] for node in nodes})
        print(f"Empty cache, {len(nodes)} plays with the peaks of {players} players (latency {DELAY_S * 1000:.0f} ms):")
        print(f"{requests} requests to osu!track, {took_s * 1000:.0f} ms, {took_s / DELAY_S:.1f} times its latency")
        before = _upstream_requests(twin)
        asyncio.run(_concurrent_queries(gateway))
        print(f"200 equal concurrent queries, empty cache: {_upstream_requests(twin) - before} requests to osu!track")


def _upstream_requests(twin: Server) -> int:
    return int(HTTP.get(f"{twin.url}/count").text)


async def _concurrent_queries(gateway: Server) -> None:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=200), timeout=30) as http:
        query = {"query": SERIES.format(777)}
        answers = await asyncio.gather(*(http.post(f"{gateway.url}/graphql", json=query) for _ in range(200)))
    assert all("errors" not in answer.json() for answer in answers)


if __name__ == "__main__":
    main()
