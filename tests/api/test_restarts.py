"""Restarts without Redis: with `GATEWAY_STATE_DIR` the cooldowns of updates survive."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S, Clock
from tests.support.gateway import create_upstream, start_gateway
from tests.support.waiting import eventually

UPDATE = """mutation ($id: ID!) { updateUser(id: $id) { __typename ... on UpdateOnCooldown { retryAt } } }"""
HISCORES = "query ($id: ID!) { user(id: $id) { stats { hiscores { totalCount } } } }"
AMEO = str(players.AMEO)


class Machine:
    """Starts one process after another, with the same folder and upstream; each has a monotonic clock of its own."""

    def __init__(self, folder):
        self.clock = Clock()
        self.upstream = create_upstream(self.clock)
        self.folder = folder

    @asynccontextmanager
    async def process(self, *, step_s=0.0, **settings):
        clock = Clock()
        clock.step(self.clock.now - clock.now + step_s)
        async with start_gateway({"state_dir": self.folder} | settings, clock=clock, sandbox=self.upstream) as gateway:
            yield gateway


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "state")


async def test_cooldown_survives_a_restart(machine):
    async with machine.process() as gateway:
        await gateway.ask(UPDATE, id=AMEO)
    machine.clock.move(300)
    async with machine.process() as gateway:
        refused = await gateway.ask(UPDATE, id=AMEO)
        gateway.clock.move(600)
        updated = await gateway.ask(UPDATE, id=AMEO)

    assert refused["updateUser"] == {"__typename": "UpdateOnCooldown", "retryAt": "2026-11-20T12:15:00.000Z"}
    assert updated["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("step_s", [-48 * HOUR_S, -HOUR_S])
async def test_clock_set_back_gives_one_cooldown(machine, step_s):
    async with machine.process() as gateway:
        await gateway.ask(UPDATE, id=AMEO)
    async with machine.process(step_s=step_s) as gateway:
        refused = await gateway.ask(UPDATE, id=AMEO)
        gateway.clock.move(900)
        updated = await gateway.ask(UPDATE, id=AMEO)

    assert [each["updateUser"]["__typename"] for each in (refused, updated)] == [
        "UpdateOnCooldown",
        "UpdateUserSuccess",
    ]


@pytest.mark.parametrize(
    "fault,result",
    [
        (Fault(kind="status", status=500, path="/update"), "UpdateOnCooldown"),
        (Fault(kind="rate_limit", path="/update"), "UpdateUserSuccess"),
    ],
    ids=["sent", "unsent"],
)
async def test_failed_update_leaves_cooldown_if_sent(machine, fault, result):
    async with machine.process() as gateway:
        gateway.sandbox.faults = (fault,)
        await gateway.error(UPDATE, id=AMEO)
        gateway.sandbox.faults = ()
    async with machine.process() as gateway:
        updated = await gateway.ask(UPDATE, id=AMEO)

    assert updated["updateUser"]["__typename"] == result


async def test_update_in_progress_survives_a_crash(machine):
    async with machine.process() as crashed:
        crashed.sandbox.faults = (Fault(kind="latency", seconds=0.5, path="/update"),)
        update = asyncio.create_task(crashed.send(UPDATE, id=AMEO))
        await eventually(lambda: crashed.sandbox.count("/update") == 1)
        async with machine.process() as gateway:
            refused = await gateway.ask(UPDATE, id=AMEO)
        await update

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"


async def test_implicit_update_survives_a_restart(machine):
    async with machine.process() as gateway:
        await gateway.send(HISCORES, id="4040001")
    sent = machine.upstream.state.sandbox.count("/hiscores")
    async with machine.process() as gateway:
        await gateway.send(HISCORES, id="4040001")

    assert (sent, machine.upstream.state.sandbox.count("/hiscores")) == (1, 1)


async def test_without_folder_a_restart_forgets_cooldowns(machine):
    for _ in range(2):
        async with machine.process(state_dir=None) as gateway:
            updated = await gateway.ask(UPDATE, id=AMEO)
            assert updated["updateUser"]["__typename"] == "UpdateUserSuccess"
