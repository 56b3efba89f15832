"""Cache keys, and the tags that invalidate them."""

from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from gateway.osutrack.decode import distinct_plays
from gateway.records import BestPlay, Mode, Rows, UserMode

from .history import Span
from .periods import LAST
from .pp_records import running_records

# The largest limit that osu!track accepts.
MAX_BEST_PLAYS = 10_000


@dataclass(frozen=True)
class Username:
    """A user name. All spellings of a name are equal: osu! ignores case, and the difference of space and underscore.

    Requests contain the `spelling`, because osu!track's database does distinguish underscores from spaces.
    """

    spelling: str = field(compare=False, repr=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.spelling.strip().lower().replace(" ", "_"))

    def __str__(self) -> str:
        return self.key


class Name(NamedTuple):
    """A player, identified by name, in one mode."""

    username: Username
    mode: Mode


class BestPlaysKey(NamedTuple):
    """The parameters of a `/bestplays` request; `until` is inclusive."""

    mode: Mode
    since: str | None
    until: str | None
    limit: int


class BestPlays(Struct, frozen=True, dict=True):
    """The start of the list of best plays, highest pp first; `complete` if it is the whole list.

    A play can have several rows, with different times (docs/osutrack.md, "Duplicate plays").
    """

    rows: Rows[BestPlay]
    complete: bool

    def within(self, span: Span) -> Rows[BestPlay]:
        """The plays in the span, each once, as its highest-pp row there."""
        if not any(span):
            return self._plays
        start, end = span.start or "", span.end or LAST
        rows = [row for row in self.rows if start <= row.played_at < end]
        return self._plays if len(rows) == len(self.rows) else distinct_plays(Rows(rows))

    @cached_property
    def pp_records(self) -> Rows[BestPlay]:
        """The plays with more pp than all earlier ones, oldest first. The first is the earliest of all plays."""
        # Of plays at the same time, the highest pp comes first.
        return running_records(sorted(self._plays, key=attrgetter("played_at")))

    @cached_property
    def _plays(self) -> Rows[BestPlay]:
        return distinct_plays(self.rows)


def best_plays_of(rows: Rows[BestPlay], received: int, limit: int) -> BestPlays:
    """The part of a response with this limit that is certain, from `received` rows.

    osu!track orders rows with equal pp arbitrarily, so more of those with the last row's pp may follow. The largest
    response keeps them: no larger one could contradict it.
    """
    complete = received < limit
    if not complete and limit < MAX_BEST_PLAYS and rows:
        rows = Rows(row for row in rows if row.pp > rows[-1].pp)
    return BestPlays(rows, complete)


def tag_of(user_mode: UserMode) -> str:
    """The tag that an update of this player invalidates."""
    return f"user:{user_mode.user_id}:{user_mode.mode.name}"


def tag_of_name(name: Name) -> str:
    """The tag of a player identified by name."""
    return f"name:{name.username}:{name.mode.name}"


def tag_of_username(user_id: int) -> str:
    """The tag of the name of this player."""
    return f"username:{user_id}"


def tag_of_user_id(username: Username) -> str:
    """The tag of the ID of the player with this name."""
    return f"user-id:{username}"


def tag_of_list(key: BestPlaysKey) -> str:
    """The tag of lists of best plays, which no update invalidates."""
    return f"best:{key.mode.name}"
