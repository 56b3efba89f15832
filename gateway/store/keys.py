"""What is asked for by what key, and the tags under which an update makes it old."""

from typing import NamedTuple

from gateway.records import BestPlay, Mode, Rows, UserMode


class Name(NamedTuple):
    """A player known by name only."""

    username: str
    mode: Mode


class BestPlaysKey(NamedTuple):
    """A list of best plays as osu!track is asked for it; `until` is inclusive."""

    mode: Mode
    since: str | None
    until: str | None
    limit: int


class BestPlays(NamedTuple):
    """The top of the list; `complete` when there is no more to it."""

    rows: Rows[BestPlay]
    complete: bool


def tag_of(user_mode: UserMode) -> str:
    """What an update of this player invalidates."""
    return f"user:{user_mode.user_id}:{user_mode.mode.name}"


def tag_of_name(name: Name) -> str:
    """The same for a player known by name; osu!track does not tell upper from lower case."""
    return f"name:{name.username.lower()}:{name.mode.name}"


def tag_of_list(key: BestPlaysKey) -> str:
    """Nothing that clients do makes a list of best plays old before its time."""
    return f"best:{key.mode.name}"
