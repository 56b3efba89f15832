"""Extreme but valid dates in every argument: data or an error of the argument, never an internal error."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.sandbox import players
from tests.support.input_errors import SNAPSHOT_AT, input_error

WINDOWS = """query ($window: Window, $required: Window! = {days: 1}, $at: DateTime! = "2020-01-01T00:00:00Z") {
  user(id: 131464) { stats {
    snapshots(window: $window) { at } thinned: snapshots(window: $window, every: WEEK) { at }
    gain(window: $required) { coversWholeWindow }
    hiscores(window: $window) { nodes { playedAt } }
    snapshotAt(at: $at) { at }
  } }
  hiscoresByUsername(username: "ameo", window: $window) { nodes { playedAt } }
  bestPlays(window: $window) { nodes { playedAt } }
}"""
AT = "query ($at: DateTime!) { user(id: 131464) { stats { snapshotAt(at: $at) { at } } } }"

reuse_the_gateway = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDGES = [date.min, date(1, 1, 2), date(999, 12, 31), date(1970, 1, 1), date(2000, 1, 1), date(9999, 12, 30), date.max]
days = (st.sampled_from(EDGES) | st.dates()).map(date.isoformat)
ranges = st.tuples(st.just("") | days, st.just("") | days).filter(lambda ends: "" in ends or ends[0] < ends[1])
windows = st.integers(1, 36_500).map(lambda days: {"days": days}) | ranges.map(
    lambda ends: {"between": {"from": ends[0] or None, "to": ends[1] or None}}
)
MOMENTS = [datetime.min, datetime.max, datetime(1, 1, 1, 12), datetime(9999, 12, 31, 12), datetime(1970, 1, 1)]  # noqa: DTZ001, DTZ901  # zones follow
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), st.sampled_from(MOMENTS) | st.datetimes(), zones)


def overlaps_utc_range(moment):
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


@reuse_the_gateway
@given(windows, moments.filter(overlaps_utc_range))
async def test_windows_with_extreme_dates_have_data(gateway, window: Any, at):
    data = await gateway.ask(WINDOWS, window=window, required=window, at=at.isoformat())

    start, end = (window.get("between") or {}).get("from"), (window.get("between") or {}).get("to")
    stats = data["user"]["stats"]
    found = [row["at"] for row in stats["snapshots"]] + [
        play["playedAt"]
        for page in (stats["hiscores"], data["hiscoresByUsername"], data["bestPlays"])
        for play in page["nodes"]
    ]
    assert all((start or "") <= instant and (end is None or instant < end) for instant in found)


@reuse_the_gateway
@given(moments)
async def test_extreme_instants_are_read_or_refused(gateway, moment):
    response = await gateway.send(AT, at=moment.isoformat())

    assert [error["extensions"]["code"] for error in response.get("errors", ())] == (
        [] if overlaps_utc_range(moment) else ["BAD_USER_INPUT"]
    )


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00Z"])
async def test_instant_outside_the_calendar_is_refused(gateway, at):
    await input_error(gateway, SNAPSHOT_AT, "DateTime", at=at)


@pytest.mark.parametrize("days", [36_501, 2**31 - 1, 2**31, 10**30, -(2**31)])
async def test_huge_number_of_days_is_refused(gateway, days):
    query = "query ($window: Window!) { bestPlays(window: $window) { nodes { pp } } }"
    response = await gateway.send(query, window={"days": days})
    assert {error["extensions"]["code"] for error in response["errors"]} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("to", ["0001-01-01", "0001-01-02", "1999-12-31", "2000-01-01"])
async def test_best_plays_before_all_records_are_none(gateway, to):
    data = await gateway.ask(f'{{ bestPlays(window: {{between: {{to: "{to}"}}}}) {{ nodes {{ pp }} }} }}')
    assert data["bestPlays"]["nodes"] == []


@pytest.mark.parametrize("fraction", ["", ".1", ".12", ".999", ".123456", ".1234567", ".999999999"])
async def test_instants_have_up_to_nine_fractional_digits(gateway, fraction):
    first = gateway.sandbox.database.snapshots(players.AMEO, 0)[0].timestamp
    query = "query ($at: DateTime!) { user(id: 131464) { stats { snapshotAt(at: $at) { at } } } }"
    second = first.removesuffix(".000Z")
    before = (datetime.fromisoformat(second) - timedelta(seconds=1)).isoformat()

    found = [await gateway.ask(query, at=f"{at}{fraction}Z") for at in (before, second)]

    assert [data["user"]["stats"]["snapshotAt"] for data in found] == [None, {"at": first}]


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00.Z", "2020-01-01T00:00:00.1234567890Z", "2020-01-01T00:00.5Z"])
async def test_instant_with_another_fraction_is_refused(gateway, at):
    await input_error(gateway, SNAPSHOT_AT, "DateTime", at=at)
