"""The sandbox's manners: windows, spellings, ETags, and reads that write."""

from datetime import UTC, datetime

import httpx
import pytest

from gateway.sandbox import create_sandbox, players
from gateway.sandbox.dates import parse_date

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def app():
    return create_sandbox(now=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))


@pytest.fixture
def sandbox(app):
    return app.state.sandbox


@pytest.fixture
async def osutrack(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        yield client


async def rows(client, path, **params):
    return (await client.get(path, params={"mode": 0} | params)).json()


async def test_both_ends_of_a_window_count(osutrack):
    history = await rows(osutrack, "/stats_history", user=players.MIXED_CASE)
    ends = {"from": history[3]["timestamp"], "to": history[5]["timestamp"]}

    assert await rows(osutrack, "/stats_history", user=players.MIXED_CASE, **ends) == history[3:6]


async def test_hiscores_are_cut_by_the_time_of_the_play(osutrack):
    plays = await rows(osutrack, "/hiscores", user=players.MIXED_CASE)
    since = plays[10]["score_time"]

    assert await rows(osutrack, "/hiscores", user=players.MIXED_CASE, **{"from": since}) == plays[10:]


@pytest.mark.parametrize("bad", ["garbage", "20210101", "2026-13-45", "2021-02-32", "1610000000", "today", ""])
async def test_a_date_it_cannot_read_is_ignored(osutrack, bad):
    everything = await rows(osutrack, "/stats_history", user=players.MIXED_CASE)

    assert await rows(osutrack, "/stats_history", user=players.MIXED_CASE, **{"from": bad}) == everything


async def test_an_offset_whose_plus_became_a_space_is_ignored(osutrack):
    everything = await rows(osutrack, "/stats_history", user=players.MIXED_CASE)

    cut = await osutrack.get(f"/stats_history?user={players.MIXED_CASE}&mode=0&from=2025-01-01T10:00:00+05:00")

    assert cut.json() == everything


@pytest.mark.parametrize(
    "text, instant",
    [
        ("2021-01-01", "2021-01-01T00:00:00.000Z"),
        (" 2021-01-01", "2021-01-01T00:00:00.000Z"),
        ("2021-02-30", "2021-03-02T00:00:00.000Z"),
        ("2021/02/03", "2021-02-03T00:00:00.000Z"),
        ("2021-2-3", "2021-02-03T00:00:00.000Z"),
        ("Jan 5 2021", "2021-01-05T00:00:00.000Z"),
        ("2021", "2021-01-01T00:00:00.000Z"),
        ("1", "2001-01-01T00:00:00.000Z"),
        ("foo 1", "2001-01-01T00:00:00.000Z"),
        ("2021-01-01T10:00", "2021-01-01T10:00:00.000Z"),
        ("2021-01-01T10:00:00+05:00", "2021-01-01T05:00:00.000Z"),
        ("2026-11-10T23:59:59.999Z", "2026-11-10T23:59:59.999Z"),
        ("9999-12-31", "9999-12-31T00:00:00.000Z"),
    ],
)
def test_dates_are_read_as_v8_reads_them(text, instant):
    assert parse_date(text) == instant


@pytest.mark.parametrize("spelling", ["3000013.0", " 3000013 ", "0x2DC6CD"])
async def test_an_id_may_be_spelt_as_javascript_allows(osutrack, spelling):
    assert await rows(osutrack, "/peak", user=spelling) == await rows(osutrack, "/peak", user=players.MIXED_CASE)


@pytest.mark.parametrize("path", ["/PEAK", "/peak/"])
async def test_paths_may_be_upper_case_and_end_in_a_slash(osutrack, path):
    assert len(await rows(osutrack, path, user=players.MIXED_CASE)) == 1


async def test_who_holds_the_etag_gets_a_304_without_a_body(osutrack):
    first = await osutrack.get("/peak?user=2&mode=0")

    again = await osutrack.get("/peak?user=2&mode=0", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


async def test_head_has_the_headers_of_get_and_no_body(osutrack):
    get = await osutrack.get("/peak?user=2&mode=0")

    head = await osutrack.head("/peak?user=2&mode=0")

    assert (head.content, head.headers) == (b"", get.headers)


async def test_asking_for_no_hiscores_updates_the_player_each_time(osutrack, sandbox):
    await rows(osutrack, "/hiscores", user=players.NO_PLAYS)
    await rows(osutrack, "/hiscores", user=players.NO_PLAYS)

    assert sandbox.side_effects == [(players.NO_PLAYS, 0)] * 2
    assert await rows(osutrack, "/hiscores", user=players.NO_PLAYS) == []


async def test_a_window_without_plays_updates_the_player_too(osutrack, sandbox):
    await rows(osutrack, "/hiscores", user=players.MIXED_CASE, **{"from": "2001-01-01", "to": "2001-01-02"})

    assert sandbox.side_effects == [(players.MIXED_CASE, 0)]


async def test_asking_for_a_player_nobody_tracks_tracks_it(osutrack):
    before = await rows(osutrack, "/stats_history", user=players.UNTRACKED[0])

    plays = await rows(osutrack, "/hiscores", user=players.UNTRACKED[0])

    assert (before, len(plays)) == ([], 12)
    assert len(await rows(osutrack, "/stats_history", user=players.UNTRACKED[0])) == 1


async def test_hiscores_take_mode_0_for_any_mode_they_do_not_know(osutrack):
    everything = await rows(osutrack, "/hiscores", user=players.MIXED_CASE)

    assert await rows(osutrack, "/hiscores", user=players.MIXED_CASE, mode="mania") == everything


@pytest.mark.parametrize("name", ["MixedCaseName", "mixedcasename", "MixedCaseName  "])
async def test_a_name_is_found_in_any_case_and_with_spaces_behind(osutrack, name):
    by_id = await rows(osutrack, "/hiscores", user=players.MIXED_CASE)

    assert await rows(osutrack, "/hiscores", user=name, userMode="username") == by_id


async def test_a_name_nobody_tracks_is_looked_up_and_tracked(osutrack, sandbox):
    plays = await rows(osutrack, "/hiscores", user="fresh_07", userMode="username")

    assert (len(plays), sandbox.side_effects) == (12, [(players.UNTRACKED[6], 0)])


async def test_a_name_of_two_players_updates_one_of_them(osutrack, sandbox):
    await rows(osutrack, "/hiscores", user="dupe name", userMode="username")

    assert sandbox.side_effects == [(players.SHARED_NAME[0], 0)]
