"""The CPU time of executing and encoding operations, without HTTP: `python -m benchmarks.in_process`.

Compares compiled operations with plain graphql-core, both with the upstream's data in memory, in turns. Prints the best
of many rounds, in µs, and the ratio; takes about half a minute.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import process_time
from typing import Any, NamedTuple, TypeAlias

import httpx
import msgspec

from gateway.graph.engine import Engine
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import Executor
from gateway.settings import Settings
from gateway.store.tags import Generations
from gateway.web.app import create_app
from gateway.web.parts import Gateway

from . import upstream_twin
from .queries import MEDIUM, SMALL, SNAPSHOTS

ROUNDS = 5
# The CPU time of one turn, and of the executions that one measurement averages.
TURN_S = 0.2
BATCH_S = 0.004
POINTS: Any = type("PointsBalance", (), {"limit": 0, "remaining": 0, "full_in_s": 0.0})()
BEST_PLAYS = "{{ bestPlays(first: {}) {{ {} }} }}"
BEST_PLAYS_TAG = "best:OSU"
EDGES = "edges { cursor node { beatmapId score pp grade playedAt mods { label } } } pageInfo { hasNextPage endCursor }"
NESTED_FIELDS = "nodes { beatmapId score pp grade playedAt recordedAt user { id } mods { bits } }"


Execution: TypeAlias = Callable[[], Awaitable[bytes]]


class Case(NamedTuple):
    """A query, its target in µs if it has one, and whether its data is loaded each time."""

    name: str
    query: str
    target_us: float | None = None
    cold: bool = False


CASES = [
    Case("small", SMALL, 12),
    Case("medium", MEDIUM),
    Case("5,000 x 14", SNAPSHOTS),
    Case("500 best plays, user, mods", BEST_PLAYS.format(500, "nodes { pp user { id } mods { acronyms } }"), 350),
    Case("500 edges, cursors", BEST_PLAYS.format(500, EDGES), 1800),
    Case(
        "90 snapshots, delta",
        "{ user(id: 2) { stats { snapshots(window: {days: 90}) { at delta { pp level playCount ranksGained } } } } }",
        350,
    ),
    Case("10,000 x 8 nested", BEST_PLAYS.format(10_000, NESTED_FIELDS)),
    Case("10,000 x 8 nested, cold", BEST_PLAYS.format(10_000, NESTED_FIELDS), 20_000, cold=True),
]


def main() -> None:
    """Measure all cases and print them."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(f"{'execute + encode':<30}{'plain µs':>12}{'compiled µs':>14}{'ratio':>8}{'target µs':>12}")
    asyncio.run(_print_cases())


async def _print_cases() -> None:
    gateway = create_gateway()
    for case in CASES:
        plain_us, compiled_us = await best_us(*executions(gateway, case))
        target = "" if case.target_us is None else f"{case.target_us:,.0f}"
        print(f"{case.name:<30}{plain_us:>12,.1f}{compiled_us:>14,.1f}{plain_us / compiled_us:>8.1f}{target:>12}")


def create_gateway() -> Gateway:
    """A gateway over the upstream of the benchmarks, in this process."""
    budgets: dict[str, Any] = {"reads_per_minute": 0, "hiscores_per_minute": 0}
    settings = Settings(_env_file=None, upstream_url="http://twin", **budgets)
    gateway: Gateway = create_app(settings, transport=httpx.ASGITransport(upstream_twin.app)).state.gateway
    return gateway


def executions(gateway: Gateway, case: Case) -> list[Execution]:
    """Two functions that execute the case's query and encode the response: plain graphql-core, and compiled."""
    compiled = gateway.engine
    # Without limits on the CPU time, which refuse what takes graphql-core too long.
    schema, parts = build_schema(Executor), (compiled._services, compiled._limits)  # noqa: SLF001
    plain = Engine(schema, *parts, timeout_s=60, compiled=False)
    return [_execution(engine, gateway.tracker.generations, case) for engine in (plain, compiled)]


def _execution(engine: Engine, generations: Generations, case: Case) -> Execution:
    priced = engine.prepare(case.query, {}, None)

    async def execute() -> bytes:
        if case.cold:
            generations.bump(BEST_PLAYS_TAG)
        result = await engine.execute(priced, POINTS, may_update=True)
        return msgspec.json.encode(result.content)

    return execute


async def best_us(*executions: Execution, rounds: int = ROUNDS, turn_s: float = TURN_S) -> list[float]:
    """The shortest time of each execution. They take turns, so that a busy moment affects all of them."""
    # Compiled at the second use.
    first, *others = [msgspec.json.decode([await execute() for _ in range(3)][-1]) for execute in executions]
    if "errors" in first or any(other["data"] != first["data"] for other in others):
        raise AssertionError("The answers differ, or have errors.")
    durations = [[await _shortest_s(execute, turn_s) for execute in executions] for _ in range(rounds)]
    return [min(each) * 1e6 for each in zip(*durations, strict=True)]


async def _shortest_s(execute: Execution, turn_s: float) -> float:
    """The shortest average of some executions in a row, during one turn."""
    times = max(1, int(BATCH_S / await _average_s(execute, 1)))
    until = process_time() + turn_s
    averages = [await _average_s(execute, times)]
    while process_time() < until:
        averages.append(await _average_s(execute, times))
    return min(averages)


async def _average_s(execute: Execution, times: int) -> float:
    started = process_time()
    for _ in range(times):
        await execute()
    return (process_time() - started) / times


if __name__ == "__main__":
    main()
