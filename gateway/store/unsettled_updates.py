"""The updates with an unknown outcome, which may still be in progress at osu!track."""

import time
from collections.abc import Callable

from gateway.errors import READ_AFTER_S
from gateway.records import Mode, UserID, UserMode
from gateway.shared.redis_link import RedisLink

# The time for which such an update may still be in progress.
SETTLING_S = 300.0
# The subject of messages between processes about these updates.
UNSETTLED = "unsettled"


class UnsettledUpdates:
    """The players with a recent update of unknown outcome, in this process or another one."""

    def __init__(self, redis_link: RedisLink, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis_link = redis_link
        self._monotonic = monotonic
        # With the end of that state.
        self._players: dict[UserMode, float] = {}
        redis_link.subscribe(UNSETTLED, tuple[UserID, Mode], self._receive)

    def __contains__(self, user_mode: UserMode) -> bool:
        return self._players.get(user_mode, 0.0) > self._monotonic()

    def add(self, user_mode: UserMode) -> None:
        """Add a player, in all processes."""
        self._receive(user_mode)
        self._redis_link.publish(UNSETTLED, (user_mode.user_id, int(user_mode.mode)))

    def fresh_s(self, user_mode: UserMode) -> float | None:
        """The freshness of data that such an update may still change; None for other players."""
        return READ_AFTER_S if user_mode in self else None

    def _receive(self, player: tuple[int, Mode]) -> None:
        now = self._monotonic()
        self._players = {other: end for other, end in self._players.items() if end > now}
        self._players[UserMode(*player)] = now + SETTLING_S
