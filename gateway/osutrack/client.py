"""The five endpoints of osu!track, one method each. Here, and only here, httpx's errors become ours."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Generic, NamedTuple, TypeVar

import httpx
import stamina

from gateway.errors import (
    UpstreamBusy,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.metrics import Metrics
from gateway.records import BestPlay, Mode, Peak, Play, Player, Rows, Snapshot, Update
from gateway.tracing import Step, Tracing
from gateway.visits import visiting

from . import decode, decode_update
from .breaker import Breaker
from .decode import Decoded
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISTORY, PEAK, UPDATE, Endpoint
from .exchange import exchange
from .pacing import Pacer
from .patience import Patience
from .retry_after import retry_after_s

T = TypeVar("T")

ATTEMPTS = 3
MAX_RETRY_WAIT_S = 1.0


class Reply(NamedTuple, Generic[T]):
    """What osu!track answered. `decoded` is None when it is what the `etag` sent with the request stands for."""

    decoded: Decoded[T] | None
    etag: str | None = None


class _Answer(NamedTuple):
    status: int
    body: bytes
    etag: str | None = None


class Client:
    """osu!track over HTTP. Every method raises `UpstreamError`, and none sends more than its budget allows."""

    def __init__(  # noqa: PLR0913 - what it works with, and what it tells
        self,
        http: httpx.AsyncClient,
        pacer: Pacer,
        breaker: Breaker,
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
        self._pacer = pacer
        self._breaker = breaker
        self._update_timeout_s = update_timeout_s
        self._clock = clock

    async def history(self, player: Player, patience: Patience, *, since: str | None = None) -> Reply[Rows[Snapshot]]:
        """All snapshots of a player, oldest first, or those at or after `since`; empty if unknown."""
        answer = await self._ask(HISTORY, _of(player) | ({"from": since} if since else {}), patience)
        return _reply(answer, lambda body: decode.history(body, player))

    async def hiscores(self, player: Player, patience: Patience, *, etag: str | None = None) -> Reply[Rows[Play]]:
        """All recorded hiscores of a player, highest pp first; empty if unknown.

        When it has none, osu!track updates the player before it answers: slow, not free. That is why there is no
        window here: a narrow one would be empty, and cause an update on every call.
        """
        answer = await self._ask(HISCORE_LIST, _of(player), patience, etag=etag)
        return _reply(answer, lambda body: decode.hiscores(body, player.mode))

    async def hiscores_by_name(
        self, name: str, mode: Mode, patience: Patience, *, etag: str | None = None
    ) -> Reply[Rows[Play] | None]:
        """As `hiscores`; None if neither osu!track nor osu! knows the name."""
        params = {"user": name, "mode": str(int(mode)), "userMode": "username"}
        answer = await self._ask(HISCORE_LIST, params, patience, etag=etag, also=(400,))
        if answer.status == httpx.codes.BAD_REQUEST:
            return Reply(Decoded(None))
        return _reply(answer, lambda body: _maybe(decode.hiscores(body, mode)))

    async def peak(self, player: Player, patience: Patience, *, etag: str | None = None) -> Reply[Peak]:
        """The best rank and accuracy ever recorded; all None if there are none, or only ranks of 0."""
        return _reply(await self._ask(PEAK, _of(player), patience, etag=etag), decode.peak)

    async def best_plays(  # noqa: PLR0913  # the endpoint has as many
        self,
        mode: Mode,
        patience: Patience,
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
        etag: str | None = None,
    ) -> Reply[Rows[BestPlay]]:
        """The `limit` (1 to 10 000) highest-pp plays from `since` up to and including `until`, highest first."""
        params = {"mode": str(int(mode)), "from": since, "to": until, "limit": None if limit == 100 else str(limit)}
        sent = {name: value for name, value in params.items() if value is not None}
        answer = await self._ask(BEST_PLAYS, sent, patience, etag=etag)
        return _reply(answer, lambda body: decode.best_plays(body, mode))

    async def update(self, player: Player, patience: Patience) -> Decoded[Update | None]:
        """Make osu!track read the player anew; None if osu! knows no such user. Sent once, never again.

        After an error that is not `unsent` the update has to be assumed to have happened, or to happen yet.
        """
        answer = await self._ask(UPDATE, _of(player), patience, also=(404,))
        if answer.status == httpx.codes.NOT_FOUND:
            if not answer.body.startswith(b"{"):
                raise _rejected(answer.status)
            return Decoded(None)
        return decode_update.update(answer.body, player.mode)

    async def body(self, endpoint: Endpoint, params: dict[str, str], patience: Patience) -> bytes:
        """An answer as it came."""
        return (await self._ask(endpoint, params, patience)).body

    async def _ask(
        self,
        endpoint: Endpoint,
        params: dict[str, str],
        patience: Patience,
        *,
        etag: str | None = None,
        also: Collection[int] = (),
    ) -> _Answer:
        request = self._http.build_request(endpoint.method, endpoint.path, params=params)
        if endpoint is UPDATE:
            request.extensions["timeout"]["read"] = self._update_timeout_s
        if etag:
            request.headers["If-None-Match"] = etag
        async for attempt in stamina.retry_context(
            lambda exc: endpoint.again(exc) and patience.left_s > MAX_RETRY_WAIT_S,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=0.1,
            wait_max=MAX_RETRY_WAIT_S,
        ).with_name(endpoint.path, (), {}):
            with attempt:
                answer = await self._attempt(endpoint, request, patience, attempt.num - 1)
        if answer.status not in {200, *also} and not (etag and answer.status == httpx.codes.NOT_MODIFIED):
            raise _rejected(answer.status)
        return answer

    async def _attempt(self, endpoint: Endpoint, request: httpx.Request, patience: Patience, resent: int) -> _Answer:
        self._breaker.check()
        async with self._pacer.turn(endpoint.budget, patience):
            if visit := visiting.get():
                visit.upstream_requests += 1
            with (
                self._breaker.call(),
                self._metrics.upstream_request(endpoint.path),
                self._tracing.request(endpoint.method, endpoint.path, resent=resent) as step,
            ):
                request.headers.update(step.headers)
                return self._answered(endpoint, *await self._exchange(request, patience, step))

    async def _exchange(self, request: httpx.Request, patience: Patience, step: Step) -> tuple[httpx.Response, bytes]:
        try:
            async with asyncio.timeout_at(patience.deadline):
                response, body = await exchange(self._http, request)
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

    def _answered(self, endpoint: Endpoint, response: httpx.Response, body: bytes) -> _Answer:
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            pause_s = retry_after_s(response.headers.get("Retry-After"), self._clock())
            self._pacer.pause(endpoint.budget, pause_s)
            raise UpstreamBusy(
                "osu!track asks for fewer requests. Try again later.", retry_after_s=pause_s, unsent=True
            )
        if response.is_server_error:
            raise UpstreamUnavailable(
                f"osu!track failed (status {response.status_code}). Try again later.",
                transient=response.status_code in {502, 503, 504},
            )
        return _Answer(response.status_code, body, response.headers.get("ETag"))


def _of(player: Player) -> dict[str, str]:
    return {"user": str(player.user_id), "mode": str(int(player.mode))}


def _maybe(decoded: Decoded[T]) -> Decoded[T | None]:
    """The same, for a type that has room for None."""
    return Decoded(*decoded)


def _reply(answer: _Answer, decoded: Callable[[bytes], Decoded[T]]) -> Reply[T]:
    if answer.status == httpx.codes.NOT_MODIFIED:
        return Reply(None, answer.etag)
    return Reply(decoded(answer.body), answer.etag)


def _rejected(status: int) -> UpstreamRejected:
    return UpstreamRejected(
        f"osu!track refused the gateway's request (status {status}). Its API may have changed: please report this."
    )
