"""The data of images: players' histories by GraphQL."""

import time
from collections.abc import Callable, Sequence

import msgspec
from starlette.requests import Request

from gateway.images.parameters import ImageParameters
from gateway.images.profile import Profile, is_drawable, profiles_of
from gateway.images.queries import document_of, variables_of
from gateway.web.failures import FieldErrors
from gateway.web.fixed_queries import FixedQueries

# Also of an image that is drawn from cached data, as drawing takes longer than a query.
MIN_COST = 1


class ImageData:
    """Loads the data of an image by one query, which costs at least a point."""

    def __init__(
        self,
        queries: FixedQueries,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queries = queries
        self._clock = clock

    async def profiles(
        self, request: Request, players: Sequence[int], parameters: ImageParameters
    ) -> Sequence[Profile]:
        """The profiles of the players; raises `FieldErrors` without any."""
        document, variables = document_of(parameters), variables_of(players, parameters)
        result = await self._queries.execute(request, document, variables, min_cost=MIN_COST)
        content = msgspec.to_builtins(result.content)
        if "errors" in content and not is_drawable(content):
            raise FieldErrors(content["errors"])
        return profiles_of(players, parameters, content, self._clock())
