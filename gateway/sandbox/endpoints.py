"""The five endpoints of osu!track: from a query to a response."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from itertools import islice

from gateway.sandbox import players
from gateway.sandbox.dates import EARLIEST, LATEST, window
from gateway.sandbox.faults import error_response
from gateway.sandbox.query import Query
from gateway.sandbox.responses import Response, json
from gateway.sandbox.rows import BestPlay, Play, Snapshot
from gateway.sandbox.state import Sandbox
from gateway.sandbox.updates import exists_on_osu, update_player
from gateway.sandbox.validation import (
    BAD_USER,
    BadRequest,
    lenient_mode,
    play_limit,
    strict_mode,
    user_id,
    username,
)

_UNBOUNDED = (EARLIEST, LATEST)


class NoResponse(Exception):
    """The request hangs until the client disconnects."""


class Endpoints:
    """The endpoints over one sandbox. Responses without a date window are cached until their rows are replaced."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._cache: dict[Hashable, tuple[Sequence[object], Response]] = {}

    def stats_history(self, query: Query) -> Response:
        """`GET /stats_history`: a player's snapshots, oldest first."""
        user, mode = user_id(query), strict_mode(query)
        rows, between = self._database.snapshots(user, mode), window(query)
        if between == _UNBOUNDED:
            return self._cached(("history", user, mode), rows, lambda: rows)
        return json(_snapshots_between(rows, *between))

    def peak(self, query: Query) -> Response:
        """`GET /peak`: the best rank and accuracy, in a list of one."""
        user, mode = user_id(query), strict_mode(query)
        rows = self._database.snapshots(user, mode)
        return self._cached(("peak", user, mode), rows, lambda: [self._database.peak(user, mode)])

    def best_plays(self, query: Query) -> Response:
        """`GET /bestplays`: the plays of all players, highest pp first."""
        mode, limit = strict_mode(query), play_limit(query)
        rows, between = self._database.best_plays(mode), window(query)
        if between == _UNBOUNDED:
            return self._cached(("best", mode, limit), rows, lambda: rows[:limit])
        return json(_best_plays_between(rows, *between, limit))

    def hiscores(self, query: Query) -> Response:
        """`GET /hiscores`: a player's plays. An empty result updates the player first."""
        mode = lenient_mode(query) or 0
        name = username(query) if query.single("userMode") == "username" else None
        user, updated = (user_id(query), False) if name is None else self._resolve_name(name, mode)
        if not updated and not self._plays(user, mode, query):
            self._update_as_side_effect(user, mode, name)
        if user == players.HISCORES_FAIL:
            return error_response(500, "/hiscores")
        if window(query) == _UNBOUNDED:
            rows = self._database.plays(user, mode)
            return self._cached(("hiscores", user, mode), rows, lambda: rows)
        return json(self._plays(user, mode, query))

    def update(self, query: Query) -> Response:
        """`POST /update`: update a player and return the difference."""
        user, mode = user_id(query), strict_mode(query)
        self._sandbox.record_backend_call("/update", user, mode)
        if not exists_on_osu(self._database, user):
            return self._failed_update(user, mode)
        response = update_player(self._database, user, mode)
        if user == players.PHP_WARNING:
            return error_response(500, "/update")
        return json([]) if user == players.UPDATE_EMPTY else json(response)

    def _failed_update(self, user: int, mode: int) -> Response:
        if user in players.NONEXISTENT:
            return json({"username": str(user), "mode": mode, "exists": False})
        if user == players.UPDATE_HANGS:
            raise NoResponse
        if user in {players.UPDATE_FAILS, players.BAD_GATEWAY, players.HISCORES_FAIL}:
            return error_response(500, "/update")
        return json(None) if user == players.UPDATE_NULL else error_response(404, "/update")

    def _resolve_name(self, name: str, mode: int) -> tuple[int, bool]:
        """The player with this name, and whether the lookup has updated the player.

        A unique match in the database decides. Otherwise osu!track looks the name up on osu!, which is an update.
        """
        known = self._database.ids_by_name(name)
        if len(known) == 1:
            return known[0], False
        user = known[0] if known else players.NAMES_ON_OSU.get(name.rstrip(" ").lower())
        self._update_as_side_effect(user, mode, name)
        if user is None:
            raise BadRequest(BAD_USER)
        return user, True

    def _update_as_side_effect(self, user: int | None, mode: int, name: str | None) -> None:
        self._sandbox.record_backend_call("/hiscores", user, mode, name=name)
        if user == players.UPDATE_HANGS:
            raise NoResponse
        if user is not None and exists_on_osu(self._database, user):
            update_player(self._database, user, mode)

    def _plays(self, user: int, mode: int, query: Query) -> list[Play]:
        since, until = window(query)
        return [play for play in self._database.plays(user, mode) if since <= play.score_time <= until]

    def _cached(self, key: Hashable, rows: Sequence[object], value: Callable[[], object]) -> Response:
        """The response with this value, made from these rows. A list of rows is never modified, only replaced."""
        cached_rows, response = self._cache.get(key, (None, None))
        if response is None or cached_rows is not rows:
            response = json(value())
            self._cache[key] = rows, response
        return response


def _snapshots_between(rows: list[Snapshot], since: str, until: str) -> list[Snapshot]:
    first = bisect_left(rows, since, key=_timestamp)
    return rows[first : bisect_right(rows, until, key=_timestamp)]


def _timestamp(row: Snapshot) -> str:
    return row.timestamp


def _best_plays_between(rows: list[BestPlay], since: str, until: str, limit: int) -> list[BestPlay]:
    return list(islice((row for row in rows if since <= row.score_time <= until), limit))
