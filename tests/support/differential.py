"""The comparison of compiled operations with plain graphql-core on random operations: cold, warm and stale.

`python -m tests.support.differential 10000` compares more operations than the tests, and lists all differences.
"""

import asyncio
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count
from random import Random
from typing import Any, NamedTuple

import msgspec
import stamina

from gateway.graph.engine import Engine
from gateway.graph.prepare.errors import RequestError
from gateway.graph.schema import build_schema
from gateway.graph.strawberry_compat import core_schema
from gateway.osutrack.health import Health
from gateway.sandbox import Fault
from tests.support.clock import DAY_S, HOUR_S
from tests.support.gateway import InProcessGateway, start_gateway
from tests.support.random_operations import RandomOperation, random_operation

SETTINGS = {"max_aliases": 0, "max_cost": 0, "max_depth": 0, "max_directives": 0, "max_tokens": 0, "max_values": 10_000}
SCHEMA = core_schema(build_schema())
POINTS: Any = type("PointsBalance", (), {"limit": 0, "remaining": 0, "full_in_s": 0.0})()
JSON = "application/json"
COUNTS = ["count300", "count100", "count50", "playcount", "count_rank_ss", "count_rank_s", "count_rank_a", "pp_rank"]
FLOATS = {"level": 2.5, "pp_raw": 9.5, "accuracy": 98.5}
ROW = {**dict.fromkeys(COUNTS, 7), **FLOATS, "ranked_score": "1", "total_score": "9007199254740993"}
DROPPED = json.dumps([{}, {**ROW, "timestamp": "2026-01-01T00:00:00.000Z"}])
FAULTS: list[tuple[Fault, ...]] = [
    (),
    (),
    (),
    (Fault(kind="status", status=500, path="/hiscores"),),
    (Fault(kind="status", status=404, path="/peak"),),
    (Fault(kind="garbage", path="/stats_history"),),
    (Fault(kind="garbage", path="/stats_history", body=DROPPED, content_type=JSON),),
    (Fault(kind="garbage", path="/bestplays", body="[]", content_type=JSON),),
    (Fault(kind="status", status=503, path="/peak"), Fault(kind="reset", path="/bestplays")),
]
BATCH = 20
OUTAGE = (Fault(kind="status", status=503),)


class Outcome(NamedTuple):
    """The observable result of an operation; `validity` is its end in monotonic time and its tags."""

    data: bytes | None
    errors: list[Any]
    warnings: list[Any]
    cost: Any
    validity: Any

    @property
    def without_order(self) -> tuple[Any, ...]:
        """The parts that do not depend on the order in which osu!track's responses arrive."""
        return self.data, sorted(map(repr, self.errors)), self.cost


class Difference(NamedTuple):
    """An operation with two outcomes, and whether the order in which responses arrive can explain them."""

    state: str
    operation: RandomOperation
    compiled: Outcome
    plain: Outcome
    depends_on_arrival: bool

    def __str__(self) -> str:
        kind = "order of arrival" if self.depends_on_arrival else "UNEXPLAINED"
        outcomes = f"  compiled: {self.compiled}\n  plain: {self.plain}"
        return f"{kind}, {self.state}: {self.operation.text}\n  variables: {self.operation.variables}\n{outcomes}"


