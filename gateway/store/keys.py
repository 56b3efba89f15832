"""Cache keys, and the tags that invalidate them."""

from typing import NamedTuple

from gateway.records import BestPlay, Mode, Rows, UserMode


class Name(NamedTuple):
    """A player, identified by name, in one mode."""

    username: str
    mode: Mode


class BestPlaysKey(NamedTuple):
    """The parameters of a `/bestplays` request; `until` is inclusive."""

    mode: Mode
    since: str | None
    until: str | None
    limit: int


class BestPlays(NamedTuple):
    """The start of the list of best plays; `complete` if it is the whole list."""

    rows: Rows[BestPlay]
    complete: bool


def tag_of(user_mode: UserMode) -> str:
    """The tag that an update of this player invalidates."""
    return f"user:{user_mode.user_id}:{user_mode.mode.name}"


def tag_of_name(name: Name) -> str:
    """The tag of a player identified by name. osu!track ignores the case of names."""
    return f"name:{name.username.lower()}:{name.mode.name}"


def tag_of_list(key: BestPlaysKey) -> str:
    """The tag of lists of best plays, which no update invalidates."""
    return f"best:{key.mode.name}"
