"""The five endpoints: from a query to an answer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from itertools import islice

from gateway.sandbox import players
from gateway.sandbox.dates import EARLIEST, LATEST, window
from gateway.sandbox.mishaps import failure
from gateway.sandbox.responses import Response, json
from gateway.sandbox.rows import BestPlay, Play, Snapshot
from gateway.sandbox.state import Sandbox
from gateway.sandbox.updates import exists_on_osu, update
from gateway.sandbox.validation import (
    BAD_USER,
    BadRequest,
    Query,
    lenient_mode,
    play_limit,
    strict_mode,
    user_id,
    username,
)

_EVERYTHING = (EARLIEST, LATEST)


class NoResponse(Exception):
    """No answer will ever come."""


class Endpoints:
    """Answers requests. Whole lists are encoded once and kept until an update changes them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._encoded: dict[Hashable, Response] = {}

    def stats_history(self, query: Query) -> Response:
        """All snapshots between two instants, oldest first."""
        user, mode = user_id(query), strict_mode(query)
        between = window(query)
        if between == _EVERYTHING:
            return self._kept(("history", user, mode), lambda: self._database.snapshots(user, mode))
        return json(_snapshots_between(self._database.snapshots(user, mode), *between))

    def peak(self, query: Query) -> Response:
        """The best rank and accuracy, in a list of one."""
        user, mode = user_id(query), strict_mode(query)
        return self._kept(("peak", user, mode), lambda: [self._database.peak(user, mode)])

    def best_plays(self, query: Query) -> Response:
        """The plays between two instants with the highest pp."""
        mode, limit = strict_mode(query), play_limit(query)
        between = window(query)
        if between == _EVERYTHING:
            return self._kept(("best", mode, limit), lambda: self._database.best_plays(mode)[:limit])
        return json(_best_between(self._database.best_plays(mode), *between, limit))

    def hiscores(self, query: Query) -> Response:
        """All plays between two instants; when there are none, the player is updated first."""
        mode = lenient_mode(query) or 0
        if query.single("userMode") == "username":
            user, updated = self._named(username(query), mode)
        else:
            user, updated = user_id(query), False
        if not updated and not self._plays(user, mode, query):
            self._update_on_the_side(user, mode)
        if user == players.HISCORES_FAIL:
            return failure(500, "/hiscores")
        if window(query) == _EVERYTHING:
            return self._kept(("hiscores", user, mode), lambda: self._database.plays(user, mode))
        return json(self._plays(user, mode, query))

    def update(self, query: Query) -> Response:
        """Update a player and tell the difference."""
        user, mode = user_id(query), strict_mode(query)
        self._sandbox.updates.append((user, mode))
        if exists_on_osu(self._database, user):
            return json(self._updated(user, mode))
        return self._not_updated(user, mode)

    def _not_updated(self, user: int, mode: int) -> Response:
        if user in players.NONEXISTENT:
            return json({"username": str(user), "mode": mode, "exists": False})
        if user == players.UPDATE_HANGS:
            raise NoResponse
        if user in {players.UPDATE_FAILS, players.BAD_GATEWAY, players.HISCORES_FAIL}:
            return failure(500, "/update")
        return json(None) if user == players.UPDATE_NULL else failure(404, "/update")

    def _updated(self, user: int, mode: int) -> dict[str, object]:
        answer = update(self._database, user, mode)
        stale = {("history", user, mode), ("peak", user, mode), ("hiscores", user, mode)}
        for key in [key for key in self._encoded if key in stale or _is_best(key, mode)]:
            del self._encoded[key]
        return answer

    def _named(self, name: str, mode: int) -> tuple[int, bool]:
        """The player of this name, and whether finding it out has updated it.

        The database decides when it knows exactly one; else osu! is asked, which updates as well.
        """
        known = self._database.ids_by_name(name)
        if len(known) == 1:
            return known[0], False
        wanted = name.rstrip(" ").lower()
        found = known or [user for user in players.UNTRACKED if players.untracked_name(user) == wanted]
        if not found:
            raise BadRequest(BAD_USER)
        self._update_on_the_side(found[0], mode)
        return found[0], True

    def _update_on_the_side(self, user: int, mode: int) -> None:
        self._sandbox.side_effects.append((user, mode))
        if user == players.UPDATE_HANGS:
            raise NoResponse
        if exists_on_osu(self._database, user):
            self._updated(user, mode)

    def _plays(self, user: int, mode: int, query: Query) -> list[Play]:
        since, until = window(query)
        return [play for play in self._database.plays(user, mode) if since <= play.score_time <= until]

    def _kept(self, key: Hashable, rows: Callable[[], object]) -> Response:
        if key not in self._encoded:
            self._encoded[key] = json(rows())
        return self._encoded[key]


def _is_best(key: Hashable, mode: int) -> bool:
    return isinstance(key, tuple) and key[:2] == ("best", mode)


def _snapshots_between(rows: list[Snapshot], since: str, until: str) -> list[Snapshot]:
    first = bisect_left(rows, since, key=_timestamp)
    return rows[first : bisect_right(rows, until, key=_timestamp)]


def _timestamp(row: Snapshot) -> str:
    return row.timestamp


def _best_between(rows: list[BestPlay], since: str, until: str, limit: int) -> list[BestPlay]:
    return list(islice((row for row in rows if since <= row.score_time <= until), limit))
