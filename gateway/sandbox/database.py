"""The in-memory database of the sandbox. Rows are generated on first access."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from gateway.sandbox.histories import History, initial_history, seeded_rng
from gateway.sandbox.players import NO_ROWS, UNTRACKED_NAMES, Player, RowCounts, tracked_players
from gateway.sandbox.rows import BestPlay, Peak, Play, Snapshot


class Database:
    """Players and their rows. Databases with equal seeds that start on the same UTC day have equal snapshots."""

    def __init__(self, *, seed: int, now: Callable[[], datetime]) -> None:
        self._seed = seed
        self._now = now
        self._started_s = self.now_s()
        self.players = {player.id: player for player in tracked_players()}
        self._snapshots: dict[tuple[int, int], list[Snapshot]] = {}
        self._plays: dict[tuple[int, int], list[Play]] = {}
        self._best_plays: dict[int, list[BestPlay]] = {}

    def now_s(self) -> int:
        """The current Unix time in whole seconds."""
        return int(self._now().timestamp())

    def snapshots(self, user: int, mode: int) -> list[Snapshot]:
        """All snapshots, oldest first."""
        if (user, mode) not in self._snapshots:
            history = self._history(user, mode)
            self._snapshots[user, mode] = list(history.snapshots) if history else []
        return self._snapshots[user, mode]

    def plays(self, user: int, mode: int) -> list[Play]:
        """All hiscores, oldest play first."""
        if (user, mode) not in self._plays:
            history = self._history(user, mode)
            self._plays[user, mode] = list(history.plays) if history else []
        return self._plays[user, mode]

    def best_plays(self, mode: int) -> list[BestPlay]:
        """The plays of all players, highest pp first. The first call generates all of them, in about half a second."""
        if mode not in self._best_plays:
            rows = [_best_play(user, play) for user in self.players for play in self.plays(user, mode)]
            self._best_plays[mode] = sorted(rows, key=lambda play: -play.pp)
        return self._best_plays[mode]

    def peak(self, user: int, mode: int) -> Peak:
        """The lowest rank (rank 0 included) and the highest accuracy, each with its latest timestamp."""
        rows = self.snapshots(user, mode)
        if not rows:
            return Peak()
        by_rank = min(reversed(rows), key=lambda row: row.pp_rank)
        by_accuracy = max(reversed(rows), key=lambda row: row.accuracy)
        return Peak(by_rank.pp_rank, by_rank.timestamp, by_accuracy.accuracy, by_accuracy.timestamp)

    def ids_by_name(self, username: str) -> list[int]:
        """The players with this name under the database's collation: case and trailing spaces are ignored."""
        normalized = username.rstrip(" ").lower()
        return [player.id for player in self.players.values() if player.username.lower() == normalized]

    def row_counts(self, user: int) -> dict[int, RowCounts]:
        """The current number of rows per mode, without empty modes."""
        counts = {mode: self._row_counts(user, mode) for mode in range(4)}
        return {mode: count for mode, count in counts.items() if count != NO_ROWS}

    def rng(self, user: int, mode: int, seed_key: str) -> Random:
        """A random generator that depends on the arguments and the database's seed only."""
        return seeded_rng(self._seed, user, mode, seed_key)

    def replace_snapshots(self, user: int, mode: int, rows: list[Snapshot]) -> None:
        self._snapshots[user, mode] = rows

    def add_plays(self, user: int, mode: int, plays: list[Play]) -> None:
        self._plays[user, mode] = sorted([*self.plays(user, mode), *plays], key=lambda play: play.score_time)
        self._best_plays.pop(mode, None)

    def start_tracking(self, user: int) -> None:
        """Add an untracked player, without rows."""
        if user not in self.players:
            self.players[user] = Player(user, UNTRACKED_NAMES[user], {})

    def _history(self, user: int, mode: int) -> History | None:
        counts = self._initial_row_counts(user, mode)
        return None if counts == NO_ROWS else initial_history(self._seed, user, mode, counts, self._started_s)

    def _row_counts(self, user: int, mode: int) -> RowCounts:
        initial = self._initial_row_counts(user, mode)
        snapshots, plays = self._snapshots.get((user, mode)), self._plays.get((user, mode))
        return RowCounts(
            initial.snapshots if snapshots is None else len(snapshots),
            initial.plays if plays is None else len(plays),
        )

    def _initial_row_counts(self, user: int, mode: int) -> RowCounts:
        player = self.players.get(user)
        return player.row_counts.get(mode, NO_ROWS) if player else NO_ROWS


def _best_play(user: int, play: Play) -> BestPlay:
    return BestPlay(user, play.beatmap_id, play.score, play.pp, play.mods, play.rank, play.score_time, play.update_time)
