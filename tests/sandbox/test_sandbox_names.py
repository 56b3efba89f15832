"""The simulated names service."""

import pytest

from gateway.sandbox import NAMES_PATH, Fault


@pytest.mark.parametrize(
    "path,answer",
    [
        ("131464/username", "ameo"),
        ("70000001/username", "fresh_01"),
        ("ameo/id?mode=osu", 131464),
        ("AMEO/id?mode=osu", 131464),
        ("fresh_01/id?mode=osu", 70000001),
        ("fresh%2001/id?mode=osu", 70000001),
        ("slider_goblin/id?mode=osu", 1008),
        ("%5Bbrackets%5D-_x/id?mode=osu", 3000020),
        ("12345678/id?mode=osu", 3000003),
    ],
)
async def test_names_and_ids_are_json(osutrack, path, answer):
    response = await osutrack.get(f"{NAMES_PATH}/users/{path}")

    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize("path,status", [("7/username", 404), ("nobody/id?mode=osu", 404), ("ameo/id", 400)])
async def test_refusals_are_text(osutrack, path, status):
    response = await osutrack.get(f"{NAMES_PATH}/users/{path}")

    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/plain")


async def test_lookups_are_recorded_and_update_nothing(osutrack, sandbox):
    await osutrack.get(f"{NAMES_PATH}/users/fresh_01/id", params={"mode": "osu"})

    assert [request.path for request in sandbox.requests] == [f"{NAMES_PATH}/users/fresh_01/id"]
    assert 70000001 not in sandbox.players


async def test_fault_affects_names_only(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", status=502, path=NAMES_PATH)]

    assert (await osutrack.get(f"{NAMES_PATH}/users/2/username")).status_code == 502
    assert (await osutrack.get("/peak", params={"user": 2, "mode": 0})).status_code == 200


async def test_latency_fault_delays_the_answer(osutrack, sandbox, sleeps):
    sandbox.faults = [Fault(kind="latency", seconds=3, path=NAMES_PATH)]

    assert (await osutrack.get(f"{NAMES_PATH}/users/2/username")).json() == "peppy"
    assert sleeps == [3]
