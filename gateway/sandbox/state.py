"""What a test can see and change of a running sandbox."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from gateway.sandbox.database import Database
from gateway.sandbox.faults import Fault, FaultSchedule

_REMEMBERED = 10_000


class RecordedRequest(NamedTuple):
    """A request, as it was understood: path in lower case, without a slash at the end."""

    method: str
    path: str
    query: dict[str, str]


class Sandbox:
    """The simulated osu!track: its database, its faults, and a log of what it was asked.

    `requests` remembers the last 10,000; `count` counts all. `updates` are POSTs to `/update`, `side_effects`
    the updates that a GET of `/hiscores` caused, each as (user, mode). `bytes_sent` counts bodies.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int) -> None:
        self.database = Database(seed=seed, now=now)
        self.schedule = FaultSchedule([])
        self.reset_counts()

    def reset_counts(self) -> None:
        """Forget what was asked; rows and faults stay."""
        self.requests: deque[RecordedRequest] = deque(maxlen=_REMEMBERED)
        self.side_effects: list[tuple[int, int]] = []
        self.updates: list[tuple[int, int]] = []
        self.bytes_sent = 0
        self._counts: Counter[str] = Counter()

    @property
    def players(self) -> list[int]:
        """The ids of everybody tracked."""
        return list(self.database.players)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that are on; assign others to replace them, none to be well again."""
        return self.schedule.faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        self.schedule = FaultSchedule(faults)

    def note(self, asked: RecordedRequest) -> None:
        """Count a request."""
        self.requests.append(asked)
        self._counts[asked.path] += 1

    def count(self, path: str | None = None) -> int:
        """How many requests came, for this path or for any; the control endpoint does not count."""
        return self._counts.total() if path is None else self._counts[path]

    def counts(self) -> dict[str, object]:
        """All counts, for the control endpoint."""
        return {
            "requests": self.count(),
            "paths": dict(self._counts),
            "updates": len(self.updates),
            "side_effects": len(self.side_effects),
            "bytes_sent": self.bytes_sent,
        }
