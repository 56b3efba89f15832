"""HTTP requests to osu!track: rate limit, circuit breakers, retries, metrics and tracing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import cache, partial
from urllib.parse import urlencode

import httpx

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamError, UpstreamUnavailable
from gateway.records import Mode, UserMode
from gateway.telemetry.clients import Clients, running_for
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import current_request
from gateway.telemetry.tracing import Tracing

from .cancellation import send_cancellable
from .circuit_breaker import CircuitBreaker
from .circuit_breakers import CircuitBreakers
from .decode import peak as decode_peak
from .diagnosis import log_failure, recognize_page
from .endpoints import PEAK, Endpoint
from .exchanges import Request, Response
from .http_errors import translate_errors, unexpected_status
from .rate_limit import RateLimiter
from .redirects import follow_redirects, redirect_error
from .request_log import log_sent
from .retries import retry
from .retry_after import retry_after_s

# Of proxies in front of a server that is unavailable for a moment; 520 to 527 are Cloudflare's.
TRANSIENT_STATUSES = frozenset({502, 503, 504, *range(520, 528)})
# The probe for a block: every player has a peak, unknown ones included (docs/osutrack.md, "Statuses and bodies").
PROBED = UserMode(2, Mode.OSU)
PROBE_TIMEOUT_S = 5.0


class Transport:
    """HTTP requests to osu!track, within the request budgets and while the circuit breaker of their class is closed."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        rate_limiter: RateLimiter,
        breakers: CircuitBreakers,
        update_timeout_s: float,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`http` has osu!track's address as its base URL, and the timeouts of reads."""
        self._http = http
        # Each path is joined with the base URL once.
        self._url = cache(lambda path: str(http.build_request("GET", path).url))
        self._rate_limiter = rate_limiter
        self._breakers = breakers
        self._update_timeout_s = update_timeout_s
        self._metrics = metrics or Metrics()
        self._tracing = tracing or Tracing()
        self._clock = clock

    @asynccontextmanager
    async def send(self, request: Request, deadline: Deadline) -> AsyncIterator[Response]:
        """Send a request, with retries as its endpoint permits; raises `UpstreamError`.

        Decode the response inside the `async with` block: a decoding error then counts as the request's outcome.
        """
        breaker = self._breakers[request.endpoint.budget]
        attempt = partial(self._attempt, request, self._build(request), deadline, breaker=breaker)
        try:
            async with AsyncExitStack() as stack:
                try:
                    response = await stack.enter_async_context(attempt())
                except UpstreamError as exc:
                    response = await retry(
                        exc,
                        lambda number: stack.enter_async_context(attempt(retry=number)),
                        endpoint=request.endpoint,
                        deadline=deadline,
                    )
                yield response
        except UpstreamError:
            await breaker.examine_block(self._probe)
            raise

    def _build(self, request: Request) -> httpx.Request:
        endpoint = request.endpoint
        # Three quarters of the time that httpx takes to merge parameters.
        url = httpx.URL(f"{self._url(endpoint.path)}?{urlencode(request.params)}")
        http_request = self._http.build_request(endpoint.method, url)
        if endpoint.may_update:
            http_request.extensions["timeout"]["read"] = self._update_timeout_s
        if request.etag:
            http_request.headers["If-None-Match"] = request.etag
        return http_request

    @asynccontextmanager
    async def _attempt(
        self,
        request: Request,
        http: httpx.Request,
        deadline: Deadline,
        *,
        breaker: CircuitBreaker | None,
        retry: int = 0,
    ) -> AsyncIterator[Response]:
        """One attempt; metrics, trace and circuit breaker record its outcome when the block ends.

        Without a circuit breaker, it is sent even during a pause.
        """
        endpoint = request.endpoint
        if breaker:
            breaker.check()
        async with self._rate_limiter.slot(endpoint.budget, deadline, by_name=request.by_name):
            _count_request()
            with (
                log_failure(endpoint.path),
                log_sent(request),
                breaker.call(request.key) if breaker else nullcontext(),
                self._metrics.measure_upstream_request(endpoint.path),
                self._tracing.request(endpoint.method, endpoint.path, resent=retry) as span,
            ):
                http.headers.update(span.headers)
                http_response, body = await self._exchange(endpoint, http, deadline)
                span.set_http_status(http_response.status_code)
                with recognize_page(body):
                    self._check_status(request, http_response)
                    yield Response.of(http_response, body)

    async def _exchange(
        self, endpoint: Endpoint, http_request: httpx.Request, deadline: Deadline
    ) -> tuple[httpx.Response, bytes]:
        # A potential update runs to its end: it gets its whole timeout, however long it waited for the budget.
        if endpoint.may_update:
            deadline = Deadline.from_timeout(self._update_timeout_s)
        charge = partial(self._rate_limiter.charge, endpoint.budget, deadline)
        with translate_errors():
            async with asyncio.timeout_at(deadline.at):
                response = await send_cancellable(self._http, http_request)
                return await follow_redirects(self._http, *response, charge)

    async def _probe(self) -> None:
        """Request a peak, although requests may be paused, and before those of clients."""
        request = Request(PEAK, {"user": str(PROBED.user_id), "mode": str(int(PROBED.mode))})
        deadline = Deadline.from_timeout(PROBE_TIMEOUT_S)
        with running_for(Clients()):
            async with self._attempt(request, self._build(request), deadline, breaker=None) as response:
                decode_peak(response.body, PROBED)

    def _check_status(self, request: Request, http_response: httpx.Response) -> None:
        status, headers = http_response.status_code, http_response.headers
        pause_s = retry_after_s(headers.get("Retry-After"), self._clock(), headers.get("Date"))
        if status == httpx.codes.TOO_MANY_REQUESTS:
            self._rate_limiter.pause(request.endpoint.budget, pause_s)
            self._rate_limiter.lower(request.endpoint.budget)
            raise UpstreamBusy(
                "osu!track's rate limit is reached. Try again later.", retry_after_s=pause_s, unsent=True, status=status
            )
        if http_response.is_server_error:
            has_delay = "Retry-After" in headers
            raise UpstreamUnavailable(
                f"osu!track failed (status {status}). Try again later.",
                transient=status in TRANSIENT_STATUSES and not has_delay,
                retry_after_s=pause_s if has_delay else None,
                status=status,
            )
        if not request.accepts(status):
            raise redirect_error(http_response) or unexpected_status(status)


def _count_request() -> None:
    if request_context := current_request.get():
        request_context.upstream_requests += 1
