"""The data of an image: a player in one mode, from the response to the query of images."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from gateway.records import Mode

from .figures import Figure
from .formats import DAY_S, day, midnight, timestamp
from .parameters import ImageParameters, Window
from .problems import PROBLEMS, UNAVAILABLE
from .window_starts import end_of, gain_of, is_near, is_over, start_of

MODE_TITLES = {Mode.OSU: "osu!", Mode.TAIKO: "osu!taiko", Mode.CATCH: "osu!catch", Mode.MANIA: "osu!mania"}


class Point(NamedTuple):
    """A value of the series; None while the player is unranked."""

    at: float
    value: float | None


class Profile(NamedTuple):
    """A player in one mode. `latest` is the last snapshot before the end of the window; None without one.

    `delta` is None with fewer than two snapshots in the window; `period` is its time in words, and
    `gain_start` its start. The points are those of the window, which begins and ends at the instants `start` and `end`,
    and the last one before it.
    `age_s` is that of stale data. `is_available` is false if osu!track failed for this player. `highlights` are of a
    year.
    """

    user_id: int
    name: str
    parameters: ImageParameters
    latest: Mapping[str, Any] | None
    since: str | None
    peak_rank: int | None
    delta: Mapping[str, Any] | None
    period: str
    points: tuple[Point, ...]
    start: float
    end: float
    now: float
    gain_start: float = 0
    age_s: float | None = None
    is_available: bool = True
    highlights: tuple[Figure, ...] = ()

    @property
    def mode_title(self) -> str:
        """The mode's name."""
        return MODE_TITLES[self.parameters.mode]

    @property
    def is_over(self) -> bool:
        """Whether the window has ended: later snapshots are not part of the image."""
        return is_over(self.parameters.window, self.now)

    @property
    def age_note(self) -> str:
        """The day of the values if it is before the window, else empty."""
        start = start_of(self.parameters.window, self.now)
        is_older = self.latest and start is not None and timestamp(self.latest["at"]) < start
        return f"as of {day(self.latest['at'])}" if self.latest and is_older else ""

    @property
    def gap_note(self) -> str:
        """Why there are no changes: the day of old values, or that the window has one snapshot."""
        return self.age_note or "one snapshot"

    @property
    def review(self) -> str:
        """The year or the past time that the image is about; empty if it is about the present."""
        window = self.parameters.window
        if window.year:
            return review_title(window.year, self.now)
        return window.title if self.is_over else ""


def review_title(year: int, now: float) -> str:
    """The title of a year: it is not in review before its end."""
    return f"{year} in review" if midnight(date(year + 1, 1, 1)) <= now else f"{year} so far"


def profiles_of(
    user_ids: Iterable[int], parameters: ImageParameters, content: Mapping[str, Any], now: float
) -> list[Profile]:
    """The profiles in a GraphQL response, of which some can have failed. The age is that of the oldest data."""
    age_s = _age_s(content["extensions"].get("warnings", ()))
    users = zip(user_ids, content["data"]["users"], strict=True)
    return [_profile(user_id, parameters, user, now)._replace(age_s=age_s) for user_id, user in users]


def _profile(user_id: int, parameters: ImageParameters, user: Mapping[str, Any], now: float) -> Profile:
    stats = user["stats"]
    gain = gain_of(parameters.window, stats, now)
    points = _gains(gain, _points(stats)) if parameters.series.is_gain else _points(stats)
    start, end = _bounds(parameters.window, points, now)
    return Profile(
        user_id,
        user["username"] or f"ID {user_id}",
        parameters,
        stats["latest"],
        stats["earliest"] and stats["earliest"]["at"],
        stats["peak"] and stats["peak"]["globalRank"],
        gain and gain["delta"],
        _period(parameters.window, gain, now),
        points,
        start,
        end,
        now,
        timestamp(gain["start"]["at"]) if gain else math.inf,
        is_available=_is_available(user),
    )


def _points(stats: Mapping[str, Any]) -> tuple[Point, ...]:
    """The points of the window, and the last one before it."""
    rows, gain = stats["snapshots"] or [], stats["gain"]
    if gain and rows and gain["start"]["at"] < rows[0]["at"]:
        rows = [gain["start"], *rows]
    return tuple(Point(timestamp(row["at"]), row["value"]) for row in rows)


def _gains(gain: Mapping[str, Any] | None, points: Iterable[Point]) -> tuple[Point, ...]:
    """The differences between the points and the start of the gain."""
    if not gain:
        return ()
    start, base = timestamp(gain["start"]["at"]), gain["start"]["value"]
    later = [point for point in points if point.at > start and point.value is not None]
    return Point(start, 0), *(Point(at, (value or 0) - base) for at, value in later)


def is_drawable(content: Mapping[str, Any]) -> bool:
    """Whether a GraphQL response with errors has a player, and osu!track failed for the others."""
    codes = {error["extensions"]["code"] for error in content["errors"]}
    users = (content["data"] or {}).get("users") or ()
    return any(map(_is_available, users)) and all(PROBLEMS.get(code) is UNAVAILABLE for code in codes)


def _is_available(user: Mapping[str, Any]) -> bool:
    """Whether the response has the player's history; without snapshots, it is an empty list."""
    return user["stats"]["snapshots"] is not None


def _period(window: Window, gain: Mapping[str, Any] | None, now: float) -> str:
    """The window in few words, or the day of the first snapshot if it is far from the start of the window."""
    if not gain:
        return ""
    first: str = gain["start"]["at"]
    return window.short_title if is_near(window, first, now) else f"since {day(first)}"


def _bounds(window: Window, points: tuple[Point, ...], now: float) -> tuple[float, float]:
    """The shown time: the window as far as the player was tracked."""
    first, last = (points[0].at, points[-1].at) if points else (now, now)
    start = start_of(window, now)
    start, end = first if start is None else max(start, first), max(end_of(window, now), last)
    # A single snapshot is in the middle of two days.
    return (start, end) if last > first else (first - DAY_S, first + DAY_S)


def _age_s(warnings: Iterable[Mapping[str, Any]]) -> float | None:
    return max((warning["ageSeconds"] for warning in warnings if warning["code"] == "STALE_DATA"), default=None)
