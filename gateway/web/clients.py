"""What each client may still ask for: a bucket of points by address, filled by the minute."""

import time
from collections import OrderedDict
from collections.abc import Callable

MAX_CLIENTS = 10_000


class Bucket:
    """Points of one client. `limit=0` means no limit."""

    def __init__(self, limit: int, per_minute: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._per_s = per_minute / 60
        self._clock = clock
        self._points = float(limit)
        self._at = clock()

    @property
    def remaining(self) -> int:
        """Whole points left now."""
        return int(self._filled())

    @property
    def full_at(self) -> float:
        """When there will be `limit` again; seconds since 1970."""
        return self._clock() + self._seconds_for(self.limit - self._filled())

    @property
    def fill_s(self) -> float:
        """How long an empty one takes to be full."""
        return self._seconds_for(self.limit)

    def wait_s(self, points: int) -> float:
        """How long until so many points are there; 0 if they are."""
        return self._seconds_for(points - self._filled()) if self.limit else 0.0

    def take(self, points: int) -> None:
        """Take them; negative points are given back."""
        self._points = min(self._filled() - points, self.limit)
        self._at = self._clock()

    def _filled(self) -> float:
        return min(self._points + (self._clock() - self._at) * self._per_s, self.limit)

    def _seconds_for(self, points: float) -> float:
        return max(points, 0) / self._per_s if self._per_s else 0.0


class Clients:
    """The buckets of the clients seen lately; who has not been seen for long has a full one."""

    def __init__(self, limit: int, per_minute: int, *, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def bucket(self, client: str) -> Bucket:
        """The client's own."""
        bucket = self._buckets.pop(client, None) or Bucket(self._limit, self._per_minute, self._clock)
        self._buckets[client] = bucket
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return bucket
