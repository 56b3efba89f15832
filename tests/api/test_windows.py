"""Windows are half-open and in UTC: adjacent windows share no day."""

from datetime import date, datetime, timedelta

import pytest

from gateway.sandbox import players

SNAPSHOTS = """query ($id: ID!, $window: Window, $every: Interval) {
  user(id: $id) { stats { snapshots(window: $window, every: $every) { at pp delta { pp playCount } playCount } } }
}"""
TIMES = "query ($id: ID!, $window: Window) { user(id: $id) { stats { snapshots(window: $window) { at } } } }"
GAIN = """query ($id: ID!, $window: Window!) { user(id: $id) { stats { gain(window: $window) {
  start { at pp } end { at pp } delta { pp } coversWholeWindow
} } } }"""
AT = """query ($id: ID!, $at: DateTime!, $match: SnapshotMatch! = BEFORE) {
  user(id: $id) { stats { snapshotAt(at: $at, match: $match) { at } } }
}"""


def between(start, end):
    return {"between": {"from": start, "to": end}}


async def snapshots(gateway, user, window=None, every=None):
    data = await gateway.ask(SNAPSHOTS, id=str(user), window=window, every=every)
    return data["user"]["stats"]["snapshots"]


async def times(gateway, user, window=None):
    data = await gateway.ask(TIMES, id=str(user), window=window)
    return [row["at"] for row in data["user"]["stats"]["snapshots"]]


async def gain(gateway, user, window):
    return (await gateway.ask(GAIN, id=str(user), window=window))["user"]["stats"]["gain"]


async def snapshot_at(gateway, at, user=players.AMEO, **match):
    return (await gateway.ask(AT, id=str(user), at=at, **match))["user"]["stats"]["snapshotAt"]


async def test_window_excludes_the_day_of_to(gateway):
    found = await times(gateway, players.HEAVY, between("2026-11-01", "2026-11-10"))

    assert found[0].startswith("2026-11-01")
    assert found[-1].startswith("2026-11-09")


@pytest.mark.parametrize("day", ["2013-07-01", "2020-02-29", "2026-10-31", "2026-11-19"])
async def test_adjacent_windows_partition_the_history(gateway, day):
    all_times = await times(gateway, players.HEAVY)
    before = await times(gateway, players.HEAVY, {"between": {"to": day}})
    since = await times(gateway, players.HEAVY, {"between": {"from": day}})

    assert before + since == all_times


async def test_window_of_days_starts_n_times_24h_ago(gateway):
    all_times = await times(gateway, players.HEAVY)

    found = await times(gateway, players.HEAVY, {"days": 10})

    assert found == [at for at in all_times if at >= "2026-11-10T12:00:00.000Z"]
    assert len(found) > 10


async def test_window_of_100_years_returns_everything(gateway):
    assert await times(gateway, players.AMEO, {"days": 36_500}) == await times(gateway, players.AMEO)


async def test_missing_open_and_null_windows_return_everything(gateway):
    all_times = await times(gateway, players.AMEO)

    # One of the 900 snapshots is an anomaly.
    assert len(all_times) == 899
    assert await times(gateway, players.AMEO, {"between": {}}) == all_times
    assert await times(gateway, players.AMEO, {"between": {"from": None, "to": None}}) == all_times


@pytest.mark.parametrize("every, period", [("DAY", "%Y-%m-%d"), ("WEEK", "%G-%V"), ("MONTH", "%Y-%m"), ("YEAR", "%Y")])
async def test_thinned_list_has_the_last_snapshot_per_period(gateway, every, period):
    all_rows = await snapshots(gateway, players.HEAVY)

    thinned = await snapshots(gateway, players.HEAVY, every=every)

    last = {date.fromisoformat(row["at"][:10]).strftime(period): row for row in all_rows}
    assert thinned == list(last.values())


async def test_delta_in_thinned_lists_uses_the_full_history(gateway):
    all_rows = {row["at"]: row for row in await snapshots(gateway, players.HEAVY)}

    some = await snapshots(gateway, players.HEAVY, between("2025-01-01", "2026-01-01"), "MONTH")

    assert len(some) == len({at[:7] for at in all_rows if at.startswith("2025")}) >= 10
    assert some == [all_rows[row["at"]] for row in some]


