"""The client for the names service, a separate host (docs/osutrack.md, "Name service").

It shares neither connections nor slots, budget and circuit breaker with osu!track: a failure affects names only.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid, UpstreamRejected, UpstreamUnavailable
from gateway.records import UserID, UserName
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import current_request

from .budget import Budget
from .cancellation import send_cancellable
from .diagnosis import diagnose, log_failure, recognize_page
from .http_client import create_http_client
from .http_errors import translate_errors
from .rate_limit import RateLimiter
from .retry_after import retry_after_s
from .row_decoder import UNREADABLE

T = TypeVar("T")

log = logging.getLogger(__name__)

BUDGET = "names"
CONCURRENCY = 4
# The endpoints in metrics and logs.
ID_OF_NAME, NAME_OF_ID = "/users/{name}/id", "/users/{id}/username"
MAX_BODY_BYTES = 2**16
# The longest wait for the budget.
QUEUE_TIMEOUT_S = 3.0
# Lookups pause after this number of failures in a row.
MAX_FAILURES = 5
PAUSE_S = 30.0

_user_id: msgspec.json.Decoder[int] = msgspec.json.Decoder(UserID)
_username: msgspec.json.Decoder[str] = msgspec.json.Decoder(UserName)


class NamesClient:
    """Every method raises `UpstreamError`, and none exceeds the budget. Lookups are not retried."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        metrics: Metrics | None = None,
        redis_link: RedisLink | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` replaces the network in tests; with `redis_link`, processes share the budget."""
        self._http = create_http_client(settings, settings.names_url or "", transport)
        redis_link, per_minute = redis_link or RedisLink(None), settings.names_per_minute
        window = RequestWindow(BUDGET, per_minute, redis_link, processes=settings.processes, monotonic=monotonic)
        self.budget = Budget(BUDGET, per_minute, window, monotonic=monotonic)
        self._rate_limiter = RateLimiter([self.budget], concurrency=CONCURRENCY)
        self._metrics = metrics or Metrics()
        self._metrics.expect_upstream_requests((ID_OF_NAME, NAME_OF_ID))
        self._clock = clock
        self._monotonic = monotonic
        self._failures = 0
        self._paused_until = 0.0

    async def user_id(self, username: str, deadline: Deadline) -> int | None:
        """The ID of the player with this name; None if there is no such player."""
        path = f"/users/{quote(username, safe='')}/id"
        return await self._lookup(ID_OF_NAME, path, {"mode": "osu"}, _user_id, deadline)

    async def username(self, user_id: int, deadline: Deadline) -> str | None:
        """The name of the player with this ID; None if there is no such player."""
        return await self._lookup(NAME_OF_ID, f"/users/{user_id}/username", {}, _username, deadline)

    async def close(self) -> None:
        """Close the connections to the service."""
        await self._http.aclose()

    async def _lookup(
        self, endpoint: str, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[T], deadline: Deadline
    ) -> T | None:
        self._check_pause()
        queue_deadline = Deadline(min(deadline.at, Deadline.from_timeout(QUEUE_TIMEOUT_S).at))
        async with self._rate_limiter.slot(BUDGET, queue_deadline):
            if request_context := current_request.get():
                request_context.upstream_requests += 1
            with log_failure(endpoint), self._counting_failures(), self._metrics.measure_upstream_request(endpoint):
                request = self._http.build_request("GET", path, params=params)
                with translate_errors("The names service"):
                    async with asyncio.timeout_at(deadline.at):
                        response, body = await send_cancellable(self._http, request, max_body_bytes=MAX_BODY_BYTES)
                with recognize_page(body):
                    return self._decoded(response, body, decoder)

    def _decoded(self, response: httpx.Response, body: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
        status = response.status_code
        if status == httpx.codes.NOT_FOUND:
            return None
        if status == httpx.codes.TOO_MANY_REQUESTS:
            headers = response.headers
            pause_s = retry_after_s(headers.get("Retry-After"), self._clock(), headers.get("Date"))
            self._rate_limiter.pause(BUDGET, pause_s)
            self._rate_limiter.lower(BUDGET)
            raise UpstreamBusy(
                "The names service's rate limit is reached. Try again later.", retry_after_s=pause_s, unsent=True
            )
        if response.is_server_error:
            raise UpstreamUnavailable(f"The names service failed (status {status}). Try again later.")
        if status != httpx.codes.OK:
            raise UpstreamRejected(f"The names service refused the gateway's request (status {status}).")
        try:
            return decoder.decode(body)
        except UNREADABLE as exc:
            raise UpstreamInvalid("The names service's response is not a name or an ID.") from exc

    def _check_pause(self) -> None:
        pause_s = self._paused_until - self._monotonic()
        if pause_s > 0:
            raise UpstreamUnavailable(
                "The names service is failing; lookups are paused. Try again later.", retry_after_s=pause_s, unsent=True
            )

    @contextmanager
    def _counting_failures(self) -> Iterator[None]:
        try:
            yield
        except UpstreamError as exc:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                self._paused_until = self._monotonic() + PAUSE_S
                log.warning("Lookups of names are paused", extra={"cause": str(diagnose(exc)), "pause_s": PAUSE_S})
            raise
        self._failures = 0
