"""Profiles for images: made-up players with many, few or no snapshots."""

import random

from gateway.images.parameters import parse_parameters
from gateway.images.profile import Point, Profile
from gateway.images.window_starts import start_of

NOW = 1_795_000_000.0
DAY_S = 86_400
LATEST = {
    "at": "2026-11-18T10:26:40.000Z",
    "pp": 12_345.67,
    "globalRank": 4321,
    "accuracy": 98.765,
    "level": 101.5,
    "playCount": 123_456,
    "current": 4321,
}
DELTA = {"pp": 123.4, "ranksGained": -56, "accuracy": 0.0, "playCount": 789}


def profile(*values, name="mrekk", spacing_s=DAY_S, delta=DELTA, latest=LATEST, period="all time", **parameters):
    """A player with these values of the series, one a day up to now."""
    points = tuple(Point(NOW - spacing_s * (len(values) - index - 1), value) for index, value in enumerate(values))
    valid = parse_parameters({"window": "all", **parameters})
    start = max(start_of(valid.window, NOW) or 0, points[0].at) if len(points) > 1 else NOW - DAY_S
    return Profile(
        user_id=2,
        name=name,
        parameters=valid,
        latest=latest,
        since="2014-12-08T00:00:00.000Z",
        peak_rank=1234,
        delta=delta,
        period=period,
        points=points,
        start=start,
        end=NOW,
        now=NOW,
    )


def rough_profile(seed, **parameters):
    """A player with 5,000 snapshots, a rank that changes at random, and long numbers everywhere."""
    chance = random.Random(seed)
    rank, ranks = 100_000.0, []
    for _ in range(5000):
        rank *= chance.uniform(0.98, 1.0202)
        ranks.append(max(1, rank * chance.uniform(0.8, 1.25)))
    name = "".join(chance.choice("ABEGKMRSabdegkmnqsw2345689_-[]") for _ in range(15))
    latest = LATEST | {"globalRank": chance.randrange(1_000_000, 9_999_999), "pp": 23_456, "playCount": 345_678}
    delta = {"pp": -4567.8, "ranksGained": -2_345_678, "accuracy": -12.34, "playCount": 234_567}
    return profile(*ranks, name=name, latest=latest, delta=delta, **parameters)
