"""Snapshots as osu!track sends them."""

from typing import Any

from tests.support import recordings

_TEMPLATE: dict[str, Any] = recordings.rows("stats_history_one_day_window")[0]


def raw_snapshot(timestamp: str, **fields: Any) -> dict[str, Any]:
    """A row of `/stats_history`."""
    return _TEMPLATE | fields | {"timestamp": timestamp}


def raw_snapshots(*days: int, **fields: Any) -> list[dict[str, Any]]:
    """One row for each of these days of January 2026."""
    return [raw_snapshot(f"2026-01-{day:02}T00:00:00.000Z", **fields) for day in days]
