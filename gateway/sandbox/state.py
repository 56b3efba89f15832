"""The state of a running sandbox, as tests and the control endpoint read and change it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from gateway.sandbox.background import BackgroundJob, BackgroundSchedule
from gateway.sandbox.database import Database
from gateway.sandbox.faults import Fault, FaultSchedule
from gateway.sandbox.updates import exists_on_osu, update_player

_MAX_RECORDED_REQUESTS = 10_000


class RecordedRequest(NamedTuple):
    """A received request. The path is normalised: lower case, no trailing slash."""

    method: str
    path: str
    query: dict[str, str]


class BackendCall(NamedTuple):
    """A call of osu!track to its backend, which updates the player if osu! knows it: a potential update.

    `path` is the request's: `/update`, or `/hiscores` for an implicit update. `user` is None if osu! does not know the
    name. `name` is the name in the request, and None in a request by ID.
    """

    at_s: float
    path: str
    user: int | None
    name: str | None
    mode: int


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variants of osu!track's behaviour."""

    rate_limits: Annotated[
        bool, Meta(description="Enforce the documented limits of 600 reads and 5 updates a minute and address.")
    ] = False
    hiscores_are_updates: Annotated[
        bool, Meta(description="Count `/hiscores` as an update in the rate limits, not as a read.")
    ] = False


class Sandbox:
    """The simulated osu!track: its database, its faults, and a log of the received requests.

    `requests` has the last 10,000; `count` counts all. `backend_calls` lists all potential updates. `bytes_sent` is the
    total size of response bodies.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int) -> None:
        self._now = now
        self.database = Database(seed=seed, now=now)
        self.schedule = FaultSchedule([])
        self.switches = Switches()
        self.background = ()
        self.reset_counts()

    def reset_counts(self) -> None:
        """Clear the request log and all counts; rows, faults, switches and background jobs are unaffected."""
        self.requests: deque[RecordedRequest] = deque(maxlen=_MAX_RECORDED_REQUESTS)
        self.backend_calls: list[BackendCall] = []
        self.bytes_sent = 0
        self._counts: Counter[str] = Counter()

    @property
    def players(self) -> list[int]:
        """The IDs of all tracked players."""
        return list(self.database.players)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The active faults. Assignment replaces all of them and restarts their schedules."""
        return self.schedule.faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        self.schedule = FaultSchedule(faults)

    @property
    def background(self) -> tuple[BackgroundJob, ...]:
        """The background jobs. Assignment replaces all of them; their first updates are due an interval later."""
        return self._background.jobs

    @background.setter
    def background(self, jobs: Iterable[BackgroundJob]) -> None:
        self._background = BackgroundSchedule(jobs, now_s=self.now_s())

    @property
    def updates(self) -> list[tuple[int | None, int]]:
        """The requests to `POST /update`, as (user, mode)."""
        return [(call.user, call.mode) for call in self.backend_calls if call.path == "/update"]

    @property
    def side_effects(self) -> list[tuple[int | None, int]]:
        """The implicit updates by `GET /hiscores` as (user, mode), those of a name unknown to osu! excluded."""
        return [(call.user, call.mode) for call in self._implicit_calls() if call.user is not None]

    def now_s(self) -> float:
        """The current Unix time."""
        return self._now().timestamp()

    def record(self, request: RecordedRequest) -> None:
        """Record a request."""
        self.requests.append(request)
        self._counts[request.path] += 1

    def record_backend_call(self, path: str, user: int | None, mode: int, *, name: str | None = None) -> None:
        """Record a potential update, at the current time."""
        self.backend_calls.append(BackendCall(self.now_s(), path, user, name, mode))

    def update_in_background(
        self, user: int, mode: int = 0, *, at_s: float | None = None, changed: bool = True
    ) -> None:
        """Update a player without a request; see `BackgroundJob`. The time is now by default."""
        if exists_on_osu(self.database, user):
            update_player(self.database, user, mode, at_s=int(self.now_s() if at_s is None else at_s), changed=changed)

    def run_background_jobs(self) -> None:
        """Make the updates that are due."""
        for at_s, job in self._background.take_due(self.now_s()):
            self.update_in_background(job.user, job.mode, at_s=at_s, changed=job.changed)

    def count(self, path: str | None = None) -> int:
        """The number of requests for this path, or for all paths except the control endpoint."""
        return self._counts.total() if path is None else self._counts[path]

    def counts(self) -> dict[str, object]:
        """All counts, as the control endpoint returns them."""
        implicit = self._implicit_calls()
        return {
            "requests": self.count(),
            "paths": dict(self._counts),
            "updates": len(self.updates),
            "side_effects": len(self.side_effects),
            "side_effects_by_id": _count(f"{call.user}:{call.mode}" for call in implicit if call.name is None),
            "side_effects_by_name": _count(f"{call.name}:{call.mode}" for call in implicit if call.name is not None),
            "bytes_sent": self.bytes_sent,
        }

    def _implicit_calls(self) -> list[BackendCall]:
        return [call for call in self.backend_calls if call.path == "/hiscores"]


def _count(keys: Iterable[str]) -> dict[str, int]:
    return dict(Counter(keys))
