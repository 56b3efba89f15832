"""Updates: sent once, shared by concurrent calls, limited by a cooldown for each player and mode."""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from gateway.deadline import Deadline
from gateway.errors import (
    RETRY_LATER,
    UpdateOutcomeUnknown,
    UpdatesDisabled,
    UpstreamError,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamTimeout,
    was_not_made,
)
from gateway.osutrack.client import Client
from gateway.records import Update, UserMode

from .shared_task import SharedTask
from .tracker import Tracker
from .update_records import Outcome, UpdateRecord, failure, success


class Cooldown(NamedTuple):
    """No update was sent, because of an earlier one. `user_exists` is False if osu! did not know the user then.

    It ends after `retry_after_s`, at `retry_at` in seconds since 1970.
    """

    retry_after_s: float
    retry_at: float
    user_exists: bool = True


# None if an update was sent and osu! knows no such user.
UpdateResult = Update | Cooldown | None


class Updates:
    """Updates of players by osu!track, at most one per cooldown."""

    def __init__(
        self, client: Client, tracker: Tracker, *, enabled: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._enabled = enabled
        self._tracker = tracker
        self._registry = tracker.registry
        self._clock = clock
        self._in_progress: dict[UserMode, SharedTask[UpdateResult]] = {}

    def check_enabled(self) -> None:
        """Raise `UpdatesDisabled` if the settings refuse all updates."""
        if not self._enabled:
            raise UpdatesDisabled

    async def update(self, user_mode: UserMode, deadline: Deadline) -> UpdateResult:
        """Send an update or join the one in progress. Raises `UpstreamError`.

        It is not sent after the deadline. Once started it continues, even if the caller is cancelled.
        """
        shared = self._in_progress.get(user_mode)
        if shared is None:
            shared = self._in_progress[user_mode] = SharedTask(self._update(user_mode, deadline))
            shared.task.add_done_callback(lambda done: self._finish(user_mode, done))
        return await shared.wait()

    async def close(self) -> None:
        """Wait for the updates in progress, which cannot be taken back."""
        await asyncio.gather(*(shared.task for shared in self._in_progress.values()), return_exceptions=True)

    async def _update(self, user_mode: UserMode, deadline: Deadline) -> UpdateResult:
        while (record := await self._registry.claim(user_mode)) is not None:
            if not self._registry.is_in_progress(record):
                return self._cooldown(record)
            outcome = await self._registry.wait(user_mode, record)
            if not record.is_read:
                return await self._sent_elsewhere(user_mode, outcome)
        try:
            return await self._send(user_mode, deadline)
        except UpstreamError:
            raise
        except BaseException:
            await self._registry.finish(user_mode, Outcome(self._registry.cooldown_s))
            raise

    async def _send(self, user_mode: UserMode, deadline: Deadline) -> Update | None:
        try:
            update = (await self._client.update(user_mode, deadline)).value
        except UpstreamError as exc:
            raise await self._failed(user_mode, exc) from exc
        await self._tracker.invalidate(user_mode, update.username if update else None)
        await self._registry.finish(user_mode, success(update, cooldown_s=self._registry.cooldown_s))
        return update

    async def _failed(self, user_mode: UserMode, error: UpstreamError) -> UpstreamError:
        """The error for the client, after the outcome has been registered."""
        if was_not_made(error):
            await self._registry.finish(user_mode, failure(error, cooldown_s=0))
            return error
        unknown = _outcome_unknown(error)
        await self._tracker.settle(user_mode)
        await self._registry.finish(user_mode, failure(unknown, cooldown_s=self._registry.cooldown_s))
        return unknown

    async def _sent_elsewhere(self, user_mode: UserMode, outcome: Outcome | None) -> Update | None:
        """The result of an update that another process has sent."""
        if outcome is None:
            await self._tracker.settle(user_mode)
            raise UpdateOutcomeUnknown.from_cause("Another gateway process sent the update and got no response.")
        update = outcome.update()
        if update and update.username:
            await self._tracker.learn(user_mode.user_id, update.username)
        return update

    def _cooldown(self, record: UpdateRecord) -> Cooldown:
        left_s = self._registry.cooldown_left_s(record)
        return Cooldown(left_s, self._clock() + left_s, record.outcome is None or record.outcome.user_exists)

    def _finish(self, user_mode: UserMode, task: asyncio.Task[UpdateResult]) -> None:
        del self._in_progress[user_mode]
        if not task.cancelled():
            # Retrieved here, so that asyncio does not log it if every caller has been cancelled.
            task.exception()


def _outcome_unknown(error: UpstreamError) -> UpdateOutcomeUnknown:
    """The error for a failure after the update was sent: docs/osutrack.md, "Updates are not idempotent"."""
    if isinstance(error, UpstreamTimeout):
        cause = "osu!track did not answer the update in time."
    elif isinstance(error, UpstreamInvalid | UpstreamRejected):
        cause = "osu!track's response to the update is unreadable."
    else:
        cause = error.message.removesuffix(f" {RETRY_LATER}")
    return UpdateOutcomeUnknown.from_cause(cause)
