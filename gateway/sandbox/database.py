"""The database behind the sandbox: rows that come into being when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from gateway.sandbox import anomalies, players
from gateway.sandbox.plays import PlayGenerator
from gateway.sandbox.rows import BestPlay, Peak, Play, Snapshot, instant
from gateway.sandbox.snapshots import DAY_S, generate_snapshots


class Database:
    """Players and their rows. Equal seeds, started on the same UTC day, have equal snapshots."""

    def __init__(self, *, seed: int, now: Callable[[], datetime]) -> None:
        self._seed = seed
        self._now = now
        self._started_s = self.now_s()
        self.players = {player.id: player for player in players.tracked_players()}
        self._snapshots: dict[tuple[int, int], list[Snapshot]] = {}
        self._plays: dict[tuple[int, int], list[Play]] = {}
        self._best: dict[int, list[BestPlay]] = {}

    def now_s(self) -> int:
        """This moment, in seconds since 1970."""
        return int(self._now().timestamp())

    def now_text(self) -> str:
        """This moment, as osu!track writes it."""
        return instant(self.now_s())

    def snapshots(self, user: int, mode: int) -> list[Snapshot]:
        """All snapshots, oldest first."""
        if (user, mode) not in self._snapshots:
            self._snapshots[user, mode] = self._recorded_snapshots(user, mode)
        return self._snapshots[user, mode]

    def plays(self, user: int, mode: int) -> list[Play]:
        """All hiscores, oldest play first."""
        if (user, mode) not in self._plays:
            self._plays[user, mode] = self._recorded_plays(user, mode)
        return self._plays[user, mode]

    def best_plays(self, mode: int) -> list[BestPlay]:
        """The plays of everybody, highest pp first. The first call writes all of them: half a second."""
        if mode not in self._best:
            everybody = ((user, play) for user in self.players for play in self.plays(user, mode))
            rows = [_signed(user, play) for user, play in everybody]
            self._best[mode] = sorted(rows, key=lambda play: -play.pp)
        return self._best[mode]

    def peak(self, user: int, mode: int) -> Peak:
        """The lowest rank, 0 included, and the highest accuracy, each with the last time it was recorded."""
        rows = self.snapshots(user, mode)
        if not rows:
            return Peak()
        by_rank = min(reversed(rows), key=lambda row: row.pp_rank)
        by_accuracy = max(reversed(rows), key=lambda row: row.accuracy)
        return Peak(by_rank.pp_rank, by_rank.timestamp, by_accuracy.accuracy, by_accuracy.timestamp)

    def ids_by_name(self, username: str) -> list[int]:
        """Who has this name, as the database compares: any case, spaces at the end do not count."""
        wanted = username.rstrip(" ").lower()
        return [player.id for player in self.players.values() if player.username.lower() == wanted]

    def row_counts(self, user: int) -> dict[int, players.RowCounts]:
        """How many rows a player has now, for each mode with any."""
        sizes = {mode: self._size_now(user, mode) for mode in range(4)}
        return {mode: size for mode, size in sizes.items() if size != players.NO_ROWS}

    def play_generator(self, user: int, mode: int, seed_key: str) -> PlayGenerator:
        """Whoever invents this player's plays; the seed_key keeps one invention from repeating another."""
        rng = self.rng(user, mode, seed_key)
        return PlayGenerator(user, mode, now_s=self.now_s(), rng=rng)

    def rng(self, user: int, mode: int, seed_key: str) -> Random:
        """Randomness that is the same in every sandbox with this seed."""
        return Random(f"{self._seed}:{user}:{mode}:{seed_key}")

    def replace_snapshots(self, user: int, mode: int, rows: list[Snapshot]) -> None:
        """Keep other rows for this player."""
        self._snapshots[user, mode] = rows

    def add_plays(self, user: int, mode: int, found: list[Play]) -> None:
        """Keep these as well."""
        self._plays[user, mode] = sorted([*self.plays(user, mode), *found], key=lambda play: play.score_time)
        self._best.pop(mode, None)

    def start_tracking(self, user: int) -> None:
        """From now on the name of this player is known."""
        self.players.setdefault(user, players.Player(user, players.untracked_name(user), {}))

    def _recorded_snapshots(self, user: int, mode: int) -> list[Snapshot]:
        size = self._size(user, mode).snapshots
        if size == 0:
            return []
        until_s = self._started_s - self._started_s % DAY_S
        rows = generate_snapshots(size, user=user, until_s=until_s, rng=self.rng(user, mode, "snapshots"))
        return anomalies.SNAPSHOT_ANOMALIES.get(user, list)(rows)

    def _recorded_plays(self, user: int, mode: int) -> list[Play]:
        size = self._size(user, mode).plays
        author = PlayGenerator(user, mode, now_s=self._started_s, rng=self.rng(user, mode, "plays"))
        rows = author.generate(size)
        return anomalies.PLAY_ANOMALIES.get(user, list)(rows) if rows else rows

    def _size_now(self, user: int, mode: int) -> players.RowCounts:
        planned = self._size(user, mode)
        snapshots, plays = self._snapshots.get((user, mode)), self._plays.get((user, mode))
        return players.RowCounts(
            planned.snapshots if snapshots is None else len(snapshots),
            planned.plays if plays is None else len(plays),
        )

    def _size(self, user: int, mode: int) -> players.RowCounts:
        player = self.players.get(user)
        return player.row_counts.get(mode, players.NO_ROWS) if player else players.NO_ROWS


def _signed(user: int, play: Play) -> BestPlay:
    return BestPlay(user, play.beatmap_id, play.score, play.pp, play.mods, play.rank, play.score_time, play.update_time)
