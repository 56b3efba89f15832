"""Lists of plays in pages: orders that never tie, and cursors that say where in which list they are from."""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from zlib import crc32

import msgspec
import strawberry

from gateway.errors import BadUserInput
from gateway.graph.context import Context
from gateway.graph.inputs import ScoreOrder, Window, page_size
from gateway.records import BestPlay, Hiscore, Rows
from gateway.store.history import Span

P = TypeVar("P", bound=Hiscore)

PlayedWindow = Annotated[Window | None, strawberry.argument(description="By the time the play was set.")]
First = Annotated[int, strawberry.argument(description="At most 500.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]

Key = tuple[float, ...]

_PUNCTUATION = str.maketrans("", "", "-:TZ.")


def _when(at: str) -> int:
    return int(at.translate(_PUNCTUATION))


def _identity(play: Hiscore) -> Key:
    return (play.beatmap_id, play.mod_bits, play.score, play.user_id if isinstance(play, BestPlay) else 0)


ORDERS: dict[ScoreOrder, Callable[[Hiscore], Key]] = {
    ScoreOrder.PP_DESC: lambda play: (-play.pp, *_identity(play)),
    ScoreOrder.PLAYED_AT_DESC: lambda play: (-_when(play.played_at), *_identity(play)),
    ScoreOrder.PLAYED_AT_ASC: lambda play: (_when(play.played_at), *_identity(play)),
    ScoreOrder.RECORDED_AT_DESC: lambda play: (-_when(play.recorded_at), *_identity(play)),
}


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """Position of a page in a list. `source` identifies the list; `offset` counts the plays up to this one."""

    source: int
    offset: int
    key: Key

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode().rstrip("=")


class Edge(NamedTuple, Generic[P]):
    """A play with its offset in the list."""

    cursor: str
    node: P


class PageInfo(NamedTuple):
    """Whether to go on, and from where."""

    has_next_page: bool
    end_cursor: str | None


class Page(NamedTuple, Generic[P]):
    """Some plays of a sorted list. `offset` is how many of the list come before; `total_count` is of the whole list."""

    nodes: Rows[P]
    order: Callable[[Hiscore], Key]
    source: int
    offset: int
    has_next_page: bool
    total_count: int

    @property
    def edges(self) -> list[Edge[P]]:
        """Each play with its cursor."""
        return [Edge(self._cursor(offset, play), play) for offset, play in enumerate(self.nodes, self.offset + 1)]

    @property
    def page_info(self) -> PageInfo:
        """Whether to go on, and from where."""
        end = self._cursor(self.offset + len(self.nodes), self.nodes[-1]) if self.nodes else None
        return PageInfo(self.has_next_page, end)

    def _cursor(self, offset: int, play: P) -> str:
        return str(Cursor(self.source, offset, self.order(play)))


def list_id(*identity: object) -> int:
    """A short name for the list that has these parts; a cursor from another list is refused by it."""
    return crc32(repr(identity).encode())


def cursor_of(after: str | None, source: int) -> Cursor | None:
    """The cursor, if it is one that this list has given out."""
    if not after:
        return None
    try:
        padded = after.encode("ascii") + b"=" * (-len(after) % 4)
        cursor = msgspec.msgpack.decode(base64.b64decode(padded, b"-_", validate=True), type=Cursor)
    except (binascii.Error, ValueError, msgspec.DecodeError) as exc:
        raise BadUserInput("after", "`after` must be a cursor that this field has given out.") from exc
    if cursor.source != source:
        raise BadUserInput("after", "`after` is a cursor from another list: take the one of this list with this order.")
    return cursor


def page(
    plays: Rows[P],
    first: int,
    after: Cursor | None,
    *,
    order: Callable[[Hiscore], Key],
    source: int,
) -> Page[P]:
    """The `first` plays after the cursor.

    The cursor's play itself may have gone, or others come: the page begins where it would have stood.
    """
    offset = bisect_right(plays, after.key, key=order) if after else 0
    end = min(offset + first, len(plays))
    return Page(plays.cut(offset, end), order, source, offset, end < len(plays), len(plays))


def best_of_each_beatmap(plays: Rows[P]) -> Rows[P]:
    """Only the highest-pp play of each beatmap; `plays` come highest first."""
    best: dict[Any, P] = {}
    for play in plays:
        best.setdefault(play.beatmap_id, play)
    return Rows(best.values())


class HiscorePager:
    """What a client asked to see of a list of hiscores. Arguments are checked here, before anything is fetched."""

    def __init__(
        self,
        context: Context,
        source: int,
        span: Span,
        order: ScoreOrder,
        first: int,
        after: str | None,
        *,
        best_per_beatmap: bool = False,
    ) -> None:
        self._context = context
        self._source = list_id(source, order)
        self._span = span
        self._order = ORDERS[order]
        self._first = page_size(first)
        self._after = cursor_of(after, self._source)
        self._best_per_beatmap = best_per_beatmap

    def __call__(self, plays: Rows[P]) -> Page[P]:
        """The page, of plays that come as `PP_DESC` has them."""
        chosen = Rows(play for play in plays if play.played_at in self._span) if any(self._span) else plays
        if self._best_per_beatmap:
            chosen = best_of_each_beatmap(chosen)
        if self._order is not ORDERS[ScoreOrder.PP_DESC]:
            chosen = Rows(sorted(chosen, key=self._order))
        cut = page(chosen, self._first, self._after, order=self._order, source=self._source)
        return self._context.count_rows(cut, len(cut.nodes))
