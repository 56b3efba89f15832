"""Pages of plays: total orders, and cursors that identify a position and its list."""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from zlib import crc32

import msgspec
import strawberry

from gateway.errors import BadUserInput
from gateway.graph.bounds import page_size
from gateway.graph.context import Context
from gateway.graph.inputs import ScoreOrder, Window
from gateway.graph.work import SCANNED_ROW_US, WINDOW_ROW_US
from gateway.records import BestPlay, Hiscore, Hiscores, Rows
from gateway.store.history import Span
from gateway.store.score_filter import ScoreFilter

P = TypeVar("P", bound=Hiscore)

PlayedWindow = Annotated[Window | None, strawberry.argument(description="Filters by the time of the play.")]
First = Annotated[int, strawberry.argument(description="The page size, from 0 to 10,000.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the previous page.")]

# The longest cursor has 120 characters. Decoding a long text takes milliseconds, for each list that it is passed to.
MAX_CURSOR_LENGTH = 200
INVALID_CURSOR = "`after` must be a cursor that this field has returned."
# Integers stay integers: times have 17 digits, more than a float.
Key = tuple[int | float, ...]

_PUNCTUATION = str.maketrans("", "", "-:TZ.")


def _as_number(instant: str) -> int:
    return int(instant.translate(_PUNCTUATION))


def _tie_breaker(play: Hiscore) -> Key:
    identity = (play.beatmap_id, play.mod_bits, play.score, play.user_id if isinstance(play, BestPlay) else 0)
    if play.score:
        return identity
    # A score of 0 does not identify a play.
    return (*identity, -_as_number(play.recorded_at), -_as_number(play.played_at), -play.pp)


ORDERS: dict[ScoreOrder, Callable[[Hiscore], Key]] = {
    ScoreOrder.PP_DESC: lambda play: (-play.pp, *_tie_breaker(play)),
    ScoreOrder.PLAYED_AT_DESC: lambda play: (-_as_number(play.played_at), *_tie_breaker(play)),
    ScoreOrder.PLAYED_AT_ASC: lambda play: (_as_number(play.played_at), *_tie_breaker(play)),
    ScoreOrder.RECORDED_AT_DESC: lambda play: (-_as_number(play.recorded_at), *_tie_breaker(play)),
}


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """The position of a play. `source` identifies the list, and `offset` is the number of plays up to this one."""

    source: int
    offset: int
    key: Key

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode().rstrip("=")


class Edge(NamedTuple, Generic[P]):
    """The `offset`-th play of a list, with its cursor, which is computed only if it is selected."""

    page: "Page[P]"
    offset: int
    node: P

    @property
    def cursor(self) -> str:
        """The play's cursor."""
        return self.page.cursor(self.offset, self.node)


class Page(NamedTuple, Generic[P]):
    """A part of a sorted list. `offset` plays of the list precede it; the whole list has `total_count` plays."""

    nodes: Rows[P]
    order: Callable[[Hiscore], Key]
    source: int
    offset: int
    has_next_page: bool
    total_count: int

    @property
    def edges(self) -> "Edges[P]":
        """The plays with their cursors."""
        return Edges(self)

    @property
    def page_info(self) -> "Page[P]":
        """The information for fetching the next page, which has attributes of the page."""
        return self

    @property
    def has_previous_page(self) -> bool:
        """Whether plays of the list precede this page."""
        return self.offset > 0

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first play."""
        return self.cursor(self.offset + 1, self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last play."""
        return self.cursor(self.offset + len(self.nodes), self.nodes[-1]) if self.nodes else None

    def cursor(self, offset: int, play: P) -> str:
        """The cursor of a play that is the `offset`-th of the whole list."""
        return str(Cursor(self.source, offset, self.order(play)))


class Edges(Sequence[Edge[P]]):
    """The edges of a page, each created when it is written: a list that is too large is not."""

    def __init__(self, page: Page[P]) -> None:
        self._page = page

    def __len__(self) -> int:
        return len(self._page.nodes)

    def __iter__(self) -> Iterator[Edge[P]]:
        page = self._page
        return (Edge(page, offset, play) for offset, play in enumerate(page.nodes, page.offset + 1))

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]


@lru_cache(maxsize=4096)
def list_id(*identity: Hashable) -> int:
    """A hash that identifies a list, so that cursors of another list are rejected. None is no part of the identity."""
    return crc32(repr(tuple(part for part in identity if part is not None)).encode())


def parse_cursor(after: str | None, source: int) -> Cursor | None:
    """The cursor, if it is valid for this list; raises `BadUserInput` otherwise."""
    if not after:
        return None
    if len(after) > MAX_CURSOR_LENGTH:
        raise BadUserInput("after", INVALID_CURSOR)
    try:
        padded = after.encode("ascii") + b"=" * (-len(after) % 4)
        cursor = msgspec.msgpack.decode(base64.b64decode(padded, b"-_", validate=True), type=Cursor)
    except (binascii.Error, ValueError, msgspec.DecodeError) as exc:
        raise BadUserInput("after", INVALID_CURSOR) from exc
    if cursor.source != source:
        raise BadUserInput("after", "`after` is a cursor of another list. Use a cursor of this list in this order.")
    return cursor


def cut_page(
    plays: Rows[P],
    first: int,
    after: Cursor | None,
    *,
    order: Callable[[Hiscore], Key],
    source: int,
) -> Page[P]:
    """The first `first` plays after the cursor.

    If the list has changed since, the page starts at the position that the cursor's play would have.
    """
    offset = bisect_right(plays, after.key, key=order) if after else 0
    end = min(offset + first, len(plays))
    return Page(plays.cut(offset, end), order, source, offset, end < len(plays), len(plays))


def best_of_each_beatmap(plays: Rows[P]) -> Rows[P]:
    """The highest-pp play of each beatmap; `plays` are sorted by pp, highest first."""
    best: dict[Any, P] = {}
    for play in plays:
        best.setdefault(play.beatmap_id, play)
    return Rows(best.values())


class HiscorePager:
    """Cuts the requested page from a list of hiscores. Arguments are validated here, before anything is fetched."""

    def __init__(
        self,
        context: Context,
        source: int,
        span: Span,
        order: ScoreOrder,
        first: int,
        after: str | None,
        *,
        score_filter: ScoreFilter | None = None,
        best_per_beatmap: bool = False,
    ) -> None:
        self._context = context
        self._source = list_id(source, order, score_filter)
        self._span = span
        self._filter = score_filter
        self._order = ORDERS[order]
        self._first = page_size(first)
        self._after = parse_cursor(after, self._source)
        self._best_per_beatmap = best_per_beatmap

    def __call__(self, plays: Hiscores) -> Page[Hiscore]:
        """The page; `plays` are in the order `PP_DESC`."""
        is_sorted = self._order is ORDERS[ScoreOrder.PP_DESC]
        inside = plays.played_within(*self._span) if any(self._span) else plays
        row_us = SCANNED_ROW_US * (self._best_per_beatmap + (not is_sorted))
        row_us += WINDOW_ROW_US * (any(self._span) + bool(self._filter))
        self._context.size.count_work(row_us * len(inside))
        selected = self._filter.select(inside) if self._filter else inside
        if self._best_per_beatmap:
            selected = best_of_each_beatmap(selected)
        if not is_sorted:
            selected = plays.in_order(self._order) if selected is plays else Rows(sorted(selected, key=self._order))
        return cut_page(selected, self._first, self._after, order=self._order, source=self._source)
