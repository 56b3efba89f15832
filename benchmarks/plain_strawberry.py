"""The same queries in the style of Strawberry's documentation: types, resolvers, a DataLoader per request.

Run by `benchmarks.speed`. No handicaps: one shared HTTP client, concurrent keys per batch, uvloop and httptools.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, NewType

import httpx
import strawberry
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.schema.config import StrawberryConfig

BigInt = NewType("BigInt", int)
Rows = list[dict[str, Any]]


@strawberry.enum
class GameMode(IntEnum):
    """osu!'s modes, with osu!track's numbers."""

    OSU = 0
    TAIKO = 1
    CATCH = 2
    MANIA = 3


@strawberry.input
class DateRange:
    """The first day."""

    from_: str = strawberry.field(name="from")


@strawberry.input
class Window:
    """The last days, or a range."""

    days: int | None = None
    between: DateRange | None = None


@strawberry.type
class Snapshot:
    """A row of `/stats_history`."""

    at: datetime
    pp: float
    global_rank: int
    accuracy: float
    level: float
    play_count: int
    ranked_score: BigInt
    total_score: BigInt
    count_300: BigInt = strawberry.field(name="count300")
    count_100: BigInt = strawberry.field(name="count100")
    count_50: BigInt = strawberry.field(name="count50")
    count_ss: int = strawberry.field(name="countSS")
    count_s: int
    count_a: int


@strawberry.type
class Peak:
    """The row of `/peak`."""

    global_rank: int
    accuracy: float


@strawberry.type
class Mods:
    """The mods of a play."""

    bits: int


@strawberry.type
class Play:
    """A row of `/hiscores` or `/bestplays`."""

    user_id: strawberry.Private[str]
    beatmap_id: strawberry.ID
    score: BigInt
    pp: float
    grade: str
    played_at: datetime
    recorded_at: datetime
    mods: Mods

    @strawberry.field
    def user(self) -> "User":
        """The play's user."""
        return User(id=strawberry.ID(self.user_id))


@strawberry.type
class Plays:
    """A page."""

    nodes: list[Play]


@strawberry.type
class Stats:
    """One player in one mode."""

    user_id: strawberry.Private[str]
    mode: GameMode

    @strawberry.field
    async def snapshots(self, info: strawberry.Info, window: Window | None = None) -> list[Snapshot]:
        """Oldest first."""
        if window and window.days:
            since = datetime.now(UTC) - timedelta(days=window.days)
            rows = await info.context["history"].load((self.user_id, self.mode, since.date().isoformat()))
            return [snapshot for row in rows if (snapshot := _snapshot(row)).at >= since]
        return [_snapshot(row) for row in await info.context["history"].load((self.user_id, self.mode, None))]

    @strawberry.field
    async def peak(self, info: strawberry.Info) -> Peak:
        """The best recorded values."""
        row = (await info.context["peak"].load((self.user_id, self.mode)))[0]
        return Peak(global_rank=row["best_global_rank"], accuracy=row["best_accuracy"])

    @strawberry.field
    async def hiscores(self, info: strawberry.Info, first: int = 50) -> Plays:
        """Highest pp first."""
        rows = await info.context["hiscores"].load((self.user_id, self.mode))
        best = sorted(rows, key=lambda row: row["pp"], reverse=True)[:first]
        return Plays(nodes=[_play(row, self.user_id) for row in best])


@strawberry.type
class User:
    """A player."""

    id: strawberry.ID

    @strawberry.field
    def stats(self, mode: GameMode = GameMode.OSU) -> Stats:
        """The user's stats in one mode."""
        return Stats(user_id=self.id, mode=mode)


@strawberry.type
class Query:
    """The measured queries."""

    @strawberry.field
    def user(self, id: strawberry.ID) -> User:
        """One player."""
        return User(id=id)

    @strawberry.field
    async def best_plays(
        self, info: strawberry.Info, mode: GameMode = GameMode.OSU, window: Window | None = None, first: int = 50
    ) -> Plays:
        """Best plays of all players."""
        since = window.between.from_ if window and window.between else None
        rows = await info.context["best"].load((mode, first, since))
        return Plays(nodes=[_play(row, str(row["user"])) for row in rows])


def _snapshot(row: dict[str, Any]) -> Snapshot:
    return Snapshot(
        at=datetime.fromisoformat(row["timestamp"]),
        pp=row["pp_raw"],
        global_rank=row["pp_rank"],
        accuracy=row["accuracy"],
        level=row["level"],
        play_count=row["playcount"],
        ranked_score=BigInt(int(row["ranked_score"])),
        total_score=BigInt(int(row["total_score"])),
        count_300=row["count300"],
        count_100=row["count100"],
        count_50=row["count50"],
        count_ss=row["count_rank_ss"],
        count_s=row["count_rank_s"],
        count_a=row["count_rank_a"],
    )


def _play(row: dict[str, Any], user_id: str) -> Play:
    return Play(
        user_id=user_id,
        beatmap_id=strawberry.ID(str(row["beatmap_id"])),
        score=BigInt(row["score"]),
        pp=row["pp"],
        grade=row["rank"],
        played_at=datetime.fromisoformat(row["score_time"]),
        recorded_at=datetime.fromisoformat(row["update_time"]),
        mods=Mods(bits=row["mods"]),
    )


class App(GraphQL[Any, Any]):
    """Strawberry's own view, with loaders for each request."""

    http = httpx.AsyncClient(base_url=os.environ.get("UPSTREAM_URL", ""), limits=httpx.Limits(max_connections=100))

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """The loaders."""
        return {
            "history": self._loader(
                "/stats_history", lambda key: {"user": key[0], "mode": key[1]} | ({"from": key[2]} if key[2] else {})
            ),
            "peak": self._loader("/peak", lambda key: {"user": key[0], "mode": key[1]}),
            "hiscores": self._loader("/hiscores", lambda key: {"user": key[0], "mode": key[1]}),
            "best": self._loader(
                "/bestplays", lambda key: {"mode": key[0], "limit": key[1]} | ({"from": key[2]} if key[2] else {})
            ),
        }

    def _loader(self, path: str, params: Callable[[Any], dict[str, Any]]) -> DataLoader[Any, Rows]:
        async def load(keys: list[Any]) -> list[Rows]:
            return await asyncio.gather(*(self._rows(path, params(key)) for key in keys))

        return DataLoader(load)

    async def _rows(self, path: str, params: dict[str, Any]) -> Rows:
        rows: Rows = (await self.http.get(path, params={**params, "mode": int(params["mode"])})).json()
        return rows


app = App(
    strawberry.Schema(
        Query,
        config=StrawberryConfig(scalar_map={BigInt: strawberry.scalar(name="BigInt", serialize=int, parse_value=int)}),
    )
)
