"""The five endpoints of osu!track, one method each: what is sent, and how the answer is read."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import httpx

from gateway.deadline import Deadline
from gateway.records import BestPlay, Hiscore, Mode, Peak, Rows, Snapshot, Update, UserMode
from gateway.telemetry.metrics import Metrics

from . import decode, decode_update
from .decode import Decoded
from .endpoints import BEST_PLAYS, HISCORE_LIST, HISTORY, PEAK, UPDATE, Endpoint
from .transport import Request, Response, Transport, unexpected_status

T = TypeVar("T")


class Reply(NamedTuple, Generic[T]):
    """What osu!track answered. `decoded` is None when it is what the `etag` sent with the request stands for."""

    decoded: Decoded[T] | None
    etag: str | None = None


class Client:
    """Every method raises `UpstreamError`, and none sends more than its budget allows."""

    def __init__(self, transport: Transport, metrics: Metrics | None = None) -> None:
        self._transport = transport
        self._metrics = metrics or Metrics()

    async def history(
        self, user_mode: UserMode, deadline: Deadline, *, since: str | None = None
    ) -> Reply[Rows[Snapshot]]:
        """All snapshots of a player, oldest first, or those at or after `since`; empty if unknown."""
        params = _of(user_mode) | ({"from": since} if since else {})
        return await self._reply(
            Request(HISTORY, params), lambda response: decode.history(response.body, user_mode), deadline
        )

    async def hiscores(
        self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None
    ) -> Reply[Rows[Hiscore]]:
        """All recorded hiscores of a player, highest pp first; empty if unknown.

        When it has none, osu!track updates the player before it answers: slow, not free. That is why there is no
        window here: a narrow one would be empty, and cause an update on every call.
        """
        request = Request(HISCORE_LIST, _of(user_mode), etag)
        return await self._reply(request, lambda response: decode.hiscores(response.body, user_mode.mode), deadline)

    async def hiscores_by_name(
        self, name: str, mode: Mode, deadline: Deadline, *, etag: str | None = None
    ) -> Reply[Rows[Hiscore] | None]:
        """As `hiscores`; None if neither osu!track nor osu! knows the name."""
        params = {"user": name, "mode": str(int(mode)), "userMode": "username"}

        def decoded(response: Response) -> Decoded[Rows[Hiscore] | None]:
            unknown = response.status == httpx.codes.BAD_REQUEST
            return Decoded(None) if unknown else _maybe(decode.hiscores(response.body, mode))

        return await self._reply(Request(HISCORE_LIST, params, etag, ok_statuses=400), decoded, deadline)

    async def peak(self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None) -> Reply[Peak]:
        """The best rank and accuracy ever recorded; all None if there are none, or only ranks of 0."""
        return await self._reply(
            Request(PEAK, _of(user_mode), etag), lambda response: decode.peak(response.body), deadline
        )

    async def best_plays(  # noqa: PLR0913  # the endpoint has as many
        self,
        mode: Mode,
        deadline: Deadline,
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
        etag: str | None = None,
    ) -> Reply[Rows[BestPlay]]:
        """The `limit` (1 to 10 000) highest-pp plays from `since` up to and including `until`, highest first."""
        params = {"mode": str(int(mode)), "from": since, "to": until, "limit": None if limit == 100 else str(limit)}
        sent = {name: value for name, value in params.items() if value is not None}
        request = Request(BEST_PLAYS, sent, etag)
        return await self._reply(request, lambda response: decode.best_plays(response.body, mode), deadline)

    async def update(self, user_mode: UserMode, deadline: Deadline) -> Decoded[Update | None]:
        """Make osu!track read the player anew; None if osu! knows no such user. Sent once, never again.

        The deadline is for its turn: once sent, it can't be taken back, and has the time that updates have. After an
        error that is not `unsent` the update has to be assumed to have happened, or to happen yet.
        """

        def read(response: Response) -> Decoded[Update | None]:
            if response.status != httpx.codes.NOT_FOUND:
                return decode_update.update(response.body, user_mode.mode)
            if not response.body.startswith(b"{"):
                raise unexpected_status(response.status)
            return Decoded(None)

        return await self._transport.send(Request(UPDATE, _of(user_mode), ok_statuses=404), read, deadline)

    async def body(self, endpoint: Endpoint, params: dict[str, str], deadline: Deadline) -> bytes:
        """An answer as it came."""
        return await self._transport.send(Request(endpoint, params), lambda response: response.body, deadline)

    async def _reply(self, request: Request, decoded: Callable[[Response], Decoded[T]], deadline: Deadline) -> Reply[T]:
        def read(response: Response) -> Reply[T]:
            if response.status == httpx.codes.NOT_MODIFIED:
                return Reply(None, response.etag)
            found = decoded(response)
            self._metrics.rows_dropped(request.endpoint.path, found.dropped)
            return Reply(found, response.etag)

        return await self._transport.send(request, read, deadline)


def _of(user_mode: UserMode) -> dict[str, str]:
    return {"user": str(user_mode.user_id), "mode": str(int(user_mode.mode))}


def _maybe(decoded: Decoded[T]) -> Decoded[T | None]:
    """The same, for a type that has room for None."""
    return Decoded(*decoded)
