"""The schema's queries."""

from collections.abc import Awaitable

import strawberry
from strawberry import UNSET

from gateway import records
from gateway.errors import NameNotFound
from gateway.records import UserMode
from gateway.store.keys import Name, Username

from . import inputs
from .bounds import user_ids
from .context import Info, NullableResult
from .fields import BEST_PLAYS, HISCORES_BY_NAME, NAME, SemanticNonNull, documented, record_field
from .filters import Filter, score_filter
from .inputs import GameMode, OrderBy, PlayerID, PlayerIDs, PlayerName, Ruleset, ScoreOrder, span
from .types.best_plays import BestPlayConnection, BestPlayFilter, BestPlayWindow, best_plays_page
from .types.history_arguments import LAST_30_DAYS
from .types.names import user_id_of
from .types.paging import After, First, HiscorePager, Page, PlayedWindow, list_id
from .types.pp_records import PPRecords, RecordList, RecordsWindow, pp_records_of
from .types.ranking import RankingBy, RankingPage, RankingWindow
from .types.ranking_page import Ranking
from .types.scores import HiscoreConnection
from .types.status import RateLimit, ServiceStatus, rate_limit_of, status_of
from .types.users import User, user_of


@documented
@strawberry.type
class Query:
    """Operations that read data. All data is public; no token is required."""

    @strawberry.field
    def user(self, id: PlayerID) -> User:
        """A player by numeric osu! user ID. Never null: osu!track cannot tell whether a user exists. A player
        unknown to osu!track has no data (see `UserStats.tracked`). Cost: 0.
        """
        return user_of(inputs.user_id(id))

    @strawberry.field
    def users(self, ids: PlayerIDs) -> list[User]:
        """Several players, in the given order. At most 100 IDs; duplicates are fetched once. Cost: 0, but each distinct
        ID counts for the fields inside: an operation can read the stats of about 30 players. `ranking` compares more.
        """
        return [user_of(user_id) for user_id in user_ids(ids)]

    @record_field(RankingPage)
    def ranking(
        self,
        info: Info,
        ids: PlayerIDs,
        by: RankingBy,
        mode: Ruleset = GameMode.OSU,
        window: RankingWindow = LAST_30_DAYS,
    ) -> RankingPage | Awaitable[RankingPage]:
        """A ranking of up to 100 players; duplicates count once. It is computed at once from cached data, without cost.
        Other players are `pending`, and loaded in the background: each started load costs one point, which is not
        refunded. One operation starts at most 30, and no more than the client has points for. Repeat the query after
        `retryAfterSeconds` until `pending` is empty. Stale data is ranked with a warning and refreshed in the same way.
        Cost: 0.
        """
        players = [UserMode(user_id, mode.value) for user_id in user_ids(ids)]
        return Ranking(info, players, by, span(window, info.context.now)).page()

    @record_field(User | None, NAME)
    def user_by_name(self, info: Info, username: PlayerName) -> NullableResult[User]:
        """The player with this name; null if there is none, without an error. Case does not matter, and underscores
        equal spaces. Names are known from updates through this gateway; others are looked up in the names service, if
        the gateway has one. Without it, an unknown name is null with the warning `USERNAME_UNRESOLVED`.
        """
        return user_id_of(info, inputs.username(username), user_of)

    @record_field(HiscoreConnection | None, SemanticNonNull(), HISCORES_BY_NAME)
    def hiscores_by_username(
        self,
        info: Info,
        username: PlayerName,
        mode: Ruleset = GameMode.OSU,
        window: PlayedWindow = UNSET,
        order_by: OrderBy = ScoreOrder.PP_DESC,
        filter: Filter = UNSET,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.Hiscore] | Awaitable[Page[records.Hiscore]]:
        """The hiscores of the player with this name. osu!track does not return the player's ID with them, so other
        data of the player is not available here. If osu!track has no player with the name, it looks up the player
        in osu! and starts tracking them. A name that osu! does not know is the error `USER_NOT_FOUND`.
        """
        context = info.context
        name = Name(Username(inputs.username(username)), mode.value)
        within, source = span(window, context.now), list_id("by name", name)
        pager = HiscorePager(context, source, within, order_by, first, after, score_filter=score_filter(filter))

        def select(plays: records.Hiscores | None) -> Page[records.Hiscore]:
            if plays is None:
                raise NameNotFound(f"osu!track and osu! have no player with the name “{username}”.")
            return pager(plays)

        return context.read(info, context.hiscores_by_name, name, select)

    @record_field(BestPlayConnection | None, SemanticNonNull(), BEST_PLAYS)
    def best_plays(
        self,
        info: Info,
        mode: Ruleset = GameMode.OSU,
        window: BestPlayWindow = UNSET,
        filter: BestPlayFilter = UNSET,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.BestPlay] | Awaitable[Page[records.BestPlay]]:
        """The highest-pp plays of all tracked players, highest first. osu!track records plays once more after each pp
        rework; here each play (same player, beatmap, mods and score) appears once, with the highest pp of its records.
        At most 10,000 records are available: only the top 10,000 of the window are searched with `filter`.
        """
        return best_plays_page(info, mode.value, window, score_filter(filter), first, after)

    @record_field(PPRecords | None, SemanticNonNull(), BEST_PLAYS)
    def records(
        self, info: Info, mode: Ruleset = GameMode.OSU, window: RecordsWindow = UNSET
    ) -> RecordList | Awaitable[RecordList]:
        """The history of the pp record, computed from the 10,000 highest-pp records of plays, all that are available
        (see `bestPlays`). Windows are parts of one list, which is fetched once.
        """
        return pp_records_of(info, mode.value, window)

    @record_field(RateLimit)
    def rate_limit(self, info: Info) -> RateLimit:
        """The cost of this operation and the client's remaining points. Cost: 0."""
        info.context.uncacheable = True
        return info.context.once(rate_limit_of)

    @record_field(ServiceStatus)
    def status(self, info: Info) -> ServiceStatus:
        """The state of this gateway and of osu!track. Cost: 0."""
        info.context.uncacheable = True
        return info.context.once(status_of)
