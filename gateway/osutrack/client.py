"""The client for osu!track's five endpoints: one method each, which sends a request and decodes its response."""

from typing import TypeVar

import httpx

from gateway.deadline import Deadline
from gateway.records import BestPlay, Hiscores, Mode, Peak, Rows, Snapshot, Update, UserMode
from gateway.telemetry.metrics import Metrics

from . import decode, decode_update
from .decode import Fetched
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISCORE_UPDATE, HISTORY, PEAK, UPDATE, Endpoint
from .exchanges import Request, Response
from .http_errors import unexpected_status
from .transport import Transport

T = TypeVar("T")


class Client:
    """Every method raises `UpstreamError`, and none exceeds its request budget.

    A method with an `etag` returns None if the value with this ETag is still current (status 304).
    """

    def __init__(self, transport: Transport, metrics: Metrics | None = None) -> None:
        self._transport = transport
        self._metrics = metrics or Metrics()
        self._metrics.expect_upstream_requests(
            endpoint.path for endpoint in (HISTORY, PEAK, BEST_PLAYS, HISCORE_LIST, UPDATE)
        )

    async def history(
        self, user_mode: UserMode, deadline: Deadline, *, since: str | None = None
    ) -> Fetched[Rows[Snapshot]]:
        """All snapshots of a player, oldest first, or those at or after `since`; empty if the player is unknown."""
        params = _params(user_mode) | ({"from": since} if since else {})
        async with self._transport.send(Request(HISTORY, params), deadline) as response:
            return self._with_metadata(HISTORY, response, decode.history(response.body, user_mode))

    async def hiscores(
        self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None, may_update: bool = False
    ) -> Fetched[Hiscores] | None:
        """All recorded hiscores of a player, highest pp first; empty if the player is unknown.

        If none are recorded, osu!track updates the player before it responds: `may_update`, if that is possible. Such
        a request is slow and, once sent, not repeated. There is no date window: an empty window causes an update too.
        """
        endpoint = HISCORE_UPDATE if may_update else HISCORE_LIST
        async with self._transport.send(Request(endpoint, _params(user_mode), etag), deadline) as response:
            if response.not_modified:
                return None
            return self._with_metadata(endpoint, response, decode.hiscores(response.body, user_mode.mode))

    async def hiscores_by_name(self, name: str, mode: Mode, deadline: Deadline) -> Fetched[Hiscores | None]:
        """Like `hiscores` of a player that may be updated; the value is None if osu! knows no such name either."""
        params = {"user": name, "mode": str(int(mode)), "userMode": "username"}
        async with self._transport.send(Request(HISCORE_UPDATE, params, ok_statuses=400), deadline) as response:
            unknown = response.status == httpx.codes.BAD_REQUEST
            return self._with_metadata(
                HISCORE_UPDATE, response, Fetched(None) if unknown else decode.hiscores(response.body, mode)
            )

    async def peak(self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None) -> Fetched[Peak] | None:
        """The best rank and accuracy on record, each with its date; None where there is no record, or only rank 0."""
        async with self._transport.send(Request(PEAK, _params(user_mode), etag), deadline) as response:
            if response.not_modified:
                return None
            return self._with_metadata(PEAK, response, decode.peak(response.body, user_mode))

    async def best_plays(
        self,
        mode: Mode,
        deadline: Deadline,
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
        etag: str | None = None,
    ) -> Fetched[Rows[BestPlay]] | None:
        """The `limit` (1 to 10,000) highest-pp plays from `since` up to and including `until`, highest pp first."""
        params = {"mode": str(int(mode)), "from": since, "to": until, "limit": None if limit == 100 else str(limit)}
        request = Request(BEST_PLAYS, {name: value for name, value in params.items() if value is not None}, etag)
        async with self._transport.send(request, deadline) as response:
            if response.not_modified:
                return None
            return self._with_metadata(BEST_PLAYS, response, decode.best_plays(response.body, mode))

    async def update(self, user_mode: UserMode, deadline: Deadline) -> Fetched[Update | None]:
        """Make osu!track update a player from osu!; the value is None if osu! knows no such user. Never retried.

        The deadline bounds the wait for the budget; a sent update has the update timeout. After an error that is not
        `unsent`, assume that the update has run or will run.
        """
        async with self._transport.send(Request(UPDATE, _params(user_mode), ok_statuses=404), deadline) as response:
            if response.status != httpx.codes.NOT_FOUND:
                return self._with_metadata(UPDATE, response, decode_update.update(response.body, user_mode.mode))
            if not response.body.startswith(b"{"):
                raise unexpected_status(response.status)
            return Fetched(None)

    async def body(self, endpoint: Endpoint, params: dict[str, str], deadline: Deadline) -> bytes:
        """The undecoded body of a response."""
        async with self._transport.send(Request(endpoint, params), deadline) as response:
            return response.body

    def _with_metadata(self, endpoint: Endpoint, response: Response, decoded: Fetched[T]) -> Fetched[T]:
        """Add the ETag and the time, and count the rows dropped."""
        self._metrics.count_dropped_rows(endpoint.path, decoded.dropped)
        return decoded._replace(etag=response.etag, responded_at=response.responded_at)


def _params(user_mode: UserMode) -> dict[str, str]:
    return {"user": str(user_mode.user_id), "mode": str(int(user_mode.mode))}
