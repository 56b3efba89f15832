"""The reads."""

from collections.abc import Awaitable
from importlib.metadata import version

import strawberry
from strawberry import ID, UNSET

from gateway import records
from gateway.errors import BadUserInput, NameNotFound
from gateway.records import Rows
from gateway.store.keys import Name

from . import inputs
from .context import Info
from .fields import BEST_PLAYS, HISCORES_BY_NAME, SemanticNonNull, documented, record_field
from .inputs import GameMode, ScoreOrder, span
from .types.best_plays import BestPlayConnection, BestPlayWindow, best_plays_page
from .types.paging import After, First, HiscorePager, Page, PlayedWindow, list_id
from .types.scores import HiscoreConnection
from .types.status import RateLimit, ServiceStatus, rate_limit_of, status_of
from .types.users import User, user_of

MAX_USERS = 25


@documented
@strawberry.type
class Query:
    """Reads. Everything is public; no token is needed."""

    @strawberry.field
    def user(self, id: ID) -> User:
        """A player, by numeric osu! user ID. Never null and never fetched by itself: osu!track has no "does
        this user exist" call, so an unknown ID simply has no data (see `UserStats.tracked`).
        Cost: 0.
        """
        return user_of(inputs.user_id(id))

    @strawberry.field
    def users(self, ids: list[ID]) -> list[User]:
        """Several players, in the order given. At most 25 IDs; duplicates are allowed and fetched once.
        Cost: 0 by itself.
        """
        if len(ids) > MAX_USERS:
            raise BadUserInput("ids", f"`ids` may list {MAX_USERS} IDs at most; there are {len(ids)}.")
        return [user_of(inputs.user_id(each, "ids")) for each in ids]

    @record_field(HiscoreConnection | None, SemanticNonNull(), HISCORES_BY_NAME)
    def hiscores_by_username(
        self,
        info: Info,
        username: str,
        mode: GameMode = GameMode.OSU,
        window: PlayedWindow = UNSET,
        order_by: ScoreOrder = ScoreOrder.PP_DESC,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.Hiscore] | Awaitable[Page[records.Hiscore]]:
        """Hiscores of a player known only by name. The upstream answers this without saying which user ID the
        name belongs to, so nothing else can be reached from here. A name osu!track has not seen makes it
        look the player up and start tracking them. Cost: 3.
        """
        context = info.context
        name = Name(inputs.username(username), mode.value)
        cut = HiscorePager(context, list_id("by name", name), span(window, context.now), order_by, first, after)

        def page(plays: Rows[records.Hiscore] | None) -> Page[records.Hiscore]:
            if plays is None:
                raise NameNotFound(f"Neither osu!track nor osu! knows a player named “{username}”.")
            return cut(plays)

        return context.read(info, context.hiscores_by_name, name, page)

    @record_field(BestPlayConnection | None, SemanticNonNull(), BEST_PLAYS)
    def best_plays(
        self,
        info: Info,
        mode: GameMode = GameMode.OSU,
        window: BestPlayWindow = UNSET,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.BestPlay] | Awaitable[Page[records.BestPlay]]:
        """The highest-pp plays osu!track has recorded, over all players, highest first.
        At most 10 000 plays can be paged through. Cost: 2.
        """
        return best_plays_page(info, mode.value, window, first, after)

    @record_field(RateLimit)
    def rate_limit(self, info: Info) -> RateLimit:
        """What this request costs and how much the caller has left. Cost: 0."""
        info.context.uncacheable = True
        return rate_limit_of(info.context)

    @record_field(ServiceStatus)
    def status(self, info: Info) -> ServiceStatus:
        """Whether osu!track is reachable, and how fresh an answer can be expected. Cost: 0."""
        info.context.uncacheable = True
        return status_of(info.context.services.breaker, version("osutrack-gateway"))
