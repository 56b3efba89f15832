"""Records of potential updates, in memory and in Redis (`update_registry.py`)."""

import asyncio
from contextlib import suppress
from typing import Annotated

from msgspec import Meta, Struct

from gateway.errors import UpdateOutcomeUnknown, UpstreamError, UpstreamUnavailable
from gateway.records import Update
from gateway.shared.redis_content import Unreadable

from .value_codecs import UPDATE

# Neither NaN nor infinite, if another program has written it.
Seconds = Annotated[float, Meta(ge=0, le=1e9)]

FAILURES = {error.code: error for error in UpstreamError.__subclasses__()}
# The payload of an update of a user that osu! does not know.
NO_USER = UPDATE.encode_value(None)


class Outcome(Struct, array_like=True, frozen=True):
    """The outcome of a potential update, in Redis.

    `is_answered` if osu!track's answer was read, which has plays if `has_hiscores`. An update has a `payload`, or a
    `failure`: code, message and retry time.
    """

    cooldown_s: Seconds
    is_answered: bool = False
    has_hiscores: bool = False
    failure: tuple[str, str, Seconds | None] | None = None
    payload: bytes = b""

    def update(self) -> Update | None:
        """The update, or None if osu! knows no such user. Raises the owner's `UpstreamError`, if any."""
        if self.failure:
            code, message, retry_after_s = self.failure
            raise FAILURES.get(code, UpstreamUnavailable)(message, retry_after_s=retry_after_s)
        try:
            return UPDATE.decode_value(self.payload)
        except Unreadable as exc:
            raise UpdateOutcomeUnknown.from_cause("The update's result is not available.") from exc

    @property
    def user_exists(self) -> bool:
        """False if the answer of an update was that osu! knows no such user."""
        return self.payload != NO_USER


class StoredRecord(Struct, array_like=True, frozen=True):
    """A record in Redis; unfinished without an outcome. Each claim has another `owner`. `is_read` for `/hiscores`."""

    owner: str
    is_read: bool
    outcome: Outcome | None = None


class UpdateRecord(Struct):
    """A potential update. Times are monotonic; `done` is set at the end of one that this process has sent.

    An unfinished one has ended without a known outcome at `times_out_at`. It forbids another one until `ends_at`.
    `name_key` is the key of the player's name, if that became known in the meantime.
    """

    stored: StoredRecord
    times_out_at: float
    ends_at: float
    done: asyncio.Event | None = None
    name_key: str = ""

    @property
    def outcome(self) -> Outcome | None:
        """The outcome, if it is known."""
        return self.stored.outcome

    @property
    def is_read(self) -> bool:
        """Whether it is a `/hiscores`."""
        return self.stored.is_read


def success(update: Update | None, *, cooldown_s: float) -> Outcome:
    """The outcome of an update; None if osu! knows no such user."""
    payload = b""
    # An integer of more than 64 bits cannot be encoded: `Outcome.update` then says that the result is not available.
    with suppress(OverflowError):
        payload = UPDATE.encode_value(update)
    has_hiscores = update is not None and bool(update.new_hiscores)
    return Outcome(cooldown_s, is_answered=True, has_hiscores=has_hiscores, payload=payload)


def failure(error: UpstreamError, *, cooldown_s: float) -> Outcome:
    """The outcome of a failed update."""
    return Outcome(cooldown_s, failure=(error.code, error.message, error.retry_after_s))
