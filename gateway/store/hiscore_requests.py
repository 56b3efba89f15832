"""`GET /hiscores`: a read if the player is known to have hiscores, otherwise a potential update.

See docs/osutrack.md, "Reads that update".
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError, was_not_made
from gateway.osutrack.client import Client
from gateway.osutrack.decode import Fetched
from gateway.records import Hiscores, UserMode

from .cache import Entry
from .hiscore_evidence import HiscoreEvidence, has_pp, is_empty
from .history import History
from .keys import Name
from .resource import Resource
from .shared_task import SharedTask
from .update_records import Outcome, UpdateRecord
from .update_registry import Subject, UpdateRegistry


class HiscoreRequests:
    """The requests for hiscores. A potential update is sent once, and continues if its reader is cancelled."""

    def __init__(
        self,
        client: Client,
        registry: UpdateRegistry,
        *,
        histories: Resource[UserMode, History],
        user_id: Callable[[Name], Awaitable[int | None]],
        by_id: Callable[[UserMode, Deadline], Awaitable[Fetched[Hiscores]]],
        invalidate: Callable[[UserMode], Awaitable[None]],
        settle: Callable[[UserMode], Awaitable[None]],
        store: Callable[[Subject, Fetched[Any]], Awaitable[None]],
        timeout_s: float,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The functions are the tracker's: `user_id` of a name, if known, and cached hiscores `by_id`.

        `timeout_s` bounds the wait for the request budget.
        """
        self._client, self._registry = client, registry
        self._histories = histories
        self._user_id = user_id
        self._by_id = by_id
        self._invalidate = invalidate
        self._settle = settle
        self._store = store
        self._timeout_s = timeout_s
        self._evidence = HiscoreEvidence(clock, monotonic)
        self._monotonic = monotonic
        self._in_progress: dict[Subject, SharedTask[Fetched[Any]]] = {}

    async def fetch(
        self, user_mode: UserMode, entry: Entry[Hiscores] | None, deadline: Deadline
    ) -> Fetched[Hiscores] | None:
        """A player's hiscores; None if those of the entry are current. In the background, players are never updated."""
        is_known = bool(entry.value) if entry else has_pp(self._histories.stored(user_mode))
        if deadline.background and (not is_known or is_empty(self._histories.entry(user_mode))):
            raise _postponed()
        if is_known:
            return await self._read(user_mode, deadline, entry=entry, is_certain=entry is not None)
        return await self._join(user_mode, lambda: self._request(user_mode, was_empty=entry is not None))

    async def fetch_by_name(
        self, name: Name, entry: Entry[Hiscores | None] | None, deadline: Deadline
    ) -> Fetched[Hiscores | None]:
        """The hiscores of the player with this name, by ID if that is known.

        By name, osu!track may update the player even if there are hiscores; in the background, it is not requested if
        the last request has done that.
        """
        user_id = await self._user_id(name)
        if user_id is not None:
            return await self._by_id(UserMode(user_id, name.mode), deadline)
        if deadline.background and not (entry and entry.value and self._evidence.had_no_effect(entry)):
            raise _postponed()
        return await self._join(name, lambda: self._request_by_name(name, entry, background=deadline.background))

    async def close(self) -> None:
        """Cancel all potential updates; the registry keeps them."""
        tasks = [shared.task for shared in self._in_progress.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _join(self, subject: Subject, request: Callable[[], Awaitable[Fetched[Any]]]) -> Fetched[Any]:
        shared = self._in_progress.get(subject)
        if shared is None:
            shared = self._in_progress[subject] = SharedTask(request())
            shared.task.add_done_callback(lambda done: self._finish(subject, done))
        return await shared.wait()

    def _finish(self, subject: Subject, task: asyncio.Task[Fetched[Any]]) -> None:
        del self._in_progress[subject]
        if not task.cancelled():
            # Retrieved here, so that asyncio does not log it if every reader has been cancelled.
            task.exception()

    async def _request(self, user_mode: UserMode, *, was_empty: bool) -> Fetched[Hiscores]:
        record = await self._claim(user_mode)
        deadline = Deadline.from_timeout(self._timeout_s)
        if record is not None:
            return await self._during_cooldown(user_mode, record, deadline, was_empty=was_empty)
        started_at = self._monotonic()
        fetched = await self._send(user_mode, self._client.hiscores(user_mode, deadline, may_update=True))
        if self._evidence.updated_nothing(fetched, started_at):
            await self._registry.finish(user_mode, Outcome(0), is_read=True)
            await self._store(user_mode, fetched)
        else:
            await self._register(user_mode, fetched)
        return fetched

    async def _request_by_name(
        self, name: Name, entry: Entry[Hiscores | None] | None, *, background: bool
    ) -> Fetched[Hiscores | None]:
        record = await self._claim(name)
        deadline = Deadline.from_timeout(self._timeout_s, background=background)
        if record is None:
            user_id = await self._user_id(name)
            if user_id is not None:  # learned a moment ago
                await self._registry.finish(name, Outcome(0), is_read=True)
                return await self._by_id(UserMode(user_id, name.mode), deadline)
            fetched = await self._send(name, self._client.hiscores_by_name(name.username.spelling, name.mode, deadline))
            await self._register(name, fetched)
            return fetched
        if entry and record.outcome and record.outcome.is_answered:
            return Fetched(entry.value, entry.dropped, sent=False)
        raise self._refused(record)

    async def _claim(self, subject: Subject) -> UpdateRecord | None:
        while (record := await self._registry.claim(subject, is_read=True)) is not None:
            if not self._registry.is_in_progress(record):
                return record
            await self._registry.wait(subject, record)
        return None

    async def _during_cooldown(
        self, user_mode: UserMode, record: UpdateRecord, deadline: Deadline, *, was_empty: bool
    ) -> Fetched[Hiscores]:
        """The hiscores without an update: a read if the player has some, else the answer of the last update.

        `was_empty` if the last known list was: then pp in the history prove nothing.
        """
        outcome = record.outcome
        is_certain = outcome is not None and outcome.has_hiscores
        is_answered = outcome is not None and outcome.is_answered
        was_empty = was_empty or (is_answered and record.is_read)
        if is_certain or (not was_empty and await self._has_pp_by_now(user_mode, deadline)):
            fetched = await self._read(user_mode, deadline, is_certain=is_certain)
            return fetched or Fetched(Hiscores())
        if not is_answered:
            raise self._refused(record)
        return Fetched(Hiscores(), sent=False, fresh_s=self._registry.cooldown_left_s(record))

    async def _read(
        self,
        user_mode: UserMode,
        deadline: Deadline,
        *,
        entry: Entry[Hiscores] | None = None,
        is_certain: bool,
    ) -> Fetched[Hiscores] | None:
        """The hiscores of a player that is known to have some; `is_certain` if osu!track has returned some."""
        started_at = self._monotonic()
        fetched = await self._client.hiscores(user_mode, deadline, etag=entry.etag if entry else None)
        if fetched is not None and not (
            fetched.value and (is_certain or self._evidence.updated_nothing(fetched, started_at))
        ):
            # They were deleted, or never recorded, and osu!track has updated the player after all.
            await self._register(user_mode, fetched)
        return fetched

    async def _send(self, subject: Subject, request: Awaitable[Fetched[Any] | None]) -> Fetched[Any]:
        """The answer to a potential update, whose failure is registered."""
        try:
            fetched = await request
        except BaseException as exc:
            await self._fail(subject, exc)
            raise
        if fetched is None:
            raise AssertionError("a request without an ETag has no status 304")
        return fetched

    async def _fail(self, subject: Subject, error: BaseException) -> None:
        refused = isinstance(error, UpstreamError) and was_not_made(error)
        await self._registry.finish(subject, Outcome(0 if refused else self._registry.cooldown_s), is_read=True)
        if not refused and isinstance(subject, UserMode):
            await self._settle(subject)

    async def _register(self, subject: Subject, fetched: Fetched[Any]) -> None:
        """Register that osu!track may have updated the player, and store its answer, which is newer than other data."""
        outcome = Outcome(self._registry.cooldown_s, is_answered=True, has_hiscores=bool(fetched.value))
        await self._registry.finish(subject, outcome, is_read=True)
        if isinstance(subject, UserMode):
            await self._invalidate(subject)
        await self._store(subject, fetched)

    def _refused(self, record: UpdateRecord) -> UpstreamBusy:
        left_s = self._registry.cooldown_left_s(record)
        return UpstreamBusy(
            "The player was updated a short time ago, and a request for the hiscores could repeat the update."
            f" Retry in {max(1, round(left_s))} s.",
            retry_after_s=left_s,
            unsent=True,
        )

    async def _has_pp_by_now(self, user_mode: UserMode, deadline: Deadline) -> bool:
        await self._histories.read(user_mode, deadline)
        return has_pp(self._histories.stored(user_mode))


def _postponed() -> UpstreamBusy:
    return UpstreamBusy("The request could update the player: it is not sent in the background.", unsent=True)