async def test_deltas_add_up_to_the_total_change(gateway):
    rows = await snapshots(gateway, players.HEAVY)

    assert rows[0]["delta"] is None
    assert sum(row["delta"]["playCount"] for row in rows[1:]) == rows[-1]["playCount"] - rows[0]["playCount"]
    assert sum(row["delta"]["pp"] for row in rows[1:]) == pytest.approx(rows[-1]["pp"] - rows[0]["pp"])


async def test_gain_starts_at_the_last_snapshot_before(gateway):
    all_rows = await snapshots(gateway, players.HEAVY)

    gained = await gain(gateway, players.HEAVY, between("2026-10-01", "2026-11-01"))

    start = [row for row in all_rows if row["at"] <= "2026-10-01T00:00:00.000Z"][-1]
    end = [row for row in all_rows if row["at"] < "2026-11-01"][-1]
    assert (gained["start"]["at"], gained["end"]["at"]) == (start["at"], end["at"])
    assert gained["delta"]["pp"] == pytest.approx(end["pp"] - start["pp"])
    assert gained["coversWholeWindow"] is True


async def test_gain_beyond_the_history_is_marked_incomplete(gateway):
    all_times = await times(gateway, players.AMEO)

    gained = await gain(gateway, players.AMEO, {"days": 36_500})

    assert gained["start"]["at"] == all_times[0]
    assert gained["coversWholeWindow"] is False


@pytest.mark.parametrize("user", [players.SINGLE_SNAPSHOT, players.NO_SNAPSHOTS, 4040404])
async def test_gain_is_null_without_two_snapshots(gateway, user):
    assert await gain(gateway, user, {"days": 36_500}) is None


async def test_snapshot_at_returns_the_newest_until_then(gateway):
    all_times = await times(gateway, players.AMEO)
    second, third = all_times[1:3]
    just_before = datetime.fromisoformat(third) - timedelta(milliseconds=1)

    assert await snapshot_at(gateway, third) == {"at": third}
    assert await snapshot_at(gateway, just_before.isoformat()) == {"at": second}
    assert await snapshot_at(gateway, "2000-01-01T00:00:00Z") is None
    assert await snapshot_at(gateway, "2100-01-01T00:00:00+01:00") == {"at": all_times[-1]}


@pytest.mark.parametrize(
    "match, offsets", [("BEFORE", [2, 2, 1, 1]), ("NEAREST", [2, 2, 2, 1]), ("AFTER", [2, 3, 2, 2])]
)
async def test_snapshot_at_matches_in_both_directions(gateway, match, offsets):
    all_times = await times(gateway, players.AMEO)
    second, third = map(datetime.fromisoformat, all_times[1:3])
    moment = timedelta(milliseconds=1)
    instants = [third, third + moment, third - moment, second + (third - second) / 2]

    found = [await snapshot_at(gateway, at.isoformat(), match=match) for at in instants]

    assert found == [{"at": all_times[offset]} for offset in offsets]


@pytest.mark.parametrize("user", [players.NO_SNAPSHOTS, 4040404])
@pytest.mark.parametrize("match", ["BEFORE", "NEAREST", "AFTER"])
async def test_no_snapshot_matches_without_history(gateway, user, match):
    assert await snapshot_at(gateway, "2020-01-01T00:00:00Z", user, match=match) is None


@pytest.mark.parametrize("match, ends", [("BEFORE", [None, -1]), ("NEAREST", [0, -1]), ("AFTER", [0, None])])
async def test_snapshot_at_outside_history_matches_its_ends(gateway, match, ends):
    all_times = await times(gateway, players.AMEO)

    instants = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"
    found = [await snapshot_at(gateway, at, match=match) for at in instants]

    assert found == [None if end is None else {"at": all_times[end]} for end in ends]


async def test_every_field_gives_a_snapshot_the_same_id(gateway):
    query = """query ($window: Window!) { user(id: 131464) { stats(mode: TAIKO) {
      snapshots { ...Row } latest { ...Row } earliest { ...Row } gain(window: $window) { start { ...Row } end { ...Row } }
    } } }
    fragment Row on Snapshot { id at pp }"""
    for _ in range(3):  # the third one is compiled
        stats = (await gateway.ask(query, window={"days": 900}))["user"]["stats"]

    by_id = {row["id"]: row for row in stats["snapshots"]}
    assert all(row["id"] == f"131464:TAIKO:{row['at']}" for row in stats["snapshots"])
    for row in (stats["latest"], stats["earliest"], stats["gain"]["start"], stats["gain"]["end"]):
        assert by_id[row["id"]] == row
