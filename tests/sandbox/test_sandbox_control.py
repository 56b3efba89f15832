"""The sandbox's control endpoint, and its log of requests."""

import pytest

from gateway.sandbox import BackgroundJob, Fault, Switches, players

PEAK = "/peak?user=2&mode=0"


async def test_faults_are_set_and_cleared_over_http(osutrack):
    put = await osutrack.put("/_sandbox/faults", json={"kind": "status", "status": 502})
    faulty = await osutrack.get(PEAK)
    deleted = await osutrack.delete("/_sandbox/faults")

    assert (put.status_code, faulty.status_code, deleted.status_code) == (200, 502, 204)
    assert (await osutrack.get(PEAK)).status_code == 200


async def test_several_faults_apply_at_once(osutrack, sleeps):
    faults = [{"kind": "latency", "seconds": 2}, {"kind": "status", "path": "/peak"}]

    await osutrack.put("/_sandbox/faults", json=faults)

    assert ((await osutrack.get(PEAK)).status_code, sleeps) == (503, [2])


@pytest.mark.parametrize("body", ["{", '{"kind": "boredom"}', '{"kind": "status", "status": 200}', "{}"])
async def test_invalid_fault_is_refused_with_an_error(osutrack, body):
    response = await osutrack.put("/_sandbox/faults", content=body)

    assert response.status_code == 400
    assert response.json()["error"]


async def test_requests_and_bytes_are_counted(osutrack, sandbox):
    response = await osutrack.get("/PEAK/?user=2&mode=0")

    assert sandbox.requests[-1] == ("GET", "/peak", {"user": "2", "mode": "0"})
    assert (sandbox.count(), sandbox.count("/peak"), sandbox.count("/update")) == (1, 1, 0)
    assert sandbox.bytes_sent == len(response.content)


async def test_counts_are_read_and_reset_over_http(osutrack):
    await osutrack.post("/update?user=2&mode=2")
    counts = (await osutrack.get("/_sandbox/counts")).json()
    await osutrack.delete("/_sandbox/counts")

    assert (counts["requests"], counts["paths"], counts["updates"]) == (1, {"/update": 1}, 1)
    assert (await osutrack.get("/_sandbox/counts")).json()["requests"] == 0


async def test_overview_lists_players_with_row_counts(osutrack):
    heavy = (await osutrack.get("/_sandbox/")).json()["players"][0]

    assert (heavy["id"], heavy["username"]) == (2, "peppy")
    assert heavy["modes"]["0"] == {"snapshots": 5000, "plays": 3000}


async def test_overview_describes_every_endpoint(osutrack, app):
    described = (await osutrack.get("/_sandbox/")).json()["endpoints"]

    routes = [route for route in app.routes if route.path.startswith("/_sandbox/")]
    methods = {f"{method} {route.path}" for route in routes for method in route.methods - {"HEAD"}}
    assert set(described) == methods
    assert all(described.values())


@pytest.mark.parametrize("name, struct", [("faults", Fault), ("switches", Switches), ("background", BackgroundJob)])
async def test_overview_describes_every_switch(osutrack, name, struct):
    schema = (await osutrack.get("/_sandbox/")).json()["schemas"][name]["$defs"][struct.__name__]

    undescribed = {field for field, value in schema["properties"].items() if "description" not in str(value)}
    assert set(schema["properties"]) == set(struct.__struct_fields__)
    assert undescribed <= {"kind"}


async def test_fault_schema_describes_every_kind(osutrack):
    schema = (await osutrack.get("/_sandbox/")).json()["schemas"]["faults"]["$defs"]["Fault"]

    assert {kind for kind in schema["properties"]["kind"]["enum"] if f"`{kind}`" not in schema["description"]} == set()


async def test_switches_are_set_over_http(osutrack, sandbox):
    put = await osutrack.put("/_sandbox/switches", json={"rate_limits": True})

    assert put.json() == (await osutrack.get("/_sandbox/switches")).json()
    assert sandbox.switches == Switches(rate_limits=True, hiscores_are_updates=False)


async def test_unknown_switch_is_refused(osutrack):
    assert (await osutrack.put("/_sandbox/switches", json={"rate_limit": True})).status_code == 400


async def test_potential_updates_are_listed_with_time_and_name(osutrack, sandbox, clock):
    await osutrack.rows("/hiscores", user=players.NO_PLAYS)
    await osutrack.rows("/hiscores", user="no_plays", userMode="username")
    clock.move(60)
    await osutrack.get("/hiscores?user=Nobody&mode=1&userMode=username")
    await osutrack.update(players.HEAVY, mode=2)

    noon = sandbox.now_s() - 60
    assert sandbox.backend_calls == [
        (noon, "/hiscores", players.NO_PLAYS, None, 0),
        (noon, "/hiscores", players.NO_PLAYS, "no_plays", 0),
        (noon + 60, "/hiscores", None, "Nobody", 1),
        (noon + 60, "/update", players.HEAVY, None, 2),
    ]


async def test_side_effects_are_counted_by_id_and_name(osutrack):
    await osutrack.rows("/hiscores", user=players.NO_PLAYS)
    await osutrack.rows("/hiscores", user=players.NO_PLAYS)
    await osutrack.rows("/hiscores", user="former_name", userMode="username")

    counts = (await osutrack.get("/_sandbox/counts")).json()
    assert (counts["side_effects"], counts["side_effects_by_id"]) == (3, {"3000006:0": 2})
    assert counts["side_effects_by_name"] == {"former_name:0": 1}


async def test_potential_updates_are_read_over_http(osutrack):
    await osutrack.update(players.HEAVY)

    [call] = (await osutrack.get("/_sandbox/backend_calls")).json()
    assert call == {"at_s": 1795176000.0, "path": "/update", "user": 2, "name": None, "mode": 0}
