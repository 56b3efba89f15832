"""The data of images: histories by GraphQL, and the best play of a year if the player's hiscores are cached."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from starlette.requests import Request

from gateway.images.figures import Figure, best_play, most_active_month
from gateway.images.parameters import ImageParameters
from gateway.images.profile import Profile, is_drawable, profiles_of
from gateway.images.queries import document_of, variables_of
from gateway.records import Hiscores, UserMode
from gateway.store.resource import Resource
from gateway.web.failures import FieldErrors
from gateway.web.fixed_queries import FixedQueries
from gateway.web.pages.best_of_year import best_of_year

# Also of an image that is drawn from cached data, as drawing takes longer than a query.
MIN_COST = 1


class ImageData:
    """Loads the data of an image by one query, which costs at least a point. Hiscores are never requested."""

    def __init__(
        self,
        queries: FixedQueries,
        hiscores: Resource[UserMode, Hiscores],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queries = queries
        self._hiscores = hiscores
        self._clock = clock

    async def profiles(
        self, request: Request, players: Sequence[int], parameters: ImageParameters
    ) -> Sequence[Profile]:
        """The profiles of the players; raises `FieldErrors` without any."""
        year = parameters.window.year if len(players) == 1 else None
        document, variables = document_of(parameters, has_months=year is not None), variables_of(players, parameters)
        result = await self._queries.execute(request, document, variables, min_cost=MIN_COST)
        content = msgspec.to_builtins(result.content)
        if "errors" in content and not is_drawable(content):
            raise FieldErrors(content["errors"])
        profiles = profiles_of(players, parameters, content, self._clock())
        if year is None:
            return profiles
        months = content["data"]["users"][0]["stats"]["months"]
        highlights = await self._highlights(UserMode(players[0], parameters.mode), year, months)
        return [profiles[0]._replace(highlights=highlights)]

    async def _highlights(self, player: UserMode, year: int, months: Any) -> tuple[Figure, ...]:
        # Another process may have the hiscores.
        await self._hiscores.recall(player)
        play = best_of_year(self._hiscores, player, year)
        figures = (best_play(play) if play else None), most_active_month(months)
        return tuple(figure for figure in figures if figure)
