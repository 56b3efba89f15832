"""Random rows of `/bestplays`, an upstream that serves them, and the list of plays that they stand for."""

import itertools
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Row = dict[str, Any]

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)


def random_rows(seed: int, *, plays: int) -> list[Row]:
    """Plays with few different pp values, up to three rows each: reworked in both directions, 8 hours late, or both."""
    rng = Random(seed)
    return list(itertools.chain.from_iterable(_rows_of_play(rng) for _ in range(plays)))


def _rows_of_play(rng: Random) -> list[Row]:
    play = {
        "user": rng.randint(1, 40),
        "beatmap_id": rng.randint(1, 40),
        "score": rng.choice([0, 1, 2, 3]),
        "mods": rng.choice([0, 8]),
        "rank": "S",
    }
    played_at = NEWEST - timedelta(minutes=rng.randrange(60 * 36))
    return [_row(rng, play, played_at) for _ in range(rng.choice([1, 1, 1, 2, 3]))]


def _row(rng: Random, play: Row, played_at: datetime) -> Row:
    return play | {
        "pp": rng.choice([100, 200, 300]) + rng.randint(0, 12) / 2,
        "score_time": _text(played_at + timedelta(hours=rng.choice([0, 0, 8]))),
        "update_time": _text(NEWEST + timedelta(days=rng.randint(1, 1000))),
    }


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def best_plays_upstream(rows: list[Row], *, seed: int) -> httpx.ASGITransport:
    """osu!track with these rows. Rows with equal pp have another order in each response."""
    rng = Random(seed)

    async def respond(request: Request) -> JSONResponse:
        query = request.query_params
        since, until = query.get("from", "2000"), query.get("to", "2800")
        inside = [row for row in rows if since <= row["score_time"] <= until]
        shuffled = sorted(inside, key=lambda row: (-row["pp"], rng.random()))
        return JSONResponse(shuffled[: int(query.get("limit", 100))])

    return httpx.ASGITransport(Starlette(routes=[Route("/bestplays", respond)]))


def distinct_plays(rows: list[Row], since: str = "") -> list[Row]:
    """The plays since then, highest pp first: of equal plays the row with the most pp; a score of 0 equals nothing."""
    best: dict[object, float] = {}
    for row in rows:
        if row["score_time"] >= since:
            key = identity(row)
            best[key] = max(best.get(key, 0), row["pp"])
    return sorted(({"identity": key, "pp": pp} for key, pp in best.items()), key=lambda play: -play["pp"])


def identity(row: Row) -> tuple[object, ...]:
    play = (row["user"], row["beatmap_id"], row["mods"], row["score"])
    return play if row["score"] else (*play, row["pp"], row["score_time"], row["update_time"])
