"""The highest-pp plays over all players. osu!track gives the top of a list: pages are cut from tops of three sizes."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated

import strawberry
from strawberry import Private

from gateway import records
from gateway.graph.context import Info
from gateway.graph.fields import documented
from gateway.graph.inputs import ScoreOrder, Window, page_size, span
from gateway.graph.scalars import DateTime, instant
from gateway.records import Mode, Rows
from gateway.store.history import Span
from gateway.store.keys import BestPlays, BestPlaysKey

from .paging import ORDERS, Cursor, Page, cursor_of, list_id, page
from .scores import PageInfo, Score
from .users import User, user_of

BestPlayWindow = Annotated[
    Window | None, strawberry.argument(description="By the time the play was set. Without it: all time.")
]

# How much of the list is asked for: what osu!track gives unless told otherwise, then more, up to the most it gives.
TIERS = (100, 1000, 10_000)
HOUR = len("2026-01-31T12")
ORDER = ORDERS[ScoreOrder.PP_DESC]


@documented
@strawberry.type
class BestPlay(Score):
    """One of the highest-pp plays over all tracked players."""

    recorded_at: DateTime = strawberry.field(description="When osu!track recorded it.")
    user_id: Private[int]

    @strawberry.field
    def user(self) -> User:
        """Who played it."""
        return user_of(self.user_id)

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Records are not instances of the types that name them."""
        return isinstance(value, records.BestPlay)


@documented
@strawberry.type
class BestPlayEdge:
    """A best play with its place in the list."""

    cursor: str = strawberry.field(description="Pass as `after` for a page that begins behind this play.")
    node: BestPlay = strawberry.field(description="The play.")


@documented
@strawberry.type
class BestPlayConnection:
    """One page of best plays. There is no total: the upstream does not say how many there are."""

    nodes: list[BestPlay] = strawberry.field(description="The plays of this page.")
    edges: list[BestPlayEdge] = strawberry.field(description="The plays of this page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Whether to go on, and from where.")


def best_plays_page(
    info: Info, mode: Mode, window: Window | None, first: int, after: str | None
) -> Page[records.BestPlay] | Awaitable[Page[records.BestPlay]]:
    """The page, cut from the smallest top of the list that is long enough; a longer one that is held will do."""
    context = info.context
    within = span(window, context.now)
    cut = BestPlaysPager(within, page_size(first), cursor_of(after, list_id("best plays", mode)), mode)
    keys = _keys(mode, within, cut.reach)
    for key in keys:
        served = context.best_plays.peek(key)
        page = served and cut(served.value, key.limit)
        if served and page:
            context.unwrap(info, served)
            return context.count_rows(page, len(page.nodes))
    return _asked(info, keys, cut)


async def _asked(info: Info, keys: list[BestPlaysKey], cut: "BestPlaysPager") -> Page[records.BestPlay]:
    context = info.context
    for key in keys:
        served = context.best_plays.peek(key) or await context.best_plays.load(key)
        page = cut(served.value, key.limit)
        if page:
            context.unwrap(info, served)
            return context.count_rows(page, len(page.nodes))
    raise AssertionError("the largest top of the list always gives a page")


class BestPlaysPager:
    """What a client asked to see."""

    def __init__(self, span: Span, first: int, after: Cursor | None, mode: Mode) -> None:
        self._span = span
        self._first = first
        self._after = after
        self._source = list_id("best plays", mode)

    @property
    def reach(self) -> int:
        """How much of the list is needed, as far as can be known before it is seen."""
        return (self._after.offset if self._after else 0) + self._first + 1

    def __call__(self, best: BestPlays, limit: int) -> Page[records.BestPlay] | None:
        """The page; None if there is more to the list than was asked for, and it is needed."""
        rows = Rows(play for play in best.rows if play.played_at in self._span)
        cut = page(rows, self._first, self._after, order=ORDER, source=self._source)
        short = cut.offset + self._first >= len(rows)
        return None if short and not best.complete and limit < TIERS[-1] else cut


def _keys(mode: Mode, span: Span, reach: int) -> list[BestPlaysKey]:
    # A window of the last N days moves all the time: asked for from the full hour, it can be remembered.
    since = span.start and f"{span.start[:HOUR]}:00:00.000Z"
    until = span.end and instant(datetime.fromisoformat(span.end) - timedelta(milliseconds=1))
    tiers = [tier for tier in TIERS if tier >= reach] or [TIERS[-1]]
    return [BestPlaysKey(mode, since, until, tier) for tier in tiers]
