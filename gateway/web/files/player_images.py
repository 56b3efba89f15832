"""Images of players by URL: `/players/ID/card.svg`, `card.png`, `chart.svg` and `chart.png`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import BadUserInput, ImagesNotInstalled, RendererBusy
from gateway.images import card, chart
from gateway.images.comparison import comparison
from gateway.images.drawing import Drawing
from gateway.images.frame import labelled
from gateway.images.message import message
from gateway.images.parameters import DEFAULTS
from gateway.images.problems import Problem, no_data, problem_of
from gateway.images.profile import Profile
from gateway.images.themes import THEMES
from gateway.records import UserMode
from gateway.store.keys import tag_of
from gateway.store.lru import LRU
from gateway.web.cache.cache_headers import NO_STORE, tag_headers
from gateway.web.failures import Failure, Failures
from gateway.web.fixed_queries import FixedQueries
from gateway.web.graphql_request import HTTPError
from gateway.web.negotiation import header_list
from gateway.web.pages.preview_tags import SITE

from .compared_players import COMPARE
from .image_data import ImageData
from .image_requests import parse_request
from .png_files import PNGFiles

SVG, PNG = "image/svg+xml", "image/png"
# The lifetime of images that must be replaced soon: those of problems, and those of old or incomplete data. An edge
# cache must not keep the latter, as they have no tags by which an update would purge them.
SHORT_LIVED, SHORT_LIVED_DATA = "public, max-age=60", "private, max-age=60"
# Of one client only.
NOT_SHARED = {429, 500}
# For a page view of an SVG file, which could contain scripts. Browsers show a PNG file in a page with inline styles.
POLICIES = {SVG: "default-src 'none'; sandbox", PNG: "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
HEADERS = {
    # Pages of other origins embed images.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
MAX_PROBLEMS = 100


class Kind(NamedTuple):
    """A kind of images: its file name without the suffix, its height, and the function that draws it.

    `parameters` are those that no other kind has.
    """

    name: str
    height: int
    draw: Callable[[Profile], Drawing]
    parameters: tuple[str, ...] = ()


KINDS = (Kind("card", card.HEIGHT, card.card, (COMPARE,)), Kind("chart", chart.HEIGHT, chart.chart))


class PlayerImages:
    """The endpoints of images. Their data is that of one query, which costs at least a point."""

    def __init__(
        self,
        queries: FixedQueries,
        data: ImageData,
        *,
        failures: Failures,
        png_files: PNGFiles,
        site: str = SITE,
        is_sample_data: bool = False,
    ) -> None:
        self._queries = queries
        self._data = data
        self._failures = failures
        self._png_files = png_files
        self._site = site
        self._is_sample_data = is_sample_data
        self._problems: LRU[tuple[str, Problem, int, str], bytes] = LRU(MAX_PROBLEMS)

    def routes(self) -> list[Route]:
        """The routes of all images."""
        return [
            Route(f"/players/{{id}}/{kind.name}.{suffix}", partial(self._respond, kind, media_type))
            for kind in KINDS
            for suffix, media_type in (("svg", SVG), ("png", PNG))
        ]

    async def _respond(self, kind: Kind, media_type: str, request: Request) -> Response:
        failed: list[Failure] = []

        def to_response(failure: Failure) -> Response:
            failed.append(failure)
            return self._failures.file_error(request, failure)

        response = await self._queries.respond(request, lambda: self._image(kind, media_type, request), to_response)
        # Programs get the errors as JSON or text, `<img>` elements an image.
        accepts_images = "image/" in (header_list(request.headers, "accept") or "")
        if not failed or not accepts_images or (media_type == PNG and not self._png_files.are_available):
            return response
        return await self._problem_response(kind, media_type, request, failed[0], response)

    async def _image(self, kind: Kind, media_type: str, request: Request) -> Response:
        players, parameters = parse_request(request, kind.parameters)
        if media_type == PNG and not self._png_files.are_available:
            raise ImagesNotInstalled("This gateway cannot draw PNG files. Use the SVG file, or install `.[images]`.")
        drawing = _drawing(kind, await self._data.profiles(request, players, parameters))
        shown = labelled(drawing, self._site, is_sample_data=self._is_sample_data)
        body = await self._file(shown, media_type, self._queries.points(request))
        return Response(body, 200, _headers(media_type) | {"Cache-Control": SHORT_LIVED_DATA}, media_type)

    async def _file(self, drawing: Drawing, media_type: str, client: object) -> bytes:
        if media_type == PNG:
            return await self._png_files.render(drawing, client)
        return drawing.svg().encode()

    async def _problem_response(
        self, kind: Kind, media_type: str, request: Request, failure: Failure, plain: Response
    ) -> Response:
        """The image in place of the plain response to a failed request."""
        [error, *_] = failure.errors
        problem = problem_of(error["extensions"]["code"], error["message"])
        theme = request.query_params.get("theme", "").lower()
        key = (theme if theme in THEMES else DEFAULTS["theme"], problem, kind.height, media_type)
        body = self._problems.peek(key)
        if body is None:
            drawing = message(kind.height, THEMES[key[0]], *problem)
            try:
                body = await self._file(drawing, media_type, self)
            except RendererBusy:
                return plain
            self._problems.put(key, body)
        caching = {"Cache-Control": SHORT_LIVED, **_tags(kind, request)}
        if plain.status_code in NOT_SHARED:
            caching = {"Cache-Control": NO_STORE}
        headers = _headers(media_type) | failure.headers | caching | {"Vary": "Accept"}
        return Response(body, plain.status_code, headers, media_type)


def _headers(media_type: str) -> dict[str, str]:
    return HEADERS | {"Content-Security-Policy": POLICIES[media_type]}


def _tags(kind: Kind, request: Request) -> dict[str, str]:
    """The tags of the players, as an update may end a problem; none if the address is invalid."""
    try:
        players, parameters = parse_request(request, kind.parameters)
    except (BadUserInput, HTTPError):
        return {}
    return tag_headers([tag_of(UserMode(player, parameters.mode)) for player in players])


def _drawing(kind: Kind, profiles: Sequence[Profile]) -> Drawing:
    """The image of one player, or the card of a comparison, in which each player can be without data."""
    if len(profiles) > 1:
        return comparison(profiles)
    [profile] = profiles
    if profile.latest:
        return kind.draw(profile)
    problem = no_data(profile.name, profile.mode_title, profile.since)
    return message(kind.height, profile.parameters.theme, *problem)
