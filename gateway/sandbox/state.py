"""The state of a running sandbox, as tests and the control endpoint read and change it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from gateway.sandbox.database import Database
from gateway.sandbox.faults import Fault, FaultSchedule

_MAX_RECORDED_REQUESTS = 10_000


class RecordedRequest(NamedTuple):
    """A received request. The path is normalised: lower case, no trailing slash."""

    method: str
    path: str
    query: dict[str, str]


class Sandbox:
    """The simulated osu!track: its database, its faults, and a log of the received requests.

    `requests` has the last 10,000; `count` counts all. `updates` lists the requests to `POST /update`, `side_effects`
    the updates caused by `GET /hiscores`, both as (user, mode). `bytes_sent` is the total size of response bodies.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int) -> None:
        self.database = Database(seed=seed, now=now)
        self.schedule = FaultSchedule([])
        self.reset_counts()

    def reset_counts(self) -> None:
        """Clear the request log and all counts; rows and faults are unaffected."""
        self.requests: deque[RecordedRequest] = deque(maxlen=_MAX_RECORDED_REQUESTS)
        self.side_effects: list[tuple[int, int]] = []
        self.updates: list[tuple[int, int]] = []
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

    def record(self, request: RecordedRequest) -> None:
        self.requests.append(request)
        self._counts[request.path] += 1

    def count(self, path: str | None = None) -> int:
        """The number of requests for this path, or for all paths except the control endpoint."""
        return self._counts.total() if path is None else self._counts[path]

    def counts(self) -> dict[str, object]:
        """All counts, as the control endpoint returns them."""
        return {
            "requests": self.count(),
            "paths": dict(self._counts),
            "updates": len(self.updates),
            "side_effects": len(self.side_effects),
            "bytes_sent": self.bytes_sent,
        }
