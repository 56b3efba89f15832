"""The cooldowns of players as a resource that operations read, without any request to osu!track."""

from gateway.deadline import Deadline
from gateway.records import UserMode

from .resource import ReadResult
from .update_registry import UpdateRegistry


class Cooldowns:
    """Seconds until a player can be updated again; 0 without a cooldown."""

    name = "cooldown"

    def __init__(self, registry: UpdateRegistry) -> None:
        self._registry = registry

    def peek(self, user_mode: UserMode, *, refresh: bool) -> ReadResult[float] | None:  # noqa: ARG002  # never due
        """The time, if this process knows it without Redis."""
        left_s = self._registry.left_s(user_mode)
        return ReadResult(left_s) if left_s or not self._registry.is_shared else None

    def refresh(self, user_mode: UserMode) -> None:
        """Nothing: the time is always current."""

    async def read(self, user_mode: UserMode, _: Deadline) -> ReadResult[float]:
        """The time, with the updates of other processes."""
        return ReadResult(await self._registry.shared_left_s(user_mode))
