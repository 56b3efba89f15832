"""One question to osu!track and its answer: paid for, tried again where that is right, counted and traced.

Here, and only here, httpx's errors become ours.
"""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar

import httpx
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamRejected, UpstreamTimeout, UpstreamUnavailable
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import current_request
from gateway.telemetry.tracing import Step, Tracing

from .cancellation import send_cancellable
from .circuit_breaker import CircuitBreaker
from .endpoints import UPDATE, Endpoint
from .rate_limit import RateLimiter

R = TypeVar("R")

ATTEMPTS = 3
MAX_RETRY_WAIT_S = 1.0
# Bounds of `Retry-After`, and the pause when it is missing or unreadable.
DEFAULT_S = 60.0
MAX_S = 3600.0

log = logging.getLogger(__name__)


class Request(NamedTuple):
    """What is asked for. The answer may have status 200, 304 if the `etag` still holds, and that in `also`."""

    endpoint: Endpoint
    params: dict[str, str]
    etag: str | None = None
    ok_statuses: int = 200

    @property
    def expected(self) -> set[int]:
        """Every status that means something."""
        return {200, self.ok_statuses, 304} if self.etag else {200, self.ok_statuses}


class Response(NamedTuple):
    """What came back, whole."""

    status: int
    body: bytes
    etag: str | None = None


class Transport:
    """osu!track over HTTP, within its budgets and while its breaker is closed."""

    def __init__(  # noqa: PLR0913 - what it works with, and what it tells
        self,
        http: httpx.AsyncClient,
        rate_limiter: RateLimiter,
        breaker: CircuitBreaker,
        update_timeout_s: float,
        *,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`http` has osu!track's address as its base URL, and the timeouts of a read."""
        self._http = http
        self._metrics = metrics or Metrics()
        self._tracing = tracing or Tracing()
        self._rate_limiter = rate_limiter
        self._breaker = breaker
        self._update_timeout_s = update_timeout_s
        self._clock = clock

    async def send(self, question: Request, read: Callable[[Response], R], deadline: Deadline) -> R:
        """What `read` makes of the answer; raises `UpstreamError`. What can't be read is counted as a failure."""
        endpoint = question.endpoint
        request = self._http.build_request(endpoint.method, endpoint.path, params=question.params)
        if endpoint is UPDATE:
            request.extensions["timeout"]["read"] = self._update_timeout_s
        if question.etag:
            request.headers["If-None-Match"] = question.etag
        async for attempt in stamina.retry_context(
            lambda exc: endpoint.retry_if(exc) and deadline.remaining_s > MAX_RETRY_WAIT_S,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=0.1,
            wait_max=MAX_RETRY_WAIT_S,
        ).with_name(endpoint.path, (), {}):
            with attempt:
                async with self._sent(endpoint, request, deadline, attempt.num - 1) as answer:
                    if answer.status not in question.expected:
                        raise unexpected_status(answer.status)
                    understood = read(answer)
        return understood

    @asynccontextmanager
    async def _sent(
        self, endpoint: Endpoint, request: httpx.Request, deadline: Deadline, resent: int
    ) -> AsyncIterator[Response]:
        """What was answered; what becomes of it is counted with the request."""
        self._breaker.check()
        async with self._rate_limiter.turn(endpoint.budget, deadline):
            if request_context := current_request.get():
                request_context.upstream_requests += 1
            with (
                self._breaker.call(),
                self._metrics.upstream_request(endpoint.path),
                self._tracing.request(endpoint.method, endpoint.path, resent=resent) as step,
            ):
                request.headers.update(step.headers)
                # An update that is out can't be taken back: what it has waited for its turn is not time it lacks.
                if endpoint is UPDATE:
                    deadline = Deadline.from_timeout(self._update_timeout_s)
                yield self._answered(endpoint, *await self._exchange(request, deadline, step))

    async def _exchange(self, request: httpx.Request, deadline: Deadline, step: Step) -> tuple[httpx.Response, bytes]:
        try:
            async with asyncio.timeout_at(deadline.at):
                response, body = await send_cancellable(self._http, request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
            raise UpstreamUnavailable(
                "osu!track can't be reached. Try again later.", transient=True, unsent=True
            ) from exc
        except (httpx.TimeoutException, TimeoutError) as exc:
            raise UpstreamTimeout("osu!track did not answer in time. Try again later.") from exc
        except httpx.HTTPError as exc:
            raise UpstreamUnavailable("The connection to osu!track broke. Try again later.", transient=True) from exc
        step.answered(response.status_code)
        return response, body

    def _answered(self, endpoint: Endpoint, response: httpx.Response, body: bytes) -> Response:
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            pause_s = retry_after_s(response.headers.get("Retry-After"), self._clock())
            self._rate_limiter.pause(endpoint.budget, pause_s)
            raise UpstreamBusy(
                "osu!track asks for fewer requests. Try again later.", retry_after_s=pause_s, unsent=True
            )
        if response.is_server_error:
            raise UpstreamUnavailable(
                f"osu!track failed (status {response.status_code}). Try again later.",
                transient=response.status_code in {502, 503, 504},
            )
        return Response(response.status_code, body, response.headers.get("ETag"))


def unexpected_status(status: int) -> UpstreamRejected:
    """The error for a status that nobody expects."""
    return UpstreamRejected(
        f"osu!track refused the gateway's request (status {status}). Its API may have changed: please report this."
    )


def log_retries() -> None:
    """For the whole process: in our words, instead of all that stamina knows."""
    set_on_retry_hooks([_told])


def _told(details: RetryDetails) -> None:
    facts = {"endpoint": details.name, "retry": details.retry_num, "because": getattr(details.caused_by, "code", "")}
    log.info("osu!track is asked again", extra=facts)


def retry_after_s(header: str | None, now: float) -> float:
    """Seconds from `now` (since 1970), 1 to 3600; a minute if the header is missing or makes no sense.

    `Retry-After` comes as seconds or as an HTTP date.
    """
    text = header or ""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now)
    return DEFAULT_S if math.isnan(seconds) else min(max(seconds, 1.0), MAX_S)


def _seconds_until(http_date: str, now: float) -> float:
    try:
        at = parsedate_to_datetime(http_date)
        # "-0000" is UTC whose place is not told, which Python reads as no time zone.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError):
        return math.nan
