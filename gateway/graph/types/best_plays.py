"""The highest-pp plays of all players. osu!track returns the top of the list; it is fetched in three sizes (tiers)."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated

import strawberry
from strawberry import Private

from gateway import records
from gateway.graph.bounds import page_size
from gateway.graph.context import Context, Info
from gateway.graph.fields import documented
from gateway.graph.filters import ScoreFilterInput
from gateway.graph.inputs import ScoreOrder, Window, span
from gateway.graph.scalars import DateTime, instant
from gateway.graph.work import WINDOW_ROW_US
from gateway.records import Mode
from gateway.store.history import Span
from gateway.store.keys import MAX_BEST_PLAYS, BestPlays, BestPlaysKey
from gateway.store.score_filter import ScoreFilter

from .paging import ORDERS, Page, cut_page, list_id, parse_cursor
from .scores import PageInfo, Score
from .users import User, user_of

BestPlayWindow = Annotated[
    Window | None, strawberry.argument(description="Filters by the time of the play. All time if omitted.")
]
BestPlayFilter = Annotated[
    ScoreFilterInput | None,
    strawberry.argument(description="Conditions on mods, grade and pp. Only the top 10,000 plays are searched."),
]

# Limits of requests: osu!track's default, its maximum, and one in between.
TIERS = (100, 1000, MAX_BEST_PLAYS)
# osu!track returns no earlier plays (docs/osutrack.md, "Dates").
EARLIEST = DateTime("2000-01-01T00:00:00.000Z")
HOUR_LENGTH = len("2026-01-31T12")
ORDER = ORDERS[ScoreOrder.PP_DESC]


@documented
@strawberry.type
class BestPlay(Score):
    """One of the highest-pp plays of all tracked players."""

    recorded_at: DateTime = strawberry.field(description="The time of recording by osu!track.")
    user_id: Private[int]

    @strawberry.field
    def user(self) -> User:
        """The player."""
        return user_of(self.user_id)


@documented
@strawberry.type
class BestPlayEdge:
    """A best play with its cursor."""

    cursor: str = strawberry.field(
        description="The play's cursor: pass it as `after` for a page that starts after this play."
    )
    node: BestPlay = strawberry.field(description="The play.")


@documented
@strawberry.type
class BestPlayConnection:
    """One page of best plays. There is no total count, as osu!track does not return one."""

    nodes: list[BestPlay] = strawberry.field(description="The plays of this page.")
    edges: list[BestPlayEdge] = strawberry.field(description="The plays of this page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Information for fetching the next page.")


def best_plays_page(
    info: Info, mode: Mode, window: Window | None, score_filter: ScoreFilter | None, first: int, after: str | None
) -> Page[records.BestPlay] | Awaitable[Page[records.BestPlay]]:
    """The page, from the smallest sufficient tier; a larger one is used if it is cached, or fresher.

    A filtered page is always cut from the largest tier: any smaller one could have too few matching plays.
    """
    context = info.context
    within = span(window, context.now)
    pager = BestPlaysPager(context, mode, within, first, after, score_filter=score_filter)
    keys = tier_keys(mode, within, pager.required_rows)
    tiers = context.tracker.best_plays
    for key in sorted(keys, key=lambda key: not tiers.is_fresh(key)):
        # In the store first: the loader would refresh even a tier that is not used.
        cached = tiers.entry(key)
        page = cached and pager(cached.value, key.limit)
        result = page and context.best_plays.peek(key)
        if page and result:
            context.unwrap(info, result)
            return page
    return _load_page(info, keys, pager)


async def _load_page(info: Info, keys: list[BestPlaysKey], pager: "BestPlaysPager") -> Page[records.BestPlay]:
    context = info.context
    for key in keys:
        cached = context.tracker.best_plays.entry(key)
        # Too few rows: no wait for the refresh of a tier that is not used.
        if cached and not pager(cached.value, key.limit):
            continue
        result = context.best_plays.peek(key) or await context.best_plays.load(key)
        page = pager(result.value, key.limit)
        if page:
            context.unwrap(info, result)
            return page
    raise AssertionError("the largest tier always has the page")


class BestPlaysPager:
    """Cuts the requested page from a tier. Arguments are validated here, before anything is fetched."""

    def __init__(
        self,
        context: Context,
        mode: Mode,
        span: Span,
        first: int,
        after: str | None,
        *,
        score_filter: ScoreFilter | None,
    ) -> None:
        self._context = context
        self._source = list_id("best plays", mode, score_filter)
        self._span = span
        self._first = page_size(first)
        self._after = parse_cursor(after, self._source)
        self._filter = score_filter

    @property
    def required_rows(self) -> int:
        """The minimum number of rows of a tier that is sufficient for sure."""
        if self._filter:
            return MAX_BEST_PLAYS
        return (self._after.offset if self._after else 0) + self._first + 1

    def __call__(self, best: BestPlays, limit: int) -> Page[records.BestPlay] | None:
        """The page; None if it needs more rows than a tier of this limit has."""
        row_us = WINDOW_ROW_US * (any(self._span) + bool(self._filter))
        self._context.size.count_work(row_us * len(best.rows))
        plays = best.within(self._span)
        if self._filter:
            plays = self._filter.select(plays)
        page = cut_page(plays, self._first, self._after, order=ORDER, source=self._source)
        reaches_end = page.offset + self._first >= len(plays)
        return None if reaches_end and not best.complete and limit < TIERS[-1] else page


def tier_keys(mode: Mode, span: Span, required_rows: int) -> list[BestPlaysKey]:
    """The keys of the tiers that can have this number of rows, smallest first."""
    # The start of a window of the last N days moves continuously: rounded to the hour, its key can be cached.
    since = f"{span.start[:HOUR_LENGTH]}:00:00.000Z" if span.start and span.start > EARLIEST else None
    until = span.end and instant(datetime.fromisoformat(max(span.end, EARLIEST)) - timedelta(milliseconds=1))
    tiers = [tier for tier in TIERS if tier >= required_rows] or [TIERS[-1]]
    return [BestPlaysKey(mode, since, until, tier) for tier in tiers]
