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
from .transport import Answer, Question, Session, rejected

T = TypeVar("T")


class Reply(NamedTuple, Generic[T]):
    """What osu!track answered. `decoded` is None when it is what the `etag` sent with the request stands for."""

    decoded: Decoded[T] | None
    etag: str | None = None


class Client:
    """Every method raises `UpstreamError`, and none sends more than its budget allows."""

    def __init__(self, session: Session, metrics: Metrics | None = None) -> None:
        self._session = session
        self._metrics = metrics or Metrics()

    async def history(
        self, user_mode: UserMode, deadline: Deadline, *, since: str | None = None
    ) -> Reply[Rows[Snapshot]]:
        """All snapshots of a player, oldest first, or those at or after `since`; empty if unknown."""
        params = _of(user_mode) | ({"from": since} if since else {})
        return await self._reply(
            Question(HISTORY, params), lambda answer: decode.history(answer.body, user_mode), deadline
        )

    async def hiscores(
        self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None
    ) -> Reply[Rows[Hiscore]]:
        """All recorded hiscores of a player, highest pp first; empty if unknown.

        When it has none, osu!track updates the player before it answers: slow, not free. That is why there is no
        window here: a narrow one would be empty, and cause an update on every call.
        """
        question = Question(HISCORE_LIST, _of(user_mode), etag)
        return await self._reply(question, lambda answer: decode.hiscores(answer.body, user_mode.mode), deadline)

    async def hiscores_by_name(
        self, name: str, mode: Mode, deadline: Deadline, *, etag: str | None = None
    ) -> Reply[Rows[Hiscore] | None]:
        """As `hiscores`; None if neither osu!track nor osu! knows the name."""
        params = {"user": name, "mode": str(int(mode)), "userMode": "username"}

        def decoded(answer: Answer) -> Decoded[Rows[Hiscore] | None]:
            unknown = answer.status == httpx.codes.BAD_REQUEST
            return Decoded(None) if unknown else _maybe(decode.hiscores(answer.body, mode))

        return await self._reply(Question(HISCORE_LIST, params, etag, also=400), decoded, deadline)

    async def peak(self, user_mode: UserMode, deadline: Deadline, *, etag: str | None = None) -> Reply[Peak]:
        """The best rank and accuracy ever recorded; all None if there are none, or only ranks of 0."""
        return await self._reply(
            Question(PEAK, _of(user_mode), etag), lambda answer: decode.peak(answer.body), deadline
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
        question = Question(BEST_PLAYS, sent, etag)
        return await self._reply(question, lambda answer: decode.best_plays(answer.body, mode), deadline)

    async def update(self, user_mode: UserMode, deadline: Deadline) -> Decoded[Update | None]:
        """Make osu!track read the player anew; None if osu! knows no such user. Sent once, never again.

        The deadline is for its turn: once sent, it can't be taken back, and has the time that updates have. After an
        error that is not `unsent` the update has to be assumed to have happened, or to happen yet.
        """

        def read(answer: Answer) -> Decoded[Update | None]:
            if answer.status != httpx.codes.NOT_FOUND:
                return decode_update.update(answer.body, user_mode.mode)
            if not answer.body.startswith(b"{"):
                raise rejected(answer.status)
            return Decoded(None)

        return await self._session.ask(Question(UPDATE, _of(user_mode), also=404), read, deadline)

    async def body(self, endpoint: Endpoint, params: dict[str, str], deadline: Deadline) -> bytes:
        """An answer as it came."""
        return await self._session.ask(Question(endpoint, params), lambda answer: answer.body, deadline)

    async def _reply(self, question: Question, decoded: Callable[[Answer], Decoded[T]], deadline: Deadline) -> Reply[T]:
        def read(answer: Answer) -> Reply[T]:
            if answer.status == httpx.codes.NOT_MODIFIED:
                return Reply(None, answer.etag)
            found = decoded(answer)
            self._metrics.rows_dropped(question.endpoint.path, found.dropped)
            return Reply(found, answer.etag)

        return await self._session.ask(question, read, deadline)


def _of(user_mode: UserMode) -> dict[str, str]:
    return {"user": str(user_mode.user_id), "mode": str(int(user_mode.mode))}


def _maybe(decoded: Decoded[T]) -> Decoded[T | None]:
    """The same, for a type that has room for None."""
    return Decoded(*decoded)
