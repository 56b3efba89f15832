"""The image of the best plays for link previews, `/best/card.png`. Its plays are cached ones: it causes no request."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.errors import RendererBusy
from gateway.images.drawing import Drawing
from gateway.images.frame import labelled
from gateway.store.lru import LRU
from gateway.web.cache.cache_headers import NO_STORE
from gateway.web.pages.best_preview import BEST_IMAGE, BestPreviews
from gateway.web.pages.preview_tags import SITE_IMAGE

from .png_files import PNGFiles

PNG = "image/png"
HEADERS = {
    "Cache-Control": "public, max-age=60",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# Each takes about 40 kB.
MAX_FILES = 16


class BestImage:
    """The endpoint. Without cached plays, or while the renderer is busy, it redirects to the image of the site."""

    def __init__(self, previews: BestPreviews, png_files: PNGFiles, *, site: str, is_sample_data: bool) -> None:
        self._previews = previews
        self._png_files = png_files
        self._site = site
        self._is_sample_data = is_sample_data
        self._files: LRU[Drawing, bytes] = LRU(MAX_FILES)

    def route(self) -> Route:
        """The route of the image."""
        return Route(f"/{BEST_IMAGE}", self._respond)

    async def _respond(self, request: Request) -> Response:
        drawing = self._previews.drawing(request.url.query)
        try:
            body = await self._file(drawing) if drawing and self._png_files.are_available else None
        except RendererBusy:
            body = None
        if body is None:
            return RedirectResponse(f"../{SITE_IMAGE}", headers={"Cache-Control": NO_STORE})
        return Response(body, headers=HEADERS, media_type=PNG)

    async def _file(self, drawing: Drawing) -> bytes:
        body = self._files.peek(drawing)
        if body is None:
            body = await self._png_files.render(
                labelled(drawing, self._site, is_sample_data=self._is_sample_data), self
            )
            self._files.put(drawing, body)
        return body
