"""The sandbox's endpoints: windows, IDs and names, HTTP, reads that update, and rate limits."""

import httpx
import pytest

from gateway.sandbox import create_sandbox, players


async def test_window_includes_both_ends(osutrack):
    history = await osutrack.rows("/stats_history", user=players.MIXED_CASE)
    ends = {"from": history[3]["timestamp"], "to": history[5]["timestamp"]}

    assert await osutrack.rows("/stats_history", user=players.MIXED_CASE, **ends) == history[3:6]


async def test_hiscores_window_filters_by_score_time(osutrack):
    plays = await osutrack.rows("/hiscores", user=players.MIXED_CASE)
    since = plays[10]["score_time"]

    assert await osutrack.rows("/hiscores", user=players.MIXED_CASE, **{"from": since}) == plays[10:]


@pytest.mark.parametrize("spelling", ["3000013.0", " 3000013 ", "0x2DC6CD"])
async def test_id_accepts_javascript_number_notations(osutrack, spelling):
    assert await osutrack.rows("/peak", user=spelling) == await osutrack.rows("/peak", user=players.MIXED_CASE)


@pytest.mark.parametrize("path", ["/PEAK", "/peak/"])
async def test_path_accepts_upper_case_and_trailing_slash(osutrack, path):
    assert len(await osutrack.rows(path, user=players.MIXED_CASE)) == 1


async def test_matching_etag_gives_304_without_body(osutrack):
    first = await osutrack.get("/peak?user=2&mode=0")

    second = await osutrack.get("/peak?user=2&mode=0", headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.content, second.headers["ETag"]) == (304, b"", first.headers["ETag"])


async def test_head_has_the_headers_of_get(osutrack):
    get = await osutrack.get("/peak?user=2&mode=0")

    head = await osutrack.head("/peak?user=2&mode=0")

    assert (head.content, head.headers) == (b"", get.headers)


async def test_each_empty_hiscores_request_updates_the_player(osutrack, sandbox):
    await osutrack.rows("/hiscores", user=players.NO_PLAYS)
    await osutrack.rows("/hiscores", user=players.NO_PLAYS)

    assert sandbox.side_effects == [(players.NO_PLAYS, 0)] * 2
    assert await osutrack.rows("/hiscores", user=players.NO_PLAYS) == []


async def test_empty_hiscores_window_updates_the_player(osutrack, sandbox):
    window = {"from": "2001-01-01", "to": "2001-01-02"}

    await osutrack.rows("/hiscores", user=players.MIXED_CASE, **window)

    assert sandbox.side_effects == [(players.MIXED_CASE, 0)]


async def test_hiscores_request_starts_tracking(osutrack):
    before = await osutrack.rows("/stats_history", user=players.UNTRACKED[0])

    plays = await osutrack.rows("/hiscores", user=players.UNTRACKED[0])

    assert (before, len(plays)) == ([], 12)
    assert len(await osutrack.rows("/stats_history", user=players.UNTRACKED[0])) == 1


async def test_hiscores_of_unknown_mode_use_mode_0(osutrack):
    expected = await osutrack.rows("/hiscores", user=players.MIXED_CASE)

    assert await osutrack.rows("/hiscores", user=players.MIXED_CASE, mode="mania") == expected


@pytest.mark.parametrize("name", ["MixedCaseName", "mixedcasename", "MixedCaseName  "])
async def test_name_ignores_case_and_trailing_spaces(osutrack, name):
    by_id = await osutrack.rows("/hiscores", user=players.MIXED_CASE)

    assert await osutrack.rows("/hiscores", user=name, userMode="username") == by_id


async def test_untracked_name_starts_tracking(osutrack, sandbox):
    plays = await osutrack.rows("/hiscores", user="fresh_07", userMode="username")

    assert (len(plays), sandbox.side_effects) == (12, [(players.UNTRACKED[6], 0)])


async def test_shared_name_updates_one_player(osutrack, sandbox):
    await osutrack.rows("/hiscores", user="dupe name", userMode="username")

    assert sandbox.side_effects == [(players.SHARED_NAME[0], 0)]


async def test_rate_limit_refuses_sixth_update_in_a_minute(now):
    transport = httpx.ASGITransport(create_sandbox(now=now, rate_limits=True))
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        responses = [await client.post("/update?user=2&mode=2") for _ in range(6)]

    assert [response.status_code for response in responses] == [200] * 5 + [429]
    assert responses[-1].headers["Retry-After"] == "60"


async def test_updates_are_unlimited_by_default(osutrack):
    responses = [await osutrack.post("/update?user=2&mode=2") for _ in range(6)]

    assert {response.status_code for response in responses} == {200}


async def test_switch_counts_hiscores_as_updates(now):
    app = create_sandbox(now=now, rate_limits=True, hiscores_are_updates=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://osutrack") as client:
        updates = [await client.post("/update?user=2&mode=2") for _ in range(2)]
        hiscores = [await client.get("/hiscores?user=2&mode=2") for _ in range(4)]
        read = await client.get("/peak?user=2&mode=2")

    assert [response.status_code for response in [*updates, *hiscores, read]] == [200] * 5 + [429, 200]


async def test_hiscores_are_reads_in_the_limits_by_default(now):
    app = create_sandbox(now=now, rate_limits=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://osutrack") as client:
        hiscores = [await client.get("/hiscores?user=2&mode=2") for _ in range(6)]

    assert {response.status_code for response in hiscores} == {200}


async def test_former_name_updates_on_each_request(osutrack, sandbox):
    by_id = await osutrack.rows("/hiscores", user=players.MIXED_CASE)

    first = await osutrack.rows("/hiscores", user="former_name", userMode="username")
    await osutrack.rows("/hiscores", user="Former_Name ", userMode="username")

    assert sandbox.side_effects == [(players.MIXED_CASE, 0)] * 2
    assert len(first) > len(by_id)


async def test_unknown_name_is_a_potential_update(osutrack, sandbox):
    responses = [await osutrack.get("/hiscores?user=nobody&mode=0&userMode=username") for _ in range(2)]

    assert [response.status_code for response in responses] == [400, 400]
    assert [(call.user, call.name) for call in sandbox.backend_calls] == [(None, "nobody")] * 2
