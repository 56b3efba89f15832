"""Updates without a request, as by osu!track's background job (docs/osutrack.md, "Background updates")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta


class BackgroundJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Repeated updates of one player in one mode, without a request.

    The first one is due an interval after the job is set. Due updates are made before the next request is processed,
    with the time at which they were due.
    """

    user: Annotated[int, Meta(ge=1, description="The player's ID. An ID unknown to osu! has no effect.")]
    mode: Annotated[int, Meta(ge=0, le=3, description="The mode, from 0 to 3.")] = 0
    interval_s: Annotated[float, Meta(gt=0, description="Seconds between updates.")] = 86_400
    changed: Annotated[
        bool,
        Meta(
            description="true: each update adds a row. false: osu! reports no change, so the first update repeats the "
            "newest row, and the later ones move its timestamp."
        ),
    ] = True


class BackgroundSchedule:
    """The background jobs, with the time at which each is due."""

    def __init__(self, jobs: Iterable[BackgroundJob], *, now_s: float) -> None:
        self.jobs = tuple(jobs)
        self._due_at_s = [now_s + job.interval_s for job in self.jobs]

    def take_due(self, now_s: float) -> list[tuple[float, BackgroundJob]]:
        """The updates due by now with their times, oldest first. Each is returned once."""
        due = []
        for index, job in enumerate(self.jobs):
            while self._due_at_s[index] <= now_s:
                due.append((self._due_at_s[index], job))
                self._due_at_s[index] += job.interval_s
        return sorted(due, key=lambda update: update[0])
