"""Updates: sent once, shared by concurrent calls, limited by a cooldown for each player and mode."""

import asyncio
from typing import NamedTuple

from gateway.deadline import Deadline
from gateway.errors import UpdateOutcomeUnknown, UpstreamError, UpstreamInvalid, UpstreamTimeout
from gateway.osutrack.client import Client
from gateway.records import Update, UserMode

from .tracker import Tracker
from .update_registry import UpdateRecord, UpdateRegistry


class Cooldown(NamedTuple):
    """No update was sent, because of an earlier one. `user_exists` is False if osu! did not know the user then."""

    retry_at: float
    user_exists: bool = True


# None if an update was sent and osu! knows no such user.
Outcome = Update | Cooldown | None


class Updates:
    """Updates of players by osu!track, at most one per cooldown."""

    def __init__(self, client: Client, tracker: Tracker, registry: UpdateRegistry) -> None:
        self._client = client
        self._tracker = tracker
        self._registry = registry
        self._clock = registry.clock
        self._in_progress: dict[UserMode, asyncio.Task[Outcome]] = {}
        # This process's own cooldowns, which also apply while Redis is unavailable.
        self._cooldowns: dict[UserMode, Cooldown] = {}

    async def update(self, user_mode: UserMode, deadline: Deadline) -> Outcome:
        """Send an update or join the one in progress. Raises `UpstreamError`.

        It is not sent after the deadline. Once started it continues, even if the caller is cancelled.
        """
        task = self._in_progress.get(user_mode)
        if task is None:
            cooldown = self._cooldowns.get(user_mode)
            if cooldown is not None and cooldown.retry_at > self._clock():
                return cooldown
            task = self._in_progress[user_mode] = asyncio.ensure_future(self._update(user_mode, deadline))
            task.add_done_callback(lambda done: self._finish(user_mode, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for the updates in progress, which cannot be taken back."""
        await asyncio.gather(*self._in_progress.values(), return_exceptions=True)

    async def _update(self, user_mode: UserMode, deadline: Deadline) -> Outcome:
        record = await self._registry.claim(user_mode)
        if record is not None:
            return await self._outcome_elsewhere(user_mode, record)
        self._start_cooldown(user_mode)
        try:
            update = (await self._client.update(user_mode, deadline)).value
        except UpstreamError as exc:
            failure = exc if exc.unsent else _outcome_unknown(exc)
            await self._fail(user_mode, failure)
            raise failure from exc
        await self._tracker.invalidate(user_mode, update.username if update else None)
        cooldown = self._start_cooldown(user_mode, user_exists=update is not None)
        await self._registry.finish(user_mode, update, retry_at=cooldown.retry_at)
        return update

    async def _fail(self, user_mode: UserMode, failure: UpstreamError) -> None:
        if failure.unsent:
            self._cooldowns.pop(user_mode, None)
            retry_at = 0.0
        else:
            # The update has probably run: see docs/osutrack.md, "Updates are not idempotent".
            await self._tracker.invalidate(user_mode)
            retry_at = self._start_cooldown(user_mode).retry_at
        await self._registry.finish(user_mode, failure, retry_at=retry_at)

    async def _outcome_elsewhere(self, user_mode: UserMode, record: UpdateRecord) -> Outcome:
        """Another process's update: its outcome if it is in progress, else its cooldown."""
        # An unfinished record past its timeout belongs to a process that has ended.
        is_past = record.finished or record.until <= self._clock()
        if not is_past:
            record = await self._wait(user_mode, record)
        user_exists = not record.finished or record.failure is not None or record.outcome() is not None
        cooldown = self._add_cooldown(user_mode, Cooldown(record.retry_at, user_exists))
        return cooldown if is_past else record.outcome() or cooldown

    async def _wait(self, user_mode: UserMode, record: UpdateRecord) -> UpdateRecord:
        try:
            return await self._registry.wait(user_mode, record)
        except UpdateOutcomeUnknown:
            # The update has probably run.
            await self._tracker.invalidate(user_mode)
            raise

    def _start_cooldown(self, user_mode: UserMode, *, user_exists: bool = True) -> Cooldown:
        return self._add_cooldown(user_mode, Cooldown(self._clock() + self._registry.cooldown_s, user_exists))

    def _add_cooldown(self, user_mode: UserMode, cooldown: Cooldown) -> Cooldown:
        now = self._clock()
        self._cooldowns = {other: each for other, each in self._cooldowns.items() if each.retry_at > now}
        self._cooldowns[user_mode] = cooldown
        return cooldown

    def _finish(self, user_mode: UserMode, task: asyncio.Task[Outcome]) -> None:
        del self._in_progress[user_mode]
        if not task.cancelled():
            # Retrieved here, so that asyncio does not log it if every caller has been cancelled.
            task.exception()


def _outcome_unknown(failure: UpstreamError) -> UpdateOutcomeUnknown:
    """The error for a failure after the update was sent: docs/osutrack.md, "Updates are not idempotent"."""
    if isinstance(failure, UpstreamTimeout):
        cause = "osu!track did not answer the update in time."
    elif isinstance(failure, UpstreamInvalid):
        cause = "osu!track's response to the update is unreadable."
    else:
        cause = failure.message.removesuffix(" Try again later.")
    return UpdateOutcomeUnknown.from_cause(cause)
