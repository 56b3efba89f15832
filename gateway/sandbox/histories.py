"""A player's generated rows in one mode: snapshots and plays of one career, consistent with each other."""

from __future__ import annotations

from functools import cached_property, lru_cache, partial
from random import Random

from gateway.sandbox.anomalies import PLAY_ANOMALIES, SNAPSHOT_ANOMALIES
from gateway.sandbox.career import DAY_S, create_career
from gateway.sandbox.players import RowCounts
from gateway.sandbox.plays import PlayGenerator
from gateway.sandbox.profiles import create_profile
from gateway.sandbox.rows import Play, Snapshot
from gateway.sandbox.snapshots import StatsCurve, generate_snapshots


class History:
    """The initial rows of one player and mode, generated on first access.

    Snapshots depend on the day of `now_s` only; the plays of today depend on its time, too.
    """

    def __init__(self, seed: int, user: int, mode: int, counts: RowCounts, now_s: int) -> None:
        self._rng = partial(seeded_rng, seed, user, mode)
        self._counts = counts
        self._now_s = now_s
        rng, today_s = self._rng("career"), now_s - now_s % DAY_S
        self._profile = create_profile(user, mode, until_s=today_s, rng=rng)
        self._career = create_career(self._profile.start_s, today_s, diligence=self._profile.diligence, rng=rng)
        self._updates_s = self._career.update_times(counts.snapshots, reworks=self._profile.reworks, rng=rng)

    @cached_property
    def snapshots(self) -> list[Snapshot]:
        """All snapshots, oldest first."""
        curve = StatsCurve(self._profile, self._career, rng=self._rng("stats"))
        rows = generate_snapshots(curve, self._updates_s, self._plays)
        return SNAPSHOT_ANOMALIES.get(self._profile.user, list)(rows)

    @cached_property
    def plays(self) -> list[Play]:
        """All hiscores, oldest play first."""
        return PLAY_ANOMALIES.get(self._profile.user, list)(self._plays)

    @cached_property
    def _plays(self) -> list[Play]:
        generator = PlayGenerator(
            self._profile, self._career, updates_s=self._updates_s, now_s=self._now_s, rng=self._rng("plays")
        )
        return generator.generate(self._counts.plays)


# Shared by all sandboxes of a process with the same seed and start.
initial_history = lru_cache(maxsize=400)(History)


def first_snapshot(user: int, mode: int, *, at_s: int, weighted_pp: float, rng: Random) -> Snapshot:
    """The snapshot of an untracked player, after a career of years."""
    profile = create_profile(user, mode, until_s=at_s - at_s % DAY_S, rng=rng)
    career = create_career(profile.start_s, at_s - at_s % DAY_S, diligence=profile.diligence, rng=rng)
    return StatsCurve(profile, career, rng=rng).snapshot(at_s, weighted_pp=weighted_pp)


def seeded_rng(seed: int, user: int, mode: int, key: str) -> Random:
    """A random generator that depends on the arguments only."""
    return Random(f"{seed}:{user}:{mode}:{key}")
