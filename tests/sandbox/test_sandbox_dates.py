"""Dates of the sandbox: parsed as by V8, ignored if invalid."""

import pytest

from gateway.sandbox import players
from gateway.sandbox.dates import parse_date


@pytest.mark.parametrize("date", ["garbage", "20210101", "2026-13-45", "2021-02-32", "1610000000", "today", ""])
async def test_invalid_date_is_ignored(osutrack, date):
    expected = await osutrack.rows("/stats_history", user=players.MIXED_CASE)

    assert await osutrack.rows("/stats_history", user=players.MIXED_CASE, **{"from": date}) == expected


async def test_offset_with_unencoded_plus_is_ignored(osutrack):
    expected = await osutrack.rows("/stats_history", user=players.MIXED_CASE)

    response = await osutrack.get(f"/stats_history?user={players.MIXED_CASE}&mode=0&from=2025-01-01T10:00:00+05:00")

    assert response.json() == expected


@pytest.mark.parametrize(
    "text, expected",
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
def test_dates_are_parsed_as_by_v8(text, expected):
    assert parse_date(text) == expected
