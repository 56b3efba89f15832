"""The sandbox's control endpoint, and its log of requests."""

import pytest

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
