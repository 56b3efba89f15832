"""At most one potential update per player and mode in 15 minutes, for any mix of operations, faults and clock moves."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
import stamina
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from gateway.sandbox import Fault, create_sandbox, players
from tests.support.clock import DAY_S, HOUR_S, MINUTE_S, Clock
from tests.support.gateway import InProcessGateway, start_gateway
from tests.support.potential_updates import PotentialUpdates
from tests.support.redis_server import redis_server

USERS = [
    players.NO_PLAYS,
    players.AMEO,
    players.UNCHANGED,
    players.INACTIVE,
    players.NO_SNAPSHOTS,
    players.ORDINARY[0],
    players.SHARED_NAME[0],
    players.UNTRACKED[0],
    players.NONEXISTENT[0],
    players.UPDATE_FAILS,
    players.UPDATE_NULL,
    players.UPDATE_EMPTY,
    players.PHP_WARNING,
    players.HISCORES_FAIL,
    4040404,
]
NAMES = ["ameo", "AMEO", "no_plays", "No_Plays", "no plays", "fresh_01", "Fresh_01", "dupe name", "dupe_name", "nobody"]
MODES = ["OSU", "TAIKO"]
# Without shrinking, which takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
READS = [
    "user(id: {user}) {{ stats(mode: {mode}) {{ tracked hiscores {{ totalCount }} }} }}",
    "user(id: {user}) {{ stats(mode: {mode}) {{ hiscores {{ totalCount }} }} }}",
    "user(id: {user}) {{ stats(mode: {mode}) {{ latest {{ pp }} peak {{ globalRank }} }} }}",
    'hiscoresByUsername(username: "{name}", mode: {mode}) {{ totalCount }}',
]
WRITES = [
    "updateUser(id: {user}, mode: {mode}) {{ ... on UpdateUserSuccess {{ user {{ id username }} }} }}",
    """updateUser(id: {user}, mode: {mode}) {{ ... on UpdateUserSuccess {{
        user {{ id username }} stats {{ hiscores {{ totalCount }} tracked }} }} }}""",
]
FAULTS = [
    Fault(kind="status", status=500),
    Fault(kind="status", path="/hiscores", status=503),
    Fault(kind="status", path="/stats_history", status=500),
    Fault(kind="half", path="/hiscores"),
    Fault(kind="half", path="/update"),
    Fault(kind="half", share=0.5),
    Fault(kind="reset", share=0.5),
    Fault(kind="garbage", path="/hiscores"),
    Fault(kind="garbage", path="/hiscores", body="[]"),
    Fault(kind="garbage", path="/update", body="[]"),
    Fault(kind="garbage", path="/update", body="null"),
    Fault(kind="rate_limit", retry_after=5, share=0.3),
    Fault(kind="latency", seconds=36, share=0.5),
]


def _document(text: str, **values: object) -> str:
    return ("mutation " if text in WRITES else "query ") + "{ " + text.format(**values) + " }"


DOCUMENTS = st.builds(
    _document,
    st.sampled_from(READS + WRITES),
    user=st.sampled_from(USERS),
    name=st.sampled_from(NAMES),
    mode=st.sampled_from(MODES),
)
# Each is sent to one of the processes.
REQUESTS = st.tuples(st.integers(0, 1), DOCUMENTS)
STEPS = st.one_of(
    st.lists(REQUESTS, min_size=1, max_size=4),
    st.lists(REQUESTS, min_size=1, max_size=4),
    st.sampled_from([(), *((fault,) for fault in FAULTS)]),
    st.sampled_from([("move", seconds) for seconds in (20, 5 * MINUTE_S, 14 * MINUTE_S, 16 * MINUTE_S, HOUR_S, DAY_S)]),
    st.sampled_from([("step", seconds) for seconds in (-HOUR_S, HOUR_S)]),
)


class World:
    """One or two gateways over one sandbox, whose slow answers move the clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.upstream = create_sandbox(now=lambda: datetime.fromtimestamp(self.clock.now, UTC), sleep=self._sleep)
        self.sandbox = self.upstream.state.sandbox
        self.updates = PotentialUpdates(self.sandbox)
        self.gateways: list[InProcessGateway] = []

    async def _sleep(self, seconds):
        await asyncio.sleep(0)
        self.clock.move(seconds)

    async def run(self, step):
        if isinstance(step, list):
            answers = await asyncio.gather(*(self._send(*request) for request in step))
            self.updates.check(self.clock.monotonic(), dict(name for answer in answers for name in _names(answer)))
        elif step and isinstance(step[0], str):
            getattr(self.clock, step[0])(step[1])
        else:
            self.sandbox.faults = step

    async def _send(self, process, document):
        return await self.gateways[process % len(self.gateways)].send(document)


def _names(answer):
    user = ((answer["data"] or {}).get("updateUser") or {}).get("user")
    return [(int(user["id"]), user["username"])] if user else []


async def run(steps, *redis_urls):
    world = World()
    async with AsyncExitStack() as stack:
        for url in redis_urls:
            shared = {"redis_url": url, "replicas": len(redis_urls)} if url else {}
            gateway = start_gateway(shared, clock=world.clock, sandbox=world.upstream)
            world.gateways.append(await stack.enter_async_context(gateway))
        with stamina.set_testing(testing=True, attempts=3):
            for step in steps:
                await world.run(step)


@settings(max_examples=120, phases=PHASES)
@given(st.lists(STEPS, max_size=25))
async def test_one_process_spaces_potential_updates(steps):
    await run(steps, None)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@settings(max_examples=40, phases=PHASES)
@given(st.lists(STEPS, max_size=25))
async def test_two_processes_space_potential_updates(redis_url, steps):
    async with Redis.from_url(redis_url) as redis:
        await redis.flushall()
    await run(steps, redis_url, redis_url)