class Comparison:
    """Compiled operations and plain graphql-core.

    They are two engines of one gateway, with the same data; for cold operations, two gateways over equal sandboxes.
    """

    def __init__(self, gateway: InProcessGateway, cold_gateways: tuple[InProcessGateway, InProcessGateway]) -> None:
        """The first of `cold_gateways` compiles operations."""
        self.gateway = gateway
        self.differences: list[Difference] = []
        self.outcomes: Counter[str] = Counter()
        self._cold_gateways = cold_gateways
        parts = gateway.parts.engine._services, gateway.parts.engine._limits  # noqa: SLF001  # an engine with the same
        clocks: dict[str, Any] = {"clock": gateway.clock, "monotonic": gateway.clock.monotonic}
        self._plain = Engine(build_schema(), *parts, timeout_s=20, compiled=False, **clocks)
        self._other_tasks = asyncio.all_tasks()

    async def cold(self, operation: RandomOperation, faults: tuple[Fault, ...]) -> None:
        """Compare an operation without cached data, apart from the order of errors and from warnings."""
        for gateway in self._cold_gateways:
            gateway.sandbox.faults = faults
        updates = self._cold_gateways[0].sandbox.backend_calls.copy()
        compiled, plain = [await self._outcome(gateway.parts.engine, operation) for gateway in self._cold_gateways]
        self.outcomes["errors" if plain.errors else "data"] += 1
        if compiled.without_order != plain.without_order:
            codes = {error["extensions"]["code"] for error in [*compiled.errors, *plain.errors]}
            has_updates = self._cold_gateways[0].sandbox.backend_calls != updates
            arrival = "RESULT_TOO_LARGE" in codes or "peak" in operation.text or has_updates
            self.differences.append(Difference("cold", operation, compiled, plain, arrival))
        for gateway in self._cold_gateways:
            await _end_outage(gateway)
            gateway.clock.move(30 * DAY_S)

    async def warm(self, operation: RandomOperation) -> Outcome:
        """Compare an operation with fresh data."""
        return await self._compare("warm", operation)

    async def stale(self, operations: Iterable[RandomOperation]) -> None:
        """Compare operations, whose data is cached, with stale data during an outage of osu!track."""
        await _start_outage(self.gateway)
        for operation in operations:
            await self._compare("stale", operation)
        await _end_outage(self.gateway)

    async def _compare(self, state: str, operation: RandomOperation) -> Outcome:
        # First the data is loaded, and once more: a failed request for hiscores invalidates the history.
        engines = self._plain, self._plain, self.gateway.parts.engine, self._plain
        *_, compiled, plain = [await self._outcome(engine, operation) for engine in engines]
        if compiled != plain:
            self.differences.append(Difference(state, operation, compiled, plain, depends_on_arrival=False))
        self.outcomes["errors" if plain.errors else "data"] += 1
        return plain

    async def _outcome(self, engine: Engine, operation: RandomOperation) -> Outcome:
        """The outcome of an operation, which is compiled at once if the engine compiles operations."""
        try:
            # One preparation for both engines, because validation takes most of the time.
            priced = self._plain.prepare(operation.text, operation.variables, None)
            priced.operation.uses = max(priced.operation.uses, 1)
            result = await engine.execute(priced, POINTS, may_update=True)
        except RequestError as error:
            return Outcome(None, error.errors, [], None, None)
        finally:
            await self._settle()
        content, validity = result.content, result.validity
        extensions = content["extensions"]
        return Outcome(
            msgspec.json.encode(content["data"]),
            content.get("errors", []),
            extensions.get("warnings", []),
            extensions["cost"],
            validity and (validity[0], sorted(validity[1])),
        )

    async def _settle(self) -> None:
        """Wait for refreshes, and for reads that outlive a failed operation: the clocks stand still meanwhile."""
        while tasks := asyncio.all_tasks() - self._other_tasks:
            await asyncio.wait(tasks)


async def _start_outage(gateway: InProcessGateway) -> None:
    gateway.sandbox.faults = OUTAGE
    gateway.clock.move(4 * HOUR_S)
    await _read_until(gateway, Health.DOWN)


async def _end_outage(gateway: InProcessGateway) -> None:
    gateway.sandbox.faults = ()
    gateway.clock.move(HOUR_S)
    await _read_until(gateway, Health.UP)


async def _read_until(gateway: InProcessGateway, health: Health) -> None:
    breakers = [breaker for breaker in gateway.parts.upstream.breakers if breaker.name != "updates"]
    users = count(90_000_000)
    while any(breaker.health is not health for breaker in breakers):
        await gateway.send(f"{{ user(id: {next(users)}) {{ stats {{ peak {{ pp }} hiscores {{ totalCount }} }} }} }}")


@asynccontextmanager
async def comparison() -> AsyncIterator[Comparison]:
    """A comparison of new gateways."""
    without = {**SETTINGS, "compiled_operations": False}
    async with start_gateway(SETTINGS) as gateway, start_gateway(SETTINGS) as cold, start_gateway(without) as plain:
        yield Comparison(gateway, (cold, plain))


async def compare_random_operations(operations: int, seed: int) -> Comparison:
    """The comparison of this number of random operations; about half have invalid arguments or a failing osu!track.

    In each batch a quarter is compared cold, a half warm, and a quarter warm and stale.
    """
    random, cursors = Random(seed), list[str]()
    async with comparison() as running:
        for _ in range(operations // BATCH):
            batch = [
                random_operation(SCHEMA, random, errors=random.random() < 0.8, cursors=cursors) for _ in range(BATCH)
            ]
            for operation in batch[: BATCH // 4]:
                await running.cold(operation, random.choice(FAULTS))
            for operation in batch[BATCH // 4 :]:
                data = (await running.warm(operation)).data or b""
                cursors = [*cursors, *re.findall(r'"endCursor":"([^"]+)"', data.decode())][-20:]
            await running.stale(batch[-BATCH // 4 :])
        return running


def main() -> None:
    """Compare random operations and print the differences; the arguments are their number and the seed."""
    logging.disable()
    stamina.instrumentation.set_on_retry_hooks([])
    operations, seed = [*map(int, sys.argv[1:]), 2026][:2]
    with stamina.set_testing(testing=True, attempts=3):
        comparison = asyncio.run(compare_random_operations(operations, seed))
    differences, outcomes = comparison.differences, comparison.outcomes
    unexplained = [difference for difference in differences if not difference.depends_on_arrival]
    sys.stdout.writelines(f"{difference}\n" for difference in differences)
    sys.stdout.write(
        f"{outcomes.total()} comparisons, {outcomes['errors']} with errors: {len(differences)} differences,"
        f" {len(differences) - len(unexplained)} of them by the order of arrival\n"
    )
    sys.exit(bool(unexplained))


if __name__ == "__main__":
    main()
