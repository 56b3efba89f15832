"""The loads that a ranking starts for players without cached data, and their points."""

from collections.abc import Collection

from gateway.records import UserMode
from gateway.store.background_loads import BackgroundLoads

from .fields import HISTORY
from .response_size import PointsBalance

# Of one operation.
MAX_STARTED = 30


class RankingLoads:
    """Starts each load once, even if the operation is executed again, and takes its points."""

    def __init__(self, loads: BackgroundLoads[UserMode], points: PointsBalance) -> None:
        self._loads = loads
        self._points = points
        self._started: set[UserMode] = set()
        # The players that have been looked up in other processes' data.
        self.recalled: set[UserMode] = set()
        # Points of the client that are reserved while the operation runs.
        self._taken = 0

    def start(self, player: UserMode) -> None:
        """Start the load, if it is not running, and limits and points permit it. The point is not refunded."""
        if player in self._started or self._loads.is_running(player) or not self._loads.can_start:
            return
        has_points = not self._points.limit or self._points.remaining >= HISTORY.points
        if len(self._started) < MAX_STARTED and has_points:
            self._started.add(player)
            self._take(HISTORY.points)
            self._loads.start(player)

    def points_beside(self, loaded: Collection[UserMode]) -> int:
        """The points of the started loads, without those that fields of the operation have waited for, and paid."""
        return HISTORY.points * len(self._started.difference(loaded))

    def settle(self) -> None:
        """Return the points to the client, which is charged for the operation as a whole."""
        self._take(-self._taken)

    def _take(self, points: int) -> None:
        if points and self._points.limit:
            self._points.take(points)
            self._taken += points
